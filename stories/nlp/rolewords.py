"""Words that tell an article's role: who had it first, whom the outlet asked itself, what is no news. Patterns only."""

from __future__ import annotations

import re

# Who had the news first is credited for it wherever that stands.
FIRST = re.compile(
    r"\b(?:first|originally) (?:reported|published|revealed|disclosed|broke|broken|told|obtained)\b"
    r"|\bbroke the (?:news|story)\b",
    re.IGNORECASE,
)
# What makes the outlet's own name own sourcing: somebody told it something.
ASKED = re.compile(
    r"\b(?:told|tells|telling|confirmed|interview(?:ed)?|spoke|speaking|said|statement to|email to|e-mail to"
    r"|emailed|sent to|obtained by|seen by|reviewed by"
    r"|provided to|shared with|learned|verified|asked by|response to)\b",
    re.IGNORECASE,
)
REFUSED = re.compile(
    r"\b(?:declin\w+|refus\w+|did not|didn[’']t|has not|had not|hasn[’']t|no response|reached out|previously"
    r"|last (?:year|fall|month)|contributed)\b",
    re.IGNORECASE,
)
REPORT_HEADLINE = re.compile(
    r"(?:^(?:media )?reports?\s?:|[:–—-]\s?(?:media )?reports?$|\((?:media )?reports?\)$)", re.IGNORECASE
)
NO_NEWS_HEADLINE = re.compile(
    r"^(?:why|how to|here[’']s (?:why|how|what)|don[’']t|stop|let[’']s|#\w+)\b"
    r"|^(?:(?:no|yes|oops|sorry|hey|please)[,!]\s|(?:dear|memo to)\b)"
    r"|^(?:the )?(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten"
    r"|twenty)\s(?:\(\w+\)\s)?(?:[\w’'-]+\s){0,2}?(?:things|ways|reasons|facts|takeaways|tips|lessons|questions|moments|stories"
    r"|photos|quotes|signs|myths|best|worst|must|times)\b"
    r"|^(?:opinion|editorial|column|commentary|op-ed|analysis|letters?|review|quiz|live|live blog|live updates?"
    r"|watch live|podcast|recap|in pictures|in photos|photos|gallery|explainer|\w+cast|fact check|obituary letters"
    r"|q&a|first take|the daily|morning briefing|your \w+ briefing)\s?[:|–—-]"
    r"|\b(?:live blog|liveblog|live updates?|as it happened|in pictures|(?:\d{1,2}|two|three|four|five|six|seven"
    r"|eight|nine|ten) (?:reasons|things|ways|facts|takeaways)|photo gallery|things to know"
    r"|what (?:you need|we know|to know|to watch)|open thread|morning brief(?:ing)?|round-?up"
    r"|week in review|horoscope|crossword|letters to the editor|the best tweets|here are the|ranked)\b"
    r"|[|–—:-]\s?(?:opinion|editorial|column|commentary|live|comment|analysis)\s?$"
    r"|\b(?:world|internet|twitter|fans|celebrities|stars) reacts?\b",
    re.IGNORECASE,
)
AUTHOR_LINE = re.compile(
    r"\n[A-Z][\w.’'-]+ (?:[A-Z][\w.’'-]+ ){1,3}(?:is|are|was) (?:an? |the )?(?:\w+ ){0,6}?(?:president|director"
    r"|founder|co-founder|editor|author|chair(?:man|woman)?|lawyer|attorney|writer|dean|student|teacher|senator"
    r"|member|researcher|scholar|strategist|minister|ambassador|secretary|scientist|economist"
    r"|physician)\b[^\n]{0,200}\s*$"
    r"|(?:^|\n)[^\n]{0,80}\b(?:is|was) (?:an? |the )(?:[\w-]+ ){0,6}?(?:columnist|contributor|fellow|professor"
    r"|author of|member of [^\n]{0,40}board of contributors|opinion (?:writer|editor)|syndicated|blogger"
    r"|commentary)\b[^\n]{0,200}$"
    r"|\b(?:the )?(?:views|opinions) expressed (?:here|in this|are|by)|\bto read more columns\b"
    r"|\byou can read diverse opinions\b",
    re.IGNORECASE,
)
# A line that names the kind of piece, above it, and what leads into a page of live reports.
KICKER = re.compile(
    r"(?:^|\n)[ \t]*(?:letters?|editorials?|opinion|our view|commentary|column|op-ed|analysis|your say)"
    r"[ \t]*(?:[.:|]|\n)"
    r"|\blive ?blog|\b(?:latest|live|more) updates (?:below|here|on the)\b|\bfollow (?:along|our live|live)\b",
    re.IGNORECASE,
)
# Archives put a summary above the text, which says its lead before it.
SUMMARY = re.compile(r"^ABSTRACT\b[^\0]*?^FULL TEXT\b\W*", re.MULTILINE)
# A speaker's name before his words, as in a transcript.
SPEAKER = re.compile(r"^\W?(?:[QA]|(?:[A-Z][A-Z.’'-]{1,20} ){0,3}[A-Z][A-Z.’'-]{1,20}(?:,\s[A-Z]+)?):\s", re.MULTILINE)
CAPTION = re.compile(r"\b(?:Hide Caption|Show Caption|Caption \d+ of \d+|(?:\d+ of \d+)\b)", re.IGNORECASE)
# In quotation marks, in the doubled apostrophes of old archives, or from an opening mark to the end of its paragraph.
QUOTED = re.compile(r"[“\"][^“”\"\n]{1,2000}[”\"]|[“\"][^“”\"\n]{1,2000}$|''[^\n]{1,2000}?''(?!\w)", re.MULTILINE)
FIRST_PERSON = re.compile(r"\b(?:I|I[’']\w+|my|me|our|we|we[’']\w+|us)\b(?!\.S)")
SENTENCE_END = re.compile(r"[.!?][”\"’)]*(?=\s|$)")
QUESTION = re.compile(r"\?")
JUDGING = re.compile(
    r"\b(?:should|must|ought|surely|perhaps|of course|indeed|sadly|let[’']s|frankly|clearly|obviously|apparently|simply"
    r"|merely|maybe|certainly|unfortunately|arguably|never mind|after all|in fact|needless)\b",
    re.IGNORECASE,
)
# Cues by which somebody puts something into words, unlike "decided", "praised" or "is planning".
SAYS = re.compile(
    r"\b(?:sa(?:id|ys?|ying)|told|tells?|according|announc\w+|stat(?:ed|es|ement)|wrote|writes?|tweet\w*|posted"
    r"|confirm\w*|testif\w+|report\w*|explain\w*"
    r"|add(?:ed|s|ing)|den(?:y|ied|ies)|claim\w*|warn\w*|acknowledg\w+|admit\w*|disclos\w+|reveal\w*|argu\w+"
    r"|ask\w*|declar\w+|insist\w*|respond\w*"
    r"|repl(?:y|ied)|describ\w+|accus\w+|alleg\w+|note[ds]?|read|show(?:s|ed)?|found|conclud\w+|predict\w*"
    r"|promis\w+|vow\w*|pledg\w+|call(?:ed|s)|ruled|condemn\w*)\b",
    re.IGNORECASE,
)
