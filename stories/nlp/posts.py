"""Posts that stand in an article as posts: "Text of the post — Ann Lee (@annlee) January 2, 2026".

The reader knows running text only and finds no source in them. Who the poster is, is not decided here.
"""

from __future__ import annotations

import re

from stories.nlp.findings import Attribution, Form

# Text, a dash, a name of up to six words, the handle in brackets.
_POST = re.compile(r"(?P<cue>[—–―]|--)\s?(?P<source>[^\n—–―()@]{1,50}\s?\(@\w{1,30}\))")
# A post has at most so many characters, with what its page adds.
_LONGEST = 600


def posts(text: str) -> list[Attribution]:
    """Each embedded post as an attribution: the dash its cue, name and handle its source, its words the content.

    A post's words begin with their line, or behind the post before it in the same line.
    """
    found: list[Attribution] = []
    behind = 0
    for match in _POST.finditer(text):
        start = max(text.rfind("\n", 0, match.start()) + 1, behind, match.start() - _LONGEST)
        words = text[start : match.start()]
        begin, end = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
        content = ((begin, end),) if begin < end else ()
        found.append(Attribution(match.span("cue"), (match.span("source"),), content, Form.DIRECT))
        behind = match.end()
    return found
