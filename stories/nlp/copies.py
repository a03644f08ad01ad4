"""Copies: which text another report holds too, word for word, and which report it goes back to.

Two steps. `bands` are keys under which texts that may be copies meet, found in a database index; `copied` then compares
the two texts themselves. What is compared is the narrative, in runs of five words: direct quotes are left out, since
whoever was at the microphone has the same ones, and what is shared must speak of the headline, which a cookie notice
does not. A headline alone is never a copy. It fetches nothing and saves nothing.

Copies are of English, as measured; other languages go by the same rules. In Chinese, Japanese, Thai and the like, which
put no spaces between words, runs of nine characters take the place of five words: tested on texts of our own, measured
on none.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise

# MinHash in Rust: 1 ms and 1 MB to import, where datasketch brings scipy along (57 MB, 0.4 s).
from rensa import RMinHash  # type: ignore[import-untyped]

# Words in a run. Of five, a text with one word in twenty changed keeps three quarters of its runs.
RUN = 5
# Runs of the sketch are longer: unrelated texts share stock phrases of five words (10 of 30,000 pairs meet under one
# key), hardly any of seven (3), and copies are found as well.
SKETCH_RUN = 7
# The same for scripts without spaces, in characters: a Chinese word has not quite two.
RUN_CHARACTERS, SKETCH_RUN_CHARACTERS = 9, 12

# Cut to n words, none of some 3,600 pairs of separate reports on one event passes for a copy at 40 or more, two at 30.
LEAST_WORDS = 40
# What goes on longer is a document or a running page; its beginning is enough to be known by.
MOST_CHARACTERS = 40_000

# Slots of the sketch of the whole text, and of one of its first words, where a trimmed copy or a teaser is found.
WHOLE, LEAD, LEAD_WORDS = 24, 8, 80
# Copies share two keys or more of these 32: 91 of 92 real pairs across outlets do, and of 300 texts each cut to a
# fifth, edited in every twelfth word, given another opening or only a third of their sentences, 98 to 100 of 100; of
# separate reports on one event 2 of 100, of unrelated ones 1 in 30,000. A single key finds hardly more (99.6 where two
# find 97.9) and three times as many that are none.
LEAST_BANDS = 2
# Of one outlet's reports, that share its notices, it takes more: of 600 pairs of 60 to 200 words over the same 40 words
# of notice 98 in 100 share two keys, one in 100 shares eight. A second trimmed copy in one house may be missed; it is
# the same voice anyway.
LEAST_BANDS_AT_HOME = 8
# The library's own version of its hashing and ours of what is hashed: only sketches of one make may be compared.
MAKE = b"\x01"
SEED = 1

# Of the shorter text's narrative, the share that the longer one holds. In three labelled sets 92 pairs of outlets have
# .55 or more: those under .90 were read, and each is agency copy, a press release or a reprint; 38 over it were gone
# through by headline. Of some 60 read under .55 the highest that is none of these scores .46 (two short reports around
# one tweet, quoted without marks); .50 would find 10 more.
SHARE = 0.55
# Where the later text is the longer one, that much of it must be the earlier one's. Below, it may as well be a report
# of its own that took in a short one; at .3 it is at most about three times as long.
SHARE_OF_LONGER = 0.3
# A text of quotes has too little narrative to go by. Then it is a copy only if nearly all is the same, quotes and all.
LEAST_TOLD, SHARE_OF_QUOTES = 20, 0.95
# What two texts share must speak of both headlines: hold a quarter of one's telling words and at least one of the
# other's; or the headlines must be alike themselves, by half. So do all 82 of those pairs that have real headlines; of
# unrelated headlines over one and the same consent notice 1 pair in 100. A text that two reports with other headlines
# hold as well is taken for such a notice, whatever a third says.
SHARE_OF_HEADLINE, ALIKE_HEADLINES, NOTICES = 0.25, 0.5, 2

# Reports further apart are not compared: agencies' features are run for a week or two.
WINDOW = timedelta(days=14)
# An agency's page often comes after those of its clients, who get the text by wire and publish it by machine. Chosen,
# not measured: no set with both clocks was at hand. Whoever names the agency points at it however late it comes.
AGENCY_DELAY = timedelta(hours=1)

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")
_CHARACTER = re.compile(f"[{_UNSPACED}]")
# "WASHINGTON, June 10 (AP) —": whose text it is says nothing about whether two are the same.
_OPENING = re.compile(r"\s*[^\n(]{0,80}\([^)\n]{2,40}\)\s?(?:--|[-–—―:])\s")
# A quote that isn't closed ends with its paragraph, as newsrooms write quotes of several; more than 800 characters is
# a stray mark. No part of it backs up, so that a hostile text costs no more than a long one.
_QUOTE = re.compile(
    r"“[^”\n]{0,800}+(?:”|(?=\n)|\Z)|„[^“”\n]{0,800}+[“”]|«[^»\n]{0,800}+»|»[^«\n]{0,800}+«"
    r"|「[^」\n]{0,800}+」|『[^』\n]{0,800}+』"
    r'|(?<![^\s(\[—–-])"(?=\S)[^"\n]{0,800}+(?:"|(?=\n)|\Z)'
    r"|(?<![^\s(\[—–-])['‘](?=\S)(?:[^'’\n]|['’](?=\w)){15,800}+['’]"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is compared: its words, all its runs, those outside quotation marks, its headline's telling words.

    Runs are kept as hashes that hold for this process only: never store them.
    """

    words: tuple[str, ...]
    width: int
    runs: frozenset[int]
    told: frozenset[int]
    headline: frozenset[str]


