"""Agencies: whose text an article carries by its own word, in a dateline, a byline or the credit that closes it.

Only where the credit stands counts, never that an agency is named: "told Reuters", "according to AP" and "the
Associated Press contributed to this report" are reports of one's own. It reads no database: agencies that it does not
know, as a newsroom may add them, are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Where a dateline stands, in characters: the lead may come after a kicker, a caption or a byline.
HEAD, HEAD_LINES = 600, 6
# Where the closing credit stands: a copyright line may be followed by an address or two.
TAIL = 800
# A line that holds nothing but a credit is no longer.
CREDIT_LINE = 60


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency: the name that we use, its names written out, and its marks ("AP"), which count only as written.

    `in_datelines`: the mark is no other common abbreviation in brackets, as (PA) is of a state.
    """

    name: str
    names: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    in_datelines: bool = True


AGENCIES = (
    Agency("AP", ("Associated Press", "AP News"), ("AP",)),
    Agency("Reuters", ("Reuters", "Reuters News Agency"), ("REUTERS",)),
    Agency("Thomson Reuters Foundation", ("Thomson Reuters Foundation",)),
    Agency("AFP", ("Agence France-Presse", "Agence France Presse"), ("AFP",)),
    Agency("UPI", ("United Press International",), ("UPI",)),
    Agency("dpa", ("Deutsche Presse-Agentur", "German Press Agency", "dpa news agency"), ("dpa", "DPA", "dpa-AFX")),
    Agency("PA Media", ("PA Media", "Press Association", "PA news agency"), ("PA",), in_datelines=False),
    Agency("Bloomberg", ("Bloomberg", "Bloomberg News")),
    Agency("Xinhua", ("Xinhua", "Xinhua News Agency", "新华社", "新華社")),
    Agency("China News Service", ("China News Service", "中新社", "中国新闻社")),
    Agency("TASS", ("ITAR-TASS", "TASS news agency", "ТАСС"), ("TASS",)),
    Agency("RIA Novosti", ("RIA Novosti", "РИА Новости")),
    Agency("Interfax", ("Interfax", "Интерфакс")),
    Agency("Ukrinform", ("Ukrinform", "Укрінформ")),
    Agency("Kyodo News", ("Kyodo", "Kyodo News", "Kyodo news agency", "共同通信")),
    Agency("Jiji Press", ("Jiji Press", "時事通信"), ("Jiji",)),
    Agency("Yonhap", ("Yonhap", "Yonhap News", "Yonhap News Agency", "연합뉴스")),
    Agency("ANSA", ("ANSA news agency",), ("ANSA",)),
    Agency("EFE", ("Agencia EFE", "EFE news agency"), ("EFE",)),
    Agency("Europa Press", ("Europa Press",), ("EUROPA PRESS",)),
    Agency("Lusa", ("Agência Lusa", "Lusa")),
    Agency("Anadolu", ("Anadolu", "Anadolu Agency", "Anadolu Ajansı"), ("AA",), in_datelines=False),
    Agency("PTI", ("Press Trust of India",), ("PTI",)),
    Agency("ANI", ("Asian News International",), ("ANI",)),
    Agency("IANS", ("Indo-Asian News Service",), ("IANS",)),
    Agency("AAP", ("Australian Associated Press",), ("AAP",)),
    Agency("The Canadian Press", ("Canadian Press", "La Presse Canadienne"), ("CP",), in_datelines=False),
    Agency("APA", ("Austria Presse Agentur",), ("APA",)),
    Agency("Keystone-SDA", ("Keystone-SDA",), ("sda", "SDA")),
    Agency("Belga", ("Belga", "Agence Belga")),
    Agency("ANP", ("Algemeen Nederlands Persbureau",), ("ANP",)),
    Agency("NTB", ("Norsk Telegrambyrå",), ("NTB",)),
    Agency("TT", ("Tidningarnas Telegrambyrå", "TT Nyhetsbyrån"), ("TT",), in_datelines=False),
    Agency("Ritzau", ("Ritzau",), ("ritzau",)),
    Agency("STT", ("Suomen Tietotoimisto",), ("STT",)),
    Agency("PAP", ("Polska Agencja Prasowa",), ("PAP",)),
    Agency("CTK", ("Czech News Agency",), ("CTK", "ČTK")),
    Agency("Bernama", ("Bernama",), ("BERNAMA",)),
    Agency("Antara", ("Antara", "ANTARA News"), ("ANTARA",)),
    Agency("MercoPress", ("MercoPress", "Merco Press")),
)

