"""The source behind each attribution: its kind, its full name, by way of which outlet its words come, how it stands.

Names are resolved inside the article only, and only where it is safe: a pronoun goes to the last source that it can
mean, a surname to the one full name; what can't be told keeps its own words and the kind OTHER.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from stories.nlp import sourcewords as words
from stories.nlp.findings import (
    Attribution,
    Document,
    Form,
    Mention,
    Reading,
    Relation,
    Sourced,
    SourceKind,
    Span,
    Spans,
    Stance,
)
from stories.nlp.posts import posts
from stories.nlp.sentences import Sentences, hull, overlap
from stories.nlp.sourcekinds import Names, Phrase, behind_comma, kind, person_in, phrase, plain

# A pronoun's source stands at most so many sentences before it.
PRONOUN_REACH = 4
# A sentence is looked at so far before and behind a source, in characters; no sentence of news is longer.
REACH = 600
# "said" and "told Reuters" stand this close, in characters.
TOLD_REACH = 60
# Cues behind which a source stands.
_CITING = re.compile(r"(?:(?:also|all|each)\s)?(?:cit(?:ing|es|ed)|quot(?:ing|es|ed))", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;]|,\s(?!who\b)|\s(?:as saying|that|and said)\b")
# A ragged span may end in the beginning of what follows.
_TRAILING = re.compile(r"[\s,]+(?:and|or|but|who|that|which)?\s*$")
_DEFINITE = ("the ", "this ", "that ", "these ", "those ", "both ", "one of the ", "one of those ", "some of the ")
# A source named further back than so many statements is named anew.
LOOK_BACK = 100
_KEY_WORDS = 12


def sourced(document: Document, reading: Reading, mentions: Sequence[Mention], cut: Sentences) -> tuple[Sourced, ...]:
    """Each attribution of a reading and each embedded post with its source, in the order in which they stand."""
    article = _Article(document.whole, cut, Names(document.whole, reading.entities), mentions)
    known = [one.cue for one in reading.attributions]
    added = [one for one in posts(document.whole) if not any(overlap(one.cue, cue) for cue in known)]
    found = [article.source(one) for one in sorted((*reading.attributions, *added), key=lambda one: one.cue)]
    return tuple(_by_way(article, found))


def hedges(text: str) -> Spans:
    """Where an outlet says that it is not sure: "reportedly", "could not be independently verified"."""
    return tuple(match.span() for match in words.HEDGE.finditer(text))


def denials(text: str) -> Spans:
    """Where something is denied."""
    return tuple(match.span() for match in words.DENIAL.finditer(text))


def no_answers(text: str) -> Spans:
    """Where somebody was asked and gave no answer."""
    return tuple(match.span() for match in words.NO_ANSWER.finditer(text))


@dataclass(slots=True)
class _Article:
    text: str
    cut: Sentences
    names: Names
    mentions: Sequence[Mention]
    before: list[Sourced] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    def source(self, one: Attribution) -> Sourced:
        """The source of an attribution, given those before it."""
        found = self._described(one)
        found = replace(found, stance=self._stance(one), hedge=self._hedge(one))
        span = self._span(found.attribution)
        self.before.append(found)
        self.heads.append(_singular(phrase(self.text, span, self.names).head) if span and found.name else "")
        return found

    def _described(self, one: Attribution) -> Sourced:
        one = self._citing(one)
        span = self._span(one)
        if span is None:
            return Sourced(one, SourceKind.OTHER, "", "")
        raw = self.text[slice(*span)].strip(' ,"“”')
        if known := self._earlier(raw, span, one):
            return replace(known, attribution=one, reason=None, via="", stance=Stance.SAYS, hedge=None)
        if raw.casefold() in words.PRONOUNS_THING or raw.casefold() in words.PRONOUNS_MANY:
            # Whoever "it" is, nobody can be told apart by it.
            return Sourced(one, SourceKind.OTHER, "", "")
        found = phrase(self.text, span, self.names)
        reason = self._reason(span)
        sort = kind(self.text, found, self.names, self.mentions, reason is not None)
        if sort is SourceKind.OTHER and (behind := behind_comma(self.text, span)):
            found = phrase(self.text, behind, self.names)
            sort = kind(self.text, found, self.names, self.mentions, reason is not None)
        name = self._name(found, sort, raw)
        reason = reason if sort is SourceKind.ANONYMOUS else None
        return Sourced(one, sort, name, _key(sort, name), reason=reason)

    def _citing(self, one: Attribution) -> Attribution:
        """Who is cited is the source of what stands before, not what is said: "reported X, citing Y"."""
        cited = _CITING.fullmatch(self.text[slice(*one.cue)].strip())
        if not cited or not one.content or not self.before or self.text[one.content[0][0]] in '"“':
            return one
        start = one.content[0][0]
        end = _CLAUSE.search(self.text, start, self.cut.around(one.cue)[1])
        last = self.before[-1].attribution
        near = self.cut.at(last.cue[0]) == self.cut.at(one.cue[0])
        return Attribution(
            one.cue, ((start, end.start() if end else one.content[-1][1]),), last.content if near else (), last.form
        )

    def _span(self, one: Attribution) -> Span | None:
        """The piece of a source that names it: the longest in the cue's sentence, else the longest."""
        sentence = self.cut.around(one.cue)
        pieces = [piece for piece in one.source if overlap(piece, sentence)] or list(one.source)
        if not pieces:
            return None
        start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
        if place := words.DATELINE.match(self.text, start, end):
            start = place.end()
        trailing = _TRAILING.search(self.text, start, end)
        return start, trailing.start() if trailing and trailing.start() > start else end

    def _earlier(self, raw: str, span: Span, one: Attribution) -> Sourced | None:
        """The source named before that a pronoun or "the official" means."""
        word = raw.casefold()
        if word in words.PRONOUNS_PERSON:
            return self._speaker(span, one) or self._last(
                span, (SourceKind.NAMED, SourceKind.ROLE, SourceKind.ANONYMOUS)
            )
        if word in words.PRONOUNS_MANY:
            plural = SourceKind.ROLE, SourceKind.ORGANISATION, SourceKind.ANONYMOUS
            return self._last(span, plural)
        if word in words.PRONOUNS_THING:
            things = SourceKind.ORGANISATION, SourceKind.DOCUMENT, SourceKind.OUTLET, SourceKind.POLL
            return self._last(span, things)
        if word.startswith(_DEFINITE):
            head = phrase(self.text, span, self.names).head
            return self._of_the_same_noun(_singular(head)) if head.islower() else None
        return None

    def _of_the_same_noun(self, head: str) -> Sourced | None:
        """The last source before that "the official" or "one of the officials" can mean."""
        near = zip(reversed(self.before[-LOOK_BACK:]), reversed(self.heads[-LOOK_BACK:]), strict=True)
        return next((one for one, known in near if head and known == head and one.kind is not SourceKind.OTHER), None)

    def _last(self, span: Span, kinds: Sequence[SourceKind]) -> Sourced | None:
        """The last source of these kinds within reach; a person named in the sentence before serves "he" too."""
        here = self.cut.at(span[0])
        for found in reversed(self.before[-LOOK_BACK:]):
            if here - self.cut.at(found.attribution.cue[0]) > PRONOUN_REACH:
                break
            if found.kind in kinds and found.name:
                return found
        if SourceKind.NAMED not in kinds:
            return None
        near = [one for one in self.names.persons if one.span[1] <= span[0] and here - self.cut.at(one.span[0]) <= 1]
        if not near:
            return None
        first = near[0]
        name = self.names.full(self.text[slice(*first.span)])
        return Sourced(_nobody(first.span), SourceKind.NAMED, name, _key(SourceKind.NAMED, name))

    def _speaker(self, span: Span, one: Attribution) -> Sourced | None:
        """Who says "I" in a quotation."""
        if self.text[slice(*span)].strip(' ,"“”') not in ("I", "me", "my"):
            return None
        around = [s for s in self.before if s.attribution is not one and s.attribution.content]
        return next((s for s in reversed(around) if overlap(span, hull(s.attribution.content))), None)

    def _reason(self, span: Span) -> Span | None:
        """Where the sentence says why its source isn't named; behind the source, or before it."""
        match = words.ANONYMITY.search(self.text, *self._around(span))
        return match.span() if match else None

    def _name(self, found: Phrase, sort: SourceKind, raw: str) -> str:
        if sort is SourceKind.NAMED:
            person = person_in(self.text, found, self.names)
            return self.names.full(self.text[slice(*(person.span if person else found.core))])
        if sort in (SourceKind.OUTLET, SourceKind.POLL):
            inside = [one for one in self.mentions if found.span[0] <= one.span[0] < found.span[1]]
            if inside and sort is SourceKind.OUTLET:
                return inside[0].outlet
        return plain(raw)

    def _stance(self, one: Attribution) -> Stance:
        start, end = self.cut.around(one.cue)
        near = self.text[max(start, one.cue[0] - 20) : min(end, one.cue[1] + 40)]
        cue = self.text[slice(*one.cue)]
        answer = words.NO_ANSWER.search(near)
        if answer and overlap((one.cue[0], one.cue[1]), _moved(answer.span(), max(start, one.cue[0] - 20))):
            return Stance.NO_ANSWER
        for stance, pattern in ((Stance.DENIES, words.DENIES), (Stance.CONFIRMS, words.CONFIRMS)):
            found = pattern.search(cue)
            # "Did not dispute", "could not immediately verify".
            if found and not words.NEGATED.search(self.text[max(start, one.cue[0] - 30) : one.cue[0] + found.start()]):
                return stance
        return Stance.SAYS

    def _hedge(self, one: Attribution) -> Span | None:
        match = words.HEDGE.search(self.text, *self._around(one.cue))
        return match.span() if match else None

    def _around(self, span: Span) -> Span:
        """The sentence around a span, of an endless one only what is near."""
        start, end = self.cut.around(span)
        return max(start, span[0] - REACH), min(max(end, span[1]), span[1] + REACH)

    def via(self, found: Sourced) -> str:
        """The outlet that this attribution names as its way here; "" for none."""
        one = found.attribution
        sentence = self.cut.around(one.cue)
        told = [
            mention.outlet
            for mention in self.mentions
            if mention.relation is Relation.TOLD
            and overlap(mention.span, sentence)
            and (overlap(mention.evidence, one.cue) or 0 <= mention.span[0] - one.cue[1] <= TOLD_REACH)
        ]
        if told:
            return told[0]
        reported = [
            mention.outlet
            for mention in self.mentions
            if mention.relation is Relation.REPORTED
            and overlap(mention.span, sentence)
            and mention.outlet != found.name
        ]
        return reported[0] if reported else ""

    def own(self, found: Sourced) -> bool:
        """Whether it is said to have been told to the article's own outlet."""
        sentence = self.cut.around(found.attribution.cue)
        return any(one.relation is Relation.SELF and overlap(one.span, sentence) for one in self.mentions)


