"""Claiming rows, moving them on, giving them up: the queue half of the pipeline. Knows nothing of any step's work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from stories.ingest.errors import Failure, Permanent, Temporary
from stories.models import Article, Stage

# A row is given up after so many claims, whether each ended in a temporary failure or in the death of its worker.
MAX_ATTEMPTS = 6
# 20 s, 40 s, 80 s ... : a page that hiccuped is back within a minute, a sick one is left alone.
BACKOFF_S = 20
BACKOFF_CAP_S = 3600

# The database went away: nothing was decided about the row, its lease will run out by itself.
RETRIED_BY_LEASE = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Claim:
    """Articles leased to us, with the token that proves it."""

    stage: Stage
    token: UUID
    articles: Sequence[Article]


def claim(stage: Stage, *, batch: int, seconds: int, now: datetime) -> Claim:
    """Lease up to `batch` waiting rows of a stage, earliest reported first; never waits for another's lock."""
    token = uuid4()
    with transaction.atomic():
        rows = list(
            Article.objects.waiting(stage, now)
            .order_by("reported_at", "pk")
            .select_for_update(skip_locked=True, no_key=True)
            .values_list("pk", "attempts")[:batch]
        )
        spent = [pk for pk, attempts in rows if attempts >= MAX_ATTEMPTS]
        if spent:
            _quarantine(spent, stage)
        taken = [pk for pk, attempts in rows if attempts < MAX_ATTEMPTS]
        Article.objects.filter(pk__in=taken).update(
            lease_until=now + timedelta(seconds=seconds), lease_token=token, attempts=F("attempts") + 1
        )
    articles = Article.objects.filter(pk__in=taken).select_related("outlet", "feed", "version")
    return Claim(stage, token, list(articles.order_by("reported_at", "pk")))


def _quarantine(pks: Sequence[int], stage: Stage) -> None:
    """Put aside rows whose last attempt never ended: what kills a worker six times must not kill it for ever."""
    Article.objects.filter(pk__in=pks).update(
        stage=Stage.FAILED,
        failed_stage=stage,
        failure=f"Given up after {MAX_ATTEMPTS} attempts; the last one did not end (its worker was stopped or died).",
        lease_until=None,
        lease_token=None,
    )


def finish(claim: Claim, article: Article, gives: Stage, save: Callable[[Article], None]) -> bool:
    """Save and move on in one transaction, if the row is still ours; False if it is not.

    `save` gets the locked row as it is now and may change it; the row is written once, at the end.
    """
    with transaction.atomic():
        row = _held(claim, article)
        if row is None:
            return False
        row.stage, row.attempts, row.failure = gives, 0, ""
        row.lease_until = row.lease_token = row.retry_at = None
        save(row)
        # Extraction may find that the article is another one: then the row is gone, and must not come back.
        if row.pk is not None:
            row.save()
    return True


def finish_all(
    claim: Claim,
    articles: Sequence[Article],
    gives: Stage,
    *,
    begin: Callable[[Sequence[Article]], None],
    save: Callable[[Sequence[Article]], None],
    writes: Sequence[str],
) -> int:
    """Save some of a claim's articles and move them on, all in one transaction; how many were still ours.

    `begin` takes what must be taken before the rows are locked. `save` gets the articles as they were claimed, but for
    the story that each has by now; of what it changes in them the fields named in `writes` are written.
    """
    with transaction.atomic():
        begin(articles)
        held = Article.objects.filter(pk__in=[one.pk for one in articles], stage=claim.stage, lease_token=claim.token)
        stories = dict(held.order_by("pk").select_for_update(no_key=True).values_list("pk", "story"))
        ours = [article for article in articles if article.pk in stories]
        if not ours:
            return 0
        for article in ours:
            article.story_id = stories[article.pk]
        save(ours)
        _move_on(ours, gives, writes)
    return len(ours)


def _move_on(articles: Sequence[Article], gives: Stage, writes: Sequence[str]) -> None:
    """One statement for all: each row is written once, with what was changed in it, free of its lease."""
    wanted = {"id", *writes}
    fields = [field for field in Article._meta.concrete_fields if field.name in wanted]
    row = f"({', '.join(f'%s::{field.db_type(connection)}' for field in fields)})"
    names = [str(field.column) for field in fields]
    values = [
        field.get_db_prep_save(getattr(article, field.attname), connection) for article in articles for field in fields
    ]
    changed = ", ".join(f"{name} = g.{name}" for name in names if name != "id")
    statement = (
        "UPDATE stories_article AS a SET stage = %s, attempts = 0, failure = '', lease_until = NULL,"  # noqa: S608
        f" lease_token = NULL, retry_at = NULL, {changed}"
        f" FROM (VALUES {', '.join([row] * len(articles))}) AS g({', '.join(names)}) WHERE a.id = g.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [gives, *values])


def fail(claim: Claim, article: Article, failure: Failure, *, now: datetime) -> None:
    """Note a failure: try again later, or rest in FAILED with the reason."""
    with transaction.atomic():
        row = _held(claim, article)
        if row is None:
            return
        row.lease_until = row.lease_token = None
        row.failure = failure.reason
        if isinstance(failure, Temporary) and row.attempts < MAX_ATTEMPTS:
            wait = min(BACKOFF_CAP_S, BACKOFF_S * 2 ** (row.attempts - 1))
            row.retry_at = now + timedelta(seconds=max(wait, min(failure.retry_after_s or 0, BACKOFF_CAP_S)))
        else:
            row.stage, row.failed_stage, row.retry_at = Stage.FAILED, claim.stage, None
        row.save(update_fields=["lease_until", "lease_token", "failure", "retry_at", "stage", "failed_stage"])


def postpone(claim: Claim, article: Article, at: datetime) -> None:
    """Put the row back until `at`: its host's turn has not come, which is no attempt and no failure."""
    Article.objects.filter(pk=article.pk, stage=claim.stage, lease_token=claim.token).update(
        lease_until=None, lease_token=None, retry_at=at, attempts=F("attempts") - 1
    )


def _held(claim: Claim, article: Article) -> Article | None:
    """The row, locked, if it is still at the stage and under the lease of this claim.

    Not its key: others may go on pointing at it (a story at its headline), or two tracers would wait for each other.
    """
    return (
        Article.objects.select_for_update(no_key=True)
        .filter(pk=article.pk, stage=claim.stage, lease_token=claim.token)
        .first()
    )


def unexpected(error: Exception) -> Permanent:
    """A fault of ours as a failure that rests: the operator sees it, the log has the traceback."""
    return Permanent(f"Unexpected error: {type(error).__name__}: {error}"[:500])
