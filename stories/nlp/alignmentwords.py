"""The words that comparing two sentences looks up: stop words, words of one meaning, opposites, numbers, units, hedges.

Lists only; everything is lower case. The groups of one meaning and of opposites are the ones that news of accidents,
courts, votes, markets and sport turn on; they are our own, and kept short on purpose: each entry is read by hand.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _numbered(lines: str, start: int) -> dict[str, int]:
    """Each word to the number of its line, lines parted by a bar."""
    return {word: number for number, line in enumerate(lines.split("|"), start) for word in line.split()}


# Words that tell nothing of what a sentence is about.
STOP = _set(
    "the an of to in on for and at by with from as is was were are be been being it its this that these those he"
    " she they them his her their him we our us you your my me who whom which what when where while there here has"
    " have had having do does did will would could should may might can shall must or but if so than then also"
    " after before into about over out up down off more most some any all other another such only just very too"
    " again still even both each per via during between through under because until against own same how why say"
    " says said saying tell tells told according mr mrs ms dr re ve ll am im whether yet upon amid among along"
    " around across within without toward towards one ones now ever further once"
)

# One line, one meaning; the first word stands for all.
_MEANINGS = """
die died dies dying dead death deaths kill kills killed killing fatal fatally fatality fatalities toll slain perish
injure injured injures injuring injury injuries wound wounded wounds wounding hurt hospitalised hospitalized
crash crashed crashes crashing collide collided collides collision collisions smash smashed ram rammed hit hits
attack attacks attacked attacking attacker attackers assault assaulted assaults strike strikes struck raid raids
shoot shot shoots shooting shootings gunfire gunman gunmen shooter
explode exploded explosion explosions explosive blast blasts bomb bombs bombing bombings bomber detonate detonated
arrest arrests arrested arresting detain detained detention custody
charge charged charges charging indict indicted indicts indictment accuse accused accuses accusing prosecute prosecuted
sentence sentenced sentences jailed jail imprisoned prison imprisonment
convict convicted convicts conviction guilty
win won wins winning winner victory victories triumph beat beats beaten defeat defeated defeats
launch launched launches launching liftoff
fire fired fires firing blaze flames
sack sacked dismiss dismissed ousted oust ouster
resign resigned resigns resigning resignation quit quits
announce announced announces announcing announcement reveal revealed reveals unveil unveiled
confirm confirmed confirms confirming confirmation
deny denied denies denying denial
reject rejected rejects rejecting refuse refused refuses refusal
approve approved approves approving approval pass passed passes
begin began begins beginning start started starts starting
end ended ends ending finish finished finishes
rise rose rises rising risen increase increased increases increasing climb climbed soar soared surge surged jump jumped
fall fell falls falling fallen drop dropped drops decrease decreased decline declined plunge plunged slump slumped
plan plans planned planning intend intends intended
expect expects expected expecting anticipate anticipated
use used uses using
leave left leaves leaving depart departed departs
arrive arrived arrives arriving arrival
return returned returns returning
buy bought buys buying purchase purchased acquire acquired acquisition takeover
pay paid pays paying payment
make made makes making
go went goes going gone
take took takes taking taken
come came comes coming
give gave gives giving given
get got gets getting gotten
see saw sees seeing seen
find found finds finding discover discovered discovers discovery
send sent sends sending
hold held holds holding
meet met meets meeting meetings
bring brought brings
lose lost loses losing loss losses
run ran runs running
fly flew flies flying flown flight flights
speak spoke speaks speaking spoken speech
write wrote writes writing written
show showed shows showing shown
child children kid kids
man men
woman women
person people persons
police officer officers cop cops
president presidential
government governments administration
court courts judge judges judicial
election elections elected elect vote votes voted voting voters ballot poll polls
agree agreed agrees agreement deal accord
talk talks negotiation negotiations negotiate negotiated
rescue rescued rescuers rescues rescuing
free freed release released releases releasing
protest protests protested protesters protestors demonstrators demonstration demonstrations rally rallies
displace displaced displaces displacement uproot uprooted
missing disappear disappeared disappearance vanished
plane planes aircraft airplane jet jets airliner
car cars vehicle vehicles truck trucks lorry
home homes house houses
company companies firm firms
percent per-cent pc
british britain uk
american us usa america
chinese china
russian russia russians
israeli israel israelis
french france
german germany germans
japanese japan
indian india
australian australia
canadian canada
egyptian egypt
syrian syria
iranian iran
iraqi iraq
turkish turkey
pakistani pakistan
korean korea
italian italy
spanish spain
mexican mexico
brazilian brazil
""".strip().splitlines()
CONCEPTS = {word: line.split()[0] for line in _MEANINGS for word in line.split()}

# What people are counted by: a number of these is a toll, whatever the people are called.
TOLLS = frozenset({"die", "injure", "arrest", "missing", "rescue", "free", "charge", "convict", "sentence", "displace"})
# Nouns for people, who are the same people in another report by another name.
PEOPLE = _set(
    "person man woman child civilian victim passenger worker crew student soldier police protest resident boy girl"
    " schoolgirl pupil migrant refugee tourist fan user customer employee staff defendant suspect militant hostage"
)

NEGATIONS = _set(
    "not no never none nobody nothing neither nor cannot cant wont dont doesnt didnt isnt wasnt arent werent hasnt"
    " havent hadnt couldnt wouldnt shouldnt without fail fails failed unable decline declines declined refuse"
    " refuses refused deny denies denied denying false falsely unaware"
)

# What can't both be so of one thing at one time; by the words that stand for a meaning, or by stems.
_OPPOSITES = (
    "confirm deny", "rise fall", "win lose", "convict acquit", "convict clear", "convict innocent", "accept reject",
    "approve reject", "approve block", "agree reject", "arrest free", "support oppose", "open close", "begin end",
    "success fail", "succeed fail", "survive die", "alive die", "safe missing", "find missing", "deny admit",
    "claim deny", "allow ban", "remain leave", "stay leave", "stay resign", "high low", "more fewer", "gain lose",
    "accident deliberate", "unhurt injure", "unharmed injure", "uphold overturn", "guilty acquit", "best worst",
    "early late", "increase decrease", "lift impose", "empty trap", "true false", "legal illegal", "male female",
    "north south", "east west", "northern southern", "eastern western", "man woman", "boy girl", "brother sister",
    "son daughter", "father mother", "husband wife", "car truck", "first last", "before after",
)  # fmt: skip
OPPOSITES = frozenset(frozenset(pair.split()) for pair in _OPPOSITES)
OPPOSED: dict[str, frozenset[str]] = {
    word: frozenset(other for pair in OPPOSITES if word in pair for other in pair if other != word)
    for word in {word for pair in OPPOSITES for word in pair}
}

CUES = _set(
    "said says say saying told tells tell added adds announced announces claimed claims confirmed confirms stated"
    " states wrote writes tweeted tweets reported reports insisted insists explained explains warned warns noted"
    " notes recalled argued acknowledged posted commented revealed"
)

UNITS_OF_TEN = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
NUMBER_WORDS = UNITS_OF_TEN | _numbered(
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen",
    0,
)
SCALES = {
    "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0, "m": 1e6,
    "mn": 1e6, "bn": 1e9, "k": 1e3,
}  # fmt: skip
# Words for a number that is not told: from, to.
VAGUE = {
    "several": (2.0, 20.0), "few": (2.0, 20.0), "many": (2.0, 1e12), "dozens": (20.0, 250.0), "scores": (20.0, 500.0),
    "hundreds": (100.0, 3e3), "thousands": (1e3, 9e4), "millions": (1e6, 9e8), "billions": (1e9, 9e11),
    "couple": (2.0, 5.0), "some": (1.0, 1e12),
}  # fmt: skip
ORDINALS = _numbered("first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth", 1)
# How far a number may be from what is meant, as factors: behind these words it is not exact.
ABOUT = {
    "about": (0.85, 1.15), "around": (0.85, 1.15), "approximately": (0.85, 1.15), "roughly": (0.85, 1.15),
    "some": (0.85, 1.15), "estimated": (0.85, 1.15), "nearly": (0.8, 1.02), "almost": (0.8, 1.02),
    "over": (1.0, 1.7), "more": (1.0, 1.7), "exceeding": (1.0, 1.7), "least": (1.0, 1.7), "minimum": (1.0, 1.7),
    "under": (0.67, 1.0), "fewer": (0.67, 1.0), "less": (0.67, 1.0), "up": (0.67, 1.0), "many": (0.67, 1.0),
    "most": (0.67, 1.0), "maximum": (0.67, 1.0), "close": (0.85, 1.05), "possibly": (0.8, 1.2),
}  # fmt: skip

# What is measured, and how many of the base unit (metre, kilogram, second, degree) one is.
MEASURES = {
    "km": ("length", 1e3), "kilometer": ("length", 1e3), "kilometre": ("length", 1e3), "mile": ("length", 1609.0),
    "metre": ("length", 1.0), "meter": ("length", 1.0), "foot": ("length", 0.3048), "feet": ("length", 0.3048),
    "ft": ("length", 0.3048), "inch": ("length", 0.0254), "yard": ("length", 0.9144), "cm": ("length", 0.01),
    "kg": ("mass", 1.0), "kilo": ("mass", 1.0), "ton": ("mass", 1e3), "tonne": ("mass", 1e3), "lb": ("mass", 0.4536),
    "second": ("time", 1.0), "minute": ("time", 60.0), "hour": ("time", 3600.0), "day": ("time", 86400.0),
    "week": ("time", 604800.0), "month": ("time", 2.63e6), "year": ("time", 3.156e7), "decade": ("time", 3.156e8),
    "mph": ("speed", 1.609), "kph": ("speed", 1.0), "degree": ("heat", 1.0),
}  # fmt: skip
CURRENCIES = {
    "$": "$", "dollar": "$", "£": "£", "pound": "£", "€": "€", "euro": "€", "yen": "yen", "yuan": "yuan",
    "shekel": "shekel", "rupee": "rupee", "ruble": "ruble", "rouble": "ruble", "¥": "yen", "cent": "cent",
}  # fmt: skip
MONTHS = _numbered(
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct"
    "|november nov|december dec",
    1,
)
WEEKDAYS = _numbered(
    "monday mon|tuesday tue tues|wednesday wed|thursday thu thurs|friday fri|saturday sat|sunday sun", 0
)
# A number behind one of these is a name, not a count: lap 14, flight 3756.
LABELLED = _set(
    "lap flight page chapter number no channel route highway highlight season episode hole round game group week"
    " phase stage day room floor bus train gate section article"
)
