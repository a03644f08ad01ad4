"""How a story's reports are worded: loaded words, the verbs that give each speaker's words, the names for each actor.

Everything is counted and shown with its place; nothing is scored, and nothing says that a word is wrong. Loaded words
were found when the articles were read; whether one is the outlet's own or somebody's is told apart here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from stories.nlp.comparison import LoadedWord, Saying, Use, Wording
from stories.nlp.cuewords import verb
from stories.nlp.findings import Findings, Form, Sourced, SourceKind
from stories.nlp.lineage import Report
from stories.nlp.loadedwords import does
from stories.nlp.namings import namings
from stories.nlp.quotation import quoted
from stories.nlp.speakers import Speakers

# The reason where a word has left our list since the article was read.
MARKED = "readers have marked words like it as loaded"
# A speaker is shown where so many outlets give his words, and they use two verbs at least.
CITING = 2


def wording(reports: Sequence[Report]) -> Wording:
    """The wording of a story's reports, given in order of time."""
    return Wording(tuple(one for report in reports for one in _loaded(report)), _sayings(reports), namings(reports))


def _loaded(report: Report) -> list[LoadedWord]:
    """The loaded words of a report in the order in which they stand."""
    if report.findings is None or not report.findings.loaded:
        return []
    voices = sorted({*quoted(report.whole), *_direct(report.findings)})
    found = []
    for span in report.findings.loaded:
        word = report.whole[slice(*span)]
        if word:
            why = does(word)
            found.append(LoadedWord(report.article, span, word, _within(span[0], voices), why.value if why else MARKED))
    return found


def _direct(findings: Findings) -> Iterable[tuple[int, int]]:
    """What is given in somebody's own words."""
    return (span for one in findings.sourced if one.attribution.form is Form.DIRECT for span in one.attribution.content)


def _within(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a position lies in one of the spans, which are in order."""
    before = spans[: bisect_right(spans, (position, position))]
    return any(start <= position < end for start, end in before)


def _sayings(reports: Sequence[Report]) -> tuple[Saying, ...]:
    """The verbs of saying for each speaker whom several outlets cite with several verbs, the most cited speaker first.

    Copies of one text are left out, so that an agency's verb is not counted for each of its clients.
    """
    own = [one for one in reports if one.copy_of is None and one.findings is not None]
    speakers = Speakers(own)
    cited: dict[str, list[tuple[Report, Sourced, str, Use]]] = defaultdict(list)
    for report in own:
        for one in report.findings.sourced if report.findings else ():
            key = speakers.key(one) if _is_known(one) else ""
            found = verb(report.whole, one.attribution.cue) if key else None
            if found is not None:
                cited[key].append((report, one, found[0], Use(report.article, found[1])))
    made = []
    for uses in cited.values():
        outlets = {report.outlet for report, *_ in uses}
        by_verb: dict[str, list[Use]] = defaultdict(list)
        for _, _, lemma, use in uses:
            by_verb[lemma].append(use)
        if len(outlets) >= CITING and len(by_verb) > 1:
            ordered = sorted(by_verb.items(), key=lambda each: (-len(each[1]), each[0]))
            name, key = _name([one for _, one, _, _ in uses])
            made.append(Saying(name, key, tuple((lemma, tuple(some)) for lemma, some in ordered)))
    return tuple(sorted(made, key=lambda one: (-sum(len(uses) for _, uses in one.verbs), one.speaker)))


def _is_known(one: Sourced) -> bool:
    """Whether a source is a person or a body by its name: "officials" here and there may be two."""
    body = one.kind is SourceKind.ORGANISATION and any(
        word[0].isupper() for word in one.name.split() if word not in ("The", "A", "An")
    )
    return one.kind is SourceKind.NAMED or body


def _name(uses: Sequence[Sourced]) -> tuple[str, str]:
    """A speaker's full name and its key, that of most uses."""
    times = Counter((one.name, one.key) for one in uses)
    return max(times, key=lambda each: (" " in each[0], times[each], each))
