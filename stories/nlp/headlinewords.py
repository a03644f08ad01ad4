"""Words by which headlines tell who does what to whom, doubt it, or say who says so.

Lists and patterns of our own, from general knowledge of the English of headlines; stories.nlp.headlines and
stories.nlp.deeds apply them.
"""

from __future__ import annotations

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs that take an object: what somebody does to somebody or something.
_REGULAR = _set(
    """
    accuse acquire address admit allege announce approve arrest assassinate assault attack avoid await award back
    bar block blast blame bomb boost borrow boycott break bribe bury call cancel capture challenge charge claim
    clear close condemn confirm confront consider convict cover crash criticise criticize crush curb cut damage
    debate declare defeat defend defy delay demand deny deport describe destroy detain discover dismiss doubt dump
    eject eliminate embrace endorse enter evacuate execute expel expose face favour favor fear file fine fire force
    free fuel grab grant halt hail hammer help hire hit honour honor hunt identify ignore impose indict injure
    insult interview invade investigate jail join kidnap kill launch lift like link lock loot lower mark mock move
    mourn murder name nominate oppose order oust overtake pardon pass penalise penalize plan pledge poison postpone
    praise prepare probe promise propose protect pull punish push question quiz raid raise rape receive recall
    recover reject release remove replace report rescue restore resume reveal review rob sack sanction save seize
    sentence shock shoot sign slam slap slash slow sponsor spark stab stun sue supply support surpass suspect
    suspend tackle target tease threaten thank top torture trade trap urge unveil veto visit vow warn welcome whip
    wound
    """
)
# Third person, past and participle of verbs with forms of their own.
_IRREGULAR = """
    beat beats beat beaten
    buy buys bought bought
    catch catches caught caught
    find finds found found
    give gives gave given
    hold holds held held
    lead leads led led
    lose loses lost lost
    meet meets met met
    overthrow overthrows overthrew overthrown
    pay pays paid paid
    see sees saw seen
    seek seeks sought sought
    sell sells sold sold
    set sets set set
    shoot shoots shot shot
    steal steals stole stolen
    strike strikes struck struck
    take takes took taken
    tell tells told told
    win wins won won
    withdraw withdraws withdrew withdrawn
    stab stabs stabbed stabbed
    slam slams slammed slammed
    slap slaps slapped slapped
    rob robs robbed robbed
    ban bans banned banned
    bar bars barred barred
    grab grabs grabbed grabbed
    whip whips whipped whipped
    trap traps trapped trapped
    plan plans planned planned
    top tops topped topped
    stop stops stopped stopped
    drop drops dropped dropped
    scrap scraps scrapped scrapped
    free frees freed freed
    hit hits hit hit
    cut cuts cut cut
    quit quits quit quit
    stun stuns stunned stunned
    sue sues sued sued
    veto vetoes vetoed vetoed
    """


def _third(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    return f"{verb[:-1]}ied" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}ed"


_OWN_FORMS = [line.split() for line in _IRREGULAR.strip().splitlines()]
_BY_RULE = sorted(_REGULAR - {forms[0] for forms in _OWN_FORMS})
BASES = frozenset(_BY_RULE) | {forms[0] for forms in _OWN_FORMS}
THIRD = frozenset(map(_third, _BY_RULE)) | {forms[1] for forms in _OWN_FORMS}
PAST = frozenset(map(_past, _BY_RULE)) | {forms[2] for forms in _OWN_FORMS}
PARTICIPLES = frozenset(map(_past, _BY_RULE)) | {forms[3] for forms in _OWN_FORMS}
# Of these nobody is the doer in "Man charged with murder": their participle without an object is always a passive.
SUFFERED = _set(
    """
    accused arrested assassinated awarded banned barred beaten blamed buried captured caught charged cleared
    convicted deported detained evacuated executed expelled fined fired found freed honoured honored hospitalised
    hospitalized identified indicted injured jailed kidnapped killed murdered named nominated ousted pardoned
    poisoned raped released removed replaced rescued robbed sacked sanctioned sentenced shot stabbed stolen sued
    suspended taken told trapped wounded
    """
)
BE = _set("is are was were be been being gets get got")
HAVE = _set("has have had")
# Where one of these stands, the verb is not plain enough.
MODALS = _set(
    "will would can could may might must should won't can't cannot not never didn't don't doesn't isn't aren't"
)
# Third persons that are as often plurals: "Libya forces mobilise".
ALSO_NOUNS = _set(
    """
    attacks awards blasts bombs boosts challenges charges claims covers crashes cuts damages debates delays demands
    doubts dumps ends exits faces favours favors fears files fines fires forces fuels grants hammers honours honors
    hunts insults interviews likes limits links locks marks moves murders names orders plans pledges probes protests
    questions raids rapes reports rescues reviews sanctions sentences shocks shoots signs slaps sponsors stabs stops
    strikes supports suspects targets tops tortures trades traps visits wounds
    """
)
# An object that begins so is a clause or nobody who could be named.
PRONOUNS = _set("he she it they you we i him them us me himself herself themselves his that what how why everyone")
# A verb before these is no act on anybody: "fired on", "shot back".
NOT_SUFFERED = _set("on at back off into toward towards")
# What somebody is found to be.
FOUND = _set("dead alive guilty safe unconscious innocent liable")
NOT_DOERS = _set("by at in on of for from to with over after before as amid than how why what when where who which if")
# Words with which a doer or an object ends.
ENDS = _set(
    """
    in on at to for from with over after before as amid against by of into during following despite while when that
    and but or who which where if because through under about ahead until since near within without upon via between
    among saying says is are was were will may could would can not again away back down off out up
    """
)
ARTICLES = _set("a an the")
# By these, and no others of saying, a headline says who says so: "Holm announces" is the news itself.
SAYS = _set("say tell claim insist report allege suggest warn believe estimate deny confirm") | {"according to"}
# Verbs by which a headline says who says so; no deed.
TELLING = _set("say says said tells claims claim reports report insists")

STOP = _set(
    """
    the and for are was were has have had his her its their our your this that these those with from into over after
    before about amid against than then they them who whom whose which what when where why how will would could
    should may might can not but all any some more most just only also too very now out off per via new says say
    said one two him she you been being does did doing get gets got still yet here there while during under because
    until between
    """
)
HEDGE = re.compile(
    r"\b(?:reportedly|allegedly|purportedly|supposedly|apparently|alleged|suspected|rumou?r(?:s|ed)?|unconfirmed|so-called"
    r"|claims?|claimed|claiming|may|might|could|feared|believed|possibly|perhaps|likely)\b"
    r"|\b(?:reports?|media|paper|newspaper|magazine|study|sources?|insiders?|officials?|aides?|police|experts?)\s+"
    r"(?:say|says|said|claims?|suggests?|finds?|warns?)\b"
    r"|\b(?:according to|is said to|are said to|(?:is|are) accused of)\b|\breport\s*$|[:–—|-]\s*(?:reports?|sources?"
    r"|officials?|police|experts?|study|media|paper|state media|survey|poll|lawyer)\s*$"
    r"|^(?:reports?|study|poll|sources?):",
    re.IGNORECASE,
)
