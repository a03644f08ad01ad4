"""The quotes of a story: each utterance once, with how every report that has it gives it.

The longest form of an utterance leads; shorter ones join it where most of their words stand in it in the same order.
Nothing is joined by way of a third, so that two passages of one long speech stay two where no report has both. Short
passages of two different persons stay apart however alike they are. Somebody's words told in the outlet's own are a
paraphrase only where the same speaker is named and most telling words are shared. A report
that has none of it is left out, and why is not asked.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stories.nlp.comparison import Quote, Rendering, RenderingKind
from stories.nlp.findings import Form, Sourced, SourceKind, Span, Stance
from stories.nlp.leads import telling
from stories.nlp.lineage import Report
from stories.nlp.persons import plain
from stories.nlp.renderings import kind, match, without
from stories.nlp.saying import around, by
from stories.nlp.speakers import Speakers
from stories.nlp.utterances import Utterance, utterances

# Only passages that share four words in a row are compared at all.
SHINGLE = 4
# So many of the shorter one's words stand in the longer one, in order.
SHARED = 0.65
# Shorter passages of two persons known to be different stay two.
SHORT = 9
# No passage is compared with more than so many others, those first that share most with it.
CANDIDATES = 6
# A paraphrase shares so many of the telling words of the shorter text, and four at least.
PARAPHRASE_SHARE = 0.6
PARAPHRASE_WORDS = 4


@dataclass(slots=True, eq=False)
class _Group:
    """An utterance while its renderings are gathered: the fullest one, and by article all that match it."""

    lead: Utterance
    members: dict[int, list[Utterance]] = field(default_factory=lambda: defaultdict(list))
    told: dict[int, tuple[float, Sourced]] = field(default_factory=dict)


def quotes(reports: Sequence[Report]) -> tuple[Quote, ...]:
    """Every utterance of a story once, the most carried first, those of a single outlet last, by weight.

    Reports in order of time. Time grows with the number of utterances, not with that of their pairs.
    """
    by_article = {one.article: one for one in reports}
    found = [one for report in reports for one in utterances(report)]
    speakers = Speakers(reports)
    groups = _grouped(found, by_article, speakers)
    _paraphrased(groups, reports, speakers)
    place = {one.article: place for place, one in enumerate(reports)}
    made = [_quote(group, by_article, place) for group in groups]
    return tuple(sorted(made, key=lambda one: (one.outlets == 1, -one.weight, place[one.article], one.spans)))


def _grouped(found: Sequence[Utterance], reports: Mapping[int, Report], speakers: Speakers) -> list[_Group]:
    """Utterances put to the longest that holds most of their words; a headline leads only what no text has."""
    groups: list[_Group] = []
    by_shingle: dict[tuple[str, ...], list[_Group]] = defaultdict(list)
    place = {article: place for place, article in enumerate(reports)}

    def rank(one: Utterance) -> tuple[int, bool, bool, int, Span]:
        copy = reports[one.article].copy_of is not None
        return -len(one.words), one.headline, copy, place[one.article], one.spans[0]

    for one in sorted(found, key=rank):
        bare = [word.plain for word in one.words]
        shingles = {tuple(bare[at : at + SHINGLE]) for at in range(len(bare) - SHINGLE + 1)}
        near = Counter(group for shingle in shingles for group in by_shingle.get(shingle, ()))
        joined = _joined(one, [group for group, _ in near.most_common(CANDIDATES)], speakers)
        if joined is None:
            joined = _Group(one)
            groups.append(joined)
            for shingle in shingles:
                by_shingle[shingle].append(joined)
        joined.members[one.article].append(one)
    return [group for group in groups if any(one.spoken for many in group.members.values() for one in many)]


def _joined(one: Utterance, near: Sequence[_Group], speakers: Speakers) -> _Group | None:
    """The group whose lead holds most of an utterance's words, enough of them; None for none."""
    best, most = None, 0.0
    for group in near:
        if len(one.words) < SHORT and speakers.differ(one.by, group.lead.by):
            continue
        share = match(group.lead.words, one.words).share
        if share >= SHARED and share > most:
            best, most = group, share
    return best


