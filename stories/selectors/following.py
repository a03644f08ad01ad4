"""How a person stands to what a page shows: which of it they follow, as the controls there need it. Changes nothing.

A follow is known by its target ("story:12", "outlet:5", "name:ada quill", "search:9f…", "like:12"). A story that was
merged counts as the one that it leads to, and what a team follows counts for each of its members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext

from stories.models import Follow, FollowKind, Mute, Outlet, Story, Team, User
from stories.nlp.persons import plain
from stories.selectors import queries

# Why a follow ended, as it is kept; anything else is shown as it stands.
STOPPED, CLOSED = "stopped", "closed"
# What Follow.name and Follow.key hold.
LONGEST_NAME = 200
# Merges are flattened; the bound only stops a loop in damaged data.
_MERGES = 20


def story_target(story: int) -> str:
    """The target of a story's follow."""
    return f"{FollowKind.STORY}:{story}"


def like_target(story: int) -> str:
    """The target of a follow of stories like this one."""
    return f"{FollowKind.LIKE}:{story}"


def outlet_target(outlet: int) -> str:
    """The target of an outlet's follow."""
    return f"{FollowKind.OUTLET}:{outlet}"


def name_key(name: str) -> str:
    """What a person or organisation is found by, however it is written; "" where no word of the name is left."""
    return plain(name[:LONGEST_NAME])[:LONGEST_NAME].strip()


def name_target(name: str) -> str:
    """The target of a person or organisation; "" where no word of the name is left."""
    key = name_key(name)
    return f"{FollowKind.NAME}:{key}" if key else ""


def search_target(query: str) -> str:
    """The target of a saved search: two ways to write the same one have the same. "" of one that asks for nothing.

    Nothing, or only for what it does not want: all the rest of the world is no search. Raises queries.Unclear.
    """
    read = queries.parse(query)
    if read.words is None and not read.has_fields:
        return ""
    return f"{FollowKind.SEARCH}:{hashlib.sha256(read.normal.encode()).hexdigest()[:32]}"


def leading(story: Story) -> Story:
    """The story that an address leads to by now: itself, or the one that it was merged into."""
    for _step in range(_MERGES):
        if story.merged_into is None:
            break
        story = story.merged_into
    return story


@dataclass(frozen=True, slots=True)
class OfTeam:
    """A team of the person's, by number and name."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Which of the things on a page a person follows, by target, live follows only; `muted`: the page's story."""

    follows: Mapping[str, Sequence[Follow]]
    teams: Sequence[OfTeam]
    muted: bool

    def own(self, target: str) -> Follow | None:
        """The person's own follow of it."""
        return next((one for one in self.follows.get(target, ()) if one.user_id is not None), None)

    def of_team(self, target: str, team: int) -> Follow | None:
        """A team's follow of it."""
        return next((one for one in self.follows.get(target, ()) if one.team_id == team), None)


def standing(
    user: object,
    *,
    story: Story | None = None,
    outlet: Outlet | None = None,
    names: Iterable[str] = (),
    query: str = "",
) -> Standing | None:
    """How a person stands to what a page shows. Two queries; None, without any, for who is not signed in.

    A query that can't be read stands for nothing.
    """
    if not isinstance(user, User):
        return None
    wanted = Q(target__in=_targets(outlet, names, query))
    if story is not None:
        wanted |= Q(target=like_target(story.pk))
        wanted |= Q(kind=FollowKind.STORY) & (Q(story=story.pk) | Q(story__merged_into=story.pk))
    follows: dict[str, list[Follow]] = {}
    for follow in Follow.objects.live().of(user).filter(wanted).defer("vector"):
        here = story_target(story.pk) if story is not None and follow.kind == FollowKind.STORY else follow.target
        follows.setdefault(here, []).append(follow)
    teams, muted = _surroundings(user, story)
    return Standing(follows, teams, muted)


def _targets(outlet: Outlet | None, names: Iterable[str], query: str) -> set[str]:
    found = {name_target(name) for name in names} | ({outlet_target(outlet.pk)} if outlet is not None else set())
    if query:
        with suppress(queries.Unclear):
            found.add(search_target(query))
    return found - {""}


def _surroundings(user: User, story: Story | None) -> tuple[list[OfTeam], bool]:
    """The person's teams by name, and whether they muted the story. One query."""
    teams = Team.objects.filter(members=OuterRef("pk")).order_by("name", "pk")
    mutes = Mute.objects.filter(of_story(story.pk), user=OuterRef("pk")) if story is not None else Mute.objects.none()
    row = (
        User.objects.filter(pk=user.pk)
        .values_list(ArraySubquery(teams.values(json=JSONObject(pk="pk", name="name"))), Exists(mutes))
        .first()
    )
    return ([OfTeam(**team) for team in row[0]], bool(row[1])) if row else ([], False)


def of_story(story: int) -> Q:
    """Rows with a `story` that is this one, or was merged into it."""
    return Q(story=story) | Q(story__merged_into=story)


def called(follow: Follow) -> str:
    """What is followed, as a sentence names it: "the search “…”"."""
    title = leading(follow.story).title if follow.story is not None else ""
    if follow.kind == FollowKind.STORY:
        return gettext("“%(title)s”") % {"title": title}
    if follow.kind == FollowKind.LIKE:
        return gettext("stories like “%(title)s”") % {"title": title}
    if follow.kind == FollowKind.SEARCH:
        return gettext("the search “%(query)s”") % {"query": follow.query}
    return follow.name or str(follow.outlet)


def teams(user: User) -> list[OfTeam]:
    """The teams that a person is in, by name."""
    return [OfTeam(*row) for row in user.teams.order_by("name", "pk").values_list("pk", "name")]
