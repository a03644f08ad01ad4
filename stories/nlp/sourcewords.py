"""Words that tell what sort of source a source is, how sure an outlet is, and what is no answer at all.

Lists and patterns only; stories.nlp.sourcekinds and stories.nlp.sources apply them. From general knowledge of news
English, and of how the guide of data/provenance draws the lines between kinds.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    """The words of a list written as text."""
    return frozenset(text.split())


PRONOUNS_PERSON = _words("he she him her his i me my himself herself")
PRONOUNS_MANY = _words("they them their we us our")
PRONOUNS_THING = _words("it its which that this")
RELATIVES = _words("who whom whose which that")

# Who asks not to be named, by what is said of them anywhere in their description.
UNNAMED = re.compile(
    r"\b(?:sources?|insiders?|whistle-?blowers?|leakers?|tipsters?)\b(?! code)"
    r"|\b(?:anonymous(?:ly)?|anonymity|unnamed|unidentified|un-named|not (?:be )?(?:named|identified))\b"
    r"|\bfamiliar with\b|\bclose to (?!home\b|the (?:scene|border|site|explosion)\b)|\bbriefed on\b"
    r"|\bwith (?:direct |first-?hand |intimate )?knowledge\b"
    r"|\bknowledgeable about\b|\bin the know\b|\bprivy to\b|\bwith ties to the (?:campaign|investigation|talks)\b"
    r"|\bnot authori[sz]ed\b"
    r"|\bwhose (?:name|identity)\b"
)
# Where it is said that somebody is not named, and why; it may stand outside the source's own words.
ANONYMITY = re.compile(
    r"(?:\b(?:who |which )?\b(?:spoke|speaking|talked|talking|agreed to (?:speak|talk|discuss)|discussed?"
    r"|described?|told|comment(?:ed|ing)?|said|insisted|asked|requested|demanded)"
    r"[^.;]{0,60}?\b)?(?:\bon (?:the )?condition (?:of anonymity|that (?:they|he|she|their|his|her)\b[^.;]{0,40})"
    r"|\bcondition of anonymity|\b(?:asked|asking|requested|requesting|declined|declining|wished|wishing|wanted"
    r"|preferred|refused|insisted)"
    r" (?:for |on )?(?:not to be|to be not|to not be|not being|to remain|to be) (?:named|identified|quoted"
    r"|anonymous|cited)(?: by name| publicly)?"
    r"|\b(?:requested|asked for|requesting|asking for|demanded|granted) anonymity|\banonymously\b"
    r"|\b(?:not|n[’']t|without being) (?:authori[sz]ed|allowed|permitted|cleared) to (?:speak|discuss|comment|talk"
    r"|be (?:named|quoted)|release|brief|disclose)"
    r"|\bspeaking privately|\bspoke privately|\bwho (?:was|were) not (?:named|identified))[^.;\"”]{0,160}",
    re.IGNORECASE,
)

SOCIAL = re.compile(
    r"@\w|\b(?:(?:some|many|users|people|others|fans|critics) on (?:twitter|facebook|instagram|social media"
    r"|reddit)|twitter (?:user|account)|tweets?|tweeters?|hashtag|facebook (?:post|user|page)|instagram user"
    r"|social media(?: users?| posts?)?"
    r"|twitter users?|reddit(?:or|ors| users?)|(?:twitter|backup|parody|official) account|account|netizens"
    r"|commenters?|youtube(?:r| user| comments?)|users|posts? on (?:social|facebook|twitter|instagram)"
    r"|(?:videos?|pictures?|photos?|images?|footage|clips?) (?:posted|shared|circulating|uploaded|circulated)"
    r"|bloggers?)\b",
    re.IGNORECASE,
)
POLL = re.compile(r"\b(?:polls?|surveys?|polling|exit polls?|pollsters?)\b(?!ster)", re.IGNORECASE)

DOCUMENT = _words(
    """
    report reports filing filings letter letters statement statements law laws lawsuit lawsuits suit complaint
    indictment affidavit memo memos memorandum study studies document documents record records email emails
    e-mail e-mails order bill transcript transcripts constitution release releases agreement disclosure
    disclosures data analysis book books paper papers ruling verdict petition charter treaty resolution act code
    guidelines rules regulation regulations warrant manifesto communique communiqué declaration notice bulletin
    handout dossier audit review research figures statistics census testimony ad advertisement billboard sign
    note plea brief motion decree script memoir autobiography biography questionnaire database website site file
    files minutes message messages certificate contract passage caption logs log cable cables text texts
    forecast summary schedule list findings assessment index newsletter leaflet pamphlet flyer card article page
    advisory invitation history plaque proposal legislation sheet sheets measure
    """
)
ORGANISATION = _words(
    """
    company firm corporation group organisation organization party campaign department ministry office house
    administration government committee commission court council agency bureau board union association
    federation university college school hospital church bank regulator authority force army navy military
    service team club league airline carrier retailer manufacturer maker embassy consulate parliament senate
    congress legislature cabinet kremlin pentagon state nation country city county district institute foundation
    charity center centre network museum studio label startup chain operator utility watchdog coalition alliance
    movement militia junta regime delegation mission tribunal inquiry panel nonprofit ngo enterprise store
    airport society registry exchange fund body chamber command division unit prosecution lab laboratory
    observatory newsroom brand band magazine companies groups organisations organizations governments agencies
    parties countries nations states banks airlines courts unions associations committees campaigns brigade
    brigades guard guards taliban resort hotel restaurant publisher nasa fbi cia secretariat pac caucus camp
    side bloc plant factory cooperative institution institutions branch airways inc corp ltd plc llc zoo
    services systems holdings partners industries motors pharmaceuticals technologies centers centres facility
    corps laboratories theater theatre
    """
)
ROLE = _words(
    """
    official officials officer officers spokesman spokeswoman spokesperson spokesmen spokespeople spokespersons
    aide aides adviser advisers advisor advisors police authorities authority prosecutor prosecutors
    investigator investigators detective detectives witness witnesses eyewitness eyewitnesses resident residents
    doctor doctors medic medics nurse expert experts analyst analysts economist economists scientist scientists
    researcher researchers lawyer lawyers attorney attorneys judge judges jury juror jurors critic critics
    supporter supporters opponent opponents activist activists campaigner campaigners protester protesters
    demonstrator demonstrators voter voters lawmaker lawmakers legislator legislators senator senators
    congressman congresswoman congressmen minister ministers diplomat diplomats general commander commanders
    soldier soldiers troops leader leaders member members staffer staffers staff employee employees worker
    workers driver drivers passenger passengers pilot pilots captain crew neighbor neighbors neighbour
    neighbours friend friends relative relatives family families mother father parents parent son daughter
    brother sister wife husband widow coach coaches manager managers executive executives owner owners trader
    traders investor investors strategist strategists operative operatives donor donors delegate delegates
    republican republicans democrat democrats conservative conservatives liberal liberals progressive
    progressives people person man woman men women child children student students teacher teachers professor
    professors historian historians observer observers victim victims survivor survivors suspect suspects
    defendant defendants plaintiff plaintiffs rebel rebels militant militants hacker hackers candidate
    candidates politician politicians opposition governor mayor president chairman chairwoman director secretary
    ambassador envoy negotiator negotiators farmer farmers fan fans player players firefighter firefighters
    rescuer rescuers coroner examiner sheriff deputy deputies agent agents reporter journalist guest customers
    customer consumers consumer visitor visitors tourists tourist spectator spectators bystander bystanders
    mourners photographer participants participant representative representatives counsel clerk meteorologist
    meteorologists forecaster forecasters regulators watchdogs allies ally rival rivals colleagues colleague
    insiders detractors proponents advocates advocate some many others other majority percent few most those one
    somebody someone everyone citizens americans muslims christians jews villager villagers locals organizers
    organisers teammates teammate moderator host anchor commentator commentators pundits lobbyist lobbyists
    contractor engineer engineers boss chief head superintendent commissioner commissioners trooper troopers
    lieutenant sergeant pastor priest bishop bishops imam cleric clerics pope king queen prince princess actor
    actress singer star cop cops inmate inmates mediators mediator whistleblower intelligence management
    team-mates shareholder shareholders girlfriend boyfriend uncle aunt cousin grandmother grandfather nephew
    niece roommate landlord bartender waitress chairperson lead councillor councillors mp mps journalists
    reporters columnist
    """
)
OTHER = _words(
    """
    world community public west rumors rumours rumour rumor speculation video videos footage camera history
    science god evidence everything nothing something it media press market markets internet audio recording
    recordings photo photos images image picture pictures theory proverb saying crowd society reality fact facts
    logic nobody
    """
)

NO_ANSWER = re.compile(
    r"\b(?:declin\w+|refus\w+) (?:to (?:comment|elaborate|discuss|answer|say|speak|be interviewed|provide|give"
    r"|respond|confirm or deny)"
    r"|(?:an? |the |repeated |multiple |our )?(?:interview |comment )?(?:requests?|invitations?|comment))"
    r"|\b(?:did|do|does|has|have|had|would|could|were|was) ?(?:not|n[’']t) (?:immediately |yet |directly "
    r"|formally |publicly )?"
    r"(?:respond(?:ed)?|repl(?:y|ied)|return(?:ed)? (?:\w+ ){0,3}?(?:calls?|emails?|e-mails?|messages?|requests?)"
    r"|comment(?:ed)?|answer(?:ed)? (?:\w+ ){0,3}?(?:questions?|calls?|requests?|emails?)"
    r"|(?:immediately |be )?(?:available|reached|be reached)(?: for comment)?|offer(?:ed)? (?:any |a )?comment)"
    r"|\b(?:was|were|is|are) (?:not|un)(?: immediately | )?available (?:for|to) comment|\bunavailable for comment"
    r"|\b(?:could|can) ?not (?:immediately )?be reached|\bhad no (?:immediate )?comment|\bno comment\b|\bunreachable\b"
    r"|\b(?:calls?|e-?mails?|messages?|requests?) (?:\w+ ){0,6}?(?:were|was"
    r"|went) (?:not (?:immediately )?(?:returned|answered)|unanswered|unreturned)"
    r"|\bwould (?:not|neither|n[’']t) (?:comment|confirm or deny|confirm nor deny|elaborate)"
    r"|\breached out to\b[^.;]{0,80}?\bfor (?:a )?(?:comment|response|statement)"
    r"|\bha(?:s|d|ve) (?:not|yet to) (?:\w+ )?(?:respond|repl|comment)\w*",
    re.IGNORECASE,
)
HEDGE = re.compile(
    r"\b(?:reportedly|allegedly|purportedly|supposedly|apparently|ostensibly|rumou?red|unconfirmed|unverified)\b"
    r"|\b(?:could|can|cannot|has|have|had|was|were|is|are|did|does|do)(?: ?not|n[’']t)? (?:yet |immediately |been "
    r"|be |able to |unable to |independently )*"
    r"(?:unable to (?:independently )?(?:verify|confirm)|(?:independently |immediately )?(?:verif(?:y|ied)"
    r"|corroborated?)|independently confirm(?:ed)?|be (?:independently |immediately )?confirmed)"
    r"|\bif (?:true|confirmed)\b|\b(?:is|are|was|were) (?:said|believed|thought|understood|alleged) to (?:have|be)\b",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|refut(?:es?|ed|ing)|rebut(?:s|ted)|disput(?:es?|ed|ing)|rejected? (?:the "
    r"|any )?(?:allegations?|claims?|accusations?|reports?|charges?|suggestions?|notion|idea)"
    r"|dismiss(?:ed|es|ing) (?:the |any |those |these )?(?:allegations?|claims?|accusations?|reports?|suggestions?"
    r"|rumou?rs?|story)"
    r"|pushed back (?:on|against)|called (?:the|that|those|these|it|them) (?:\w+ )?(?:reports?|claims?"
    r"|allegations?|story )?(?:\w+ )?(?:false|untrue|baseless|fake news|nonsense|fabricated|a lie|lies))\b"
    r"|\b(?:is|was|are|were) (?:simply |absolutely |totally |completely |just )?(?:not true|untrue|baseless"
    r"|unfounded|fabricated)\b|\bno truth (?:to|in)\b",
    re.IGNORECASE,
)
DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|denial|refut\w+|rebut\w*|disput\w+|reject\w*|dismiss\w*|rebuff\w*|contradict\w*"
    r"|debunk\w*)\b",
    re.IGNORECASE,
)
CONFIRMS = re.compile(r"\b(?:confirm\w*|corroborat\w+|verif\w+|acknowledg\w+|admit\w*|conced\w+)\b", re.IGNORECASE)
NEGATED = re.compile(r"\b(?:not|n[’']t|neither|nor|never|declined to|refused to|could)\b[^.]{0,20}$", re.IGNORECASE)
# "OSLO, 4 May (Reuters) – ", which the reader sometimes takes for the beginning of a source.
DATELINE = re.compile(r"[A-Z][A-Z .’'-]{2,}(?:, [^–—()\n]{1,30})?(?: \([A-Za-z/ ]{2,20}\))? (?:[–—]|--?) ")
