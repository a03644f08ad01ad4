"""Provenance on real rows: traced with the whole story, kept once, and each happening noted once and for all."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from stories.models import Article, Happening, Stage, Story, StoryProvenance, Version
from stories.nlp.findings import Role
from stories.nlp.lineage import EdgeKind, HappeningKind, Keep
from stories.selectors.reports import reports_of
from stories.services import provenance, reading, tracing
from tests import factories

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)

SCOOP = (
    "Minister was warned about the harbour contract, people familiar say",
    "The harbour minister was warned in March that the dredging contract would cost three times as much as planned, "
    "according to two people familiar with the matter.\n\n"
    "“He read the letter and put it in a drawer,” one of the people told The Isles Courier, speaking on condition of "
    "anonymity because they were not authorised to discuss the contract.\n\n"
    "The minister’s spokesman, Anders Holm, told The Isles Courier that the figures were wrong.\n\n"
    "The contract was signed in April and runs for six years.",
)
REPEAT = (
    "Minister knew harbour deal would cost more, Courier reports",
    "Months before the dredging deal was signed, a letter told the harbour minister that its price would treble, The "
    "Isles Courier reported on Tuesday, citing two people familiar with the matter.\n\n"
    "Anders Holm, who speaks for the minister, told the Courier that these figures were wrong, the newspaper said.\n\n"
    "Opposition parties want the deal to be discussed in parliament next week.",
)
SECOND = (
    "Harbour minister knew of rising costs, daily reports",
    "The harbour minister was warned in March that the dredging contract would cost three times as much as planned, the "
    "Evening Ledger reported on Tuesday, citing The Isles Courier.\n\n"
    "The Ledger said that two people familiar with the matter had told the Courier so.\n\n"
    "The contract was signed in April and runs for six years.",
)
DENIAL = (
    "Ministry denies that minister was warned about harbour contract",
    "The harbour ministry on Tuesday denied that the minister had been warned about the dredging contract.\n\n"
    "“No such letter has ever reached this house,” the state secretary, Berit Lund, told reporters in the capital. "
    "“What is written about it is false.”\n\n"
    "Ms Lund said that the ministry had asked its lawyers to look at the matter.",
)


def report(now, texts, outlet, minutes):
    """An article read and put into the one story that there is."""
    article = factories.article(
        title=texts[0],
        text=texts[1],
        outlet=outlet,
        stage=Stage.GROUPED,
        claimed_at=None,
        first_seen_at=now + minutes * MINUTE,
        polled_before_at=now + (minutes - 4) * MINUTE,
    )
    return examine(article, now)


def examine(article, now):
    row = Article.objects.select_related("outlet", "feed", "version").get(pk=article.pk)
    reading.save(row, reading.compute([row], now)[row.pk], now)
    row.save()
    return row


def outlets():
    return {
        "courier": factories.outlet(
            name="The Isles Courier", aliases=["Isles Courier"], ambiguous_aliases=["the Courier"], kind="newspaper"
        ),
        "ledger": factories.outlet(
            name="Evening Ledger", aliases=["the Evening Ledger"], ambiguous_aliases=["the Ledger"], kind="newspaper"
        ),
        "mirror": factories.outlet(name="Harbour Mirror"),
        "page": factories.outlet(name="The Open Page"),
    }


def arrive(story, article, now):
    """One more article in the story, and the story traced."""
    article.story = story
    article.save()
    Story.objects.filter(pk=story.pk).update(revision=story.revision + 1)
    story.refresh_from_db()
    trace(story, article, now)


def trace(story, article, now):
    article.refresh_from_db()
    tracing.save(article, tracing.compute([article], now)[article.pk], now)
    story.refresh_from_db()


@pytest.fixture
def reports(now):
    known = outlets()
    return [
        report(now, SCOOP, known["courier"], 0),
        report(now, REPEAT, known["ledger"], 30),
        report(now, SECOND, known["mirror"], 60),
        report(now, DENIAL, known["page"], 90),
    ]


def told(story):
    return StoryProvenance.objects.get(story=story).told()


def empty(now):
    return Story.objects.create(title="t", slug="t", lang="en", first_at=now, last_at=now, vector=[0.0] * 384)


def test_a_story_is_traced_to_its_origin(now, reports):
    scoop, repeat, second, denial = reports
    story = empty(now)
    for article in reports:
        arrive(story, article, now)
    traced = told(story)
    assert (traced.independent.least, traced.independent.most) == (1, 1)
    assert traced.origins[0].article == scoop.pk
    roles = {one.article: one.role for one in traced.standings}
    assert roles[scoop.pk] == Role.ORIGINAL
    assert roles[repeat.pk] == roles[second.pk] == Role.RE_REPORT
    edges = {(edge.article, edge.target): edge for edge in traced.edges if edge.main}
    assert edges[repeat.pk, scoop.pk].kind == EdgeKind.CREDITS
    assert edges[repeat.pk, scoop.pk].drift.body == Keep.KEPT
    assert (second.pk, repeat.pk) in edges
    kinds = set(Happening.objects.filter(story=story).values_list("kind", flat=True))
    assert HappeningKind.DENIED in kinds
    assert denial.pk in set(Happening.objects.filter(kind=HappeningKind.DENIED).values_list("article", flat=True))


def test_in_whatever_order_reports_come_the_end_is_the_same(now, reports):
    ends = []
    for order in list(permutations(reports))[::5]:
        story = empty(now)
        for article in order:
            arrive(story, article, now)
        ends.append((told(story), set(Happening.objects.filter(story=story, stands=True).values_list("kind", "key"))))
        Article.objects.update(story=None)
        story.delete()
    assert all(end == ends[0] for end in ends)


def test_traced_twice_it_says_the_same_and_nothing_happens_twice(now, reports):
    story = empty(now)
    for article in reports:
        arrive(story, article, now)
    before, rows = told(story), list(Happening.objects.order_by("pk").values())
    for article in reports:
        trace(story, article, now + 5 * MINUTE)
    assert told(story) == before
    assert list(Happening.objects.order_by("pk").values()) == rows


def test_only_what_is_new_is_handed_on(now, reports):
    story = empty(now)
    for article in reports:
        article.story = story
        article.save()
    traced = provenance.look(reports_of(story, {}))
    assert len(provenance.save(story, traced, now)) == len(traced.happenings) > 0
    assert provenance.save(story, traced, now) == []


def test_what_no_longer_bears_out_no_longer_stands_and_comes_back_as_it_was(now, reports):
    *others, denial = reports
    story = empty(now)
    for article in reports:
        arrive(story, article, now)
    row = Happening.objects.filter(kind=HappeningKind.DENIED).first()
    Article.objects.filter(pk=denial.pk).update(story=None)
    trace(story, others[0], now)
    row.refresh_from_db()
    assert not row.stands
    Article.objects.filter(pk=denial.pk).update(story=story)
    trace(story, others[0], now + MINUTE)
    assert (Happening.objects.get(pk=row.pk).stands, Happening.objects.get(pk=row.pk).noted_at) == (True, now)


def test_a_changed_headline_is_a_happening(now):
    known = outlets()
    scoop = report(now, SCOOP, known["courier"], 0)
    story = empty(now)
    arrive(story, scoop, now)
    version = Version.objects.create(
        article=scoop,
        hash="later",
        title="Minister was never warned about the harbour contract",
        text=SCOOP[1],
        text_state="page",
        seen_at=now + 40 * MINUTE,
    )
    Article.objects.filter(pk=scoop.pk).update(version=version, title=version.title)
    arrive(story, examine(scoop, now), now)
    row = Happening.objects.get(kind=HappeningKind.HEADLINE)
    assert row.at == now + 40 * MINUTE
    assert SCOOP[0] in row.note


def test_what_was_found_in_another_wording_is_not_used(now, reports):
    scoop = reports[0]
    story = empty(now)
    arrive(story, scoop, now)
    assert told(story).standings[0].role == Role.ORIGINAL
    Article.objects.filter(pk=scoop.pk).update(title="Another headline, not read yet")
    trace(story, scoop, now)
    assert told(story).standings[0].role == Role.UNKNOWN


def test_a_report_without_a_text_can_not_be_told(now, reports):
    bare = report(now, ("Minister knew harbour deal would cost more", ""), factories.outlet(), 10)
    story = empty(now)
    for article in (reports[0], bare):
        arrive(story, article, now)
    count = told(story).independent
    assert (count.least, count.most) == (1, 2)
    assert [article for article, _ in count.cannot_tell] == [bare.pk]


def test_a_story_costs_the_same_questions_however_large_it_is(now, reports, django_assert_max_num_queries):
    story = empty(now)
    for article in reports:
        arrive(story, article, now)
    for number in range(12):
        article = report(now, REPEAT, factories.outlet(), 100 + number)
        article.story = story
        article.save()
    with django_assert_max_num_queries(3):
        provenance.look(reports_of(story, {}))
