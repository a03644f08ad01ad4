"""What an editor says of a story as a whole: its title, its lead, locked, hidden, pinned, closed or kept open.

Each is a field of the story that outranks what the program finds; tracing, grouping and closing obey it. One form may
change several: each is an edit of its own, so that two editors who change different things are in nobody's way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from stories.models import Act, Article, Closing, Edit, Story
from stories.services import following, footprints, membership
from stories.services.acts import By, Did, Refused, must_be_person, must_stand, note

# Which field of a story each act sets.
FIELDS: Mapping[Act, str] = {
    Act.LOCK: "locked",
    Act.UNLOCK: "locked",
    Act.PIN: "pinned_at",
    Act.UNPIN: "pinned_at",
    Act.HIDE: "hidden",
    Act.SHOW: "hidden",
    Act.RENAME: "named",
    Act.LEAD: "lead_id",
    Act.CLOSE: "closing",
    Act.REOPEN: "closing",
    Act.RELEASE: "closing",
}
ACTS = tuple(FIELDS)
# Acts after which the story's headline is found anew.
_RETRACED = (Act.RENAME, Act.LEAD)
_TITLE = 500


def lock(story: Story, by: By, now: datetime) -> Edit:
    """Keep the program from taking a report out of a story and from merging it. New reports may join."""
    return _set(Act.LOCK, story, True, by, now)


def unlock(story: Story, by: By, now: datetime) -> Edit:
    """Let the program at a locked story again."""
    return _set(Act.UNLOCK, story, False, by, now)


def pin(story: Story, by: By, now: datetime) -> Edit:
    """Put a story above the others of the front page."""
    return _set(Act.PIN, story, now, by, now)


def unpin(story: Story, by: By, now: datetime) -> Edit:
    """Let a pinned story go the way of the others."""
    return _set(Act.UNPIN, story, None, by, now)


def hide(story: Story, by: By, now: datetime) -> Edit:
    """Take a story off all lists and out of alerts. Its address says that an editor has hidden it."""
    return _set(Act.HIDE, story, True, by, now)


def show(story: Story, by: By, now: datetime) -> Edit:
    """Let readers see a hidden story again."""
    return _set(Act.SHOW, story, False, by, now)


def rename(story: Story, title: str, by: By, now: datetime) -> Edit:
    """Give a story a title of the editor's; "" gives it back the headline that tracing takes. The address stays."""
    title = " ".join(title.replace("\x00", "").split())
    if len(title) > _TITLE:
        raise Refused(gettext("A title has at most %(most)d characters.") % {"most": _TITLE})
    return _set(Act.RENAME, story, title, by, now)


def choose_lead(story: Story, article: int | None, by: By, now: datetime) -> Edit:
    """Let a report of the story stand for it; None leaves it to tracing again. It counts while it is in the story."""
    return _set(Act.LEAD, story, article, by, now)


def close(story: Story, by: By, now: datetime) -> Edit:
    """Close a story for good: no new report joins it, and what follows it until it closes ends."""
    return _set(Act.CLOSE, story, Closing.CLOSED.value, by, now)


def reopen(story: Story, by: By, now: datetime) -> Edit:
    """Open a story again, and keep it open although it is quiet."""
    return _set(Act.REOPEN, story, Closing.OPEN.value, by, now)


def release(story: Story, by: By, now: datetime) -> Edit:
    """Let a story that an editor had closed or kept open close by itself again; it is as open as it is until then."""
    return _set(Act.RELEASE, story, Closing.ITSELF.value, by, now)


@transaction.atomic
def _set(act: Act, story: Story, value: Any, by: By, now: datetime) -> Edit:
    """Set a field by an act, if that says anything new."""
    must_be_person(by)
    story = membership.hold([story]).stories[story.pk]
    must_stand(story)
    field = FIELDS[act]
    if act == Act.LEAD and value is not None and not Article.objects.filter(pk=value, story=story).exists():
        raise Refused(gettext("This report is not in the story: it may have been moved since you saw it."))
    before = getattr(story, field)
    if before == value or (act == Act.PIN and before is not None):
        raise Refused(_already()[act])
    was = {field: _plain(before)}
    if field == "closing":
        was["closed_at"] = _plain(story.closed_at)
    return _write(act, story, {field: value}, was, by, now)


def take_back(edit: Edit, held: membership.Held, by: By, now: datetime) -> Edit:
    """Give a story's field back the value that it had before an edit."""
    story = held.stories[edit.story_id or 0]
    field = FIELDS[Act(edit.act)]
    value = edit.before.get(field)
    if field == "pinned_at" and value:
        value = parse_datetime(value)
    if field == "lead_id" and value is not None and not Article.objects.filter(pk=value).exists():
        value = None
    return _write(Act.UNDO, story, {field: value}, {field: _plain(getattr(story, field))}, by, now, undoes=edit)


def _write(
    act: Act,
    story: Story,
    values: dict[str, Any],
    was: dict[str, Any],
    by: By,
    now: datetime,
    undoes: Edit | None = None,
) -> Edit:
    """Set fields of a held story, with what follows, and leave the edit."""
    (field,) = values
    setattr(story, field, values[field])
    written = [field]
    if field == "closing":
        _close_or_open(story, undoes, now)
        written += ["closed_at", "reopened_at"]
    story.save(update_fields=written)
    if field in {FIELDS[one] for one in _RETRACED}:
        # Whatever it was by the editor's word: a report's headline stands there until it is traced.
        story.title = story.named
        membership.refresh(story, now)
    return note(
        act,
        Did(
            story=story,
            before=was,
            after={name: _plain(value) for name, value in values.items()},
            changed={footprints.story(story.pk, field)},
            touched={footprints.story(story.pk)},
            undoes=undoes,
        ),
        by,
        now,
    )


def _close_or_open(story: Story, undoes: Edit | None, now: datetime) -> None:
    """Close or open a story as its `closing` says; where an act is taken back, as it was before that."""
    if story.closing == Closing.CLOSED:
        if story.closed_at is None:
            story.closed_at = now
            following.end_closed([story.pk], now)
    elif story.closing == Closing.OPEN:
        story.closed_at, story.reopened_at = None, now
    elif undoes is not None:
        at = undoes.before.get("closed_at")
        story.closed_at = parse_datetime(at) if at else None


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return value.isoformat() if isinstance(value, datetime) else value


def _already() -> dict[Act, str]:
    """What is said where an act would change nothing."""
    return {
        Act.LOCK: gettext("The story is locked already."),
        Act.UNLOCK: gettext("The story is not locked."),
        Act.PIN: gettext("The story is pinned already."),
        Act.UNPIN: gettext("The story is not pinned."),
        Act.HIDE: gettext("The story is hidden already."),
        Act.SHOW: gettext("The story is not hidden."),
        Act.RENAME: gettext("The story has this title already."),
        Act.LEAD: gettext("This is the story’s lead already."),
        Act.CLOSE: gettext("An editor has closed the story already."),
        Act.REOPEN: gettext("An editor keeps the story open already."),
        Act.RELEASE: gettext("The story closes by itself already."),
    }
