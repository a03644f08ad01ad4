"""The words around an outlet's name that say what it is named for, as rules tried in order; the first that fits wins.

A rule is (relation, what must stand before the name, what must stand behind it), patterns that touch the name; None is
anything. Patterns only; stories.nlp.credits applies them within one sentence.
"""

from __future__ import annotations

import re

from stories.nlp.findings import Relation

# Words that may stand between a cue and the name that it leads to: "told [the Italian newspaper] La Stampa".
_STOP = (
    r"that|he|she|it|they|we|you|reporters|and|but|to|in|on|of|by|at|for|from|with|after|when|while|who|which|is"
    r"|was|were|are"
    r"|has|had|have|not|his|her|their|what|how|if|as|because|about|following|amid"
)
_GAP = rf"(?:(?!(?:{_STOP})\b)[\w’'.&-]+,?\s){{0,4}}?[“\"'‘(]?"
_DAY = (
    r"(?:\s(?:on\s)?(?:late\s|early\s)?(?:\w+day|today|yesterday|this week|last week|last month"
    r"|\w+\.? \d{1,2})(?:\s(?:morning|night|evening|afternoon))?,?)?"
)
_ADV = (
    r"(?:(?:has|had|have|have|also|first|later|previously|then|recently|originally|separately|earlier|initially"
    r"|subsequently|now|again|"
    r"itself|reportedly|exclusively|even|further|already|just|been|since|reliably|on \w+day|"
    r"(?:late |early )?\w+day|last (?:week|month|year|\w+day))\s)*"
)
_REPORT_VERB = (
    r"(?:reported|reports|reporting|report|wrote|writes|noted|notes|revealed|reveals|found|finds|quoted|quotes"
    r"|quoting|cited"
    r"|cites|citing|published|publishes|disclosed|broke (?:the|this)|obtained|learned|pointed out|points out"
    r"|carried|(?:broadcast|aired) (?:that|the|an?|footage)"
    r"|detailed|printed|uncovered|exposed|leaked|ran (?:a|an|the)|released (?:a|an|the) (?:report|video|story)"
    r"|tweeted|posted|released|speculated|counted|counts|lists|ranks|pegs|pegged|estimates|puts|shot back"
    r"|calculated|estimated|documented|interviewed|recounted|chronicled|explained|described|describes"
    r"|observed|noticed|opined|flagged|outlined|understands|highlighted)"
)
_SAY_VERB = (
    r"(?:said|says|say|added|adds|claimed|claims|suggested|suggests|concluded|asserted|alleged|identified|named"
    r"|put|showed|shows"
    r"|confirmed|called|listed|ranked|characterized|characterised|argued|argues|continued|continues|stated|states"
    r"|commented|declared|projected|projects)"
)
_STORY = (
    r"(?:reports?|reporting|story|stories|article|articles|piece|investigation|probe|analysis|exclusive|account"
    r"|dispatch|review|profile"
    r"|fact[- ]check(?:er)?|blog(?: post)?|feature|coverage|scoop|column|op-ed|editorial|editorials|essay|post"
    r"|headline|feed|alert"
    r"|segment|tweet|reportage|footage|front page)"
)
_SORT = (
    r"(?:\s(?:newspaper|news agency|news service|news site|website|web site|magazine|daily|weekly|tabloid|online"
    r"|broadcaster|TV|television"
    r"|radio|network|channel|news channel|news|agency|paper|station|wire service|blog|correspondent))?"
)
_REPORTER = (
    r"(?:(?:senior|chief|political|national|White House|investigative|foreign|staff|crime|diplomatic|media|sports"
    r"|business|security|legal"
    r"|congressional|media|entertainment|[A-Z]\w+)\s){0,3}"
    r"(?:reporters?|correspondents?|journalists?|bureau chief|editors?|photographers?|producers?|crew|team"
    r"|writers?|stringer|witness(?:es)?|fact[- ]checker)"
)
_HOST = (
    r"(?:(?:[\w-]+)\s){0,3}(?:hosts?|co-hosts?|anchors?|columnists?|commentators?|contributors?|analysts?|pundits?"
    r"|moderators?"
    r"|personality|presenters?|executives?|president|chief executive|CEO|chairman|owner|publisher|founder"
    r"|spokes(?:man|woman|person)|viewers?|readers?)\b"
)
_PERSON = r"(?:[A-Z][\w’'.-]+\s){1,3}"
_OF_WHOM = r"(?:['’]s?)?"
_POLL = (
    r"(?i:poll|polls|survey|surveys|tracking poll|exit poll|polling|tally|delegate count|delegate tracker"
    r"|poll tracker|polling average|poll average|count|average)"
)
_POLLSTERS = r"(?:\s?[/-]\s?[\w.&’' ]{2,40}?)?"
_POLL_SORT = r"(?:\s(?!on\b|in\b|that\b|of\b)[\w-]+){0,3}?"

