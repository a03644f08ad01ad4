"""Ties between stories on real rows: what a story is known by, which others it is tied to, and that ties stay true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from stories.models import Story, StoryLink, TermCount, Tie
from stories.nlp import relations
from stories.services import relating
from tests import factories

pytestmark = pytest.mark.django_db

KEYS = ["orlova", "veldhaven", "dredging", "marius", "tollgate", "6143", "218"]


@pytest.fixture(autouse=True)
def names_known_to_english():
    """An English table large enough to know that none of the invented names is common."""
    TermCount.objects.create(lang="en", term="", articles=5000)


def traits(names=KEYS[:5], numbers=KEYS[5:]):
    return {"names": dict.fromkeys(names, 1), "numbers": dict.fromkeys(numbers, 1)}


def vector(cosine=1.0):
    """At this cosine to `vector()`, and not of length 1: a story's is a sum."""
    return [2 * cosine, 2 * (1 - cosine**2) ** 0.5, *[0.0] * 382]


def story(now, after=0.0, *, cosine=1.0, size=3, lang="en", demo=False, keys=KEYS, **kw):
    """A story that began so many hours after now, of articles that name the keys."""
    at = now + timedelta(hours=after)
    outlet = factories.outlet(demo=demo)
    names, numbers = [key for key in keys if key.isalpha()], [key for key in keys if key.isdigit()]
    articles = [
        factories.article(outlet=outlet, lang=lang, reported_at=at, traits=traits(names, numbers)) for _ in range(size)
    ]
    row = factories.story(articles, demo=demo, keys=list(keys), lang=lang, **kw)
    Story.objects.filter(pk=row.pk).update(vector=vector(cosine))
    row.refresh_from_db()
    return row


def trace(row):
    """What the trace step does for ties: look, then keep in a transaction."""
    row.refresh_from_db()
    with transaction.atomic():
        relating.keep(row, relating.look(row))
    return row


def related(row):
    """The numbers of the stories that this one would be tied to."""
    return {tied.story for tied in relating.relate(row, relating.keys_of(row))}


def ties():
    return list(StoryLink.objects.values_list("first_id", "second_id", "kind"))


def test_the_names_of_ties_are_the_databases():
    assert {kind.value for kind in relations.Kind} == set(Tie.values)


def test_a_story_is_known_by_its_articles_names_and_numbers(now):
    row = story(now, keys=["orlova", "veldhaven", "218"], size=2)
    factories.article(traits=None, story=row)
    found = relating.keys_of(row)
    assert set(found) == {"orlova", "veldhaven", "218"}
    assert all(rarity > 6 for rarity in found.values())


def test_what_is_common_in_the_language_is_no_key(now):
    TermCount.objects.create(lang="en", term="orlova", articles=2500)
    row = story(now, keys=["orlova", "veldhaven"], size=2)
    assert set(relating.keys_of(row)) == {"veldhaven"}


def test_the_keys_are_kept_the_most_telling_first(now):
    TermCount.objects.create(lang="en", term="orlova", articles=20)
    row = story(now, keys=["orlova", "veldhaven"], size=2)
    Story.objects.filter(pk=row.pk).update(keys=[])
    assert trace(row).keys == ["veldhaven", "orlova"]


