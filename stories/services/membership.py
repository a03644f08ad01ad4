"""Which story an article is in: moving articles between stories, founding one, and what follows for the stories.

The low level of curation and of the second look. Judges nothing and refuses nothing. Callers `hold` the stories
concerned first, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Aggregate, Count, F, Max, Min, Q
from django.utils.text import slugify
from pgvector.django import VectorField

from stories.models import Act, Article, Doubt, DoubtState, Edit, Recent, Stage, Story, StoryLink
from stories.nlp.events import DIMENSIONS
from stories.services.serial import take_turn

# The reasons of a membership are shown to readers; the column takes this many characters of each.
REASON_LENGTH = 300
# What `refresh` and `retire` change of a story.
_WRITTEN = (
    "title",
    "headline_of",
    "article_count",
    "outlet_count",
    "voice_count",
    "first_at",
    "last_at",
    "vector",
    "closed_at",
    "merged_into",
    "revision",
)


@dataclass(frozen=True, slots=True)
class Held:
    """Stories that an act holds, and where their articles are, in the order of their reports."""

    stories: dict[int, Story]
    where: dict[int, int]

    def members(self, story: Story) -> list[int]:
        """The articles of a story."""
        return [article for article, place in self.where.items() if place == story.pk]

    def face(self, story: Story, without: Iterable[int] = ()) -> int | None:
        """The article that stands for a story, or for what is left of it: its headline's, else its earliest."""
        away = set(without)
        left = [article for article in self.members(story) if article not in away]
        return story.headline_of_id if story.headline_of_id in left else next(iter(left), None)

    def put(self, articles: Sequence[int], to: Story) -> list[list[int]]:
        """Note that articles go to a story; each with the numbers of its stories before and after."""
        moves = [[article, self.where[article], to.pk] for article in articles]
        self.where.update(dict.fromkeys(articles, to.pk))
        self.stories[to.pk] = to
        return moves


def hold(stories: Iterable[Story]) -> Held:
    """Take the turn of the stories' languages, and lock their articles and then the stories, each in their order.

    The group step holds an article that is in no story while it waits for its turn, the trace step an article while it
    waits for its story: neither waits for us while we wait for it.
    """
    stories = list(stories)
    for lang in sorted({story.lang for story in stories}):
        take_turn(lang)
    pks = {story.pk for story in stories}
    articles = Article.objects.filter(story__in=pks).order_by("pk").select_for_update(no_key=True)
    rows = sorted(articles.values_list("reported_at", "pk", "story_id"))
    locked = Story.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)
    return Held({story.pk: story for story in locked}, {pk: story for _at, pk, story in rows if story is not None})


def concerned(edit: Edit) -> list[Story]:
    """The stories of an edit, and those that they have been merged into since."""
    wanted = {edit.story_id, edit.other_id, *(story for move in edit.moves for story in move[1:])}
    found: dict[int, Story] = {}
    while wanted := wanted - found.keys() - {None}:
        found |= Story.objects.in_bulk(wanted)
        wanted = {story.merged_into_id for story in found.values()}
    return list(found.values())


def shift(articles: Sequence[int], to: Story, now: datetime, *, score: float | None, reasons: Sequence[str]) -> None:
    """Put articles into a story, and say why: `score` is a probability, None where a person decided.

    `Recent` follows, and counts as of the story's language, so that whatever joins the story waits for the same turn.
    Open questions about these articles are no longer in question. The stories concerned want a `refresh`.
    """
    words = [reason[:REASON_LENGTH] for reason in reasons]
    moved = Article.objects.filter(pk__in=articles)
    moved.update(story=to, story_score=score, story_reasons=words)
    # Whoever is tracing one of them looks at the story that it was in: that is not to be written to this one.
    moved.filter(stage=Stage.GROUPED).update(lease_until=None, lease_token=None)
    Recent.objects.filter(article__in=articles).update(story=to, lang=to.lang)
    lapse(Q(articles__overlap=list(articles)), now)


def found(
    articles: Sequence[int], source: Story, now: datetime, *, score: float | None, reasons: Sequence[str]
) -> Story:
    """A new story of these articles, in the language and the world of the one that they leave.

    Its first headline is the earliest article's; the slug is made of that and never changes.
    """
    earliest = Article.objects.filter(pk__in=articles).order_by("reported_at", "pk")[0]
    story = Story.objects.create(
        title=earliest.title,
        slug=slugify(earliest.title)[:80].strip("-") or "story",
        lang=source.lang,
        demo=source.demo,
        headline_of=earliest,
        first_at=earliest.reported_at,
        last_at=earliest.reported_at,
        closed_at=source.closed_at,
        vector=[0.0] * DIMENSIONS,
    )
    shift(articles, story, now, score=score, reasons=reasons)
    return story