def _by_way(article: _Article, found: Sequence[Sourced]) -> list[Sourced]:
    """The way of each attribution's words: named beside it, that of the content it stands in, or its source's last."""
    last: dict[str, str] = {}
    carrying = [
        (hull(one.attribution.content), one.name)
        for one in found
        if one.kind is SourceKind.OUTLET and one.attribution.content
    ]
    done: list[Sourced] = []
    for one in found:
        way = "" if one.kind is SourceKind.OUTLET or article.own(one) else article.via(one)
        if not way and one.kind is not SourceKind.OUTLET and not article.own(one):
            within = [name for content, name in carrying if overlap(content, one.attribution.cue)]
            way = within[0] if within else last.get(one.key, "")
        if one.key:
            last[one.key] = "" if article.own(one) else way
        done.append(replace(one, via=way))
    return done


def _key(sort: SourceKind, name: str) -> str:
    """The same for the same source: a name in small letters, or a description without its articles."""
    tokens = [word for word in name.casefold().split() if word not in ("the", "a", "an")]
    return f"{sort.value}:{' '.join(tokens[:_KEY_WORDS])}" if name else ""


def _singular(noun: str) -> str:
    """A noun without the s of its plural, in small letters: enough to know "officials" again in "the official"."""
    noun = noun.casefold()
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _nobody(span: Span) -> Attribution:
    """A place-holder for a person who is named but has said nothing yet."""
    return Attribution(span, (span,), (), Form.INDIRECT)
