"""The verbs by which news gives somebody's words: their forms, and which cues are no words of anybody's.

"Has repeatedly claimed" is a use of "claim". Lists of our own, from general knowledge of news English; the reader's
notion of an attribution is wider (plans and wishes count), so that its cues are held against these. It judges no verb.
"""

from __future__ import annotations

import re

from stories.nlp.findings import Span


def _words(text: str) -> list[str]:
    """The words of a list written as text."""
    return text.split()


# Verbs whose forms follow the rules.
_REGULAR = _words("""
    accuse acknowledge add admit affirm allege announce answer argue ask assert assure attest blame boast caution
    claim clarify comment complain concede conclude confess confirm contend counter criticise criticize declare
    decry demand denounce deny describe disclose dismiss emphasise emphasize exclaim explain fume gush hint imply
    indicate insinuate insist interject joke lament mention mock muse note observe pledge post predict proclaim
    promise protest publish quip recall reckon recount reject relate remark remind repeat reply report respond
    retort reveal scoff sneer speculate state stress suggest testify thank threaten thunder tout tweet urge vent
    vow warn whine
""")
# Verbs with forms of their own; the first is the one that stands for all.
_IRREGULAR = """
    say says said saying
    tell tells told telling
    write writes wrote written writing
    swear swears swore sworn swearing
    speak speaks spoke spoken speaking
    read reads reading
    cite cites cited citing
    quote quotes quoted quoting
    quip quips quipped quipping
    admit admits admitted admitting
    rebut rebuts rebutted rebutting
""".strip().splitlines()
# Two words and more that are one verb, by the pattern that finds them.
_PHRASES = (
    ("according to", r"according to"),
    ("quoted as saying", r"(?:quot|cit)ed (?:\w+ ){0,4}as saying"),
    ("point out", r"point(?:s|ed|ing)? out"),
    ("call for", r"call(?:s|ed|ing)? (?:for|on|upon)"),
    ("make clear", r"ma(?:k(?:es?|ing)|de) (?:it )?(?:\w+ )?clear"),
    ("hit back", r"(?:hit(?:s|ting)?|fir(?:es?|ed|ing)|str(?:ikes?|uck|iking)) back"),
    ("lash out", r"lash(?:es|ed|ing)? out"),
)
# Verbs that a cue of the reader's may hold and that give nobody's words: plans, wishes, sides taken, what seems.
_NO_WORDS = _words("""
    plan plans planned planning want wants wanted wanting seek seeks sought seeking decide decides decided deciding
    support supports supported supporting oppose opposes opposed opposing back backs backed backing
    endorse endorses endorsed endorsing try tries tried trying refuse refuses refused refusing intend intends intended
    like likes liked love loves loved prefer prefers preferred agree agrees agreed wonder wonders wondered
    seem seems seemed appear appears appeared offer offers offered sue sues sued sign signs signed vote votes voted
    see sees saw seen name names named ready willing decision plans attempt attempts bid
""")


def _forms(verb: str) -> tuple[str, ...]:
    """A verb's forms by the rules: "deny", "denies", "denied", "denying"."""
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    hissing = verb.endswith(("s", "sh", "ch", "x"))
    return verb, f"{verb}{'es' if hissing else 's'}", f"{verb}ed", f"{verb}ing"


LEMMAS = {form: verb for verb in _REGULAR for form in _forms(verb)} | {
    form: line.split()[0] for line in _IRREGULAR for form in line.split()
}
# British and American spellings are one verb.
LEMMAS |= {form: lemma.replace("ize", "ise") for form, lemma in LEMMAS.items() if lemma.endswith("ize")}
NO_WORDS = frozenset(_NO_WORDS)
_PHRASE = re.compile(
    "|".join(rf"(?P<p{place}>\b{words}\b)" for place, (_, words) in enumerate(_PHRASES)), re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")


def verb(text: str, cue: Span) -> tuple[str, Span] | None:
    """The verb of a cue in its plain form, and where it stands; None where the cue holds no verb of saying."""
    if phrase := _PHRASE.search(text, *cue):
        return _PHRASES[int(str(phrase.lastgroup)[1:])][0], phrase.span()
    for word in _WORD.finditer(text, *cue):
        if lemma := LEMMAS.get(word[0].casefold()):
            return lemma, word.span()
    return None


def gives_words(text: str, cue: Span) -> bool:
    """Whether a cue gives what somebody said or believes; not where it tells of a plan, a wish or a side taken."""
    if verb(text, cue) is not None:
        return True
    return not any(word[0].casefold() in NO_WORDS for word in _WORD.finditer(text, *cue))
