"""Pages are looked at again while their story lives: what an outlet changed after publishing becomes a Version.

Only articles at rest (DONE) are looked at. The headline stays the feed's: a page's own title often has a suffix or is
worded for readers of the page, and without its first wording no change of it can be told from that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from stories.ingest.errors import Failure, Temporary
from stories.models import Article, Stage, TextState
from stories.nlp import grouping
from stories.services import extraction, leases
from stories.services.extraction import Page
from stories.services.visiting import Later

log = logging.getLogger(__name__)

BATCH = 48
# Claiming moves an article's time forward by this: a worker that dies costs its batch a quarter of an hour.
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Pages looked at, articles that changed (they wait for "read" now), and whether more are due."""

    looked: int
    changed: int
    more: bool


def recheck(clock: Callable[[], datetime]) -> Rechecked:
    """Look again at up to BATCH pages whose time has come."""
    claimed, more = _claim(clock())
    answers = extraction.look(claimed, clock, again=True)
    looked = changed = 0
    for article in claimed:
        answer = answers[article.pk]
        if isinstance(answer, Later):
            _wait(article, answer)
            continue
        looked += 1
        try:
            changed += _save(article, answer, clock())
        except leases.RETRIED_BY_LEASE:
            raise
        except Exception as error:
            # Its neighbours go on; the row is left as it was, and its time comes again when the claim runs out.
            level = logging.INFO if isinstance(error, Temporary) else logging.ERROR
            log.log(level, "recheck: article %d waits", article.pk, exc_info=error)
    return Rechecked(looked, changed, more)


def _claim(now: datetime) -> tuple[list[Article], bool]:
    """Articles to look at, and whether more may be due; those whose story has ended are looked at no more."""
    with transaction.atomic():
        due = (
            Article.objects.filter(stage=Stage.DONE, recheck_at__lte=now)
            .select_related("outlet", "story", "version")
            .order_by("recheck_at", "pk")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
        )
        rows = list(due[:BATCH])
        live = [row for row in rows if row.story is not None and row.story.last_at >= now - grouping.WINDOW]
        ended = {row.pk for row in rows} - {row.pk for row in live}
        Article.objects.filter(pk__in=ended).update(recheck_at=None)
        Article.objects.filter(pk__in=[row.pk for row in live]).update(recheck_at=now + LEASE)
    for row in live:
        row.recheck_at = now + LEASE
    return live, len(rows) == BATCH


def _wait(article: Article, later: Later) -> None:
    """Its host's turn has not come."""
    Article.objects.filter(pk=article.pk, recheck_at=article.recheck_at).update(recheck_at=later.at)


def _save(article: Article, answer: Page | Failure, now: datetime) -> bool:
    """Keep what the page says now, if the article is still ours; True if it changed."""
    with transaction.atomic():
        row = (
            Article.objects.filter(pk=article.pk, stage=Stage.DONE, recheck_at=article.recheck_at)
            .select_related("outlet", "version")
            .select_for_update(no_key=True, of=("self",))
            .first()
        )
        if row is None:
            return False
        row.rechecks, row.rechecked_at = row.rechecks + 1, now
        row.recheck_at = extraction.next_look(row, now)
        changed = _learn(row, answer, now)
        if row.pk is None:
            return False  # another row turned out to be the article
        if changed:
            row.stage, row.attempts = Stage.EXTRACTED, 0
            row.retry_at = row.lease_until = row.lease_token = None
        row.save()
    return changed


def _learn(row: Article, answer: Page | Failure, now: datetime) -> bool:
    """What the answer changes of the article. A page that can't be had takes nothing away."""
    text, state = (row.version.text, TextState(row.version.text_state)) if row.version else ("", TextState.NONE)
    if isinstance(answer, Failure):
        if extraction.is_gone(answer):
            row.page_gone_at = row.page_gone_at or now
    else:
        row.page_gone_at = None
        if not extraction.learn(row, answer, now):
            return False
        if answer.extracted is not None:
            text, state = answer.extracted.text[: extraction.TEXT_CAP], TextState.PAGE
            row.text_state, row.text_reason = state, ""
    # Also where the page is as it was: its feed may have worded the summary anew since.
    return extraction.keep_version(row, text, state, now)