def _paraphrased(groups: Sequence[_Group], reports: Sequence[Report], speakers: Speakers) -> None:
    """Give each indirect statement to the one utterance of the same speaker that it shares most words with."""
    of_speaker: dict[str, list[tuple[_Group, frozenset[str]]]] = defaultdict(list)
    for group in groups:
        texts = telling(" ".join(word.plain for word in group.lead.words))
        keys = {speakers.key(one.by) for many in group.members.values() for one in many}
        for key in sorted(keys - {""}):
            of_speaker[key].append((group, texts))
    for report in reports:
        for one in report.findings.sourced if report.findings else ():
            key = speakers.key(one)
            if one.attribution.form is not Form.INDIRECT or one.stance is Stance.NO_ANSWER or key not in of_speaker:
                continue
            words = telling(" ".join(report.whole[start:end] for start, end in one.attribution.content))
            _tell(report.article, one, words, of_speaker[key])


def _tell(article: int, one: Sourced, words: frozenset[str], among: Sequence[tuple[_Group, frozenset[str]]]) -> None:
    scored = [(_likeness(words, theirs), group) for group, theirs in among if article not in group.members]
    score, group = max(scored, key=lambda each: each[0], default=(0.0, None))
    if group is not None and score >= PARAPHRASE_SHARE and score > group.told.get(article, (0.0, one))[0]:
        group.told[article] = score, one


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / min(len(one), len(other)) if shared >= PARAPHRASE_WORDS else 0.0


def _quote(group: _Group, reports: Mapping[int, Report], place: Mapping[int, int]) -> Quote:
    lead = group.lead
    given = [_given(group, reports[article], many) for article, many in group.members.items()]
    given += [_told(reports[article], one, score) for article, (score, one) in group.told.items()]
    given.sort(key=lambda one: place[one.article])
    direct = [one for one in given if one.kind is not RenderingKind.PARAPHRASED]
    first = direct[0]
    speaker = _speaker(lead, [one for many in group.members.values() for one in many], place)
    outlets = {reports[one.article].outlet for one in given}
    return Quote(
        key=(lead.article, lead.spans[0][0]),
        article=lead.article,
        spans=lead.spans,
        speaker=speaker.name if speaker else "",
        kind=speaker.kind if speaker else SourceKind.OTHER,
        via=first.said.via if first.said else "",
        first=first.article,
        renderings=tuple(given),
        outlets=len(outlets),
        weight=_weight(given, reports, lead, speaker),
    )


def _given(group: _Group, report: Report, many: Sequence[Utterance]) -> Rendering:
    """How an article that quotes an utterance gives it: by its longest passage, less what any of them holds."""
    lead, main = group.lead, max(many, key=lambda one: (len(one.words), not one.headline))
    matches = [match(lead.words, one.words) for one in many]
    kept = frozenset(place for found in matches for place in found.there)
    here = matches[list(many).index(main)].here
    said = next((one.by for one in (main, *many) if one.by), None)
    return Rendering(
        article=report.article,
        kind=kind(lead.words, kept),
        span=main.spans[0] if len(main.spans) == 1 else (main.spans[0][0], main.spans[-1][1]),
        sentence=around(report.whole, main.spans[0]),
        cut=without(lead.words, kept, lead.spans),
        altered=without(main.words, here, main.spans),
        said=by(said) if said else None,
        score=round(len(here) / len(main.words), 3),
    )


def _told(report: Report, one: Sourced, score: float) -> Rendering:
    sentence = around(report.whole, one.attribution.content[0])
    return Rendering(report.article, RenderingKind.PARAPHRASED, sentence, sentence, said=by(one), score=round(score, 3))


def _speaker(lead: Utterance, members: Iterable[Utterance], place: Mapping[int, int]) -> Sourced | None:
    """Whose words they are: the person whom most reports name by a full name, else whoever is named, the earliest."""
    ordered = [lead, *sorted(members, key=lambda one: place[one.article])]
    named = [one.by for one in ordered if one.by is not None and one.by.name]
    persons = [one for one in named if one.kind is SourceKind.NAMED]
    full = [one for one in persons if " " in one.name]
    times = Counter(plain(one.name) for one in full)
    full.sort(key=lambda one: -times[plain(one.name)])
    return next(iter(full or persons or named), None)


def _weight(
    given: Iterable[Rendering], reports: Mapping[int, Report], lead: Utterance, speaker: Sourced | None
) -> float:
    """How much an utterance matters: outlets that quote it (half for a paraphrase, 0 for a copy), then its length."""
    carried: dict[str, float] = {}
    for one in given:
        report = reports[one.article]
        worth = 0.5 if one.kind is RenderingKind.PARAPHRASED else 1.0
        if report.copy_of is None:
            carried[report.outlet] = max(worth, carried.get(report.outlet, 0.0))
    named = 0.25 if speaker is not None and speaker.kind is SourceKind.NAMED else 0.0
    return round(sum(carried.values()) + named + math.log(len(lead.words)) / 10, 3)
