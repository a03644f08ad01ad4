"""What the fields of the API mean, said once for each name: a name means the same wherever it stands.

The description (OpenAPI) is made from the types; this adds the words, and the headers that types don't show.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

_ABOUT = """What the pages of this server show, for programs: stories, who reported what when, who is cited for what,
where the news comes from. It only reads.

Nothing here judges an outlet. “not found” says that a passage was not found in a report, and nothing of why. Passages
are excerpts; whole texts are with their outlets, and so are the rights in them. All times are ISO 8601 in UTC. Spans
are pairs of offsets in characters into an article's headline, a line break, and its text.

Without a token %(open)d requests a minute are answered for each address, with one %(token)d; past that comes 429
with the header `Retry-After`. Answers carry an `ETag`: send it back in `If-None-Match`, and what has not changed is
answered by 304."""

# By the field's name. Numbers of articles, stories and outlets are those in the addresses of their pages.
FIELDS = {
    "absent_from": "Articles with a text in which the quote was not found.",
    "aliases": "Other names of the outlet in running text.",
    "altered": "Words of this rendering that are not in the fullest one.",
    "article": "The number of the article.",
    "articles": "Articles, by number, or how many there are.",
    "at": "When it was reported.",
    "at_least": "The range's lower end: origins that are shown to be independent.",
    "at_most": "The range's upper end: with all that may be origins too.",
    "by_editor": "Whether an editor decided it.",
    "byline": "Who wrote it, as the outlet has it.",
    "cannot_tell": "Articles of which it can't be told whether they are origins.",
    "cells": "What each article of the comparison has of the claim, in order of time.",
    "certain": "False of what is only inferred.",
    "claim": "The key of the claim that the conflict is over.",
    "claimed": "When the outlet says that it was published.",
    "claimed_at": "When the outlet says that it was published; null where it doesn't say.",
    "closed_at": "Since when it has been quiet; null while it is open.",
    "closing": "Empty: it closes when it is quiet; closed or open: an editor closed it, or keeps it open.",
    "compared_at": "When the reports were compared; null where they were not yet.",
    "conflicting": "Whether any report contradicts it.",
    "conflicts": "Reports that contradict each other over these claims.",
    "copy_of": "The article whose text this one carries; null where none was found.",
    "country": "ISO 3166 code; empty where unknown.",
    "credits": "The outlets that it credits, those for its main news first.",
    "cue": "The words that attribute, such as “said”.",
    "cut": "Words of the fullest rendering that are not in this one.",
    "difference": "In what it contradicts; null where it doesn't.",
    "earliest": "Our poll before we first saw it; null where there was none.",
    "edges": "Who credits, copies or shares the text of whom.",
    "excerpt": "Its first words; never its text.",
    "first": "The first that is known.",
    "first_at": "The time of its first report.",
    "first_seen_at": "When we first saw it.",
    "footing": "What it shows of where it has the news from; null where that was not traced.",
    "form": "In the speaker's words, in the outlet's, or in both.",
    "headline": "Its headline as it is now.",
    "hedged": "Whether the outlet doubts or keeps its distance.",
    "here": "The words of this passage that differ.",
    "homepage": "Its site.",
    "id": "Its number, as in its address.",
    "in_body": "What became of the attribution in the text; null where that was not asked.",
    "in_headline": "What became of the attribution in the headline; null where that was not asked.",
    "invented": "Whether it is of the demo world.",
    "items": "The rows of this page.",
    "kind_by_editor": "Whether an editor set the kind.",
    "key": "What tells it apart: the article and the offset at which it is read, with a hyphen between.",
    "kind": "What sort it is.",
    "language": "ISO 639-1 code; empty where unknown.",
    "last_at": "The time of its latest report.",
    "latest_at": "The time of its latest report; null where there is none.",
    "lead_by_editor": "The article that an editor chose to stand for the story; null where none did.",
    "main": "Whether it is for the main news, not for a side fact.",
    "missing": "Why there are no words; empty where there are.",
    "name": "The name; empty where nobody is named.",
    "next": "The address of the next page; null on the last.",
    "note": "What spans can't say: who denied, the headline before, a number of outlets.",
    "noted_at": "When we noted it.",
    "origins": "Where chains of reports end.",
    "origins_at_least": "Independent origins, at least; null where they were not counted.",
    "origins_at_most": "Independent origins, at most; null where they were not counted.",
    "other": "The other article that it is about; null where there is none.",
    "outlet": "The outlet.",
    "outlets": "How many outlets.",
    "own": "Whether it is the article's own sourcing of its main news.",
    "owner_group": "Who owns it; empty where unknown.",
    "page": "The page of this server that shows it; null where there is none.",
    "passage": "The passage that shows it.",
    "passages": "The passages that show it.",
    "perhaps": "What may be so too.",
    "pinned": "Whether an editor pinned it to the front page.",
    "place": "Where in the article it stands; null where it was not found.",
    "polled": "Whether we poll a feed of it.",
    "polled_before_at": "Our poll of the feed before that; null where there was none.",
    "position": "Where in the article it stands, from 0 (headline) to 1 (last sentence).",
    "proven": "The voices that make the lower end of the range.",
    "relation": "In which way the outlet is credited.",
    "renderings": "How each article gives the quote, in order of time.",
    "reported_at": "The time that it is ordered by: the outlet's, unless that lies after we saw it.",
    "reported_by": "Which of the times that is.",
    "resting": "The articles that go back to it, itself among them.",
    "role": "What the article is to its main news.",
    "role_by_editor": "Whether an editor set the role.",
    "said": "To whom it is attributed; null where the report says it in its own voice.",
    "sides": "What each side says, the side with most outlets first.",
    "slug": "Its name in addresses; null of an outlet without a page.",
    "source": "The source's words in the article.",
    "sources": "The sources that it rests on, as far as known.",
    "spans": "Where it stands, in offsets.",
    "speaker": "Who said it; empty where the text doesn't tell.",
    "stale": "True while reports have come or gone since and it is being looked at again.",
    "stance": "What the source does: says, denies, confirms, gives no answer.",
    "standings": "What each article is in the story.",
    "state": "What the article has of the claim.",
    "story": "The number of its story; null while it is in none.",
    "target": "The article that is credited or copied; null where it is not among ours.",
    "text_state": "Where the text comes from that it was judged by; none: the text is not available.",
    "there": "The words of the claim's passage that differ.",
    "title": "Its title: a headline of one of its reports, or an editor's.",
    "title_by_editor": "Whether an editor gave it its title.",
    "total": "How many there are on all pages.",
    "traced_at": "When it was traced.",
    "url": "Its address at the outlet; empty where it has none.",
    "value": "What the side says, in a word or a number.",
    "via": "The outlet by way of which it came; empty for the article's own reporting.",
    "voice": "Who speaks through it for the count.",
    "voices": "How many voices, copies of one text counted once; 0 where that was not counted.",
    "why": "Why it counts, or why it can't be told.",
    "wire": "The agency whose text it carries; empty where none was found.",
    "words": "The words themselves; of passages an excerpt.",
}
# An answer or a part of one, by its shape; invented, as all news in this repository.
EXAMPLES: dict[str, Any] = {
    "StoryRecord": {
        "id": 12, "title": "Gulls lost in lock at Veldhaven", "language": "en",
        "page": "https://news.example.org/story/12/gulls-lost-in-lock-at-veldhaven/", "articles": 9, "outlets": 7,
        "voices": 5, "first_at": "2026-03-04T08:58:00Z", "last_at": "2026-03-04T17:20:00Z", "closed_at": None,
        "origins_at_least": 1, "origins_at_most": 2, "invented": False, "title_by_editor": False,
        "lead_by_editor": None, "pinned": False, "closing": "",
    },
    "Extract": {
        "article": 345, "spans": [[38, 58]], "missing": "", "page": "https://news.example.org/article/345/#s75",
        "words": "Nine gulls were lost when the lock gate broke on Monday, harbour master Ada Quill said.",
    },
    "OutletRecord": {
        "slug": "tern-gazette", "name": "The Tern Gazette", "aliases": ["the Gazette"], "kind": "newspaper",
        "country": "NL", "owner_group": "", "homepage": "https://gazette.example/",
        "page": "https://news.example.org/outlet/tern-gazette/", "polled": True, "articles": 1204,
        "latest_at": "2026-03-04T17:20:00Z", "invented": False,
    },
}  # fmt: skip
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_WHERE = {"Location": {"description": "The same of the other story.", "schema": {"type": "string", "format": "uri"}}}
_TAG = {"ETag": {"description": "Send it back in If-None-Match.", "schema": {"type": "string"}}}
_HEADERS = {"200": _TAG, "302": _WHERE, "429": _RETRY}
_SAID = {
    "200": "The answer.",
    "302": "The story was merged into another, which may be undone.",
    "401": "The token is not valid.",
    "404": "There is no such thing.",
    "422": "A parameter is wrong.",
    "429": "Too many requests; wait as long as Retry-After says.",
}


def about() -> str:
    """What the API is, with this server's limits."""
    return _ABOUT % {"open": settings.API_PER_MINUTE, "token": settings.API_PER_MINUTE_WITH_TOKEN}


def describe(schema: dict[str, Any]) -> None:
    """Add to a description what the types don't say: meanings of fields and answers, headers. Changes it in place."""
    for name, shape in schema["components"]["schemas"].items():
        if name in EXAMPLES:
            shape["examples"] = [EXAMPLES[name]]
        for key, field in shape.get("properties", {}).items():
            if key in FIELDS:
                field.setdefault("description", FIELDS[key])
    for path in schema["paths"].values():
        # It is answered like GET, as everywhere; said once is enough.
        path.pop("head", None)
        for operation in path.values():
            for status, answer in operation["responses"].items():
                answer["description"] = _SAID.get(str(status), answer["description"])
                if headers := _HEADERS.get(str(status)):
                    answer["headers"] = headers
