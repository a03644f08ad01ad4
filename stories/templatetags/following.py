"""The control by which something is followed, wherever a page shows it. It reads what the view has looked up.

A view puts `selectors.following.standing(…)` into its context as `following`; who is not signed in has None there, and
gets a link to the sign-in page: no token, as such pages may be kept for all readers.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext_lazy as _

from stories.models import Follow, FollowKind, Outlet, Story
from stories.nlp.terms import is_english
from stories.selectors import following as selector
from stories.selectors.queries import Unclear

register = template.Library()

# How a control looks: the page's own, one beside something that the page only mentions, or a small one in a list.
PAGE, ASIDE, SMALL = "page", "aside", "small"
LOOKS = (PAGE, ASIDE, SMALL)
# Before and after the click.
LABELS = {
    (FollowKind.STORY, PAGE): (_("Follow this story"), _("Following this story")),
    (FollowKind.STORY, ASIDE): (_("Follow its story"), _("Following its story")),
    (FollowKind.OUTLET, PAGE): (_("Follow this outlet"), _("Following this outlet")),
    (FollowKind.OUTLET, ASIDE): (_("Follow its outlet"), _("Following its outlet")),
    (FollowKind.SEARCH, PAGE): (_("Follow this search"), _("Following this search")),
}
OTHERS = (_("Follow"), _("Following"))

_KINDS: dict[str, Any] = {
    FollowKind.STORY: _("stories"),
    FollowKind.OUTLET: _("outlets"),
    FollowKind.NAME: _("people and organisations"),
    FollowKind.SEARCH: _("saved searches"),
    FollowKind.LIKE: _("stories like one"),
}

_WHY_ENDED = {selector.STOPPED: _("you or your team stopped it"), selector.CLOSED: _("the story closed")}


@register.inclusion_tag("stories/_follow.html", takes_context=True)
def follow_control(  # noqa: PLR0913 (one argument for each thing that can be followed, all by name)
    context: Context,
    *,
    story: Story | None = None,
    outlet: Outlet | None = None,
    name: str = "",
    query: str = "",
    look: str = PAGE,
    opened: bool = False,
    said: str = "",
    done: bool = True,
) -> dict[str, Any]:
    """The control of one thing. Nothing for what can't be followed.

    As the answer to a click it comes with what was `said`, whether it is `done`, and its menu `opened` if it was.
    """
    kind, fields, target = _subject(story, outlet, name, query)
    if not target:
        return {"target": ""}
    request = context["request"]
    standing: selector.Standing | None = context.get("following")
    labels = LABELS.get((kind, look), OTHERS)
    told: dict[str, Any] = {
        "target": target,
        "id": _id(kind, target),
        "look": look,
        "labels": {"follow": labels[0], "following": labels[1]},
        "name": name,
        "next": request.POST.get("next", "") if request.method == "POST" else request.get_full_path(),
        "signed_in": standing is not None,
        "fields": {"kind": kind.value, **fields},
    }
    if standing is None:
        return told
    teams = [{"pk": team.pk, "name": team.name, "follow": standing.of_team(target, team.pk)} for team in standing.teams]
    own = standing.own(target)
    return {
        **told,
        "csrf_token": context.get("csrf_token"),
        "own": own,
        "teams": teams,
        "teams_following": [team for team in teams if team["follow"]],
        "shown": own or _first(teams),
        "story": story,
        "like": standing.own(selector.like_target(story.pk)) if story is not None else None,
        "can_like": story is not None and is_english(story.lang),
        "muted": story is not None and standing.muted,
        "opened": opened,
        "said": said,
        "done": done,
    }


@register.filter
def kinds(kind: str) -> str:
    """A kind of follow in the plural, as a heading of those."""
    return str(_KINDS.get(kind, kind))


@register.filter
def why_ended(why: str) -> str:
    """Why a follow ended, in words."""
    return str(_WHY_ENDED.get(why, why))


@register.filter
def called(follow: Follow) -> str:
    """What is followed, as a sentence names it."""
    return selector.called(follow)


@register.filter
def phrase(follow: Follow) -> str:
    """A followed name as the search finds it."""
    return '"' + follow.name.replace('"', " ") + '"'


def _first(teams: list[dict[str, Any]]) -> Follow | None:
    return next((team["follow"] for team in teams if team["follow"]), None)


def _subject(
    story: Story | None, outlet: Outlet | None, name: str, query: str
) -> tuple[FollowKind, dict[str, str], str]:
    """What is to be followed: its kind, the fields of the form, its target; "" where it can't be."""
    if story is not None:
        return FollowKind.STORY, {"story": str(story.pk)}, selector.story_target(story.pk)
    if outlet is not None:
        return FollowKind.OUTLET, {"outlet": str(outlet.pk)}, selector.outlet_target(outlet.pk)
    if name:
        return FollowKind.NAME, {"name": name[: selector.LONGEST_NAME]}, selector.name_target(name)
    try:
        return FollowKind.SEARCH, {"query": query}, selector.search_target(query) if query.strip() else ""
    except Unclear:
        return FollowKind.SEARCH, {}, ""


def _id(kind: FollowKind, target: str) -> str:
    """What the control is called on its page."""
    if kind in (FollowKind.STORY, FollowKind.OUTLET):
        return "follow-" + target.replace(":", "-")
    return f"follow-{kind}-{hashlib.sha256(target.encode()).hexdigest()[:12]}"
