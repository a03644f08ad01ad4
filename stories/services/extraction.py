"""The extract step: an article's page to its text, by way of ingest.extract; the feed's own text where there is none.

Never fails an article for want of a page: "article text not available" is a state with a reason, and the headline
and summary go on. The headline shown is the feed's, where newsrooms make their corrections first.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from stories.ingest import changes, extract, fetch, isolated, revisits
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.models import Article, TextState, Version
from stories.services import uniting, visiting
from stories.services.visiting import Later

# A page that can't be had for the moment is tried so often before the feed's own text must do: about one minute.
PAGE_ATTEMPTS = 3
# News is shown without its page rather than late: a host that rests for longer, or whose turn has not come for so long,
# gives us the page when we look again.
PATIENCE, PATIENCE_IN_ALL = timedelta(minutes=2), timedelta(minutes=15)
# A batch reads for so long: a dozen pages that each use up the reader's ten seconds must not use up the task's time and
# take the others' results with them.
READ_S, READ_AGAIN_S = 90.0, 30.0
# Under this a feed's text is a teaser: enough to group by, not enough to say what a report does not hold.
FEED_TEXT_WORDS = 80
# PostgreSQL refuses search vectors over 1 MB; the longest articles in the labelled sets stay under 60,000 characters.
TEXT_CAP = 200_000
# Validators are sent back whole or not at all; longer ones are no validators.
MAX_VALIDATOR = 1000
MAX_TITLE = 500
# Statuses of a page that was there and is no longer.
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was answered; without what it says where it has not changed since the validators sent."""

    response: fetch.Response
    extracted: extract.Extracted | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What the article's text is, where it comes from, and the page behind it."""

    text: str
    state: TextState
    reason: str = ""
    page: Page | None = None
    gone: bool = False
    # When the page may be had that we could not wait for.
    look_at: datetime | None = None


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Text | Failure | Later]:
    """Fetch the pages in one batch and extract each; `now` is when the batch begins."""
    started = monotonic()
    pages = look([a for a in articles if a.url], lambda: now + timedelta(seconds=monotonic() - started))
    return {article.pk: _text(article, pages.get(article.pk), now) for article in articles}


def look(
    articles: Sequence[Article], clock: Callable[[], datetime], *, again: bool = False
) -> dict[int, Page | Failure | Later]:
    """The articles' pages, or why there is none, by number. `again`: send the validators of the text that we have.

    Pages are read, in a process that may die of them, while others are still on their way.
    """
    requests = [_request(article, again=again) for article in articles]
    answers: dict[int, Page | Failure | Later] = {}
    reading = {}
    for index, answer in visiting.pages(requests, clock):
        pk = articles[index].pk
        if not isinstance(answer, fetch.Response):
            answers[pk] = answer
        elif answer.not_modified:
            answers[pk] = Page(answer)
        else:
            kind = answer.headers.get("content-type", "")
            future = isolated.submit_page(answer.body, url=answer.final_url, content_type=kind, now=clock())
            reading[pk] = (answer, future)
    end = monotonic() + READ_S
    for pk, (response, future) in reading.items():
        try:
            answers[pk] = Page(response, future.result(timeout=max(0.0, end - monotonic())))
        except Failure as failure:
            answers[pk] = failure
        except TimeoutError:
            future.cancel()
            answers[pk] = Later(clock() + timedelta(seconds=READ_AGAIN_S), "pages before it took too long to read")
    return answers


def _request(article: Article, *, again: bool) -> fetch.Request:
    validated = again and article.text_state == TextState.PAGE
    return fetch.Request(
        article.url,
        etag=article.page_etag if validated else "",
        last_modified=article.page_last_modified if validated else "",
        accept=fetch.ACCEPT_PAGE,
        own=article.outlet.demo,
    )


def _text(article: Article, page: Page | Failure | Later | None, now: datetime) -> Text | Failure | Later:
    """The best text to be had, or why to wait while the page may still come."""
    if page is None:
        return _from_feed(article, Permanent("The feed gives no address for this article."))
    if isinstance(page, (Failure, Later)) and _worth_waiting(article, page, now):
        return page
    if isinstance(page, Later):
        return replace(_from_feed(article, Temporary(f"Not asked for yet: {page.reason}.")), look_at=page.at)
    if isinstance(page, Failure):
        return _from_feed(article, page)
    if page.extracted is None:
        return _from_feed(article, Permanent("The server says that the page has not changed."))
    return Text(page.extracted.text[:TEXT_CAP], TextState.PAGE, page=page)