_PEOPLE = r"(?:staff|writers?|reporters?|correspondents?|editors?|desk|bureau|newsroom)"
_STAFF = re.compile(rf"(?:\s+{_PEOPLE})+$", re.IGNORECASE)
_BY = re.compile(r"^(?:by|von|par|por|di|da|source|quelle|from|via)\b:?\s+(?:the\s+)?|^the\s+", re.IGNORECASE)
_BYLINE = re.compile(r"by\s", re.IGNORECASE)
_PIECES = re.compile(r"\s*[,;/|·•]\s*|\s+[-–—]\s+")
# Somebody else had a hand in it: whose text it is then can't be told from the byline.
_TOGETHER = re.compile(r"\b(?:and|with|und|mit|et|avec|y|con|e)\b|&", re.IGNORECASE)
# Reuters alone signs like this, and numbers its updates like that.
_REUTERS_SIGNS = re.compile(
    r"\((?:Additional reporting|Reporting|Writing)\b[^()]{0,300}\bEdit(?:ing|tng) by\b[^()]{0,120}\)", re.IGNORECASE
)
_REUTERS_UPDATE = re.compile(r"^(?:UPDATE|WRAPUP) \d{1,2}-\S")


def carried(
    title: str,
    text: str,
    byline: str,
    source_name: str,
    outlet_name: str,
    others: Iterable[Agency] = (),
) -> str:
    """The name of the agency whose text this is by the article's own word, or "".

    `source_name` is the outlet that an aggregator's feed names. What an agency publishes itself is its own text: its
    name is given too. `others` are agencies that are not among AGENCIES.

    By the text alone: of provenance/visible.jsonl's 25 wire articles in other houses 24 are found, and none that is not
    (P 1.00, R .96); of 75 articles of PolNeAR that its metadata give to an agency 71 (train and dev; P .99, R .95),
    with the byline 74 (R .99). The two that are found beyond the labels are agency copy too. English; the forms of
    other languages are written from knowledge of them and not measured.
    """
    marks = _marks(tuple(others))
    head, tail = text[:HEAD].strip(), text.strip()[-TAIL:]
    return (
        marks.named(outlet_name)
        or marks.named(source_name)
        or marks.in_byline(byline)
        or marks.in_dateline(head)
        or marks.in_first_lines(head)
        or marks.in_copyright(tail)
        or marks.closing(tail)
        or ("Reuters" if _REUTERS_SIGNS.search(tail) or _REUTERS_UPDATE.match(title) else "")
    )


def canonical(name: str, others: Iterable[Agency] = ()) -> str:
    """The name that we use for an agency, whichever of its names is given; "" for what is none."""
    return _marks(tuple(others)).named(name)


