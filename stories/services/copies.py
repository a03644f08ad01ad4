"""Copies in the database: each article's imprint, whose copy it is, and how many voices a story has.

The read step keeps an imprint (`imprints`, `keep`). Once articles are in stories, `look` finds the whole group of
copies around a story's articles, in whichever stories they are, and `save` points each at the group's root. nlp.copies
decides; here the texts are fetched and what was decided is written. What is found depends on the articles alone, not
on what was found before: run twice, it says the same, and an earlier report that turns up late takes the group over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from stories.models import Article, Outlet, Story
from stories.nlp import agencies, copies

# How far a group is followed from copy to copy. Copies of one text all meet in the first round; the rest is for texts
# that were rewritten on their way. Each round costs three queries, whatever the size of the story.
ROUNDS = 3
# Articles fetched in a round: only notices that the pages of whole houses carry make so many.
MOST_NEAR = 2000


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the read step keeps of a text to know it again by; no signature for one too short to tell."""

    signature: bytes | None
    bands: tuple[int, ...]
    wire: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Among which articles copies are sought: with any of these keys, of one language, of the demo world or the real
    one; the articles themselves, their roots, and what points at them.
    """

    keys: frozenset[int]
    numbers: frozenset[int]
    roots: frozenset[int]
    lang: str
    demo: bool
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The copies around one story: whose copy each article is or that it is none, and the story's voices.

    `reach` and `seen` (article to version) say what this was said of.
    """

    story: int
    copies: Mapping[int, copies.Copy | None]
    voices: int
    reach: Reach | None
    seen: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class Saved:
    """The story's voices, and the other stories with an article whose root changed: for `recount`."""

    voices: int
    others: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Row:
    """What is needed of an article before its text."""

    pk: int
    story: int | None
    outlet: int
    own: bool
    wire: str
    at: datetime
    bands: frozenset[int]
    version: int | None
    copy: copies.Copy | None


def imprints(texts: Sequence[tuple[Article, str]]) -> dict[int, Imprint]:
    """The imprint of each article's text, by its number; one query, writes nothing."""
    known = _agencies_of_ours()
    found = {}
    for article, text in texts:
        signature = copies.signature(text)
        wire = agencies.carried(
            article.title, text, article.byline, article.source_name, article.outlet.name, others=known
        )
        found[article.pk] = Imprint(signature, tuple(copies.bands(signature) if signature else ()), wire)
    return found


def keep(article: Article, imprint: Imprint) -> None:
    """Set the imprint on the article; whoever holds the row saves it."""
    article.signature, article.bands, article.wire = imprint.signature, list(imprint.bands), imprint.wire


def look(story: Story) -> Found:
    """Find the copies around a story's articles; writes nothing. At most 2 + 3 x ROUNDS queries; three for most."""
    known = _agencies_of_ours()
    members = _rows(Q(story=story), known)
    rows = {row.pk: row for row in members}
    wordings: dict[int, copies.Wording | None] = {}
    frontier, reach, seen = members, None, {}
    for step in range(ROUNDS):
        if not frontier:
            break
        around = _reach(frontier, story)
        unknown = _within(around) - rows.keys()
        near = _rows(Q(pk__in=unknown, outlet__demo=around.demo), known) if unknown else []
        if step == 0:
            reach, seen = around, {row.pk: row.version for row in [*members, *near]}
        wordings |= _wordings(_meeting(frontier, near) - wordings.keys())
        frontier = [row for row in near if _belongs(row, frontier, wordings)]
        rows |= {row.pk: row for row in frontier}
    pointers = _pointers(rows, wordings)
    return Found(story.pk, pointers, _voices(members, rows, pointers), reach, seen)


