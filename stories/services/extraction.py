"""The extract step: an article's page to its text, by way of ingest.extract; the feed's own text where there is none.

Never fails an article for want of a page: "article text not available" is a state with a reason, and the headline
and summary go on. The headline shown is the feed's, where newsrooms make their corrections first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from stories.ingest import extract, fetch
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.models import Article, TextState, Version
from stories.services.outside import policy

# A page that can't be had for the moment is tried so often before the feed's own text must do: about one minute.
PAGE_ATTEMPTS = 3
# Under this a feed's text is a teaser: enough to group by, not enough to say what a report does not hold.
FEED_TEXT_WORDS = 80
# PostgreSQL refuses search vectors over 1 MB; the longest articles in the labelled sets stay under 60,000 characters.
TEXT_CAP = 200_000


@dataclass(frozen=True, slots=True)
class Text:
    """What the article's text is, where it comes from, and what else its page told."""

    text: str
    state: TextState
    reason: str = ""
    page: extract.Extracted | None = None


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Text | Failure]:
    """Fetch the pages in one batch and extract each; `now` bounds the times that pages claim."""
    with_page = [article for article in articles if article.url]
    requests = [fetch.Request(article.url, accept=fetch.ACCEPT_PAGE) for article in with_page]
    pages = dict(zip((a.pk for a in with_page), fetch.fetch_many_blocking(requests, policy()), strict=True))
    return {article.pk: _text(article, pages.get(article.pk), now) for article in articles}


def _text(article: Article, page: fetch.Response | Failure | None, now: datetime) -> Text | Failure:
    """The best text to be had, or a temporary failure while the page may still come."""
    if page is None:
        return _from_feed(article, "The feed gives no address for this article.")
    if isinstance(page, Temporary) and article.attempts < PAGE_ATTEMPTS:
        return page
    if isinstance(page, Failure):
        return _from_feed(article, page.reason)
    try:
        content_type = page.headers.get("content-type", "")
        extracted = extract.extract(page.body, url=page.final_url, content_type=content_type, now=now)
    except Permanent as failure:
        return _from_feed(article, failure.reason)
    return Text(extracted.text[:TEXT_CAP], TextState.PAGE, page=extracted)


def _from_feed(article: Article, reason: str) -> Text:
    """What else there is: the text that the page gave before, else the feed's own; a teaser counts as no text."""
    before = article.version
    if before is not None and before.text_state == TextState.PAGE:
        return Text(before.text, TextState.PAGE, f"Text as we last had it. {reason}")
    if len(article.feed_text.split()) >= FEED_TEXT_WORDS:
        return Text(article.feed_text[:TEXT_CAP], TextState.FEED, reason)
    return Text("", TextState.NONE, reason)


def save(article: Article, result: Text, now: datetime) -> None:
    """Keep the text as the article's version, a new one only if headline, summary or text differ."""
    article.text_state, article.text_reason = result.state, result.reason[:300]
    body = result.text or article.feed_text
    article.dateline = article.dateline or extract.dateline(body)[:200]
    article.lang = (extract.language(f"{article.title}. {body or article.summary}") or article.lang)[:8]
    if result.page is not None:
        article.byline = article.byline or result.page.byline[:300]
        if article.claimed_at is None and result.page.claimed_at:
            article.claimed_at = result.page.claimed_at
            article.reported_at = Article.reported(article.claimed_at, article.first_seen_at)
    article.version = _version(article, result, now)


def _version(article: Article, result: Text, now: datetime) -> Version:
    """The row of this wording, found or made."""
    wording = "\0".join((article.title, article.summary, result.text))
    version, _ = Version.objects.get_or_create(
        article=article,
        hash=hashlib.sha256(wording.encode()).hexdigest(),
        defaults={
            "title": article.title,
            "summary": article.summary,
            "text": result.text,
            "text_state": result.state,
            "seen_at": now,
        },
    )
    return version
