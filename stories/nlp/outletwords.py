"""Words that outlets are known by: everyday words that are also names, words that stand for an outlet, programmes.

Lists and patterns only; stories.nlp.outlets says what they mean. Written from general knowledge of English newsrooms.
"""

from __future__ import annotations

import re
from enum import Enum


def _words(text: str) -> frozenset[str]:
    """The words of a list written as text."""
    return frozenset(text.split())


# Names made of these alone are taken for an outlet only where the sentence treats them as one.
COMMON = _words(
    """
    a the time people fortune variety hill nation sun star mirror atlantic globe post times journal dawn quartz
    wired vice slate salon nature science today independent guardian telegraph mail express herald observer fox
    sky recode verge economist metro week weekly vox bild focus stern stuff state age local record standard
    punch reason mint marca insider information register intercept bulwark federalist dispatch athletic
    billboard deadline vogue spectator tribune chronicle sentinel inquirer examiner gazette courier monitor news
    bee republic oregonian tennessean australian puck motherboard revolt sputnik petra kan mehr fars expresso
    reforma blick telex dozhd globo vanguard milenio granma mena dr tt ht rt nos ria rai rts srf nan pap stt vg
    pa aa sz bta agi epa cna ana sana wam ary ani drudge beast beacon citizen courant pilot cosmopolitan playboy
    mainichi asahi caracol figaro abc rtl kompas antara veja semafor yahoo free press scotsman mashable
    cumhuriyet hindu u s sbs ard thr ajc qz world print source
    """
)


class Generic(Enum):
    """Words that stand for an outlet named before, and the kinds of outlet that they fit; "" is kind unknown."""

    newspaper = ("newspaper", "")
    paper = ("newspaper", "")
    daily = ("newspaper", "")
    tabloid = ("newspaper",)
    broadsheet = ("newspaper",)
    network = ("broadcaster",)
    broadcaster = ("broadcaster",)
    channel = ("broadcaster",)
    station = ("broadcaster", "")
    news_channel = ("broadcaster",)
    magazine = ("",)
    outlet = ("newspaper", "broadcaster", "agency", "aggregator", "")
    news_outlet = ("newspaper", "broadcaster", "agency", "aggregator", "")
    publication = ("newspaper", "")
    website = ("", "newspaper", "broadcaster")
    site = ("", "newspaper", "broadcaster")
    blog = ("",)
    agency = ("agency",)
    news_agency = ("agency",)
    news_service = ("agency",)
    wire_service = ("agency",)
    news_organization = ("newspaper", "broadcaster", "agency", "")
    news_organisation = ("newspaper", "broadcaster", "agency", "")


_GENERIC = "|".join(sorted((name.replace("_", " ") for name in Generic.__members__), key=lambda name: -len(name)))
GENERIC = re.compile(rf"\b[Tt]he ({_GENERIC})\b(?!\s(?:industry|business))")

# The programmes that guests are said to have been on, and whose they are.
PROGRAMMES = {
    "Good Morning America": "ABC News (US)",
    "Nightline": "ABC News (US)",
    "World News Tonight": "ABC News (US)",
    "The View": "ABC News (US)",
    "Fox & Friends": "Fox News",
    "Fox and Friends": "Fox News",
    "Hannity": "Fox News",
    "The O'Reilly Factor": "Fox News",
    "The Kelly File": "Fox News",
    "Special Report with Bret Baier": "Fox News",
    "Meet the Press": "NBC News",
    "Nightly News": "NBC News",
    "Face the Nation": "CBS News",
    "60 Minutes": "CBS News",
    "CBS This Morning": "CBS News",
    "State of the Union": "CNN",
    "The Situation Room": "CNN",
    "New Day": "CNN",
    "Morning Joe": "MSNBC",
    "The Rachel Maddow Show": "MSNBC",
    "Squawk Box": "CNBC",
    "All Things Considered": "NPR",
    "Morning Edition": "NPR",
    "Fresh Air": "NPR",
    "NewsHour": "PBS",
    "Today programme": "BBC News",
    "Newsnight": "BBC News",
    "Andrew Marr Show": "BBC News",
    "Question Time": "BBC News",
    "Newsbeat": "BBC News",
}

