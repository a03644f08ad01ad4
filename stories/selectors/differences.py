"""What changed in a story between two moments: reports that came and went, wordings, decisions, happenings, counts.

Membership is reckoned backwards from now (selectors.membership_at). What is kept nowhere is not made up: which headline
the program had chosen, how many origins it had found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from stories.models import Act, Article, Edit, Happening, Story, StoryProvenance
from stories.selectors import columns, histories, rewordings
from stories.selectors.edits import Told, in_bulk, rows, tell
from stories.selectors.membership_at import Moment, Move, members_at, since
from stories.selectors.rewordings import Reworded

# So many of each kind are shown; the rest is counted.
SHOWN = 60
EDITS = 80
_CORRECTING = (Act.ROLE, Act.SOURCE, Act.CREDIT, Act.OUTLET)


@dataclass(frozen=True, slots=True)
class Came:
    """A report that joined or left: by an edit, or by grouping where there is none; `place` is where it is now."""

    article: Article
    by: Told | None
    place: Story | None


@dataclass(frozen=True, slots=True)
class Side:
    """What a story was at one of the two moments."""

    reports: int
    outlets: int


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed. `came_and_left` reports were in it for a while between the moments, or out of it.

    `said` are decisions on the story as a whole, `corrected` on its reports and outlets. `origins` are those of now,
    where the later moment is now; of then nobody knows.
    """

    before: Side
    after: Side
    joined: Sequence[Came]
    left: Sequence[Came]
    more_joined: int
    more_left: int
    came_and_left: int
    reworded: Sequence[Reworded]
    more_reworded: int
    moved: Sequence[Told]
    said: Sequence[Told]
    corrected: Sequence[Told]
    more_edits: int
    happened: Sequence[Happening]
    origins: StoryProvenance | None

    @property
    def changed(self) -> bool:
        """Whether anything is to be told."""
        found = (self.joined, self.left, self.reworded, self.moved, self.said, self.corrected, self.happened)
        return bool(self.came_and_left or any(found))


@dataclass(frozen=True, slots=True)
class _Past:
    """What is known of a story's reports, now and before."""

    story: Story
    now: Mapping[int, int | None]
    seen: Mapping[int, datetime]
    outlets: Mapping[int, int]
    moves: Sequence[Move]

    def members(self, moment: Moment) -> frozenset[int]:
        """The reports of the story at a moment."""
        return members_at(self.story.pk, self.now, self.seen, self.moves, moment)

    def side(self, members: Collection[int]) -> Side:
        """The counts of some of them."""
        return Side(len(members), len({self.outlets[pk] for pk in members}))


def difference(story: Story, start: Moment, end: Moment, now: datetime) -> Difference:
    """What changed from `start` to `end`. Thirteen queries at most, however long that was."""
    past = _past(story)
    was, then = past.members(start), past.members(end)
    joined, left = sorted(then - was, key=past.seen.__getitem__), sorted(was - then, key=past.seen.__getitem__)
    later = {move.edit for move in since(past.moves, end)}
    between = [move for move in since(past.moves, start) if move.edit not in later]
    through = {pk for move in between for pk, *ends in move.moves if story.pk in ends and pk in past.seen}
    told, more_edits = _told(story, past, start, end)
    by = _last_to_move(between, story.pk, {one.edit.pk: one for one in told})
    named = in_bulk([*joined[:SHOWN], *left[:SHOWN]])
    places = _places(past.now.get(pk) for pk in left[:SHOWN])
    reworded, more_reworded = rewordings.between(was & then, start.at, end.at)
    return Difference(
        before=past.side(was),
        after=past.side(then),
        joined=_came(joined, named, by, past, places),
        left=_came(left, named, by, past, places),
        more_joined=max(0, len(joined) - SHOWN),
        more_left=max(0, len(left) - SHOWN),
        came_and_left=len(through.difference(joined, left)),
        reworded=reworded,
        more_reworded=more_reworded,
        moved=[one for one in told if one.edit.moves],
        said=[one for one in told if not one.edit.moves and one.act not in _CORRECTING],
        corrected=[one for one in told if one.act in _CORRECTING],
        more_edits=more_edits,
        happened=_happened(story, start, end),
        origins=StoryProvenance.objects.filter(story=story).defer("traced").first() if end.at >= now else None,
    )


