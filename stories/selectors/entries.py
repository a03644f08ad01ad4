"""What the Atom feeds tell: the latest of a story, of an outlet, of a search, as entries. Excerpts only.

An entry's name never changes, whatever becomes of its story; its time of update is when we saw or noted it, so that a
reader who asks again finds what came in late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from stories.models import Article, Outlet, Story
from stories.selectors import columns, excerpts, hiding, lineages
from stories.selectors.extracts import absolute
from stories.selectors.queries import Query

# A feed is for what is new; whoever comes back once a day misses nothing of a story with so many reports.
LISTED = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `name` is unique and stays, `kind` is "report" or what happened. `words` is an excerpt.

    `link` is its page here, `at_outlet` its address there; `role` and `story` (title, address) are "" or None where
    unknown. `outlet` is whose report it is, or in whose report it was seen.
    """

    name: str
    kind: str
    headline: str
    outlet: str
    words: str
    link: str
    at_outlet: str
    language: str
    published: datetime
    updated: datetime
    note: str = ""
    role: str = ""
    story: tuple[str, str] | None = None


def of_story(story: Story) -> list[Entry]:
    """What happened to the story and its newest reports, the newest first. At most six queries."""
    rows = list(_articles(Article.objects.filter(story=story)).order_by("-first_seen_at", "-pk")[:LISTED])
    happened = lineages.happenings(story, 0, LISTED)
    named = Article.objects.filter(pk__in={one.article for one in happened}).select_related("outlet")
    told = {row.pk: row for row in named.defer(*columns.of_article())}
    events = [_happened(one, told[one.article]) for one in happened if one.article in told]
    return _newest([*_reports(rows), *events])


def of_outlet(outlet: Outlet) -> list[Entry]:
    """The outlet's newest reports, the newest first. Two queries."""
    rows = _articles(outlet.articles.all()).order_by("-reported_at", "-pk")[:LISTED]
    return _newest(_reports(list(rows)))


def of_search(query: Query, outlet: int | None, since: datetime | None) -> list[Entry]:
    """The newest reports that match, the newest first. Two queries."""
    found = Article.objects.filter(query.condition())
    if outlet is not None:
        found = found.filter(outlet=outlet)
    if since is not None:
        found = found.filter(reported_at__gte=since)
    return _newest(_reports(list(_articles(found).order_by("-reported_at", "-pk")[:LISTED])))


def _articles(rows: QuerySet[Article]) -> QuerySet[Article]:
    related = rows.select_related("outlet", "story", "version", "examined")
    return related.defer(
        *columns.of_article(), *columns.of_story("story__"), "version__text", "version__search", "examined__findings"
    )


def _newest(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.updated, one.name), reverse=True)[:LISTED]


def _reports(rows: Sequence[Article]) -> list[Entry]:
    shown = excerpts.of_articles([row.pk for row in rows])
    return [_report(row, shown.get(row.pk, "")) for row in rows]


def _report(row: Article, words: str) -> Entry:
    examined, story = getattr(row, "examined", None), hiding.shown(row.story)
    return Entry(
        name=f"article/{row.pk}",
        kind="report",
        headline=row.title,
        outlet=row.outlet.name,
        words=words,
        link=absolute(row.get_absolute_url()),
        at_outlet=row.url,
        language=row.lang,
        published=row.reported_at,
        # A changed headline or text is an update; the first version bears the time of the first sight.
        updated=max(row.first_seen_at, row.version.seen_at) if row.version else row.first_seen_at,
        role=examined.role if examined else "",
        story=(story.title, absolute(story.get_absolute_url())) if story else None,
    )


def _happened(one: lineages.HappeningRecord, article: Article) -> Entry:
    return Entry(
        name=f"happening/{one.id}",
        kind=one.kind.value,
        headline=article.title,
        outlet=article.outlet.name,
        words=one.passage.words,
        link=one.passage.page,
        at_outlet=article.url,
        language=article.lang,
        published=one.at,
        updated=one.noted_at,
        note=one.note,
    )
