"""A person's "try again": an article at rest in FAILED goes back to where it failed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stories.models import Article, Stage, TextState


def retry(article: Article, *, now: datetime) -> bool:
    """Send a failed article on again, or fetch the page of one without text anew; False if neither applies."""
    with transaction.atomic():
        row = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        if row.stage == Stage.FAILED:
            row.stage = Stage(row.failed_stage or Stage.FOUND)
        elif row.stage == Stage.DONE and row.text_state in (TextState.NONE, TextState.FEED):
            row.stage = Stage.FOUND
        else:
            return False
        row.failed_stage, row.failure, row.attempts, row.retry_at = "", "", 0, now
        row.save()
    return True
