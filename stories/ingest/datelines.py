"""The dateline that opens a report: "LONDON (Reuters)", "KYIV, Ukraine, March 3 (AP)".

It only finds what is written; which agency "(AP)" is, and what that makes of the article, is for nlp/ to say.
"""

from __future__ import annotations

import re

# Where a dateline can stand: the first lines, since a byline or a kicker may come before it.
LINES, REACH = 4, 160

_UPPER = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.]*"
_CITY = rf"{_UPPER}(?:[ -]{_UPPER}){{0,2}}"
_CITIES = rf"{_CITY}(?:\s?/\s?{_CITY}){{0,4}}"
# "Ukraine", "N.Y.", "Calif.", "West Bank", "United Arab Emirates"
_REGION = r",\s(?:[A-ZÀ-Þ][\w.'’-]*)(?:\s(?:[A-ZÀ-Þ][\w.'’-]*|and|of|the)){0,3}"
_DATE = (
    r"(?:,\s)?(?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s\d{1,2}"
    r"|\d{1,2}\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?)(?:,?\s\d{4})?"
)
_AGENCY = r"\s?\([A-Z][\w&.'’/ -]{1,40}\)"
_MIXED_CITY = r"[A-ZÀ-Þ][\w'’.-]+(?:[ -][A-ZÀ-Þ][\w'’.-]+){0,3}"
_DASH = r"\s?(?:--|[-–—―])(?=[\s\"“'‘]|[A-ZÀ-Þ])"
# Without an agency a mere hyphen, as in "TRADITIONAL W-2 form", must stand free.
_CLEAR_DASH = r"(?:\s?(?:--|[–—―])|\s-\s)"

_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"((?:{_CITIES}(?:{_REGION})?)?(?:{_DATE})?{_AGENCY})(?:{_DASH}|:\s)",
        rf"({_MIXED_CITY}(?:{_REGION})?(?:{_DATE})?{_AGENCY}){_DASH}",
        rf"({_CITIES}(?:{_REGION})?(?:{_DATE})?){_CLEAR_DASH}",
        rf"({_CITIES}):\s(?=[A-Z])",
    )
)
# Words in capitals before a dash that name no place.
_KICKERS = re.compile(
    r"(?:WATCH|BREAKING(?: NEWS)?|UPDATED?(?: \d+)?|EXCLUSIVE|OPINION|ANALYSIS|LIVE|VIDEO|PHOTOS?|FILE(?: PHOTO)?|"
    r"REVIEW|EDITORIAL|CORRECTION|NOTE|QUIZ|PODCAST|INTERVIEW|EXPLAINER|FACTBOX|TIMELINE|REPORT|DEVELOPING|JUST IN|"
    r"ALERT|READ|WARNING|DEAR [A-Z]+|[A-Z])\b",
)


def dateline(text: str) -> str:
    """The dateline as written, without the dash behind it, or "" where the text opens without one."""
    for paragraph in [part.strip() for part in text[:2000].splitlines() if part.strip()][:LINES]:
        start = paragraph[:REACH]
        for form in _FORMS:
            match = form.match(start)
            if match and _is_place(match[1]):
                return " ".join(match[1].split())
    return ""


def _is_place(found: str) -> bool:
    """Whether what stands before the dash can be a dateline: an agency in brackets, or a place and no kicker."""
    if found.lstrip().startswith("(") or found.endswith(")"):
        return True
    kicker = _KICKERS.match(found)
    return len(found) >= 4 and not (kicker and kicker.end() == len(found))