@dataclass(frozen=True, slots=True)
class Report:
    """An article as its copies are sought: its number, outlet, time and bands, the agency it names, and its wording.

    `agency`: it is that agency's own report. `wording` is None for a text too short to tell.
    """

    number: int
    outlet: int
    at: datetime
    bands: frozenset[int]
    wire: str
    agency: bool
    wording: Wording | None


@dataclass(frozen=True, slots=True)
class Copy:
    """The report that an article is a copy of, and the share of the article's narrative (0..1) that it holds."""

    root: int
    share: float


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article of a story, for counting voices: its root (itself if no copy), that one's outlet, and the agencies
    that either names.
    """

    root: int
    root_outlet: int
    root_wire: str
    wire: str


def signature(text: str) -> bytes | None:
    """A MinHash sketch of the text, 129 bytes; None for one too short to tell."""
    words = _words(text[:MOST_CHARACTERS])
    if not _is_long_enough(words):
        return None
    width = SKETCH_RUN_CHARACTERS if _is_unspaced(words) else SKETCH_RUN
    slots: list[int] = []
    for part, count in ((words, WHOLE), (words[:LEAD_WORDS], LEAD)):
        sketch = RMinHash(num_perm=count, seed=SEED)
        sketch.update([" ".join(run) for run in _runs(part, width)])
        slots += sketch.digest()
    return MAKE + struct.pack(f"<{WHOLE + LEAD}I", *slots)


def bands(signature: bytes) -> list[int]:
    """The keys (signed 64 bits) under which texts alike meet, one per slot; none for a sketch of another make."""
    if not signature.startswith(MAKE) or len(signature) != len(MAKE) + 4 * (WHOLE + LEAD):
        return []
    slots = struct.iter_unpack("4s", signature[len(MAKE) :])
    keys = (
        blake2b(bytes([place]) + slot, digest_size=8, person=b"copies" + MAKE).digest()
        for place, (slot,) in enumerate(slots)
    )
    return [int.from_bytes(key, "big", signed=True) for key in keys]


def wording(title: str, text: str) -> Wording | None:
    """A text made ready to be compared; None for one too short to tell."""
    text = text[:MOST_CHARACTERS]
    start, words, narrative = (match.end() if (match := _OPENING.match(text)) else 0), [], []
    for quote in _QUOTE.finditer(text, start):
        narrative.append(_words(text[start : quote.start()]))
        words += narrative[-1] + _words(quote[0])
        start = quote.end()
    narrative.append(_words(text[start:]))
    words += narrative[-1]
    if not _is_long_enough(words):
        return None
    width = RUN_CHARACTERS if _is_unspaced(words) else RUN
    told = {hash(run) for part in narrative for run in _runs(part, width)}
    runs = {hash(run) for run in _runs(words, width)}
    return Wording(tuple(words), width, frozenset(runs), frozenset(told), frozenset(_telling(_words(title))))


def shared(first: Wording, second: Wording) -> tuple[float, float]:
    """The share of the first's narrative that the second holds, and of the second's that the first holds: 0..1."""
    return _share(first, second), _share(second, first)


def copied(article: Wording, root: Wording) -> float | None:
    """The share of the article's narrative that an earlier report holds, if the article is a copy of it; else None."""
    share = _taken(article, root)
    return share if share is not None and _is_one_subject(article, root) else None


