"""What can be followed: a story, others like it, an outlet, a name, a search, each resolved and checked; who may."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext

from stories.models import Follow, FollowKind, Outlet, Story, Team, TeamMember, User
from stories.selectors import following as selector
from stories.selectors import queries
from stories.selectors.following import LONGEST_NAME

# Live follows of one person or one team, and stories muted by one person: more than anybody looks after, and a bound
# to what one report has to be held against.
MOST = 500
# What Follow.query holds.
LONGEST_QUERY = 500


class Refused(Exception):
    """It is not done; `reason` is a sentence for the person who asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be followed, resolved and checked."""

    kind: FollowKind
    target: str
    story: Story | None = None
    outlet: Outlet | None = None
    words: dict[str, str] = field(default_factory=dict)
    vector: list[float] | None = None


def wanted(kind: FollowKind, story: Story | None, outlet: Outlet | None, name: str, query: str) -> Wanted:
    """What is asked for, as a follow keeps it. A merged story is the one that it leads to. Raises Refused."""
    if kind == FollowKind.STORY and story is not None:
        root = selector.leading(story)
        return Wanted(kind, selector.story_target(root.pk), story=root)
    if kind == FollowKind.LIKE and story is not None:
        root = selector.leading(story)
        return Wanted(kind, selector.like_target(root.pk), story=root, vector=_direction(root))
    if kind == FollowKind.OUTLET and outlet is not None:
        return Wanted(kind, selector.outlet_target(outlet.pk), outlet=outlet)
    if kind == FollowKind.NAME and (key := selector.name_key(line(name))):
        return Wanted(kind, f"{kind}:{key}", words={"name": line(name)[:LONGEST_NAME].strip(), "key": key})
    if kind == FollowKind.SEARCH:
        return Wanted(kind, search_target(line(query)), words={"query": line(query)})
    if kind == FollowKind.NAME:
        raise Refused(gettext("Type the name of a person or an organisation."))
    raise Refused(gettext("Say what to follow."))


def line(text: str) -> str:
    """A text on one line, without what PostgreSQL can't take."""
    return " ".join(text.replace("\x00", " ").split())


def search_target(query: str) -> str:
    """The target of a saved search. Raises Refused, of one that is too long or can't be read."""
    if len(query) > LONGEST_QUERY:
        reason = gettext("A search to follow may have %(most)d characters; this one is longer.")
        raise Refused(reason % {"most": LONGEST_QUERY})
    try:
        target = selector.search_target(query)
    except queries.Unclear as unclear:
        raise Refused(unclear.reason) from unclear
    if not target:
        raise Refused(gettext("Type what to search for: at least one word, phrase or field."))
    return target


def _direction(story: Story) -> list[float]:
    """The story's vector at length 1: what it is about, not how many reports it has."""
    vector = np.asarray(story.vector, dtype=np.float32)
    length = float(np.linalg.norm(vector))
    if not length:
        reason = gettext("What this story is like can't be told: its language is not one that is read for that.")
        raise Refused(reason)
    return [float(part) for part in vector / length]


def member(team: Team, user: User) -> None:
    """Raises Refused where the person is not in the team."""
    if not TeamMember.objects.filter(team=team, user=user).exists():
        raise Refused(gettext("Only members of a team can follow for it."))


def theirs(follow: Follow, user: User) -> None:
    """Raises Refused where the follow is neither the person's nor of a team of theirs."""
    if follow.team is not None:
        member(follow.team, user)
    elif follow.user_id != user.pk:
        raise Refused(gettext("This is followed by somebody else."))


def hold(user: User, team: Team | None) -> None:
    """Others of this holder wait until the transaction is over."""
    if team is not None:
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    else:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