def save(article: Article, found: Found) -> Saved:
    """Write whose copy each article is, inside the transaction of a step that holds `article`'s row locked.

    If articles came or changed since it was looked, it is looked again. Rows that another worker holds are left to it:
    two tracers of one group would wait for each other's for ever. What that worker does leads to its own look.
    """
    changed = _changed(found)
    if changed and not _is_current(found):
        found = look(Story.objects.get(pk=found.story))
        changed = _changed(found)
    if article.pk in found.copies:
        _point(article, found.copies[article.pk])
    locked = Article.objects.filter(pk__in=changed).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    rows = list(locked.only("pk", "copy_of", "copy_share"))
    for row in rows:
        _point(row, found.copies[row.pk])
    if rows:
        Article.objects.bulk_update(rows, ["copy_of", "copy_share"])
    stories = {changed[row.pk] for row in rows} - {found.story}
    return Saved(found.voices, frozenset(story for story in stories if story is not None))


def recount(stories: Iterable[int]) -> None:
    """Count the voices of stories anew. One that is locked is left out: it is being traced, and so counted."""
    free = Story.objects.filter(pk__in=stories).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    for story in free:
        story.voice_count = voices(story)
        story.save(update_fields=["voice_count"])


def voices(story: Story) -> int:
    """How many independent voices a story has, by the copies and agencies as they are kept; one query."""
    rows = story.articles.values_list("pk", "outlet_id", "wire", "copy_of_id", "copy_of__outlet_id", "copy_of__wire")
    return copies.voices(
        [
            copies.Carrier(root or pk, root_outlet or outlet, (root_wire or "") if root else wire, wire)
            for pk, outlet, wire, root, root_outlet, root_wire in rows
        ]
    )


def _agencies_of_ours() -> tuple[agencies.Agency, ...]:
    """Outlets of this database that are agencies, by their names and capital marks."""
    found = Outlet.objects.filter(kind=Outlet.Kind.AGENCY).order_by("pk").values_list("name", "aliases")
    return tuple(
        agencies.Agency(
            name[:60],
            tuple(alias for alias in aliases if not alias.isupper()),
            tuple(alias for alias in aliases if alias.isupper()),
        )
        for name, aliases in found
        if not agencies.canonical(name)
    )


def _rows(which: Q, known: Sequence[agencies.Agency]) -> list[_Row]:
    """Articles without their texts, the latest first."""
    values = (
        Article.objects.filter(which)
        .order_by("-reported_at", "-pk")
        .values_list(
            *("pk", "story_id", "outlet_id", "outlet__name", "wire", "reported_at", "bands", "version_id"),
            *("copy_of_id", "copy_share"),
        )
    )
    return [
        _Row(
            pk=pk,
            story=story,
            outlet=outlet,
            own=bool(wire) and agencies.canonical(name, known) == wire,
            wire=wire,
            at=at,
            bands=frozenset(bands),
            version=version,
            copy=copies.Copy(root, share or 0.0) if root else None,
        )
        for pk, story, outlet, name, wire, at, bands, version, root, share in values
    ]


def _reach(rows: Sequence[_Row], story: Story) -> Reach:
    """Where the copies of these articles may be; the window is that of nlp.copies."""
    times = [row.at for row in rows]
    return Reach(
        keys=frozenset(key for row in rows for key in row.bands),
        numbers=frozenset(row.pk for row in rows),
        roots=frozenset(row.copy.root for row in rows if row.copy),
        lang=story.lang,
        demo=story.demo,
        since=min(times) - copies.WINDOW,
        until=max(times) + copies.WINDOW,
    )


