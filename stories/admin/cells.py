"""What cells of the desk's lists hold: times as short as they can be read, links that say where they lead."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from stories.models import Article, Story
from stories.selectors import words
from stories.templatetags.firsthand import spelt


def time(at: datetime | None) -> str:
    """A time: the clock alone for today, else with its day; the whole of it for whoever points at it."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    full = words.moment(local, words.day(local, "LONG_DAY_FORMAT"))
    stamp = local.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, full, spelt(at, timezone.now()))


def story(row: Story | None) -> str:
    """A story, which leads to its page at the desk; nothing for none."""
    if row is None:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("admin:stories_story_change", args=[row.pk]), row.title)


def page(row: Story | Article) -> str:
    """A link to where readers see it: the column is narrow, so the link's name says whose page it is."""
    name = gettext("“%(title)s” as readers see it") % {"title": row.title}
    return format_html('<a href="{}" aria-label="{}">{}</a>', row.get_absolute_url(), name, gettext("open"))