def refresh(story: Story, now: datetime) -> None:
    """Reckon the story's counts, times and vector from its members, count its revision up, have it traced again.

    The rest (headline, voices, keys) is tracing's; until then the headline is at least one of a member's. A story
    without members keeps its address and its times. `story` is the locked row; it is written.
    """
    members = Article.objects.filter(story=story)
    told = members.aggregate(
        articles=Count("pk"),
        outlets=Count("outlet", distinct=True),
        first=Min("reported_at"),
        last=Max("reported_at"),
        vector=Aggregate(F("vector"), function="SUM", output_field=VectorField(dimensions=DIMENSIONS)),
    )
    story.article_count, story.outlet_count = told["articles"], told["outlets"]
    story.voice_count = min(max(story.voice_count, 1), story.outlet_count)
    story.vector = told["vector"] if told["vector"] is not None else [0.0] * DIMENSIONS
    if told["articles"]:
        story.first_at, story.last_at = told["first"], told["last"]
        if not members.filter(pk=story.headline_of_id or 0).exists():
            story.headline_of = earliest = members.order_by("reported_at", "pk")[0]
            story.title = earliest.title
    if story.closed_at is not None and story.last_at > story.closed_at:
        story.closed_at = None
    story.revision += 1
    story.save(update_fields=_WRITTEN)
    _have_traced(story)


def _have_traced(story: Story) -> None:
    """Send one member through the trace step again.

    One at rest, if any. Else one that is being traced just now: what was seen of the story is out of date, so its
    lease is taken away. Else one whose trace had failed: the story is another one now. Else members are on their way
    through the steps before and bring the trace along; one that failed there rests until a person tries it again.
    """
    members = Article.objects.filter(story=story).order_by("reported_at", "pk")
    rested = Q(stage__in=(Stage.DONE, Stage.TRACED))
    for state in (rested, Q(stage=Stage.GROUPED), Q(stage=Stage.FAILED, failed_stage=Stage.GROUPED)):
        chosen = members.filter(state).first()
        if chosen is not None:
            Article.objects.filter(pk=chosen.pk).update(
                stage=Stage.GROUPED,
                attempts=0,
                lease_until=None,
                lease_token=None,
                retry_at=None,
                failed_stage="",
                failure="",
            )
            return


def retire(gone: Story, kept: Story, now: datetime) -> None:
    """Point everything that led to `gone` at `kept`: its address, the addresses that lead to it, its ties to others.

    Both rows are changed but not written: a `refresh` follows. A story is open if either was.
    """
    gone.merged_into = kept
    Story.objects.filter(merged_into=gone).update(merged_into=kept)
    if gone.closed_at is None:
        kept.closed_at = None
    _tie_anew(gone, kept)
    lapse(Q(story=gone) | Q(other=gone), now)


def restore(gone: Story, kept: Story) -> None:
    """Give back its own address to a story that was merged into `kept`, and to it those that had led to it.

    Which ones those are, the merges say that were not undone. `gone` is written; its ties stay with `kept`.
    """
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    merges = Edit.objects.filter(act=Act.MERGE, undone_by__isnull=True, other__merged_into=kept).order_by("pk")
    into = {other: story for story, other in merges.values_list("story_id", "other_id")}
    own = [pk for pk in into if _end(pk, into) == gone.pk]
    Story.objects.filter(pk__in=own).update(merged_into=gone)


def _end(pk: int, into: Mapping[int, int]) -> int:
    while pk in into:
        pk = into[pk]
    return pk


def _tie_anew(gone: Story, kept: Story) -> None:
    """Ties of `gone` become ties of `kept`; of two to one story an editor's stays, then the surer."""
    two = {gone.pk, kept.pk}
    links = StoryLink.objects.filter(Q(first__in=two) | Q(second__in=two)).select_for_update(no_key=True).order_by("pk")
    best: dict[int, StoryLink] = {}
    for link in sorted(links, key=lambda one: (not one.by_curator, -(one.probability or 0.0), one.pk)):
        ends = {link.first_id, link.second_id} - two
        if ends:
            best.setdefault(ends.pop(), link)
    StoryLink.objects.filter(pk__in={link.pk for link in links} - {link.pk for link in best.values()}).delete()
    began = {story.pk: (story.first_at, story.pk) for story in Story.objects.filter(pk__in=best)}
    start = (min(gone.first_at, kept.first_at), kept.pk)
    for other, link in best.items():
        link.first_id, link.second_id = (other, kept.pk) if began[other] < start else (kept.pk, other)
        link.save(update_fields=["first", "second"])


def lapse(questions: Q, now: datetime) -> int:
    """Close the open doubts among these, as no longer in question; how many they were."""
    return Doubt.objects.filter(questions, state=DoubtState.OPEN).update(state=DoubtState.OUTDATED, decided_at=now)
