"""The role of an article: whether its main news is its own, another outlet's, both, an agency's, or no news at all.

Main news is what stands first: the headline and the first sentences. So a credit counts by where it stands, and own
sources by whether they speak before it. Every decision is told in plain words with the passage that it rests on; where
there is no text, only the headline's own words decide, and else the role is not known. It judges one article alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from stories.nlp import rolewords as words
from stories.nlp.findings import (
    CREDITING,
    Document,
    Mention,
    Relation,
    Role,
    Sourced,
    SourceKind,
    Span,
    Stance,
)
from stories.nlp.sentences import Sentences

Why = tuple[str, Span | None]

# A credit in one of the first four sentences (counted from 0) is one for the main news; in the next two it is if no
# source of the outlet's own has spoken before it.
LEAD, LATER_LEAD = 3, 5
# So many statements of own sources before the first credit make the news the article's own.
OWN_LEAD = 3
# A poll is the main news only where it opens the article.
POLL_LEAD = 2
# With the greater part of what is said coming by way of others, nothing is the article's own, wherever credits stand.
BORROWED = 0.6
BORROWED_LEAST = 3
# With so many times as many statements of its own as came by way of others, and so many at all, what the lead credits
# behind its first two sentences is a side fact: 2 to 6 times and 5 to 11 statements measure alike.
OWN_SHARE, OWN_LEAST, SIDE_FROM = 3, 8, 2
# What is all that is credited, and stands behind an own source, is a side fact from so many times on.
ONCE_SHARE = 2
# A sentence with so many of the headline's telling words, cut to so many letters, tells the headline's news.
HEADLINE, STEM, SHORT = 0.35, 6, 3
# A sentence that says the headline again is no sentence of the lead.
REPEATED = 0.8
# Says "I" so often outside quotations, for every hundred words: a piece of opinion or of memory.
FIRST_PERSON, FIRST_PERSON_LEAST = 2.0, 5
# So many marks of comment together, and so many for every hundred words: of the hits in 1,700 unlabelled articles four
# in five are columns and analyses; half as many marks bring in features and speeches.
COMMENT, COMMENT_LEAST = 1.25, 10
# An archive's summary above the text ends so near its beginning, in characters.
SUMMARY_REACH = 1500
# An argument: so many judging words, for every hundred words and at all, so much of it outside quotation marks, and so
# many attributions for a sentence. Of 11 labelled articles that it hits ten are opinion.
ARGUED, ARGUED_LEAST, UNQUOTED, SAID = 0.4, 2, 0.9, 0.25
# With so many speakers named before their words it is a transcript: those words are quotations too.
SPEAKERS = 3
# An own answer so many sentences from another outlet's report, that in the first ones, is an answer to this report.
ANSWER_REACH, ANSWER_LEAD = 3, 10
# A line that names the kind of a piece stands so near its beginning, in characters.
KICKER_REACH = 600
SOCIAL_SHARE, SOCIAL_LEAST = 0.6, 4

_SPEAKING = (SourceKind.NAMED, SourceKind.ANONYMOUS, SourceKind.ROLE, SourceKind.ORGANISATION, SourceKind.DOCUMENT)


@dataclass(frozen=True, slots=True)
class Judged:
    """A role, what it rests on, the passages of the main news, and the own sources (indexes into `sourced`)."""

    role: Role
    why: tuple[Why, ...]
    own: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """An article's sentences without its headline, and without those that only repeat it."""

    title: Span
    spans: tuple[Span, ...]
    starts: tuple[int, ...]

    def number(self, position: int) -> int:
        """The number of the sentence that a place is in: -1 for the headline and for what repeats it."""
        return bisect_right(self.starts, position) - 1


def body(document: Document, cut: Sentences) -> Body:
    """Tell headline and text apart. Feeds and extractors often repeat the headline as the first line."""
    headline = _words(document.title)
    title = 0, len(document.title)
    summary = words.SUMMARY.search(document.whole, 0, title[1] + SUMMARY_REACH)
    spans = [span for span in cut.spans if span[0] > (summary.end() - 1 if summary else title[1])]
    kept = [span for span in spans if number_alike(headline, _words(document.whole[slice(*span)])) < REPEATED]
    return Body(title, tuple(kept), tuple(begin for begin, _ in kept))


