"""Who does what to whom in a headline, by the forms of its verbs; passives turned round.

"Insider confronts Putin" and "Putin confronted by insider" are one deed. A headline is short and its order is strict,
so that a list of verbs that take an object and a few rules do. Where they leave a doubt (a word that is a noun as well,
two verbs, a question) nothing is said: None is an answer. It weighs no word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stories.nlp import headlinewords as words
from stories.nlp.findings import Span

# A doer or an object of more words is two things, or the rules have gone astray.
MOST_WORDS = 5
_TOKEN = re.compile(r"[^\W_](?:[\w’'.&,-]*\w)?%?|[:;,?!|–—“”\"()/…]|\s[-]\s")
# "Analysis: ", "Live | ", a wire's "UPDATE 2-".
_LABEL = re.compile(r"^(?:(?:UPDATE|REFILE|CORRECTED|WRAPUP)[ \d-]*-|[^:|]{2,28}[:|]\s+)")
# Quotation marks, no apostrophes.
_MARK = re.compile(r"[“”\"]|(?<!\w)[‘’'](?=\w)|(?<=\w)[’'](?!\w)")
_BREAKS = frozenset(":;,?!|–—()/…")
_PLURAL = re.compile(r"(?:[^s]s|people|police|men|women|children|staff|media)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something, the verb, and to whom; spans in the headline, None for what can't be told."""

    actor: Span | None = None
    verb: Span | None = None
    acted_on: Span | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    plain: str
    span: Span

    @property
    def breaks(self) -> bool:
        return self.plain.strip() in _BREAKS or self.plain.strip() == "-"


def deed(title: str) -> Deed:
    """The deed that a headline tells, as far as it can be told."""
    if "?" in title:
        return Deed()
    label = _LABEL.match(title)
    start = label.end() if label else 0
    tokens = [
        _Token(one[0].casefold().replace("’", "'"), one.span())
        for one in _TOKEN.finditer(title, start)
        if one[0] not in '“”"'
    ]
    for at, token in enumerate(tokens):
        if token.breaks or token.plain in words.NOT_DOERS | words.MODALS or at > MOST_WORDS + 1:
            return Deed()
        if at and token.plain in words.BE and (found := _passive(title, tokens, at, at + 1)):
            return found
        if at and token.plain in words.HAVE:
            return _perfect(title, tokens, at)
        if at and (found := _at(title, tokens, at)):
            return found
    return Deed()


def _at(title: str, tokens: Sequence[_Token], at: int) -> Deed | None:
    """The deed whose verb stands here; None where none does."""
    plain, after = tokens[at].plain, tokens[at + 1].plain if at + 1 < len(tokens) else ""
    if tokens[at - 1].plain.endswith(("'s", "s'")) or (after in words.THIRD and plain not in words.TELLING):
        # "China's trade deficit", "Bomb attacks kill", "US air strike hits": a noun, and the verb comes yet.
        return None
    if (
        plain == "named"
        or (plain == "found" and after in words.FOUND)
        or (plain in words.PARTICIPLES and after == "by")
    ):
        return _passive(title, tokens, at, at)
    ends = after in words.ENDS or not after or after in _BREAKS
    if plain in words.SUFFERED and ends:
        return Deed() if after in words.NOT_SUFFERED else _passive(title, tokens, at, at)
    if plain in words.TELLING:
        return Deed()
    if (
        not _is_active(title, tokens, at)
        or ends
        or after in words.PARTICIPLES | words.MODALS | (words.BASES - {"force"})
    ):
        return None
    return _active(title, tokens, at, at)


def _is_active(title: str, tokens: Sequence[_Token], at: int) -> bool:
    """Whether a token is a verb in the active voice, as far as forms tell."""
    plain = tokens[at].plain
    if plain in words.ALSO_NOUNS:
        # In a headline that isn't all capitalised, a name or an article behind it makes it a verb.
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        named = after is not None and (title[after.span[0]].isupper() or after.plain in words.ARTICLES)
        return named and title[tokens[at].span[0]].islower()
    past = plain in words.PAST and plain not in words.BASES
    base = plain in words.BASES and _PLURAL.search(tokens[at - 1].plain) is not None and at == 1
    return plain in words.THIRD or past or base


def _perfect(title: str, tokens: Sequence[_Token], at: int) -> Deed:
    """The deed of "has", which stands here, and a participle; none otherwise."""
    after = tokens[at + 1].plain if at + 1 < len(tokens) else ""
    return _active(title, tokens, at, at + 1) if after in words.PARTICIPLES else Deed()


def _active(title: str, tokens: Sequence[_Token], at: int, verb: int) -> Deed:
    """An active verb, token `verb`, whose doer ends before token `at`."""
    actor = _noun(title, tokens[:at])
    return Deed(actor, tokens[verb].span, _object(title, tokens[verb + 1 :])) if actor else Deed()


def _passive(title: str, tokens: Sequence[_Token], at: int, verb: int) -> Deed | None:
    """A passive whose participle is token `verb` and whose subject ends before token `at`."""
    if verb >= len(tokens) or tokens[verb].plain not in words.PARTICIPLES:
        return None
    acted_on = _noun(title, tokens[:at])
    by = tokens[verb + 1 :]
    doer = None
    if by and by[0].plain == "by" and len(by) > 1:
        place = by[1].plain
        # "By 2030", "by hand", "by killing him" name nobody.
        doer = None if place[0].isdigit() or place.endswith("ing") else _object(title, by[1:])
    return Deed(doer, tokens[verb].span, acted_on) if acted_on else Deed()


def _noun(title: str, tokens: Sequence[_Token]) -> Span | None:
    """The span of a doer: all tokens, without an article; None where there are too many or one of them can't be."""
    kept = [one for one in tokens if one.plain not in words.ARTICLES]
    bad = any(one.breaks or one.plain in words.ENDS or one.plain in words.BE for one in kept)
    if not kept or bad or len(kept) > MOST_WORDS or (len(kept) == 1 and kept[0].plain.isdigit()):
        return None
    return _whole(title, (kept[0].span[0], kept[-1].span[1]))


def _object(title: str, tokens: Sequence[_Token]) -> Span | None:
    """The span of what follows a verb up to where it ends; None where that is nothing or too much."""
    kept: list[_Token] = []
    for one in tokens:
        if one.plain in words.MODALS | words.BE | words.HAVE:
            # "Warns that" without its "that": what follows is what somebody says, no object.
            return None
        if one.breaks or one.plain in words.ENDS or (kept and one.plain in words.PARTICIPLES):
            break
        kept.append(one)
    while kept and kept[0].plain in words.ARTICLES:
        kept = kept[1:]
    while kept and kept[-1].plain.endswith("ly"):
        kept = kept[:-1]
    if not kept or len(kept) > MOST_WORDS or any(one.plain in words.ARTICLES for one in kept):
        return None
    if kept[0].plain.split("'")[0] in words.PRONOUNS or kept[0].plain.endswith("ly"):
        return None
    return _whole(title, (kept[0].span[0], kept[-1].span[1]))


def _whole(title: str, span: Span) -> Span | None:
    """A span with a quotation mark that closes right behind it; None if one begins or ends within it and goes on."""
    start, end = span
    if len(_MARK.findall(title[start:end])) % 2:
        end += bool(_MARK.match(title, end))
        start -= bool(start and _MARK.match(title, start - 1))
    return None if len(_MARK.findall(title[start:end])) % 2 else (start, end)
