"""Whether an outlet changed what it says, or only what stands around it.

Pure text work. A word, a number or a sentence of the prose counts; white space, quotation marks, capitals, adverts,
counters, "5 minutes ago", lists of links and prompts to subscribe don't. It never says what a change means.

Patterns cover the languages of most feeds that we know. Where they miss a counter, a Version too many is kept; so they
are narrow: a line is only passed over as a whole, and never one that also says something.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

# Headlines in lists of links run to some 100 characters; a longer line is prose whether or not a full stop ends it.
LONG_LINE = 120
# Headlines may end in a question mark, and so do a list's; questions of an interview are mostly longer than this.
SHORT_QUESTION = 60
# A page that gives less than half of what it gave, and nothing else, shows its beginning only (a pay wall): newsrooms
# that take a report back say so in a sentence.
CUT_SHORT = 0.5
# Prompts and credits are short; what is longer is not looked at, however a hostile page is built.
MAX_NOISE = 300

Words = tuple[str, ...]

_JOINED = dict.fromkeys(map(ord, "'’‘ʼ`´\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_WORD = re.compile(r"[$€£¥₽₹%]|\w+(?:[.,:]\d+)*")
_SENTENCES = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|\s[|•·]\s|\n+")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_CUT_OFF = ("…", "...", "[…]", "[...]")

# All patterns meet case-folded text.

# Seconds to days: what pages count up by themselves. "Five years ago" is what a report says.
_RELATIVE = re.compile(
    r"\b(?:an?|one|\d+)\s*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\s+ago\b"
    r"|\bjust now\b|\bmoments ago\b"
    r"|\bvor\s+(?:eine[rmn]|\d+)\s+(?:sek\w*|min\w*|stunden?|std\.?|tag(?:en)?)\b"
    r"|\bil y a\s+(?:une?|\d+)\s*(?:s|secondes?|min|minutes?|h|heures?|j|jours?)\b"
    r"|\bhace\s+(?:una?|\d+)\s*(?:segundos?|min|minutos?|h|horas?|días?)\b"
    r"|\bhá\s+(?:uma?|\d+)\s*(?:segundos?|min|minutos?|h|horas?|dias?)\b"
    r"|\b(?:un[ao]?|\d+)\s+(?:secondi?|minut[oi]|or[ae]|giorn[oi])\s+fa\b"
    r"|\b\d+\s+(?:сек\w*|мин\w*|час\w*|дн\w*|день)\s+назад\b"
    r"|\b\d+\s+(?:seconden|minuten|minuut|uur|dagen|dag)\s+geleden\b"
    r"|\bfor\s+\d+\s+(?:minutter|timer|dage)\s+siden\b|\bför\s+\d+\s+(?:minuter|timmar|dagar)\s+sedan\b",
)
# One of these is in every match above: most texts need no search.
_RELATIVE_HINTS = ("ago", "now", "vor ", "il y a", "hace", "há ", " fa", "назад", "geleden", "siden", "sedan")

_COUNTED = (
    r"(?:comments?|shares?|likes?|views?|reads?|reactions?|replies|votes?|retweets?|reposts?|viewers?|followers?"
    r"|people (?:are )?(?:reading|watching)(?: (?:this|now))*|kommentare?|aufrufe|commentaires?|partages?|vues?"
    r"|comentarios?|comentários?|visualizaç\w+|commenti?|visualizzazioni|комментари\w*|просмотр\w*|reacties?|kommentarer?)"
)
# Whole sentences or lines only; what stands before and after them is judged by itself.
_NOISE = re.compile(
    "|".join(
        (
            rf"(?:\W*\d[\d.,\s]*[km]?\s*{_COUNTED}\W*)+",
            rf"(?:\W*{_COUNTED}\W*\d[\d.,\s]*[km]?\W*)+",
            r"(?:no |leave a |add a |post a |view |show |join the )?(?:\w+ )?comments?",
            r"advertisement|sponsored(?: content)?|promoted|anzeige|werbung|publicité|publicidad|pubblicità|реклама",
            r"(?:advertisement|story|article) continues below.*|scroll (?:down )?to continue.*",
            r"(?:paid|partner) content",
            r"(?:share|tweet|e-?mail|print|save|copy link|reply|like|bookmark)(?: (?:this|on|via|by|with|to)\b.*)?",
            r"(?:read|see|watch|listen|view|find out|learn) more\b.*|(?:read|see|watch) (?:also|next)\b.*",
            r"(?:continue|keep) reading.*|click here\b.*|tap here\b.*|more (?:on this|from|stories|news)\b.*",
            r"related(?: (?:stories|articles|topics|news|content|links|coverage))?(?::.*)?",
            r"(?:most (?:read|popular|viewed)|trending(?: now)?|recommended(?: for you)?|top stories)\W*",
            r"(?:weiterlesen|mehr zum thema|auch interessant|siehe auch|lesen sie auch|(?:à )?lire aussi"
            r"|(?:lea|leer) también|leia também|leggi anche|читайте также|lees ook|läs (?:också|även)|les også)\b.*",
            r"(?:abonnieren sie|jetzt abonnieren|abonnez-vous|inscrivez-vous|suscríbete|suscríbase|assine|subscreva"
            r"|iscriviti|подпишитесь|подписывайтесь|meld je aan)\b.*",
            r"(?:sign up|subscribe|log ?in|sign in|register (?:here|now|today|for|to))\b.*\b(?:newsletters?|inbox"
            r"|e-?mails?|subscription|app|podcast|alerts?|access|account|continue|free|today|read (?:on|more))\b.*",
            r"(?:get|download|try) (?:the|our|your|all|free|daily)\b.*\b(?:newsletters?|inbox|app|alerts?)\b.*",
            r"(?:follow|like|join|find) (?:us|our|the \w+)\b.*\b(?:on|at) (?:facebook|twitter|x|instagram|tiktok"
            r"|youtube|bluesky|threads|telegram|whatsapp)\b.*",
            r"listen to (?:our|the)\b.*\bpodcast\b.*|support (?:our|independent|quality)\b.*\bjournalism\b.*",
            r"(?:subscribe|sign up|register|log ?in|sign ?in)(?: (?:now|here|today))?",
            r"(?:already a subscriber|have an account|want to read more|not a subscriber)\b.*",
            r"\d+[\s-]*min(?:ute)?s?[\s-]+(?:read|listen|watch)|(?:reading|listening) time\b.*|lesezeit\b.*",
            r"(?:photo|image|picture|video|foto|bild)(?:graph)?s?(?: credits?)?\s*(?::|by\b|courtesy\b).*|credits?:.*",
            r"(?:©|\(c\)|copyright)\W*.*|all rights reserved\W*",
            r"(?:we|this (?:web)?site|our partners) uses? cookies\b.*|(?:accept|manage) (?:all )?cookies.*",
        )
    ),
)
# "Updated figures show 12 dead" is a sentence; "Updated", "Updated 22 November" and "Last updated: 14:05" are stamps.
_STAMP = re.compile(
    r"(?:(?:last|first|zuletzt|dernière)\s+)?(?:updated|published|modified|posted|edited|aktualisiert|veröffentlicht|stand"
    r"|mis(?:e)? à jour|publié|modifié|actualizado|atualizado|publicado|aggiornato|pubblicato|обновлено|опубликовано"
    r"|bijgewerkt|gepubliceerd|uppdaterad|publicerad|oppdatert|opdateret)"
    r"(?:\W*$|\W+(?:(?:on|at|am|um|le|el|il|op|den|em|в)\W+)?"
    r"(?:\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|today\b))",
)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2}\s?[ap]\.?m\b")
# A keyword, a weekday, a date, a time, a zone.
MAX_STAMP = 80


def real_change(before: str, after: str) -> bool:
    """Whether an article's text says something else than before. Paragraphs are separated by line breaks.

    Sentences that moved or were repeated are no change, nor is a page that only shows its beginning now; a text where
    there was none is one.
    """
    if before == after:
        return False
    old, new = _sentences(_prose(before)), _sentences(_prose(after))
    gone, come = old - new, new - old
    if not gone and not come:
        return False
    # The same words in the same numbers: only cut into sentences differently.
    if Counter(word for each in gone for word in each) == Counter(word for each in come for word in each):
        return False
    return not _is_cut_short(old, new, come)


def wording_changed(before: str, after: str) -> bool:
    """Whether a headline or a summary says something else. One that is no longer given is no change of wording.

    Every word counts here, not only prose; a summary that is cut off elsewhere in the same text has not changed.
    """
    if before == after:
        return False
    old, new = _words(before), _words(after)
    if old == new or not new:
        return False
    for shorter, longer, text in ((old, new, before), (new, old, after)):
        # The last word may have been cut in two.
        if text.rstrip().endswith(_CUT_OFF) and len(shorter) > 1 and longer[: len(shorter) - 1] == shorter[:-1]:
            return False
    return True


def fingerprint(text: str) -> str:
    """16 hexadecimal digits that stay while a headline or summary says the same words."""
    return hashlib.blake2b(" ".join(_words(text)).encode(), digest_size=8).hexdigest()


def _is_cut_short(old: set[Words], new: set[Words], come: set[Words]) -> bool:
    """Whether `new` is a beginning of `old`, its last sentence perhaps cut in two."""
    if sum(map(len, new)) >= CUT_SHORT * sum(map(len, old)):
        return False
    return all(any(each[: len(part) - 1] == part[:-1] for each in old) for part in come if len(part) > 1)


def _prose(text: str) -> Iterable[str]:
    """The lines that are prose: not headings, captions, lists of links or buttons."""
    for line in map(str.strip, text.splitlines()):
        ends = _SENTENCE_END.search(line)
        question = ends and ends[0].startswith(("?", "？", "؟")) and len(line) < SHORT_QUESTION
        if (ends and not question) or len(line) >= LONG_LINE:
            yield line


def _sentences(lines: Iterable[str]) -> set[Words]:
    return {words for line in lines for words in _said(line)[0]}


def _words(text: str) -> Words:
    """All the words that are no noise; a headline that reads like noise is a headline."""
    found, noise = _said(text)
    return tuple(word for words in found or noise for word in words)


def _said(text: str) -> tuple[list[Words], list[Words]]:
    """The words of each sentence, and those of each that is noise."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if any(hint in text for hint in _RELATIVE_HINTS):
        text = _RELATIVE.sub(" ", text)
    found: list[Words] = []
    noise: list[Words] = []
    for part in _SENTENCES.split(text):
        sentence = " ".join(part.split()).strip(" |•·")
        if words := tuple(_WORD.findall(sentence.translate(_JOINED))):
            (noise if len(sentence) <= MAX_NOISE and _is_noise(sentence) else found).append(words)
    return found, noise


def _is_noise(sentence: str) -> bool:
    if _NOISE.fullmatch(sentence.rstrip(" .!?…:>»→")):
        return True
    if len(sentence) > MAX_STAMP or not _STAMP.match(sentence):
        return False
    return bool(_CLOCK.search(sentence)) or not _SENTENCE_END.search(sentence)