def main_passages(document: Document, cut: Sentences) -> tuple[Span, ...]:
    """Where the main news is told: the headline and the first LEAD sentences."""
    whole = body(document, cut)
    return ((0, max(whole.title[1], 1)), *whole.spans[: LEAD + 1])


def judge(
    document: Document,
    cut: Sentences,
    mentions: Sequence[Mention],
    sourced: Sequence[Sourced],
    wire: str,
    own_house: bool,
) -> Judged:
    """The article's role. `wire`: the agency whose copy it is; `own_house`: that agency is the article's own outlet."""
    own = tuple(index for index in own_sources(sourced) if sourced[index].attribution.cue[0] > len(document.title))
    if wire and not own_house:
        return Judged(Role.WIRE, ((f"It carries {wire} copy, by its byline, dateline or closing credit.", None),))
    if not document.text.strip():
        return _headline_only(mentions, document)
    if reason := _no_news(document, sourced):
        return Judged(Role.OTHER, (reason,), own)
    return _news(document, body(document, cut), mentions, sourced, own)


def _news(
    document: Document, whole: Body, mentions: Sequence[Mention], sourced: Sequence[Sourced], own: tuple[int, ...]
) -> Judged:
    """Whose the main news of a report is."""
    credits = [one for one in mentions if one.relation in CREDITING]
    leading = [one for one in credits if _leads(one, document, whole)]
    before = _own_before(document, whole, sourced, leading or credits)
    if not leading and not before:
        leading = [
            one for one in credits if one.relation is not Relation.POLL and whole.number(one.evidence[0]) <= LATER_LEAD
        ]
    if leading and _aside(document, whole, mentions, leading, sourced):
        if leading[0].relation is Relation.REPORTED and _own_word(document, mentions, sourced):
            return _by_others(document, whole, mentions, sourced, leading[0], own)
        return Judged(Role.ORIGINAL, _own_reasons((), leading, sourced, own), own)
    if leading and len(before) < OWN_LEAD:
        return _by_others(document, whole, mentions, sourced, leading[0], own)
    if not leading and _mostly_borrowed(sourced):
        first = credits[0] if credits else None
        why = "Most of what it tells is credited to other outlets.", first.evidence if first else None
        return Judged(Role.RE_REPORT, (why,), own)
    if answered := _answered(document, whole, mentions, sourced):
        return Judged(Role.MIXED, answered, own)
    return Judged(Role.ORIGINAL, _own_reasons(before, credits, sourced, own), own)


def own_sources(sourced: Sequence[Sourced]) -> tuple[int, ...]:
    """The statements that did not come by way of another outlet; no non-answers among them."""
    return tuple(
        number
        for number, one in enumerate(sourced)
        if one.kind in _SPEAKING and not one.via and one.stance is not Stance.NO_ANSWER and one.attribution.content
    )


def _leads(one: Mention, document: Document, whole: Body) -> bool:
    number = whole.number(one.evidence[0])
    if one.relation is Relation.POLL:
        return number < POLL_LEAD
    return number <= LEAD or _first(document, one)


def _first(document: Document, credit: Mention) -> bool:
    """Whether the outlet is said to have had it first."""
    return bool(words.FIRST.search(document.whole, max(credit.evidence[0] - 40, 0), credit.evidence[1] + 20))


def _own_before(
    document: Document, whole: Body, sourced: Sequence[Sourced], credits: Sequence[Mention]
) -> list[Sourced]:
    """What own sources say before the first credit, one statement for each sentence."""
    until = whole.number(credits[0].evidence[0]) if credits else len(whole.spans)
    found: dict[int, Sourced] = {}
    for index in own_sources(sourced):
        one = sourced[index]
        number = whole.number(one.attribution.cue[0])
        if 0 <= number < until and words.SAYS.search(document.whole, *one.attribution.cue):
            found.setdefault(number, one)
    return list(found.values())