class _Marks:
    """The patterns of a set of agencies."""

    def __init__(self, agencies: Sequence[Agency]) -> None:
        self._by_name: dict[str, str] = {}
        self._by_mark: dict[str, str] = {}
        for agency in agencies:
            self._by_name |= {name.casefold(): agency.name for name in (agency.name, *agency.names)}
            self._by_mark |= dict.fromkeys(agency.marks, agency.name)
        dated = [one for one in agencies if one.in_datelines]
        in_datelines = _any([word for one in dated for word in (one.name, *one.names, *one.marks)])
        anywhere = _any([word for one in agencies for word in (one.name, *one.names, *one.marks)])
        dash = r"(?:--|[-–—―:]|\.-)"
        self._datelines = (
            # "WASHINGTON, June 10 (UPI) —", "(Reuters) -", "Berlin (dpa/AFP) -"
            re.compile(rf"^[^\n()]{{0,80}}\(({in_datelines})(?:/[\w-]+)*\)\s?{dash}", re.MULTILINE),
            # "(서울=연합뉴스)"
            re.compile(rf"^\([^()\n=]{{1,12}}=({in_datelines})\)", re.MULTILINE),
            # "MOSCOW, November 5. /TASS/."
            re.compile(rf"^(?:[^\n/]{{0,60}}[.,]\s)?/\s?({in_datelines})\s?/[.\s]", re.MULTILINE),
            # "AFP - ", "РИА Новости. "
            re.compile(rf"^(?:[^\n()]{{0,40}}[,—–-]\s)?({in_datelines})\s(?:--|[-–—―])\s", re.MULTILINE),
            # "新华社北京11月5日电", "【ワシントン共同】"
            re.compile(r"^[【(（]?(新华社|新華社|中新社)[^\n。]{0,20}电", re.MULTILINE),
        )
        self._bracketed = re.compile(r"^【[^】\n]{0,12}(共同|時事)】", re.MULTILINE)
        self._copyright = re.compile(
            rf"(?:©|\(c\)|copyright)[\s,©]*+(?:\(?(?:19|20)\d\d\)?[\s,]*)?(?:by\s+)?(?:the\s+|thomson\s+)?({anywhere})"
            # "© REUTERS / A. Stringer", "© AFP Photo" are pictures.
            r"(?!\w|\s?/|\s(?:photo|getty|images?)\b)",
            re.IGNORECASE,
        )
        # "… he said. (ANI)", "… he said. – AFP", "… he said. /ritzau/"
        self._closing = re.compile(rf"[.!?…。”\"’»]\s*(?:[-–—]{{1,2}}\s?|[(/\[])({anywhere})[)/\]]?\.?$")

    def named(self, name: str) -> str:
        """The agency that goes by this name, and nothing more."""
        name = name.strip()
        return self._by_mark.get(name) or self._by_name.get(_BY.sub("", name).casefold(), "")

    def in_byline(self, byline: str) -> str:
        """The agency in a byline: alone or behind its reporter's name, but not beside somebody else's."""
        pieces = [piece for piece in _PIECES.split(byline.strip()) if piece]
        for piece in pieces:
            if name := self._credited(piece):
                return name
        return ""

    def _credited(self, piece: str) -> str:
        piece = _STAFF.sub("", _BY.sub("", piece.strip().strip("()[]"))).strip()
        if name := self.named(piece):
            return name
        if _TOGETHER.search(piece):
            return ""
        # "MATTHEW LEE Associated Press": names written out, of more than one word.
        written_out = (name for name in self._by_name if " " in name and piece.casefold().endswith(f" {name}"))
        return next((self._by_name[name] for name in written_out), "")

    def in_dateline(self, head: str) -> str:
        """The agency in a dateline among the first lines."""
        for form in self._datelines:
            if match := form.search(head):
                return self.named(match[1])
        if match := self._bracketed.search(head):
            return "Kyodo News" if match[1] == "共同" else "Jiji Press"
        return ""

    def in_first_lines(self, head: str) -> str:
        """The agency in a byline among the first lines. Its bare name there is mostly a picture's credit."""
        lines = [line.strip() for line in head.splitlines() if line.strip()][:HEAD_LINES]
        bylines = [line for line in lines if len(line) <= CREDIT_LINE and _BYLINE.match(line)]
        return next((name for line in bylines if (name := self.in_byline(line))), "")

    def in_copyright(self, tail: str) -> str:
        """The agency in a copyright line."""
        match = self._copyright.search(tail)
        return self._named_in_any_case(match[1]) if match else ""

    def closing(self, tail: str) -> str:
        """The agency that the text closes with: on a last line of its own, or behind its last sentence."""
        last = tail.splitlines()[-1].strip() if tail else ""
        if len(last) <= CREDIT_LINE and (name := self.named(last.strip("()[]/—–- ").rstrip("."))):
            return name
        match = self._closing.search(last)
        return self.named(match[1]) if match else ""

    def _named_in_any_case(self, found: str) -> str:
        return self.named(found) or next((self._by_mark[mark] for mark in self._by_mark if mark == found.upper()), "")


def _any(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


@lru_cache(maxsize=8)
def _marks(others: tuple[Agency, ...]) -> _Marks:
    return _Marks((*AGENCIES, *others))
