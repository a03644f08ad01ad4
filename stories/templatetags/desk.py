"""What the desk's first page and its lists show: what waits, and its tables in sections that somebody can find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.models import GROUPING, Edit, User
from stories.selectors import glance
from stories.services.acts import By

register = template.Library()

# Each table by the name of its model; what none of them names comes last.
SECTIONS: Sequence[tuple[Any, Sequence[str]]] = (
    (_("Stories"), ("Story", "Happening", "StoryProvenance", "StoryLink")),
    (_("Decisions"), ("Doubt", "Objection", "Edit", "Constraint", "Override")),
    (_("Reports"), ("Article", "Version", "Examined", "Attribution", "Credit")),
    (_("Outlets and feeds"), ("Outlet", "Proposal", "Feed", "FeedEntry", "Fetch", "Subscription", "Push", "Host")),
    (_("What grouping works with"), ("Recent", "TermCount")),
    (_("Alerts"), ("Notice", "Alert", "Channel", "Delivery", "Attempt")),
    (_("People"), ("User", "EmailAddress", "Authenticator", "UserSession", "SocialAccount", "ApiToken")),
    (_("Teams"), ("Team", "Invitation")),
)
_OTHER = _("The desk itself")


@dataclass(frozen=True, slots=True)
class Section:
    """Some tables under a heading, as Django's own list of tables describes each."""

    name: Any
    tables: Sequence[dict[str, Any]]


@register.simple_tag
def sections(app_list: Sequence[dict[str, Any]]) -> list[Section]:
    """The tables that this person may see, in sections; a section without any is left out."""
    tables = {table["object_name"]: table for app in app_list for table in app["models"]}
    named = [Section(name, [tables.pop(one) for one in names if one in tables]) for name, names in SECTIONS]
    return [section for section in [*named, Section(_OTHER, list(tables.values()))] if section.tables]


@register.simple_tag
def at_a_glance() -> glance.Glance:
    """What waits for an editor."""
    return glance.glance()


@register.filter
def maker(edit: Edit) -> str:
    """Who made an edit, by the name that readers see."""
    return gettext("grouping, the program") if edit.by == GROUPING else edit.by


@register.filter
def publicly(user: User) -> str:
    """A person by the name that edits carry: never the whole of an address."""
    return By.person(user).name