def _by_others(
    document: Document,
    whole: Body,
    mentions: Sequence[Mention],
    sourced: Sequence[Sourced],
    credit: Mention,
    own: tuple[int, ...],
) -> Judged:
    """Re-report, or mixed where the outlet has asked somebody itself and got an answer."""
    where = "headline" if whole.number(credit.evidence[0]) < 0 else "first sentences"
    how = {
        Relation.REPORTED: f"Its {where} credit the main news to {credit.outlet}.",
        Relation.TOLD: f"Its main news was said to {credit.outlet}.",
        Relation.POLL: f"Its main news is a poll by {credit.outlet}.",
    }[credit.relation]
    reasons: list[Why] = [(how, credit.evidence)]
    if confirmed := _own_word(document, mentions, sourced):
        return Judged(Role.MIXED, (*reasons, ("The outlet adds an answer that it got itself.", confirmed)), own)
    return Judged(Role.RE_REPORT, tuple(reasons), own)


def _aside(
    document: Document, whole: Body, mentions: Sequence[Mention], leading: Sequence[Mention], sourced: Sequence[Sourced]
) -> bool:
    """Whether what the lead credits is a side fact: it doesn't say the headline, and most else is the article's own.

    It mustn't open the article, or be all that is credited where a source of its own speaks before it.
    """
    own = len(own_sources(sourced))
    borrowed = sum(bool(one.via) or one.kind is SourceKind.OUTLET for one in sourced)
    places = {whole.number(one.evidence[0]) for one in mentions if one.relation in CREDITING}
    if any(_first(document, one) or _says_headline(document, whole, one) for one in leading):
        return False
    if min(places) >= SIDE_FROM and own >= OWN_LEAST and own >= OWN_SHARE * borrowed:
        return True
    once = len(places) == 1 and all(one.relation is Relation.REPORTED for one in leading)
    return once and own >= ONCE_SHARE * borrowed and bool(_own_before(document, whole, sourced, leading))


def _says_headline(document: Document, whole: Body, credit: Mention) -> bool:
    """Whether the sentence of a credit tells what the headline tells."""
    headline = _stems(document.title)
    if whole.number(credit.evidence[0]) < 0:
        return True
    sentence = _stems(document.whole[slice(*whole.spans[whole.number(credit.evidence[0])])])
    return len(headline & sentence) >= HEADLINE * len(headline)


def _answered(
    document: Document, whole: Body, mentions: Sequence[Mention], sourced: Sequence[Sourced]
) -> tuple[Why, ...]:
    """Why it takes up another outlet's report: beside what it got itself stands what that outlet reported."""
    confirmed = _own_word(document, mentions, sourced)
    if not confirmed:
        return ()
    for one in mentions:
        number = whole.number(one.evidence[0])
        near = abs(number - whole.number(confirmed[0])) <= ANSWER_REACH
        if one.relation is Relation.REPORTED and near and number <= ANSWER_LEAD:
            return (
                (f"It takes up what {one.outlet} reported.", one.evidence),
                ("The outlet adds an answer that it got itself.", confirmed),
            )
    return ()


def _own_word(document: Document, mentions: Sequence[Mention], sourced: Sequence[Sourced]) -> Span | None:
    """Where somebody says something to the article's own outlet; an unanswered request is nothing."""
    silent = [one.attribution.cue for one in sourced if one.stance is Stance.NO_ANSWER]
    for one in mentions:
        if one.relation is Relation.SELF:
            around = max(one.evidence[0] - 60, 0), one.evidence[1] + 40
            refused = words.REFUSED.search(document.whole, *around) or any(
                around[0] <= cue[0] < around[1] for cue in silent
            )
            if words.ASKED.search(document.whole, *one.evidence) and not refused:
                return one.span
    return None


def _mostly_borrowed(sourced: Sequence[Sourced]) -> bool:
    said = [one for one in sourced if one.name and one.stance is not Stance.NO_ANSWER and one.attribution.content]
    borrowed = sum(bool(one.via) or one.kind is SourceKind.OUTLET for one in said)
    return borrowed >= BORROWED_LEAST and borrowed >= BORROWED * len(said)


def _own_reasons(
    before: Sequence[Sourced], credits: Sequence[Mention], sourced: Sequence[Sourced], own: Sequence[int]
) -> tuple[Why, ...]:
    if before and credits:
        return (
            ("Sources of its own speak first; other outlets are credited for the rest.", before[0].attribution.cue),
        )
    if credits:
        return (("No other outlet is credited for its main news, only for side facts.", credits[0].evidence),)
    if own:
        return (("It credits no other outlet; its sources speak to it or in public.", sourced[own[0]].attribution.cue),)
    return (("It credits no other outlet.", None),)