def test_the_next_day_is_a_chapter_whichever_is_traced(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    trace(second)
    assert ties() == [(first.pk, second.pk, "chapter")]
    trace(first)
    assert ties() == [(first.pk, second.pk, "chapter")]
    link = StoryLink.objects.get()
    assert link.probability > 0.9
    assert link.reasons[0].startswith("shares Dredging, Marius, Orlova")
    assert not link.by_curator


def test_tracing_twice_writes_nothing_new(now):
    first = story(now)
    story(now, 20, cosine=0.9)
    trace(first)
    before = StoryLink.objects.values().get()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert relating.look(first) == relating.look(first)
    assert not [query for query in seen if not query["sql"].startswith("SELECT")]
    trace(first)
    assert StoryLink.objects.values().get() == before


def test_one_row_for_a_pair_and_never_a_tie_to_itself(now):
    first, second = story(now), story(now, 20)
    trace(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoryLink.objects.create(first=first, second=second, kind=Tie.RELATED)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoryLink.objects.create(first=first, second=first, kind=Tie.RELATED)


def test_a_tie_that_no_longer_holds_goes(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    trace(first)
    assert len(ties()) == 1
    Story.objects.filter(pk=second.pk).update(vector=vector(0.1))
    trace(first)
    assert ties() == []


def test_a_tie_is_looked_at_again_though_nothing_is_shared_any_more(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    trace(first)
    Story.objects.filter(pk=second.pk).update(keys=["elsewhere"])
    trace(first)
    assert ties() == []


def test_a_tie_changes_its_kind_and_its_direction(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    trace(first)
    Story.objects.filter(pk=second.pk).update(first_at=now - timedelta(hours=2), last_at=now + timedelta(hours=1))
    trace(first)
    assert ties() == [(second.pk, first.pk, "related")]


def test_what_a_curator_tied_is_never_touched(now):
    first, second, other = story(now), story(now, 20, cosine=0.9), story(now, 1, cosine=0.0, keys=["elsewhere"])
    StoryLink.objects.create(first=second, second=first, kind=Tie.RELATED, by_curator=True)
    StoryLink.objects.create(first=first, second=other, kind=Tie.CHAPTER, by_curator=True)
    trace(first)
    trace(second)
    assert ties() == [(first.pk, other.pk, "chapter"), (second.pk, first.pk, "related")]


def test_a_curators_tie_made_meanwhile_stays(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    seen = relating.look(first)
    StoryLink.objects.create(first=first, second=second, kind=Tie.RELATED, by_curator=True, reasons=["so it is"])
    with transaction.atomic():
        relating.keep(first, seen)
    link = StoryLink.objects.get()
    assert (link.kind, link.by_curator, link.reasons) == ("related", True, ["so it is"])


def test_stories_looked_at_in_one_go_find_each_other(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    Story.objects.update(keys=[])
    seen = [(row, relating.look(row)) for row in (first, second)]
    for row, look in seen:
        with transaction.atomic():
            relating.keep(row, look)
    assert ties() == [(first.pk, second.pk, "chapter")]


def test_a_story_merged_away_meanwhile_is_not_tied(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    seen = relating.look(first)
    Story.objects.filter(pk=second.pk).update(merged_into=first)
    with transaction.atomic():
        relating.keep(first, seen)
    assert ties() == []


def test_merged_empty_old_and_demo_stories_are_no_candidates(now):
    first = story(now)
    story(now, 20, merged_into=first)
    story(now, 20, article_count=0)
    story(now, 24 * 31)
    story(now, 20, demo=True)
    assert related(first) == set()


def test_the_demo_world_is_tied_within_itself(now):
    first, second = story(now, demo=True), story(now, 20, demo=True)
    trace(first)
    assert ties() == [(first.pk, second.pk, "chapter")]


def test_a_lone_report_is_found_by_a_larger_story_only(now):
    lone = story(now, size=1)
    other = story(now, 20, size=1)
    assert related(lone) == related(other) == set()
    larger = story(now, 21)
    assert related(larger) == {lone.pk, other.pk}
    trace(larger)
    trace(lone)
    assert len(ties()) == 2


def test_of_many_that_share_a_key_the_nearest_in_time_are_counted(now, monkeypatch):
    monkeypatch.setattr(relating, "SHARING", 2)
    first = story(now)
    story(now, 24 * 9)
    near = [story(now, -40), story(now, 30)]
    assert related(first) == {row.pk for row in near}


def test_a_merged_or_empty_story_is_tied_to_nothing(now):
    first, second = story(now), story(now, 20, cosine=0.9)
    trace(second)
    Story.objects.filter(pk=second.pk).update(article_count=0)
    trace(second)
    assert ties() == []
    assert first.keys == KEYS


def test_a_report_in_another_language_is_tied_by_names_and_numbers(now):
    english, norwegian = story(now), story(now, 3, lang="nb", size=1, cosine=0.0)
    trace(norwegian)
    assert ties() == [(english.pk, norwegian.pk, "translation")]
    StoryLink.objects.all().delete()
    trace(english)
    assert ties() == [(english.pk, norwegian.pk, "translation")]


def test_names_that_english_knows_as_common_make_no_translation(now):
    for key in KEYS[:4]:
        TermCount.objects.create(lang="en", term=key, articles=60)
    story(now)
    norwegian = story(now, 3, lang="nb", size=1)
    assert related(norwegian) == set()


def test_only_the_candidates_that_share_most_are_compared(now, monkeypatch):
    monkeypatch.setattr(relating, "CANDIDATES", 2)
    first = story(now)
    some, most, more = (story(now, 1 + n, keys=KEYS[: 3 + n]) for n in range(3))
    with CaptureQueriesContext(connection) as seen:
        assert related(first) == {most.pk, more.pk}
    assert some.pk not in related(first)
    assert len(seen) <= 5
