"""What people may want to hear of, noted in the transaction in which it happened: the outbox of alerts.

Whoever changes a story calls this with the story's row held; services.alerting tells people afterwards. It knows no
follows, and writes a notice that is there already not again: every key names what happened, not who saw it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from stories.models import STEPS, Article, Edit, Happening, Notice, Story, Wake
from stories.nlp.lineage import KNOWN, HappeningKind, Provenance

# What comes within so short a time of each other is one alert.
GATHER = timedelta(seconds=5)
# A report that was seen longer ago is no news, whatever has its story traced now.
NEWS_FOR = timedelta(hours=48)
# A report after so long without one breaks a silence; most stories have theirs within hours of each other.
SILENCE = timedelta(hours=24)
# A new story is told of when two outlets have it: half of those with one report stay alone, or are merged at once.
OUTLETS_OF_A_STORY = 2
_KEY, _NOTE = 300, 600

_OF_HAPPENINGS = {
    HappeningKind.CONFIRMED: Wake.CONFIRMED,
    HappeningKind.DENIED: Wake.DENIED,
    HappeningKind.CORRECTED: Wake.CORRECTED,
    HappeningKind.RETRACTED: Wake.CORRECTED,
    HappeningKind.NEW_ORIGIN: Wake.ORIGIN,
    HappeningKind.ON_RECORD: Wake.ON_RECORD,
    HappeningKind.DROPPED: Wake.DROPPED,
    HappeningKind.HEADLINE: Wake.HEADLINE,
}


def of_trace(story: Story, provenance: Provenance, fresh: Sequence[Happening], now: datetime) -> None:
    """Note what a trace newly found: happenings, new reports, outlets reached. `story` is the row as traced.

    Of a story that an editor has hidden nothing; should it be shown again, what is news still then is noted then.
    """
    if story.hidden:
        return
    new = _new_articles(story, now)
    notices = [
        *_happenings(story, provenance, fresh, now),
        *_reached(story, now),
        *(_of_article(story, Wake.ARTICLE, article, now) for article in new),
        *_silence(story, new, now),
        *_new_story(story, now),
    ]
    _write(notices)


def of_merge(kept: Story, gone: Story, edit: Edit, now: datetime) -> None:
    """Note that `gone` became part of `kept`. A story without reports is nobody's news."""
    if edit.moves and not kept.hidden:
        _write([_of_edit(kept, Wake.MERGED, gone, edit, now)])


def of_split(story: Story, new: Story, edit: Edit, now: datetime) -> None:
    """Note that reports of `story` are a story of their own, or again: the end of a merge is one too."""
    if edit.moves and not story.hidden:
        _write([_of_edit(story, Wake.SPLIT, new, edit, now)])


def prune(before: datetime) -> int:
    """Forget what was told to nobody before a time; how many rows went. What must not be noted twice stays."""
    forgettable = Notice.objects.filter(wake__in=(Wake.ARTICLE, Wake.SILENCE), people=0, told_at__lt=before)
    return forgettable.delete()[0]


def _happenings(story: Story, provenance: Provenance, fresh: Sequence[Happening], now: datetime) -> Iterable[Notice]:
    origins = {one.article for one in provenance.origins if one.footing in KNOWN}
    if provenance.first is not None:
        origins.add(provenance.first.article)
    for row in fresh:
        wake = _OF_HAPPENINGS[HappeningKind(row.kind)]
        # Re-reports change their headlines all day.
        if wake == Wake.HEADLINE and row.article_id not in origins:
            continue
        step = int(row.key) if wake == Wake.DROPPED else None
        # A report may carry both a correction and a retraction.
        key = f"{row.kind} {row.key}" if wake == Wake.CORRECTED else row.key
        yield _notice(
            story, wake, key, now, happening=row, article_id=row.article_id, step=step, note=row.note, at=row.at
        )


def _reached(story: Story, now: datetime) -> Iterable[Notice]:
    for step in STEPS:
        if story.outlet_count >= step:
            yield _notice(story, Wake.REACHED, str(step), now, step=step, article_id=story.headline_of_id, at=now)


def _new_articles(story: Story, now: datetime) -> list[Article]:
    """The story's reports that were seen lately and of which there is no notice yet, in any story."""
    lately = story.articles.filter(first_seen_at__gte=now - NEWS_FOR)
    noted = Notice.objects.filter(wake=Wake.ARTICLE, article__in=lately).values("article")
    return list(lately.exclude(pk__in=noted).only("pk", "title", "reported_at").order_by("reported_at", "pk"))


def _of_article(story: Story, wake: Wake, article: Article, now: datetime, note: str = "") -> Notice:
    return _notice(story, wake, str(article.pk), now, article_id=article.pk, note=note, at=article.reported_at)


def _silence(story: Story, new: Sequence[Article], now: datetime) -> Iterable[Notice]:
    """The new report before which nobody had reported for long; of several the first."""
    for article in new:
        earlier = story.articles.filter(reported_at__lt=article.reported_at).order_by("-reported_at")
        before = earlier.values_list("reported_at", flat=True).first()
        if before is not None and article.reported_at - before >= SILENCE:
            hours = (article.reported_at - before) // timedelta(hours=1)
            yield _of_article(story, Wake.SILENCE, article, now, note=str(hours))
            return


def _new_story(story: Story, now: datetime) -> Iterable[Notice]:
    if story.outlet_count >= OUTLETS_OF_A_STORY:
        first = story.articles.order_by("reported_at", "pk").values_list("pk", flat=True).first()
        yield _notice(story, Wake.STORY, "story", now, article_id=first, at=story.first_at)


def _of_edit(story: Story, wake: Wake, other: Story, edit: Edit, now: datetime) -> Notice:
    return _notice(story, wake, f"{other.pk} {edit.pk}", now, other=other, at=now)


def _notice(story: Story, wake: Wake, key: str, now: datetime, **fields: object) -> Notice:
    note = str(fields.pop("note", ""))[:_NOTE]
    return Notice(story=story, wake=wake, key=key[:_KEY], noted_at=now, tell_at=now + GATHER, note=note, **fields)


def _write(notices: Sequence[Notice]) -> None:
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
