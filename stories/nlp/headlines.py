"""What stands out in a story's headlines: words that few others use, what doubts or says who says so, who does what.

A word is unusual where at most a quarter of the outlets uses it, in whatever form; copies of a headline count once. It
says nothing of why a word was chosen, and compares only where there are headlines of three outlets.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from stories.nlp import headlinewords as words
from stories.nlp.comparison import HeadlineMarks
from stories.nlp.cuewords import verb
from stories.nlp.deeds import deed
from stories.nlp.findings import CREDITING, Span, Spans
from stories.nlp.lineage import Report
from stories.nlp.quotation import quoted

# With fewer outlets every word would be unusual.
LEAST_OUTLETS = 3
# Of the outlets so many may use an unusual word: one in four, and always the one itself.
SHARE = 0.25
# No headline is longer; what is, is a text in the wrong field.
MOST_CHARACTERS = 400
# Forms of a word begin alike: so many letters tell words apart, of shorter ones all but their ending.
STEM = 6
# Between a cue and its source stands no more than a space, a comma or a colon.
BESIDE = 3
_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_ENDING = re.compile(r"(?:[’']s?|ments?|ies|ied|ing|ed|es|s|e|y|er|ers|ly|ion|ions)$")


def headlines(reports: Sequence[Report]) -> tuple[HeadlineMarks, ...]:
    """The marks of each report's headline, one for each report, in their order."""
    users = _users(reports)
    outlets = len({one.outlet for one in reports if one.copy_of is None and one.title.strip()})
    return tuple(_marks(one, users, outlets) for one in reports)


def stem(word: str) -> str:
    """A word without its ending, cut: the same for "confronts" and "confronted". Numbers stay as they are."""
    plain = word.casefold().replace("’", "'").replace("-", "")
    if plain[0].isdigit():
        return plain
    bare = _ENDING.sub("", plain.removesuffix("'s")).rstrip("e")
    if len(bare) > 3 and bare[-1] == bare[-2]:
        bare = bare[:-1]
    return (bare if len(bare) >= 3 else plain)[:STEM]


def _users(reports: Sequence[Report]) -> Mapping[str, set[str]]:
    """The outlets that use each word in a headline of their own."""
    users: dict[str, set[str]] = defaultdict(set)
    seen: set[str] = set()
    for report in reports:
        title = " ".join(report.title.casefold().split())
        if report.copy_of is None or title not in seen:
            for match in _WORD.finditer(report.title, 0, MOST_CHARACTERS):
                users[stem(match[0])].add(report.outlet if report.copy_of is None else f"copy of {report.copy_of}")
        seen.add(title)
    return users


def _marks(report: Report, users: Mapping[str, set[str]], outlets: int) -> HeadlineMarks:
    title = report.title[:MOST_CHARACTERS]
    told = deed(title)
    unusual = _unusual(title, users, outlets) if outlets >= LEAST_OUTLETS else ()
    return HeadlineMarks(report.article, unusual, _hedges(report, title), told.actor, told.verb, told.acted_on)


def _unusual(title: str, users: Mapping[str, set[str]], outlets: int) -> Spans:
    """The words of a headline that few outlets use."""
    few = max(1, int(outlets * SHARE))
    found = []
    for match in _WORD.finditer(title):
        plain = match[0].casefold()
        telling = plain not in words.STOP and (len(plain) > 2 or plain[0].isdigit() or match[0].isupper())
        if telling and len(users.get(stem(match[0]), ())) <= few:
            found.append(match.span())
    return tuple(found)


def _hedges(report: Report, title: str) -> Spans:
    """What in a headline doubts, or says whose word it is: none within another."""
    end = len(title)
    found = {match.span() for match in words.HEDGE.finditer(title)}
    found |= {span for span in quoted(title) if _quotes_claim(title, span)}
    if report.findings is not None:
        found |= {span for span in report.findings.hedges if span[1] <= end}
        found |= {
            one.evidence for one in report.findings.credits if one.relation in CREDITING and one.evidence[1] <= end
        }
        for one in report.findings.mentions:
            if one.span[1] <= end and title[one.span[1] : one.span[1] + 1] == ":":
                found.add((one.span[0], one.span[1] + 1))
        for attribution in (one.attribution for one in report.findings.sourced):
            cue = attribution.cue
            told = verb(title, cue) if cue[1] <= end else None
            if (told is not None and told[0] in words.SAYS) or title[slice(*cue)].strip() == ":":
                found |= {_with(cue, source) for source in attribution.source} or {cue}
    return _apart(found, end)


def _with(cue: Span, source: Span) -> Span:
    """From a cue to its source, where they stand side by side; else the cue."""
    start, end = min(cue[0], source[0]), max(cue[1], source[1])
    beside = end - start <= (cue[1] - cue[0]) + (source[1] - source[0]) + BESIDE
    return (start, end) if beside else cue


def _quotes_claim(title: str, span: Span) -> bool:
    """Whether marks in a headline hold a claim, and not the name of a work, all capitals in a headline that isn't."""
    inside = [word[0] for word in _WORD.finditer(title, *span) if len(word[0]) > 3]
    outside = [word[0] for word in _WORD.finditer(title) if len(word[0]) > 3 and not span[0] <= word.start() < span[1]]
    capital = bool(inside) and all(word[0].isupper() for word in inside)
    return not capital or sum(word[0].isupper() for word in outside) > len(outside) / 2


def _apart(spans: set[Span], end: int) -> Spans:
    """The spans in order, without those that lie within another; whatever leaves the headline is left out."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if span[0] < span[1] <= end and not (kept and span[1] <= kept[-1][1]):
            kept.append((max(span[0], kept[-1][1]), span[1]) if kept and span[0] < kept[-1][1] else span)
    return tuple(kept)