def _worth_waiting(article: Article, page: Failure | Later, now: datetime) -> bool:
    """Whether the page may still come soon enough."""
    if isinstance(page, Later):
        return page.at - now <= PATIENCE and now - article.first_seen_at <= PATIENCE_IN_ALL
    return isinstance(page, Temporary) and article.attempts < PAGE_ATTEMPTS


def _from_feed(article: Article, failure: Failure) -> Text:
    """What else there is: the text that the page gave before, else the feed's own; a teaser counts as no text."""
    before, reason = article.version, failure.reason
    if before is not None and before.text_state == TextState.PAGE:
        return Text(before.text, TextState.PAGE, f"Text as we last had it. {reason}", gone=is_gone(failure))
    if len(article.feed_text.split()) >= FEED_TEXT_WORDS:
        return Text(article.feed_text[:TEXT_CAP], TextState.FEED, reason)
    if before is not None and before.text:
        return Text(before.text, TextState(before.text_state), f"Text as we last had it. {reason}")
    return Text("", TextState.NONE, reason)


def is_gone(failure: Failure) -> bool:
    """Whether the server says that it has no such page."""
    return getattr(failure, "status", None) in GONE


def save(article: Article, result: Text, now: datetime) -> None:
    """Keep the text as the article's version, a new one only if headline, summary or text say something else.

    Where the page shows that we have the article already the two become one; then `article.pk` may be None.
    Raises Temporary where the other one is in use.
    """
    if result.page is not None and not learn(article, result.page, now):
        return
    article.text_state, article.text_reason = result.state, result.reason[:300]
    body = result.text or article.feed_text
    article.dateline = article.dateline or extract.dateline(body)[:200]
    article.lang = (extract.language(f"{article.title}. {body or article.summary}") or article.lang)[:8]
    if article.version_id:
        article.rechecked_at = now
        article.page_gone_at = (article.page_gone_at or now) if result.gone else None
    article.recheck_at = _sooner(result.look_at, next_look(article, now))
    keep_version(article, result.text, result.state, now)


def learn(article: Article, page: Page, now: datetime) -> bool:
    """What a page tells besides its text: validators, byline, time, its own address. False: merged away, see `save`."""
    response, extracted = page.response, page.extracted
    # From every answer; one that names none although nothing changed leaves the old ones standing.
    old = (article.page_etag, article.page_last_modified) if response.not_modified else ("", "")
    article.page_etag = _validator(response.etag) or old[0]
    article.page_last_modified = _validator(response.last_modified) or old[1]
    if extracted is None:
        return True
    article.byline = article.byline or extracted.byline[:300]
    # What an editor brought by its address alone has that for a headline until now (services.bringing).
    if extracted.title and article.title == article.url[: len(article.title)]:
        article.title = extracted.title[:MAX_TITLE]
    if article.claimed_at is None and extracted.claimed_at:
        article.claimed_at = extracted.claimed_at
        article.reported_at = Article.reported(article.claimed_at, article.first_seen_at)
    return uniting.settle(article, extracted.canonical_url, extracted.text)


def _validator(value: str) -> str:
    return value if len(value) <= MAX_VALIDATOR else ""


def _sooner(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time is not None), default=None)


def next_look(article: Article, now: datetime) -> datetime | None:
    """When to look at the article's page again."""
    # Jitter spreads load; nothing secret hangs on it.
    die = random.uniform(-1, 1)  # noqa: S311
    return revisits.next_look(article.first_seen_at, now, die) if article.url else None


def keep_version(article: Article, text: str, state: TextState, now: datetime) -> bool:
    """Make the article's version say what headline, summary and `text` say; True if that is something else than before.

    Another advert, another count of comments, or a page that only shows its beginning now leave the version as it is.
    """
    before = article.version
    if before is not None and not (
        changes.wording_changed(before.title, article.title)
        or changes.wording_changed(before.summary, article.summary)
        or changes.real_change(before.text, text)
    ):
        return False
    if before is not None and not changes.real_change(before.text, text):
        text = before.text  # a page cut short under a new headline is no reason to lose the rest
    wording = "\0".join((article.title, article.summary, text))
    article.version, _ = Version.objects.get_or_create(
        article=article,
        hash=hashlib.sha256(wording.encode()).hexdigest(),
        defaults={
            "title": article.title,
            "summary": article.summary,
            "text": text,
            "text_state": state,
            "seen_at": now,
        },
    )
    return True
