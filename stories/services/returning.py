"""When a person looked at a story, so that its page can say what is new since their last visit.

Looks within half an hour are one visit: who reloads the page must not lose what was new on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from stories.models import Story, User

ONE_VISIT = timedelta(minutes=30)

_NOTE = """
INSERT INTO stories_visit AS v (user_id, story_id, last_at, before_at) VALUES (%(user)s, %(story)s, %(now)s, NULL)
ON CONFLICT (user_id, story_id) DO UPDATE SET
    before_at = CASE WHEN v.last_at < %(one_visit)s THEN v.last_at ELSE v.before_at END,
    last_at = greatest(v.last_at, excluded.last_at)
RETURNING before_at
"""


def note(user: User, story: Story, now: datetime) -> datetime | None:
    """Note that a person looks at a story; when they last did before this visit, None if they never did. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"user": user.pk, "story": story.pk, "now": now, "one_visit": now - ONE_VISIT})
        before: datetime | None = cursor.fetchone()[0]
    return before