def find(reports: Iterable[Report]) -> dict[int, Copy]:
    """Whose copy each report is, for those that are one. The same for any order of the reports.

    The earliest of a group is its root, and each copy is compared with the root itself, so none points at a copy.
    An agency's own report counts as reported an hour earlier than it says, or, if that is earlier still, when the first
    article with its text was reported that names the agency.
    """
    known = {report.number: report for report in reports if report.wording is not None}
    turns = {one.number: (_counts_from(one, known.values()), not one.agency, one.number) for one in known.values()}
    found: dict[int, Copy] = {}
    roots: dict[int, list[int]] = defaultdict(list)
    for number in sorted(known, key=turns.__getitem__):
        report = known[number]
        met = Counter(root for band in report.bands for root in roots[band])
        earlier = [root for root, keys in met.items() if meet(keys, known[root].outlet == report.outlet)]
        copy = _first_copied(report, [known[root] for root in sorted(earlier, key=turns.__getitem__)])
        if copy is not None:
            found[number] = copy
            continue
        for band in report.bands:
            roots[band].append(number)
    return found


def meet(keys: int, one_outlet: bool) -> bool:
    """Whether two texts that share so many keys are worth comparing."""
    return keys >= (LEAST_BANDS_AT_HOME if one_outlet else LEAST_BANDS)


def voices(carriers: Sequence[Carrier]) -> int:
    """How many independent voices speak through these articles.

    A copy speaks with its root's voice; whatever carries an agency's text, in any wording, with the agency's; all else
    with its outlet's.
    """
    wires = {one.root: one.wire for one in sorted(carriers, key=lambda one: one.wire, reverse=True) if one.wire}
    return len({one.root_wire or wires.get(one.root) or one.root_outlet for one in carriers})


def _counts_from(report: Report, others: Iterable[Report]) -> datetime:
    """The time that a report counts with when the earliest is sought."""
    if not report.agency:
        return report.at
    early = report.at - AGENCY_DELAY
    clients = [one for one in others if not one.agency and one.wire == report.wire and one.at < early]
    near = [one for one in clients if meet(len(one.bands & report.bands), one.outlet == report.outlet)]
    return min([early, *(one.at for one in near if _first_copied(one, [report]))])


def _first_copied(report: Report, roots: Sequence[Report]) -> Copy | None:
    """The first of these roots that the report is a copy of; None where the text is a notice of the house."""
    copy, notices = None, 0
    for root in roots:
        if report.wording is None or root.wording is None or abs(report.at - root.at) > WINDOW:
            continue
        share = _taken(report.wording, root.wording)
        if share is not None and _is_one_subject(report.wording, root.wording):
            copy = copy or Copy(root.number, share)
        elif share is not None:
            notices += 1
    return copy if notices < NOTICES else None


def _taken(article: Wording, root: Wording) -> float | None:
    """The share of an article's narrative that an earlier report holds, if that is enough for a copy."""
    share, back = shared(article, root)
    if len(article.told) > len(root.told):
        return share if back >= SHARE and share >= SHARE_OF_LONGER else None
    return share if share >= SHARE else None


def _share(one: Wording, other: Wording) -> float:
    """The share of one's narrative that the other holds, inside quotes or out: marks differ from house to house."""
    if len(one.told) >= LEAST_TOLD:
        return len(one.told & other.runs) / len(one.told)
    share = len(one.runs & other.runs) / len(one.runs)
    return share if share >= SHARE_OF_QUOTES else 0.0


def _is_one_subject(first: Wording, second: Wording) -> bool:
    """Whether what two texts share is what they are about; headlines without a telling word rule nothing out."""
    headlines = [one.headline for one in (first, second) if one.headline]
    least = min((len(headline) for headline in headlines), default=0)
    if len(headlines) == 2 and len(headlines[0] & headlines[1]) >= ALIKE_HEADLINES * least:
        return True
    held: set[str] = set()
    for run in _runs(first.words, first.width):
        if hash(run) in second.runs:
            held |= _telling(run)
    shares = [len(headline & held) / len(headline) for headline in headlines]
    return not shares or (max(shares) >= SHARE_OF_HEADLINE and min(shares) > 0)


def _telling(words: Sequence[str]) -> set[str]:
    """Words of four letters or more, cut to five for their endings; pairs of characters where there are no spaces."""
    long = {word[:5] for word in words if len(word) > 3}
    return long | {a + b for a, b in pairwise(words) if _CHARACTER.match(a) and _CHARACTER.match(b)}


def _words(text: str) -> list[str]:
    """Words without case and punctuation; characters, one by one, of scripts without spaces."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _runs(words: Sequence[str], width: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(width)), strict=False)


def _is_unspaced(words: Sequence[str]) -> bool:
    """Whether most of a text is in a script that puts no spaces between words."""
    return 2 * sum(1 for word in words if _CHARACTER.match(word)) > len(words)


def _is_long_enough(words: Sequence[str]) -> bool:
    """Whether there is enough to tell; two characters stand for a word where there are no spaces."""
    return len(words) >= (2 * LEAST_WORDS if _is_unspaced(words) else LEAST_WORDS)