# A country as an article about it names it; enough to tell which of two outlets of one name is meant.
COUNTRIES = {
    "AU": re.compile(r"\b(?:Australian?s?|Sydney|Melbourne|Queensland|New South Wales|Canberra)\b"),
    "US": re.compile(
        r"\b(?:U\.S\.|US|United States|Americans?|Washington|White House|Congress|Republicans?|Democrats?)\b"
    ),
    "GB": re.compile(r"\b(?:U\.K\.|UK|Brit(?:ain|ish)|England|Scotland|London|Westminster|Downing Street)\b"),
    "IN": re.compile(r"\b(?:India|Indian|Delhi|Mumbai)\b"),
    "IE": re.compile(r"\b(?:Ireland|Irish|Dublin)\b"),
    "CA": re.compile(r"\b(?:Canad(?:a|ian)|Ottawa|Toronto)\b"),
    "LB": re.compile(r"\b(?:Leban(?:on|ese)|Beirut)\b"),
    "BD": re.compile(r"\b(?:Bangladeshi?|Dhaka)\b"),
    "HK": re.compile(r"\bHong Kong\b"),
    "IL": re.compile(r"\b(?:Israelis?|Jerusalem|Tel Aviv)\b"),
}

# Nations and the adjectives by which their media are called.
NATIONS = {
    "Iran": "Iranian",
    "Syria": "Syrian",
    "China": "Chinese",
    "Russia": "Russian",
    "Cuba": "Cuban",
    "Egypt": "Egyptian",
    "Turkey": "Turkish",
    "Iraq": "Iraqi",
    "Israel": "Israeli",
    "Libya": "Libyan",
    "Belarus": "Belarusian",
    "Vietnam": "Vietnamese",
    "Pakistan": "Pakistani",
    "Sudan": "Sudanese",
    "Ethiopia": "Ethiopian",
    "Venezuela": "Venezuelan",
    "Yemen": "Yemeni",
    "Lebanon": "Lebanese",
    "Jordan": "Jordanian",
    "Qatar": "Qatari",
    "Germany": "German",
    "France": "French",
    "Italy": "Italian",
    "Spain": "Spanish",
    "Ukraine": "Ukrainian",
    "Serbia": "Serbian",
    "Poland": "Polish",
    "Hungary": "Hungarian",
    "Japan": "Japanese",
    "India": "Indian",
    "Thailand": "Thai",
    "Myanmar": "Myanmar",
    "Algeria": "Algerian",
    "Tunisia": "Tunisian",
    "Zimbabwe": "Zimbabwean",
    "Kenya": "Kenyan",
    "Nigeria": "Nigerian",
    "Brazil": "Brazilian",
    "Mexico": "Mexican",
    "Afghanistan": "Afghan",
    "Tajikistan": "Tajik",
    "Kazakhstan": "Kazakh",
    "Uzbekistan": "Uzbek",
    "Azerbaijan": "Azerbaijani",
    "Armenia": "Armenian",
    "Greece": "Greek",
    "North Korea": "North Korean",
    "South Korea": "South Korean",
    "Saudi Arabia": "Saudi",
}

# Bounded, and only from a word's beginning: a page of letters without a space must not be tried from each of them.
_NAME = r"\b[A-Z](?:[\w’'&.-]{0,28}\w)?"
_LINK = r"(?:of|the|de|del|della|do|da|la|le|el|al|and|&|für|in)"
_RUN = rf"{_NAME}(?:[ ](?:{_LINK}[ ])?{_NAME}){{0,4}}"
# What the last word of a paper's, a station's or an agency's name is.
_LAST = (
    r"Gazette|Herald|Tribune|Times|Post|Journal|Chronicle|Courier|Observer|Sentinel|Examiner|Inquirer|Enquirer"
    r"|Dispatch|Daily"
    r"|Weekly|Magazine|Mirror|Telegraph|Standard|Globe|Bulletin|Argus|Advertiser|Echo|Ledger|Monitor|Correspondent"
    r"|Beacon"
    r"|Newspaper|News|Radio|TV|Television|FM|Broadcasting(?: Corporation| Company| Service)?|News Agency|News Service"
    r"|News Network|Newswire|Press Agency|Public Radio|Public Media|Star|Sun|Mail|Express|Record|Register|Review"
    r"|Republic"
    r"|Bee|Citizen|Leader|Reporter|Free Press|Today|Insider|Digest|Pioneer|Mercury|Banner|Independent|Examiner|Report"
)
_SORT = (
    r"(?:news)?paper|newspaper|daily|weekly|tabloid|broadsheet|magazine|news ?site|news ?website|website|blog"
    r"|news agency|news"
    r" service|broadcaster|radio station|radio|TV station|TV channel|television station|television channel"
    r"|television|network"
    r"|news channel|news outlet|portal|news portal|gossip site"
)
_CITY = (
    r"(?:Boston|New York|Los Angeles|Chicago|Philadelphia|Philly|Dallas|DFW|Miami|Atlanta|Houston|Detroit"
    r"|Minnesota|Pittsburgh|San Francisco"
    r"|Bay Area|Denver|Sacramento|Baltimore|Washington|San Diego|Connecticut|Local)"
)
# Behind a name these make it an outlet; anybody has a website.
_OWN_SORT = (
    r"(?:news)?paper|daily|weekly|tabloid|broadsheet|magazine|news ?site|news ?website|news agency|news service"
    r"|broadcaster"
    r"|radio station|radio|TV station|TV channel|television station|television channel|television|news channel"
    r"|news outlet"
)
_STATE = (
    r"(?:[Ss]tate|[Ss]tate-run|[Ss]tate-owned|[Ss]tate-controlled|[Oo]fficial|[Ll]ocal|[Nn]ational"
    r"|[Rr]egional|[Pp]ublic)"
)
_NATION = (
    r"\b(?:[A-Z]\w{1,20}(?:an|ese|ish|i|ch|sh|k|s)\b(?:['’]s?)?|[A-Z]\w{1,20}['’]s|North Korean|South Korean|Saudi)"
)
# What the patterns below catch and is no outlet's name: days, peoples, networks on which anybody posts.
NO_NAME = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\w+(?:ian|ish|ese|ean|[a-z]can)|French|Dutch|Greek|Swiss|Czech"
    r"|Thai|German|Afghan|Israeli"
    r"|Iraqi|Pakistani|Bangladeshi|Qatari|Kuwaiti|Saudi|Emirati|Arab|Arabic|Polish|Welsh|\w+-(?:affiliated|based"
    r"|run|owned|language|backed|linked)"
    r"|TV|Radio|FM|Television|The|A|An|In|On|At|As|But|And|For|This|That|It|Facebook|Twitter|YouTube|Instagram"
    r"|Reddit|WhatsApp|Telegram|Google"
    r"|(?:VK|Change|Amazon|Booking|Twitter|Facebook|Instagram|Reddit|Youtube|YouTube|MoveOn|Paypal|Match|Care"
    r"|Craigslist)\.(?:com|org)"
    r"|(?:Fake|Breaking|Good|Bad|Big|Latest|Cable|Local|More|Related|Top|World|Sports|Entertainment|Business|The"
    r"|In|On|Evening|Nightly) (?:News|Report|Today|Record)"
    r"|(?:North |South |West |East )?Star|Twitter.*|Sun|Mail|Record|Leader|Report|Reporter|Today)"
)

