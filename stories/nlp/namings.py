"""How reports call the same actor: "the Syrian government" here and "the Syrian regime" there.

Patterns over the texts in the outlets' own voice: what stands between quotation marks is the speaker's naming. Two
names are put to one actor only where the text ties them to it (the same words before, the person's name beside it);
bare plurals ("protesters", "rioters") only where outlets prefer different ones. Rather too few than too many; copies of
one text are one voice and are left out. It doesn't say which name is right.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stories.nlp import namewords as words
from stories.nlp.comparison import Naming, Use
from stories.nlp.findings import Span
from stories.nlp.lineage import Report
from stories.nlp.persons import plain
from stories.nlp.quotation import quoted

# No report is looked at beyond this, in characters.
REACH = 40_000
# An outlet prefers a bare plural that it uses so often at least.
PREFERRED = 2

_NAME = r"[A-Z][\w’'-]*[\w’](?:[ -][A-Z][\w’'-]*\w){0,2}"
_WHOSE = r"[A-Z][\w-]+?(?: [A-Z][\w-]+?)?"
_RULE = re.compile(rf"\b(?P<whose>{_WHOSE})(?:[’']s?)? (?P<name>{'|'.join(sorted(words.RULE))})\b")
_PLURALS = (*sorted(words.PAIRS, key=len, reverse=True), *sorted(set().union(*words.GROUPS)))
_GROUP = re.compile(rf"\b(?:(?P<whose>{_WHOSE}|(?:pro|anti)-[A-Z]\w+) )?(?P<name>{'|'.join(_PLURALS)})\b")
_LABELS = "|".join(sorted(words.PERSON, key=len, reverse=True))
_BEFORE = re.compile(rf"\b(?P<name>{_LABELS}),? (?P<whose>{_NAME})")
_BEHIND = re.compile(rf"(?P<whose>{_NAME}), (?:the|a|an) (?:[a-z][\w-]+ ){{0,3}}(?P<name>{_LABELS})\b")
_DAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday The On In But And As When While".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class _Found:
    """A name for an actor: who is meant, the name in its plain form, the outlet, and where."""

    actor: str
    name: str
    outlet: str
    use: Use


def namings(reports: Sequence[Report]) -> tuple[Naming, ...]:
    """The actors that outlets call differently, those with most uses first."""
    found = [one for report in reports if report.copy_of is None for one in _found(report)]
    persons = _one_for_each([one.actor for one in found if one.actor.startswith("person:")])
    by_actor: dict[str, list[_Found]] = defaultdict(list)
    for one in found:
        by_actor[persons.get(one.actor, one.actor)].append(one)
    made = [naming for actor, uses in by_actor.items() if (naming := _naming(actor, uses))]
    return tuple(sorted(made, key=lambda one: (-sum(len(uses) for _, uses in one.names), one.actor)))


def _found(report: Report) -> Iterator[_Found]:
    text = report.whole[:REACH]
    said = quoted(text)
    for sort, pattern in (("rule", _RULE), ("group", _GROUP), ("person", _BEFORE), ("person", _BEHIND)):
        for match in pattern.finditer(text):
            span = match.span("name")
            if sort == "person" and _in_title_case(report, span):
                continue
            actor = _actor(sort, match)
            if actor and not any(start <= span[0] < end for start, end in said):
                yield _Found(actor, _plain(match["name"]), report.outlet, Use(report.article, span))


def _actor(sort: str, match: re.Match[str]) -> str:
    """Who is meant, as a key: the sort of actor, a colon, and whose or who."""
    whose = match["whose"]
    kept = " ".join(word for word in (whose or "").split() if word not in _DAYS)
    if sort == "group":
        name = _plain(match["name"])
        family = next((str(place) for place, names in enumerate(words.GROUPS) if name.split()[-1] in names), "2")
        return f"group {family}:{kept}"
    return f"{sort}:{kept}" if kept else ""


def _plain(name: str) -> str:
    return words.PAIRS.get(name, name).replace("protestors", "protesters").replace("whistle-blower", "whistleblower")


def _in_title_case(report: Report, span: Span) -> bool:
    """Whether a span stands in a headline, where it can't be seen what is a name."""
    return span[0] < len(report.title)


def _one_for_each(actors: Iterable[str]) -> Mapping[str, str]:
    """The fullest name for each person: "person:Holm" is "person:Ida Holm" where only one name ends so."""
    names = sorted(set(actors), key=lambda one: (-len(one), one))
    full: dict[str, str] = {}
    for name in names:
        bare = plain(name.removeprefix("person:"))
        ends = [one for one in names if one != name and plain(one.removeprefix("person:")).split()[-1:] == [bare]]
        full[name] = ends[0] if len(ends) == 1 else name
    return full


def _naming(actor: str, uses: Sequence[_Found]) -> Naming | None:
    """One actor's names; None where outlets don't differ, or differ in words that nobody minds."""
    sort, _, whose = actor.partition(":")
    by_name: dict[str, list[_Found]] = defaultdict(list)
    for one in uses:
        by_name[one.name].append(one)
    outlets = {name: {one.outlet for one in some} for name, some in by_name.items()}
    if len(by_name) < 2 or len(set().union(*outlets.values())) < 2 or not _marked(sort, by_name):
        return None
    # Where every outlet uses the same names, they don't differ.
    if len({frozenset(names) for names in outlets.values()}) < 2:
        return None
    if sort.startswith("group") and not whose and not _preferred(uses):
        return None
    ordered = sorted(by_name.items(), key=lambda each: (-len(each[1]), each[0]))
    label = _label(sort, whose, ordered[0][0])
    return Naming(label, tuple((name, tuple(one.use for one in some)) for name, some in ordered))


def _marked(sort: str, names: Iterable[str]) -> bool:
    if sort == "rule":
        return any(name in words.RULE_MARKED for name in names)
    if sort == "person":
        return any(name in words.PERSON_MARKED for name in names)
    return any(name.split()[-1] in words.GROUPS_MARKED or name in words.PAIRS for name in names)


def _preferred(uses: Iterable[_Found]) -> bool:
    """Whether two outlets use different names most."""
    by_outlet: dict[str, Counter[str]] = defaultdict(Counter)
    for one in uses:
        by_outlet[one.outlet][one.name] += 1
    first = {names.most_common(1)[0] for names in by_outlet.values()}
    return len({name for name, times in first if times >= PREFERRED}) > 1


def _label(sort: str, whose: str, name: str) -> str:
    """What the actor is called over the names: the person, or whose people or rulers they are."""
    if sort == "person" or not whose:
        return whose or name
    return f"{whose} {name}"