def _within(reach: Reach) -> set[int]:
    """The articles within reach, of either world: those that share keys as copies do, roots, and what points at them.

    Key by key, since the planner can't foresee how few a set of keys finds and would read the whole table for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "(SELECT article.id FROM unnest(%s::bigint[]) AS key"
            " JOIN stories_article AS article ON article.bands @> ARRAY[key]"
            " WHERE article.lang = %s AND article.reported_at BETWEEN %s AND %s"
            " GROUP BY article.id HAVING count(*) >= %s ORDER BY count(*) DESC, article.id DESC LIMIT %s)"
            " UNION SELECT id FROM stories_article WHERE copy_of_id = ANY(%s)",
            [
                *(sorted(reach.keys), reach.lang, reach.since, reach.until),
                *(copies.LEAST_BANDS, MOST_NEAR, sorted(reach.numbers)),
            ],
        )
        return {pk for (pk,) in cursor.fetchall()} | reach.roots


def _meeting(frontier: Sequence[_Row], near: Sequence[_Row]) -> set[int]:
    """The articles whose texts are worth comparing: those of the frontier that meet any, and those that meet them."""
    outlets = {row.pk: row.outlet for row in frontier}
    holders: dict[int, list[int]] = defaultdict(list)
    for row in frontier:
        for key in row.bands:
            holders[key].append(row.pk)
    meeting: set[int] = set()
    for row in [*near, *frontier]:
        shared = Counter(pk for key in row.bands for pk in holders.get(key, ()) if pk != row.pk)
        met = [pk for pk, keys in shared.items() if copies.meet(keys, outlets[pk] == row.outlet)]
        meeting |= {row.pk, *met} if met else set()
    return meeting


def _wordings(numbers: Iterable[int]) -> dict[int, copies.Wording | None]:
    """Headline and text of articles made ready to be compared, one query; None where there is not enough (any more)."""
    values = Article.objects.filter(pk__in=sorted(numbers)).values_list(
        "pk", "title", "version__text", "feed_text", "summary"
    )
    return {pk: copies.wording(title, text or feed_text or summary) for pk, title, text, feed_text, summary in values}


def _belongs(row: _Row, frontier: Sequence[_Row], wordings: Mapping[int, copies.Wording | None]) -> bool:
    """Whether an article is a copy of one of the frontier or the other way round, or was kept as one."""
    for other in frontier:
        if (row.copy and row.copy.root == other.pk) or (other.copy and other.copy.root == row.pk):
            return True
        one, two = wordings.get(row.pk), wordings.get(other.pk)
        if one is None or two is None or not copies.meet(len(row.bands & other.bands), row.outlet == other.outlet):
            continue
        if copies.copied(one, two) is not None or copies.copied(two, one) is not None:
            return True
    return False


def _pointers(rows: Mapping[int, _Row], wordings: Mapping[int, copies.Wording | None]) -> dict[int, copies.Copy | None]:
    """Whose copy each article is. One whose text is no longer kept stays the copy that it was."""
    reports = [
        copies.Report(row.pk, row.outlet, row.at, row.bands, row.wire, row.own, wordings.get(row.pk))
        for row in rows.values()
    ]
    found = copies.find(reports)
    pointers: dict[int, copies.Copy | None] = {}
    for row in rows.values():
        has_lost_text = row.pk in wordings and wordings[row.pk] is None and bool(row.bands)
        pointers[row.pk] = found.get(row.pk) if not has_lost_text or row.copy is None else _moved(row.copy, found)
    return pointers


def _moved(copy: copies.Copy, found: Mapping[int, copies.Copy]) -> copies.Copy:
    """A kept copy, pointed at its root's root if that has become a copy itself."""
    return copies.Copy(found[copy.root].root, copy.share) if copy.root in found else copy


def _voices(members: Sequence[_Row], rows: Mapping[int, _Row], pointers: Mapping[int, copies.Copy | None]) -> int:
    carriers = []
    for row in members:
        copy = pointers[row.pk]
        root = rows.get(copy.root, row) if copy else row
        carriers.append(copies.Carrier(root.pk, root.outlet, root.wire, row.wire))
    return copies.voices(carriers)


def _changed(found: Found) -> dict[int, int | None]:
    """The articles that are not kept as they were found, and the story of each."""
    kept = Article.objects.filter(pk__in=found.copies).values_list("pk", "story_id", "copy_of_id", "copy_share")
    changed: dict[int, int | None] = {}
    for pk, story, root, share in kept:
        copy = found.copies[pk]
        if (root, share) != ((copy.root, copy.share) if copy else (None, None)):
            changed[pk] = story
    return changed


def _is_current(found: Found) -> bool:
    """Whether the same articles with the same texts are within reach as when it was looked."""
    if found.reach is None:
        return False
    numbers = _within(found.reach) | found.reach.numbers
    reached = Article.objects.filter(pk__in=numbers, outlet__demo=found.reach.demo).values_list("pk", "version_id")
    return dict(reached) == dict(found.seen)


def _point(article: Article, copy: copies.Copy | None) -> None:
    article.copy_of_id, article.copy_share = (copy.root, copy.share) if copy else (None, None)