# Patterns with a group "name", and how sure each is (stories.nlp.outlets.Certainty).
UNKNOWN = (
    # "the Italian newspaper Il Foglio", "news website Zeta"
    (re.compile(rf"\b(?:{_SORT})[ ](?:\(?)[“\"‘']?(?P<name>{_RUN})"), 1),
    # "Il Foglio newspaper", "the Oslo Bladet daily"
    (
        re.compile(
            rf"(?P<name>{_RUN})[”\"’']?[ ](?:{_OWN_SORT})\b(?!['’]s|\s(?:ad|ads|interview|host|show|series"
            r"|audience|appearance|[A-Z]))"
        ),
        1,
    ),
    # "CBS Boston", "Fox 5"
    (re.compile(rf"\b(?P<name>(?:CBS|NBC|ABC|FOX|Fox)[ ]?(?:\d{{1,2}}|{_CITY}))\b(?![ ]Times)"), 2),
    # "Right Wing Watch first reported"
    (re.compile(rf"(?P<name>{_RUN})(?=[ ](?:first|exclusively|originally)[ ]reported\b)"), 0),
    # "the Xville Gazette", "Radio Foo", "Channel 9 News"
    (re.compile(rf"(?P<name>(?:{_NAME}[ ]){{1,4}}(?:{_LAST}))\b"), 0),
    (re.compile(rf"(?P<name>(?:Radio|Television|TV|Channel|Kanal|Canal)[ ](?:{_NAME}|\d{{1,2}})(?:[ ]{_NAME})?)"), 0),
    # American call letters.
    (re.compile(r"\b(?P<name>[WK][A-Z]{3}(?:-?(?:TV|FM|AM))?|[WK][A-Z]{2}(?:-TV|-FM))\b"), 0),
    # "Heavy.com"
    (re.compile(r"\b(?P<name>[A-Z][\w-]{1,40}\.(?:com|org|net|co\.uk|ru|de))\b(?!/)"), 0),
    # "North Korean state media", "local TV", "Iran's state TV", "a local newspaper"
    (
        re.compile(
            rf"\b(?P<name>(?:{_NATION}[ ])?{_STATE}[ ](?>news[ ]agenc(?:y|ies)|news[ ]outlets?|media(?:[ ]outlets?)?"
            r"|television|TV|radio(?:[ ]station)?|newspapers?|papers?|broadcasters?|press|news|channel|paper)"
            r"(?:[ ]reports)?)\b(?!\s[(“\"]?[A-Z])"
        ),
        0,
    ),
    (
        re.compile(
            rf"\b(?P<name>{_NATION}[ ](?:media|newspapers|news outlets|press|television|TV|radio"
            r"|newspaper))\b(?!\s[(“\"]?[A-Z])"
        ),
        0,
    ),
)