def _headline_only(mentions: Sequence[Mention], document: Document) -> Judged:
    """Without a text only a credit in the headline tells anything."""
    credits = [one for one in mentions if one.relation in CREDITING]
    if credits:
        return Judged(
            Role.RE_REPORT,
            ((f"Its headline credits {credits[0].outlet}; its text isn't available.", credits[0].evidence),),
        )
    if match := words.REPORT_HEADLINE.search(document.title):
        return Judged(Role.RE_REPORT, (("Its headline speaks of a report; its text isn't available.", match.span()),))
    return Judged(Role.UNKNOWN, (("Its text isn't available, and the headline credits nobody.", None),))


def _no_news(document: Document, sourced: Sequence[Sourced]) -> Why | None:
    """Why this is no report on an event: its headline's form, its closing line, its captions, or its author's voice."""
    return _marked(document, sourced) or _voiced(document, sourced)


def _marked(document: Document, sourced: Sequence[Sourced]) -> Why | None:
    """What marks a piece as something else than a report."""
    if match := words.NO_NEWS_HEADLINE.search(document.title):
        return "Its headline is that of a list, a column or a live page.", match.span()
    start = len(document.title) + 1
    if match := words.AUTHOR_LINE.search(document.text):
        return "A line about its author marks it as opinion.", (match.start() + start, match.end() + start)
    if match := words.KICKER.search(document.text, 0, KICKER_REACH):
        return "A line above it marks it as opinion, letters or a live page.", (
            match.start() + start,
            match.end() + start,
        )
    if len(words.CAPTION.findall(document.text)) >= 3:
        return "It is a gallery of captions.", None
    social = sum(one.kind is SourceKind.SOCIAL for one in sourced)
    if social >= SOCIAL_LEAST and social >= SOCIAL_SHARE * len(sourced):
        return "It is a round-up of posts.", None
    return None


def _voiced(document: Document, sourced: Sequence[Sourced]) -> Why | None:
    """Whether its author's own voice is that of a comment; in a transcript others speak."""
    if len(words.SPEAKER.findall(document.text)) >= SPEAKERS:
        return None
    outside = words.QUOTED.sub(" ", document.text)
    said = len(words.FIRST_PERSON.findall(outside))
    if said >= FIRST_PERSON_LEAST and said * 100 >= FIRST_PERSON * len(outside.split()):
        return "Its author speaks as “I” or “we”.", None
    return _comments(outside) or _argues(document, outside, sourced)


def _argues(document: Document, outside: str, sourced: Sequence[Sourced]) -> Why | None:
    """Hardly anybody is quoted or says anything, and the author judges: it argues, it reports nothing."""
    length = len(outside.split())
    judging = len(words.JUDGING.findall(outside))
    if judging < ARGUED_LEAST or judging * 100 < ARGUED * length or length < UNQUOTED * len(document.text.split()):
        return None
    said = sum(bool(words.SAYS.search(document.whole, *one.attribution.cue)) for one in sourced)
    if said > SAID * len(words.SENTENCE_END.findall(document.text)):
        return None
    return "It quotes hardly anybody, and its author judges.", None


def _comments(outside: str) -> Why | None:
    """Three marks together: an author who says "I" or "we", who asks the reader, and who judges."""
    marks = [len(form.findall(outside)) for form in (words.FIRST_PERSON, words.QUESTION, words.JUDGING)]
    if (
        min(marks)
        and marks[0] > 1
        and sum(marks) >= COMMENT_LEAST
        and sum(marks) * 100 >= COMMENT * len(outside.split())
    ):
        return "Its author asks, judges and says “I” or “we”.", None
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _stems(text: str) -> frozenset[str]:
    """The telling words of a text, cut short, so that "resigns" and "resigned" are one."""
    return frozenset(word[:STEM] for word in _words(text) if len(word) > SHORT)


def number_alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words that two texts have in common, of all that either has (Jaccard); 0 of nothing."""
    return len(one & other) / len(one | other) if one | other else 0.0
