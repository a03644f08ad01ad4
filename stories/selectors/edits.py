"""Edits as pages tell them: who did what to which stories, which reports went where, what was said before and after.

Reads only, and judges nothing. Whatever an edit names may be gone: a report that is no more is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from stories.models import GROUPING, Act, Article, Edit, Story
from stories.selectors import columns, editwords
from stories.selectors.editwords import Change

# Of the reports that an edit moved, so many are named.
NAMED = 4
# Acts that put a report into a story.
MOVING = (Act.MERGE, Act.SPLIT, Act.MOVE, Act.REMOVE, Act.ADD)


@dataclass(frozen=True, slots=True)
class Route:
    """Reports that went from one story to another, None where from or to none; `reports` are the first of them."""

    source: Story | None
    target: Story | None
    count: int
    reports: Sequence[Article]

    @property
    def more(self) -> int:
        """How many went this way that are not named."""
        return self.count - len(self.reports)


@dataclass(frozen=True, slots=True)
class Told:
    """An edit as pages tell it: `reports` went from `source` to `target`, `more` besides those named here.

    `about` is the report that it is about, if it is about one. `veiled` are the stories, by number, that an editor has
    hidden from readers or that lead to such a one.
    """

    edit: Edit
    source: Story | None
    target: Story | None
    reports: Sequence[Article]
    moved: int
    undone: Edit | None
    routes: Sequence[Route] = ()
    changes: Sequence[Change] = ()
    about: Article | None = None
    veiled: frozenset[int] = frozenset()

    @property
    def by_program(self) -> bool:
        """Whether no person made it."""
        return self.edit.by == GROUPING

    @property
    def more(self) -> int:
        """How many reports it moved that are not named."""
        return self.moved - len(self.reports)

    @property
    def act(self) -> str:
        """What it did; of an undo what that took back."""
        return self.edit.undoes.act if self.edit.undoes is not None else self.edit.act


def rows() -> QuerySet[Edit]:
    """Edits, the newest first, with what is always told of them, and without what only services read."""
    heavy = [*columns.of_story("story__"), *columns.of_story("other__"), "changed", "touched"]
    heavy += ["undoes__moves", "undoes__changed", "undoes__touched"]
    heavy += ["undone_by__moves", "undone_by__changed", "undone_by__touched"]
    # "undone_by" is the other end of a one-to-one row, which the stubs don't know to be one.
    related = Edit.objects.select_related("story", "other", "outlet", "undoes", "undone_by")
    return related.defer(*heavy).order_by("-at", "-pk")


def tell(edits: Iterable[Edit], named: int = NAMED) -> list[Told]:
    """Edits with the stories and the first `named` reports of each way that these went. Two queries at most."""
    found = list(edits)
    stories = _stories(found)
    wanted = {pk for edit in found for pk in _named(edit, named)}
    articles = in_bulk(wanted)
    veiled = frozenset(pk for pk, story in stories.items() if _is_veiled(story, stories))
    return [_one(edit, stories, articles, named, veiled) for edit in found]


def in_bulk(wanted: Iterable[int | None]) -> dict[int, Article]:
    """Reports by number, with their outlets and the stories that they are in. One query, none where none is wanted."""
    pks = {pk for pk in wanted if pk}
    if not pks:
        return {}
    heavy = [*columns.of_article(), *columns.of_story("story__")]
    return Article.objects.select_related("outlet", "story").defer(*heavy).in_bulk(pks)


def _stories(edits: Sequence[Edit]) -> dict[int, Story]:
    """The stories that edits name, and those that they lead to. One query more where an edit names several."""
    stories = {story.pk: story for edit in edits for story in (edit.story, edit.other) if story is not None}
    ends = {end for edit in edits for ends in _ways(edit) for end in ends}
    ends |= {story.merged_into_id for story in stories.values()}
    if missing := {pk for pk in ends if pk} - stories.keys():
        stories |= Story.objects.defer(*columns.of_story()).in_bulk(missing)
    return stories


def _is_veiled(story: Story, stories: Mapping[int, Story]) -> bool:
    end = stories.get(story.merged_into_id or 0, story)
    return story.hidden or end.hidden


def _ways(edit: Edit) -> dict[tuple[int | None, int | None], list[int]]:
    """The reports of an edit by the stories that they went from and to, in the order in which it names them."""
    ways: dict[tuple[int | None, int | None], list[int]] = {}
    for article, before, after in edit.moves:
        ways.setdefault((before, after), []).append(article)
    return ways


def _named(edit: Edit, named: int) -> Iterable[int | None]:
    """The reports of an edit that are named."""
    yield edit.article_id
    yield from editwords.reports(edit)
    yield from (move[0] for move in edit.moves[:named])
    for articles in list(_ways(edit).values())[:named]:
        yield from articles[:named]


def _one(
    edit: Edit, stories: Mapping[int, Story], articles: Mapping[int, Article], named: int, veiled: frozenset[int]
) -> Told:
    source, target = (edit.other, edit.story) if edit.act == Act.MERGE else (edit.story, edit.other)
    if edit.act == Act.ADD:
        source, target = None, edit.story
    if edit.moves:
        _article, before, after = edit.moves[0]
        source, target = stories.get(before or 0, source), stories.get(after or 0, target)
    return Told(
        edit=edit,
        source=source,
        target=target,
        reports=[articles[move[0]] for move in edit.moves[:named] if move[0] in articles],
        moved=len(edit.moves),
        undone=getattr(edit, "undone_by", None),
        routes=[
            Route(
                stories.get(before or 0),
                stories.get(after or 0),
                len(pks),
                [articles[pk] for pk in pks[:named] if pk in articles],
            )
            for (before, after), pks in _ways(edit).items()
        ],
        changes=editwords.changes(edit, articles),
        about=articles.get(edit.article_id or 0),
        veiled=veiled,
    )