def membership(story: Story, moment: Moment) -> frozenset[int]:
    """The reports of a story at a moment, as far as edits and first sights tell. Three queries."""
    return _past(story).members(moment)


def _past(story: Story) -> _Past:
    """Three queries, of light rows."""
    edits = Edit.objects.filter(Q(story=story) | Q(other=story) | Q(touched__contains=[f"story:{story.pk}"]))
    moving = edits.exclude(moves=[]).order_by("pk").values_list("pk", "at", "moves")
    moves = [Move(pk, at, moved) for pk, at, moved in moving]
    named = {article for move in moves for article, *_ in move.moves if article is not None}
    found = Article.objects.filter(Q(story=story) | Q(pk__in=named))
    rows_ = list(found.values_list("pk", "story", "first_seen_at", "outlet"))
    return _Past(
        story=story,
        now={pk: place for pk, place, *_ in rows_},
        seen={pk: seen for pk, _place, seen, _outlet in rows_},
        outlets={pk: outlet for pk, _place, _seen, outlet in rows_},
        moves=moves,
    )


def _between(name: str, start: Moment, end: Moment) -> Q:
    """Edits after one moment and not after the other."""
    after = Q(**{f"{name}__gt": start.at})
    if start.edit is not None:
        after = Q(pk__gte=start.edit) if start.before else Q(pk__gt=start.edit)
    until = Q(**{f"{name}__lte": end.at})
    if end.edit is not None:
        until = Q(pk__lt=end.edit) if end.before else Q(pk__lte=end.edit)
    return after & until


def _told(story: Story, past: _Past, start: Moment, end: Moment) -> tuple[list[Told], int]:
    """The edits between two moments, the newest first, and how many more there are. Five queries at most."""
    outlets = {past.outlets[pk] for pk, place in past.now.items() if place == story.pk}
    members = [pk for pk, place in past.now.items() if place == story.pk]
    which = histories.concerning(story, members, outlets) & _between("at", start, end)
    found = rows().filter(which)
    edits = list(found[: EDITS + 1])
    more = found.count() - EDITS if len(edits) > EDITS else 0
    return tell(edits[:EDITS], 2), more


def _places(pks: Iterable[int | None]) -> dict[int, Story]:
    """Stories by number. One query, none where there is none."""
    wanted = {pk for pk in pks if pk}
    return Story.objects.defer(*columns.of_story()).in_bulk(wanted) if wanted else {}


def _came(
    articles: Sequence[int],
    named: Mapping[int, Article],
    by: Mapping[int, Told],
    past: _Past,
    places: Mapping[int, Story],
) -> list[Came]:
    """The first of some reports, each with the edit that brought it or took it away, and where it is now."""
    return [Came(named[pk], by.get(pk), places.get(past.now.get(pk) or 0)) for pk in articles[:SHOWN] if pk in named]


def _last_to_move(between: Sequence[Move], story: int, told: Mapping[int, Told]) -> dict[int, Told]:
    """By article, the last edit between the moments that brought it into the story or took it out."""
    found: dict[int, Told] = {}
    for move in between:
        for article, before, after in move.moves:
            if article is not None and story in (before, after) and move.edit in told:
                found.setdefault(article, told[move.edit])
    return found


def _happened(story: Story, start: Moment, end: Moment) -> list[Happening]:
    """What was noted between the moments, the newest first. One query."""
    noted = Happening.objects.filter(story=story, noted_at__gt=start.at, noted_at__lte=end.at)
    heavy = columns.of_article("article__")
    return list(noted.select_related("article__outlet").defer(*heavy).order_by("-noted_at", "-pk")[:SHOWN])
