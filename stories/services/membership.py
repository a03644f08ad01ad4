"""Which story an article is in: moving articles between stories, founding one, and what follows for the stories.

The low level of curation and of the second look. Judges nothing and refuses nothing. Callers `hold` the stories
concerned first, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Aggregate, Count, F, Max, Min, Q, QuerySet
from django.utils.text import slugify
from pgvector.django import VectorField

from stories.models import Act, Article, Closing, Doubt, DoubtState, Edit, Recent, Stage, Story, StoryLink
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


def take_out(articles: Sequence[int], now: datetime) -> None:
    """Put articles into no story: those that an editor had brought and that were taken back."""
    Article.objects.filter(pk__in=articles).update(story=None, story_score=None, story_reasons=[])
    Recent.objects.filter(article__in=articles).delete()
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
        _put_headline(story, members)
    if story.closed_at is not None and story.last_at > story.closed_at and story.closing != Closing.CLOSED:
        story.closed_at = None
    story.revision += 1
    story.save(update_fields=_WRITTEN)
    _have_traced([story.pk])


def _put_headline(story: Story, members: QuerySet[Article]) -> None:
    """See that the headline is a member's, the one that an editor chose if any, and the title the editor's if any."""
    chosen = members.filter(pk=story.lead_id or 0).first()
    face = chosen or members.filter(pk=story.headline_of_id or 0).first()
    if face is None:
        face = members.order_by("reported_at", "pk")[0]
    if story.headline_of_id != face.pk or not story.title:
        story.headline_of, story.title = face, face.title
    story.title = story.named or story.title


# Whom to send through the trace step again, of each story. One at rest, if any. Else one that is being traced just now:
# what was seen of the story is out of date, so its lease is taken away. Else one whose trace had failed: the story is
# another one now. Else members are on their way through the steps before and bring the trace along; one that failed
# there rests until a person tries it again.
_CHOSEN = """
SELECT DISTINCT ON (story_id) id FROM stories_article
WHERE story_id = ANY(%s) AND (stage IN ('DONE', 'TRACED', 'GROUPED') OR (stage = 'FAILED' AND failed_stage = 'GROUPED'))
ORDER BY story_id, CASE stage WHEN 'GROUPED' THEN 1 WHEN 'FAILED' THEN 2 ELSE 0 END, reported_at, id
"""


def trace_again(stories: Iterable[int]) -> int:
    """Have many stories traced again whose members stay as they are; how many. A handful of statements.

    Holds what it changes in the order of `hold`.
    """
    pks = sorted(set(stories))
    for lang in Story.objects.filter(pk__in=pks).order_by("lang").values_list("lang", flat=True).distinct():
        take_turn(lang)
    _have_traced(pks)
    return Story.objects.filter(pk__in=pks).update(revision=F("revision") + 1)


def _have_traced(stories: Sequence[int]) -> None:
    """Send one member of each story through the trace step again, whatever became of it so far."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOSEN, [list(stories)])
        chosen = [pk for (pk,) in cursor.fetchall()]
    # As long as they are where they were: one that is read anew just now brings the trace along by itself.
    still = Q(stage__in=(Stage.DONE, Stage.TRACED, Stage.GROUPED)) | Q(stage=Stage.FAILED, failed_stage=Stage.GROUPED)
    rows = Article.objects.filter(still, pk__in=chosen).order_by("pk").select_for_update(no_key=True)
    Article.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        stage=Stage.GROUPED,
        attempts=0,
        lease_until=None,
        lease_token=None,
        retry_at=None,
        failed_stage="",
        failure="",
    )


def retire(gone: Story, kept: Story, now: datetime) -> None:
    """Point everything that led to `gone` at `kept`: its address, the addresses that lead to it, its ties to others.

    Both rows are changed but not written: a `refresh` follows. A story is open if either was and no editor closed it.
    """
    gone.merged_into = kept
    Story.objects.filter(merged_into=gone).update(merged_into=kept)
    if gone.closed_at is None and kept.closing != Closing.CLOSED:
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
    into |= _given_up(kept, into)
    own = [pk for pk in into if _end(pk, into) == gone.pk]
    Story.objects.filter(pk__in=own).update(merged_into=gone)


def _given_up(kept: Story, into: Mapping[int, int]) -> dict[int, int]:
    """Of the stories that lead to `kept` without a merge those that an edit had founded which was undone: to where."""
    rest = set(Story.objects.filter(merged_into=kept).exclude(pk__in=into).values_list("pk", flat=True))
    undone = Edit.objects.filter(
        act__in=(Act.SPLIT, Act.REMOVE), undone_by__isnull=False, changed__overlap=[f"story:{pk}" for pk in rest]
    )
    rows = undone.order_by("pk").values_list("story_id", "moves") if rest else []
    return {after: story for story, moves in rows for _article, _before, after in moves if after in rest}


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
