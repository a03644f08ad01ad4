"""Where a text quotes: its passages between quotation marks of any kind, odd and forgotten ones among them.

It knows marks only, not who is quoted. A paragraph is a line: a quotation that is not closed in its line goes on to the
line's end, as newsrooms leave a quotation open that the next paragraph takes up again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stories.nlp.findings import Span, Spans

# Whatever opens, and what may close it: typists mix curly and straight marks.
CLOSING = {
    "“": "”\"‟", "”": "”", "„": "“”\"", "‟": "”\"", '"': '"”', "＂": "＂", "«": "»", "»": "«", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "``": ("``", "''"), "''": "''", "‘": "’'", "‚": "‘’", "'": "'’",
}  # fmt: skip
# Single marks are also apostrophes, minutes and feet: they count only as a pair.
SINGLE = "‘‚'"
# An opening single mark stands before a word and a closing one after it, or after its full stop; "don't" has neither.
MARK = re.compile(r"[“”„‟\"＂«»‹›「」『』]|''|``|(?<!\w)[‘‚'](?=\w)|(?<=[\w.,!?…])[’'‘](?!\w)|\n")
WORD = re.compile(r"\w+")


@dataclass(slots=True)
class _Open:
    start: int
    mark: str


def quoted(text: str) -> Spans:
    """The quoted passages with their marks, in order, none within another. Marks that close nothing are passed over."""
    found: list[Span] = []
    opened: _Open | None = None
    for match in MARK.finditer(text):
        mark, start, end = match[0], match.start(), match.end()
        if opened is not None and mark in CLOSING[opened.mark]:
            found.append((opened.start, end))
            opened = None
        elif mark == "\n":
            if opened is not None and opened.mark not in SINGLE:
                found.append((opened.start, start))
            opened = None
        elif _opens(text, mark, start, end) and (opened is None or (opened.mark in SINGLE and mark not in SINGLE)):
            opened = _Open(start, mark)
    if opened is not None and opened.mark not in SINGLE:
        found.append((opened.start, len(text)))
    return tuple(found)


def _opens(text: str, mark: str, start: int, end: int) -> bool:
    """Whether a mark can open: marks that look alike on both sides must stand before a word and not right after one."""
    if mark not in CLOSING:
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    alike = mark in ('"', "”", "''", "＂", "»", "›", "'")
    return bool(after.strip()) and not (alike and before.isalnum())


def share_quoted(text: str, spans: Iterable[Span], passages: Spans) -> tuple[int, int]:
    """How many words of the spans lie in quoted passages, and how many there are."""
    within = words = 0
    for start, end in spans:
        for word in WORD.finditer(text, start, end):
            words += 1
            within += any(opened <= word.start() < closed for opened, closed in passages)
    return within, words
