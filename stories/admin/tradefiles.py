"""Files that outlets and feeds come in by, and go out by: CSV and JSON, read with bounds and written harmlessly.

What is wrong with a file as a whole is said in one sentence (Unreadable); what is wrong with a row stays with the row.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import tablib
from django.utils.translation import gettext
from import_export.formats import base_formats

from stories.outletfields import SEPARATOR

# What a row may hold; a cell longer than this is no name, no list of names and no address.
CELL_LENGTH = 20_000
# A spreadsheet takes a cell that begins like this for something to work out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Unreadable(Exception):
    """A file that can't be read as a list of rows; the sentence is for the field."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: the line or the number that a person finds it by, its cells, and what is wrong with it."""

    number: int
    cells: dict[str, str]
    fault: str = ""


def read(body: bytes, most: int) -> tuple[list[str], list[Row]]:
    """The columns and the rows of a file, whichever of the two kinds it is. Raises Unreadable."""
    if not body.strip():
        raise Unreadable(gettext("This file is empty."))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(gettext("This file is not in UTF-8: save it as “CSV UTF-8”.")) from error
    if "\x00" in text:
        raise Unreadable(gettext("This file holds NUL bytes: it is no text."))
    columns, rows = _json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text, most)
    if len(rows) > most:
        raise Unreadable(gettext("This file has more than %(most)s rows: cut it into parts.") % {"most": most})
    if not rows:
        raise Unreadable(gettext("This file has no rows below its columns."))
    return columns, rows


def _csv(text: str, most: int) -> tuple[list[str], list[Row]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        columns = [name.strip().lower() for name in next(reader)]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_row(reader.line_num, columns, cells))
            if len(rows) > most:
                break
    except csv.Error as error:
        told = {"line": reader.line_num, "error": error}
        raise Unreadable(gettext("Line %(line)s can’t be read as CSV: %(error)s.") % told) from error
    return columns, rows


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    fault = gettext("It has more cells than there are columns.") if any(cells[len(columns) :]) else ""
    # A row cut short is blank behind its end; so it is not taken for one that wants these fields cleared.
    if len(cells) < len(columns):
        fault = gettext("It has fewer cells than there are columns.")
    return _checked(line, {name: _plain(cell) for name, cell in zip(columns, cells, strict=False)}, fault)


def _json(text: str) -> tuple[list[str], list[Row]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(gettext("This file begins like JSON and can’t be read as that.")) from error
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise Unreadable(gettext("This JSON is no list of objects."))
    columns = list(dict.fromkeys(str(name).strip().lower() for one in data for name in one))
    rows = []
    for number, one in enumerate(data, 1):
        cells = {str(name).strip().lower(): _cell(value) for name, value in one.items()}
        odd = [name for name, value in cells.items() if value is None]
        fault = gettext("It holds more than a text in “%(column)s”.") % {"column": odd[0][:60]} if odd else ""
        rows.append(_checked(number, {name: value or "" for name, value in cells.items()}, fault))
    return columns, rows


def _cell(value: Any) -> str | None:
    """A value as a cell holds it; None for what none holds."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return SEPARATOR.join(value)
    return str(value) if isinstance(value, str | int | float) else None


def _checked(number: int, cells: dict[str, str], fault: str) -> Row:
    if not fault and any(len(cell) > CELL_LENGTH for cell in cells.values()):
        fault = gettext("A cell is longer than %(most)s characters.") % {"most": CELL_LENGTH}
    return Row(number, {name: cell[:CELL_LENGTH] for name, cell in cells.items()}, fault)


def _plain(cell: str) -> str:
    """A cell without the mark that keeps spreadsheets from working it out."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def harmless(cell: Any) -> str:
    """A cell that no spreadsheet works out."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def dataset(columns: Iterable[str], rows: Iterable[Row]) -> tablib.Dataset:
    """The rows as django-import-export takes them."""
    names = list(columns)
    found = tablib.Dataset(headers=names)
    for row in rows:
        found.append([row.cells.get(name, "") for name in names])
    return found


class CSV(base_formats.CSV):  # type: ignore[misc]
    """CSV for spreadsheets: marked as UTF-8, and harmless."""

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """The file."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(dataset.headers)
        writer.writerows([harmless(cell) for cell in row] for row in dataset)
        return out.getvalue().encode("utf-8-sig")

    def get_content_type(self) -> str:
        """With its encoding."""
        return "text/csv; charset=utf-8"

    def is_binary(self) -> bool:
        """It is bytes already."""
        return True


class JSON(base_formats.JSON):  # type: ignore[misc]
    """JSON for programs."""
