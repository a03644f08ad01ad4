"""How good the grouping is: the figures that ship with the weights, checked before a page shows them.

They are written by `manage.py evaluate clustering --publish`. Nothing is measured here; a file that can't be
read is a condition that the page states, and a part that is absent was not measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from stories import nlp

FIGURES = Path(nlp.__file__).parent / "weights" / "grouping_figures.json"

# What each labelled set is, for those who don't know it by name; sizes stand in the figures.
SETS = {
    "giveme5w1h": _("reports of well-known events from many outlets, picked by hand"),
    "wikinews": _("the sources that Wikinews editors cite per article; some of its “events” are round-ups of a week"),
    "ecbplus_a": _("pairs of look-alike events, such as two earthquakes or two trials: made to be confused"),
    "og2021_en_first": _("headlines of the 2021 Olympics, minute by minute: many look alike"),
    "uci_titles": _("headlines sorted into stories by a machine, so its labels have faults of their own"),
    "neus_allsides": _("triples of reports that editors of AllSides chose per event"),
}


class DamagedFigures(ValueError):
    """The file is there but does not hold what it should; the message says where."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How our stories of a set compare with those that people made of it; all figures but the counts lie in 0..1."""

    articles: int
    gold_stories: int
    stories: int
    b3_p: float
    b3_r: float
    b3_f1: float
    pair_p: float
    pair_r: float
    pair_f1: float


@dataclass(frozen=True, slots=True)
class SetScores:
    """A set by its name, what it is in words (empty for one that we don't know), and its scores."""

    name: str
    about: StrOrPromise
    scores: Scores


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of several sets; the means are None where none was measured."""

    sets: Sequence[SetScores]
    mean_b3_f1: float | None
    mean_pair_f1: float | None

    @property
    def pair_p(self) -> float:
        """Of the pairs that we put together, the share that belongs together; the plain mean over the sets."""
        return sum(one.scores.pair_p for one in self.sets) / len(self.sets)

    @property
    def pair_r(self) -> float:
        """Of the pairs that belong together, the share that we put together; the plain mean over the sets."""
        return sum(one.scores.pair_r for one in self.sets) / len(self.sets)


@dataclass(frozen=True, slots=True)
class ReadByPeople:
    """Merged stories that a person read, and in how many of them two events had been put together."""

    stories: int
    false_merges: int
    set: str


@dataclass(frozen=True, slots=True)
class Bin:
    """Reports whose stated probability lay between two bounds, and the share of them that did belong (`right`)."""

    start: float
    end: float
    reports: int
    right: float

    @property
    def width(self) -> float:
        """How far the bounds lie apart."""
        return self.end - self.start

    @property
    def verdict(self) -> str:
        """Whether what was said and what was found agree, with five points of grace: bins hold few reports."""
        if self.right < self.start - GRACE:
            return gettext("too sure")
        return gettext("not sure enough") if self.right > self.end + GRACE else gettext("as said")


# Of 100 reports in a bin, chance alone moves the share by about this much.
GRACE = 0.05


@dataclass(frozen=True, slots=True)
class Figures:
    """What the file holds; a part that is None or empty was not measured."""

    measured_on: date | None
    tested: Measured | None
    held_out: Measured | None
    read: ReadByPeople | None
    calibration: Sequence[Bin]

    @property
    def best(self) -> Measured | None:
        """What the page says first: figures from data that the decision was not trained on, where there are any."""
        return self.held_out or self.tested


@dataclass(frozen=True, slots=True)
class Published:
    """The figures, or why there are none: `damaged` names what is wrong; both empty, none were published."""

    figures: Figures | None = None
    damaged: str = ""


def published(path: Path | None = None) -> Published:
    """The figures that ship with the weights, read again when the file changes."""
    path = path or FIGURES
    try:
        stat = path.stat()
    except OSError:
        return Published()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> Published:
    try:
        return Published(parse(json.loads(path.read_text(encoding="utf-8"))))
    except DamagedFigures as error:
        return Published(damaged=str(error))
    except (OSError, ValueError, RecursionError) as error:
        return Published(damaged=f"it can’t be read as JSON ({type(error).__name__})")


def parse(data: object) -> Figures:
    """The figures of a file's content. DamagedFigures, naming the place, for anything of another form."""
    top = _mapping(data, "the file")
    held_out = top.get("held_out")
    return Figures(
        measured_on=_date(top["measured_on"]) if top.get("measured_on") is not None else None,
        tested=_measured(top, "sets"),
        held_out=_measured(_mapping(held_out, "held_out"), "held_out.sets") if held_out is not None else None,
        read=_people(top["read"]) if top.get("read") is not None else None,
        calibration=[_bin(row, n) for n, row in enumerate(_list(top.get("calibration"), "calibration"), 1)],
    )


def _measured(holder: Mapping[str, Any], where: str) -> Measured | None:
    """The sets of a part, by name; None where there are none."""
    if not holder.get("sets"):
        return None
    sets = _mapping(holder["sets"], where)
    means = [
        _share(holder[name], name) if holder.get(name) is not None else None for name in ("mean_b3_f1", "mean_pair_f1")
    ]
    return Measured([_set(name, sets[name], f"{where}.{name}") for name in sorted(sets)], *means)


def _set(name: str, data: object, where: str) -> SetScores:
    row = _mapping(data, where)

    def count(field: str) -> int:
        return _count(row.get(field), f"{where}.{field}")

    def share(field: str) -> float:
        return _share(row.get(field), f"{where}.{field}")

    scores = Scores(
        articles=count("articles"),
        gold_stories=count("gold_stories"),
        stories=count("stories"),
        b3_p=share("b3_p"),
        b3_r=share("b3_r"),
        b3_f1=share("b3_f1"),
        pair_p=share("pair_p"),
        pair_r=share("pair_r"),
        pair_f1=share("pair_f1"),
    )
    return SetScores(name, SETS.get(name, ""), scores)


def _people(data: object) -> ReadByPeople:
    row = _mapping(data, "read")
    read, wrong = _count(row.get("stories"), "read.stories"), _count(row.get("false_merges"), "read.false_merges")
    if wrong > read:
        raise DamagedFigures("read.false_merges is more than read.stories")
    return ReadByPeople(read, wrong, str(row.get("set") or ""))


def _bin(data: object, number: int) -> Bin:
    where = f"calibration, row {number}"
    row = _mapping(data, where)
    start, end, right = (_share(row.get(name), f"{where}: {name}") for name in ("from", "to", "right"))
    return Bin(start, end, _count(row.get("reports"), f"{where}: reports"), right)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise DamagedFigures(f"{where} is not an object")


def _list(value: object, where: str) -> Sequence[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise DamagedFigures(f"{where} is not a list")


def _count(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise DamagedFigures(f"{where} is not a whole number")


def _share(value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise DamagedFigures(f"{where} is not a number from 0 to 1")


def _date(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise DamagedFigures("measured_on is not a date") from error
