"""docs/asvs.md names only tests and files that there are, and tells of each point one of the answers that it explains."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ANSWERS = {"yes", "partly", "operator", "no", "–"}


def rows() -> list[list[str]]:
    found = re.findall(r"^\| *\d.*\|$", TEXT, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found]


def test_every_point_has_an_answer_and_every_half_one_a_reason():
    assert len(rows()) > 70
    for point, level, met, how, _test in rows():
        assert met in ANSWERS, point
        assert level in {"1", "2"}, point
        assert how, point


def test_every_test_and_file_that_it_names_is_there():
    tests = {name for row in rows() for name in re.findall(r"`([\w/]+\.py)`", row[4])}
    files = set(re.findall(r"`((?:stories|tracker)/[\w/]+\.py)`", TEXT))
    assert len(tests) > 12
    missing = [name for name in tests if not re.search(r"^ *def test_", _text(ROOT / "tests" / name), re.MULTILINE)]
    missing += [name for name in files if not (ROOT / name).exists()]
    assert missing == []


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