_ON_AIR = (
    r"(?:said|says|saying|told|appear\w*|speaking|spoke|interview\w*|asked|argued|defended|discuss\w*|talk\w*"
    r"|added|claimed|admitted|announced"
    r"|insisted|responded|declared|predicted|remarks?|comments?|explained|denied|quipped|call(?:ed|ing) in"
    r"|suggested|vowed|warned|noted|boasted|appearance)"
)

_CHANNEL = r"(?:\s(?i:news|channel|network|radio|television|tv))?(?:['’]s?)?"
_GUEST = (
    r"(?:guests? on|appear(?:s|ed|ing)? on|appearances? on|call(?:s|ed|ing) in ?to|stopp(?:ed|ing) by|visit(?:s|ed|ing)"
    r"|joined|joining|went on|going on|live on)"
)


def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})$", re.IGNORECASE)


def _behind(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_VERB = _behind(rf"{_OF_WHOM}{_SORT}(?:,[^,.;]{{3,70}},)?[”\"]?,?\s{_ADV}{_REPORT_VERB}\b")
_SAY = _behind(
    rf"{_OF_WHOM}{_SORT}(?:,[^,.;]{{3,70}},)?\s{_ADV}{_SAY_VERB}\b(?!\sin a statement|\sit (?:will|would|had fired"
    r"|has fired)\b)"
)
_ITS_STORY = _behind(
    rf"{_OF_WHOM}{_SORT}(?:\s(?:latest|own|recent|new|exclusive|front-page|original|\w+day|[\d.-]+"
    rf"|[\w-]+)){{0,2}}?\s{_STORY}\b"
)
WEAK = (_SAY, _ITS_STORY)
# An outlet that speaks as a party to the news: its own statement, deal or staff.
PARTY = re.compile(
    r"\bin an? (?:\w+ )?statement\b|\b(?:spokes(?:man|woman|person)|lawyers?|executives?)\b|\bapologi[sz]ed\b"
    r"|\bannounced\b"
)

_ASIDE = r"(?:\s\([^)]{1,40}\))?"

RULES: tuple[tuple[Relation, re.Pattern[str] | None, re.Pattern[str] | None], ...] = (
    # Pictures.
    (
        Relation.PHOTO,
        _before(
            r"©\s?(?:[\w .’'-]{2,40}/\s?)?|\bphotos?(?:graphs?)?(?: by| courtesy(?: of)?|:)[\w .,’'/-]{0,50}"
            r"|\bpool (?:via|photo/)\s?"
            r"|(?:photo|image|picture|video|screen ?shot|credit"
            r"|caption)s?\s?(?:credits?)?\s?[:/(]\s?[\w .’'/-]{0,40}|\bgetty(?: images)?\s?/\s?|\bvia\s"
            r"|(?:image|photo|video|picture)s? courtesy(?: of)?\s(?:the\s)?|[A-Z][\w’'-]+ [A-Z][\w’'-]+\s?[/|]\s?"
            r"|watch .{0,40}\bat\s"
        ),
        _behind(
            r"(?:\s(?:Photos?|Images?|Sports|file|via|video)\b.{0,40})?[\s)\].,/|-]*$|\s?/\s?[\w ]+|\s?(?:Photo"
            r"|Images?)\b|,? ?File|\)"
        ),
    ),
    (
        Relation.PHOTO,
        None,
        _behind(
            r"\s(?:file )?[Pp]hotos?(?:\s?/|\sby\b|$|\))|\s?/\s?Getty"
            r"|\s?(?:[/|]\s?)?[A-Z][\w’'-]+ [A-Z][\w’'-]+[)\s]*$|\sImages\b"
        ),
    ),
    # Polls.
    (Relation.POLL, None, _behind(rf"{_OF_WHOM}{_POLLSTERS}(?:\sNews)?{_POLL_SORT}\s{_POLL}\b")),
    (
        Relation.POLL,
        _before(rf"\b(?:poll|polls|survey)\b[\w\s]{{0,30}}\s(?:by|for|from|in)\s{_GAP}(?:[\w .]+\s(?:and|/)\s)?"),
        None,
    ),
    (Relation.POLL, _before(r"\b[A-Z]\w+\s?/\s?"), _behind(rf"{_POLL_SORT}\s{_POLL}\b")),
    # Bylines and datelines say whose copy it is, which is asked elsewhere.
    (Relation.MENTION, _before(r"(?:^|\n)[^\n]{0,60}\("), _behind(r"(?:/\w+)*\)\s?(?:--|[-–—])")),
    # A reporter's name is between: told all the same.
    (
        Relation.TOLD,
        _before(rf"\b(?:told|tells|telling|informed)\s{_GAP}(?:{_PERSON}(?:of|from|at|on)\s(?:the\s)?)?"),
        _behind(r"(?!\sviewers)"),
    ),
    (
        Relation.TOLD,
        _before(
            r"\binterview(?:s|ed)?,?(?:\s(?!that\b)[\w’'-]+,?){0,5}?\s(?:with|on|to|for|by|in|from|published by"
            r"|aired on|broadcast by|which aired on)"
            rf"\s{_GAP}"
        ),
        None,
    ),
    (
        Relation.TOLD,
        _before(r"\b(?:an?|the|his|her|their|in|during|exclusive|recent)\s(?:[\w-]+\s){0,3}"),
        _behind(rf"{_OF_WHOM}{_SORT}(?:\s(?!report)[\w’'-]+){{0,3}}?\s(?:interview|town hall)\b"),
    ),
    (Relation.TOLD, None, _behind(rf"{_OF_WHOM}\s(?:[A-Z][\w’'-]+\s){{0,2}}in an? (?:[\w-]+\s){{0,3}}interview")),
    (
        Relation.TOLD,
        _before(
            r"\b(?:spoke|speaks|speaking|spoken|talked|talking|talks|sat down|sitting down|sits down|confirmed"
            r"|explained|admitted|revealed|reveals|disclosed|described|said"
            rf"|complained|confided|conceded)(?:\s\w+ly)?(?:\s(?:live|by phone|briefly|\w+day))?\s(?:to|with)\s{_GAP}"
        ),
        None,
    ),
    (
        Relation.TOLD,
        _before(
            r"\b(?:statement|statements|email|e-mail|remarks|comments|comment|letter|message|messages|note|op-ed"
            r"|response|text message|exclusive)"
            rf"(?:\s(?:sent|given|provided|emailed|made|published|issued))?\s(?:to|for)\s{_GAP}"
        ),
        None,
    ),
    (
        Relation.TOLD,
        _before(
            r"\b(?:contacted|reached|asked|interviewed|pressed|questioned|quizzed|approached"
            rf"|visited)(?:\s\w+){{0,4}}?\sby\s{_GAP}"
        ),
        None,
    ),
    (
        Relation.TOLD,
        _before(r"\b(?:gave|given|giving|offered|granted|provided)\s(?:the\s)?"),
        _behind(r"\s(?:an?|the|his|her)\s(?:[\w-]+\s){0,3}(?:interview|statement|comment|response|quote)"),
    ),
    (Relation.TOLD, _before(r"\b(?:op-ed|opinion piece|essay)(?:\s\w+){0,3}?\s(?:in|for|on)\s(?:the\s)?"), None),
    (
        Relation.TOLD,
        _before(rf"\b{_ON_AIR}\b[^.;]{{0,90}}?\b(?:on|appearance on|appearing on|host of)\s{_GAP}"),
        _behind(r"(?!\s(?:debate|stage|its|website))"),
    ),
    (
        Relation.TOLD,
        _before(
            r"(?:^|[\n“\"]|\b(?:Appearing|Speaking|Asked|Interviewed|In|During)\b[^.;]{0,60}\s)(?:[Oo]n)\s(?:the\s)?"
        ),
        _behind(rf"[^.;]{{0,90}}\b{_ON_AIR}\b"),
    ),
    # A programme in quotation marks: whoever is "on NBC's “Today”" speaks there. A debate is held in public.
    (Relation.TOLD, _before(r"\bon\s(?:the\s)?"), _behind(rf"{_CHANNEL}\s?[“\"‘'](?!s\s)[^\n]{{3,60}}?[”\"’']")),
    (
        Relation.TOLD,
        _before(r"\bon\s(?:the\s)?(?:\w+day['’]s\s)?(?:(?:[\w-]+\s){0,2}(?:edition|episode|broadcast) of\s)?[“\"‘']"),
        _behind(r"[^“”\"\n]{0,40}[”\"’']"),
    ),
    (Relation.TOLD, _before(rf"\b{_GUEST}\s{_GAP}"), _behind(r"(?!\s(?:debate|stage|its|website))")),
    (
        Relation.TOLD,
        _before(r"\b(?:during|in|at|on)\s(?:an?|the|his|her|their)\s(?:[\w-]+\s){0,2}?"),
        _behind(
            rf"{_CHANNEL}\s(?:[\w-]+\s){{0,2}}?(?:panel|segment|appearance|broadcast|program|programme|show|chat|podcast)\b"
        ),
    ),
    (Relation.TOLD, _before(r"\b(?:said|says|wrote|writes)\s(?:\w+\s)?in\s(?:the\s)?"), None),
    (
        Relation.TOLD,
        None,
        _behind(
            rf"{_OF_WHOM}(?:\s{_PERSON})?\s?{_ADV}(?:asked|pressed|spoke (?:to|with)|interviewed)\s(?:him|her|them"
            r"|(?:the\s)?[A-Z])"
        ),
    ),
    (Relation.TOLD, _before(r"\bhosts? of\s(?:the\s)?"), _behind(rf"[^.;]{{0,60}}\b{_ON_AIR}\b")),
    # What a host says at a time of day or on his show is said on air.
    (
        Relation.TOLD,
        None,
        _behind(
            rf"{_OF_WHOM}\s(?:[\w-]+\s){{0,2}}(?:co-)?(?:host|anchor)\s{_PERSON}(?:\w+\s){{1,2}}?(?:on\s)?\w+day"
            r"\s(?:night|morning|evening)\b"
        ),
    ),
    # Hosts, owners, spokespeople: persons, not the outlet.
    (Relation.MENTION, None, _behind(rf"{_OF_WHOM}\s(?i:{_HOST})")),
    # The outlet as the source.
    (
        Relation.REPORTED,
        _before(
            rf"\baccording\sto\s(?:(?:an?|the|multiple|several|recent)\s)?(?:[\w’'-]+\s){{0,6}}?(?:in|by|from|on"
            rf"|at|of)\s{_GAP}"
        ),
        None,
    ),
    (Relation.REPORTED, _before(rf"\baccording\sto\s{_GAP}(?:{_PERSON}(?:of|from|at)\s(?:the\s)?)?"), None),
    (
        Relation.REPORTED,
        _before(
            r"\b(?:reported|revealed|published|noted|disclosed|obtained|broken|carried|broadcast|aired|quoted"
            r"|cited|posted|released|seen|reviewed"
            r"|highlighted|uncovered|unearthed|compiled|written|printed|detailed|documented|translated|monitored"
            r"|shown|captured|recorded|shared"
            r"|picked up|exposed|leaked|viewed|shot|filmed|provided|pointed out|confirmed|identified|named|described)"
            rf"(?:\s(?!that\b)[\w’'-]+,?){{0,4}}?\s(?:by|in|on|via)\s{_GAP}"
        ),
        None,
    ),
    (
        Relation.REPORTED,
        _before(rf"\b{_STORY}(?:,?\s(?!that\b)[\w’'-]+){{0,4}}?\s(?:by|in|from|of|on|at|for)\s{_GAP}"),
        None,
    ),
    (
        Relation.REPORTED,
        _before(
            r"(?:\b(?:citing|cites|cited|quoting|quotes|quoted|via|h/t|hat tip|hat tip to|per|writing (?:for|in"
            rf"|at|on)|courtesy of)|\b[Ss]ources?:|h/t:)\s{_GAP}"
        ),
        None,
    ),
    (
        Relation.REPORTED,
        _before(rf"(?:[,”\"’]|–|—)\s(?:{_REPORT_VERB}|said|says|adds|added)\s(?:in\s)?(?:the\s)?"),
        _behind(r"(?:['’]s\s[\w .’'-]{3,40})?(?:[.,;:)]|$|\s(?:citing|quoting|on|in|last|late|this|\w+day)\b)"),
    ),
    (
        Relation.REPORTED,
        _before(
            rf"\b(?:{_PERSON})(?:,?\s(?:a|the|an)?\s?(?:[\w-]+\s){{0,3}}?{_REPORTER})?,?\s?(?:of|with|from|at"
            r"|for)\s(?:the\s)?"
        ),
        _behind(rf"{_ASIDE},?\s{_ADV}(?:{_REPORT_VERB}|said|says)\b"),
    ),
    (Relation.REPORTED, _before(r"[.!?”\"]\s?[\[(](?:via\s|source:\s)?(?:the\s)?"), _behind(r"\.?[\])]")),
    (Relation.REPORTED, None, _behind(r"[^.]{0,80}\bcontributed to (?:this|the) (?:report|story|article)")),
    (
        Relation.REPORTED,
        None,
        _behind(
            rf"{_OF_WHOM}\s{_REPORTER}\s(?:{_PERSON}|(?:at|on) the scene\s)?{_ADV}"
            rf"(?:{_REPORT_VERB}|said|says|asked|saw)\b"
        ),
    ),
    (Relation.REPORTED, None, _behind(rf"['’]s?\s{_PERSON}(?:[\w ]{{0,20}}\s)?{_ADV}(?:{_REPORT_VERB}|said|says)\b")),
    (
        Relation.MENTION,
        None,
        _behind(rf"(?:{_OF_WHOM}){_SORT}\s{_ADV}{_SAY_VERB}\b[^.]{{0,20}}\bin an? (?:[\w]+\s)?statement"),
    ),
    (Relation.REPORTED, None, _VERB),
    (Relation.REPORTED, None, _SAY),
    (Relation.REPORTED, None, _ITS_STORY),
    (Relation.REPORTED, None, _behind(r"['’]s editorial board\b")),
    (Relation.REPORTED, _before(r"(?:^|\n)(?:report|exclusive)?:?\s?(?:the\s)?"), _behind(r":\s")),
    (
        Relation.REPORTED,
        _before(r"(?:^|\n)(?:from|via|per)\s(?:the\s)?"),
        _behind(r"(?:['’]s\s[^:\n]{2,40})?:(?:\s|$)"),
    ),
    (Relation.REPORTED, _before(r"[^\n]{10,}\s?[-–—:|]\s(?:report:?\s)?(?:the\s)?"), _behind(r"(?:\sreport)?(?:\n|$)")),
)
