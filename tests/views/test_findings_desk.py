"""What was found, at the desk: lists without a query per row; unknown outlets made or dismissed; names read anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from stories.models import Article, Credit, Examined, Happening, Outlet, Proposal, Stage, StoryProvenance
from stories.nlp.lineage import HappeningKind
from stories.services import proposals
from tests import factories
from tests.factories import MORNING
from tests.views import cited
from tests.views.cited import span

pytestmark = pytest.mark.django_db
NAMES = ["examined", "attribution", "credit", "storyprovenance", "happening", "proposal"]


@pytest.fixture
def desk(client):
    client.force_login(factories.editor(is_superuser=True))
    return client


def listing(name: str) -> str:
    return reverse(f"admin:stories_{name}_changelist")


def recent(**kw: object) -> Article:
    """The cited article as of an hour ago, at rest."""
    return cited.article(first_seen_at=timezone.now() - timedelta(hours=1), **kw)


def proposal(article: Article | None = None, name: str = "Coast Wire", **kw: object) -> Proposal:
    """An unknown outlet, seen in the article's credit."""
    evidence = list(span("seen by Coast Wire"))
    return Proposal.objects.create(name=name, article=article, evidence=evidence, first_seen_at=MORNING, **kw)


def rows(number: int) -> None:
    """A row for every list."""
    article = cited.article()
    story = factories.story([article])
    StoryProvenance.objects.create(story=story, revision=1, least=1, most=2, traced={}, at=MORNING)
    Happening.objects.create(
        story=story, kind=HappeningKind.DENIED, key="x", article=article, note="Ada Quill", at=MORNING, noted_at=MORNING
    )
    proposal(article, f"Coast Wire {number}")


@pytest.mark.parametrize("name", NAMES)
def test_a_list_costs_the_same_however_long(desk, name, django_assert_max_num_queries):
    for number in range(4):
        rows(number)
    # The first request of a session is noted in the list of sessions.
    desk.get(listing(name))
    with django_assert_max_num_queries(9):
        assert desk.get(listing(name)).status_code == 200
    assert desk.get(listing(name), {"q": "gate"}).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_what_was_found_is_neither_changed_nor_destroyed(desk, name):
    rows(0)
    assert desk.get(reverse(f"admin:stories_{name}_add")).status_code == 403
    assert 'name="_save"' not in desk.get(listing(name)).content.decode()
    assert "delete_selected" not in desk.get(listing(name)).content.decode()


def test_every_row_opens_with_its_passage(desk):
    rows(0)
    for name, model in (("examined", Examined), ("storyprovenance", StoryProvenance), ("happening", Happening)):
        row = model.objects.get()
        assert desk.get(reverse(f"admin:stories_{name}_change", args=[row.pk])).status_code == 200
    credit = Credit.objects.get(outlet_name="Coast Wire")
    text = desk.get(reverse("admin:stories_credit_change", args=[credit.pk])).content.decode()
    assert "<b>seen by Coast Wire</b>" in text
    attribution = credit.article.attributions.get(stance="denies")
    text = desk.get(reverse("admin:stories_attribution_change", args=[attribution.pk])).content.decode()
    assert "<em>denied</em> <u>that anybody was in danger</u>" in text
    assert f'href="{credit.article.get_absolute_url()}"' in text


def test_lists_are_narrowed(desk):
    rows(0)
    shown = {
        (name, query): desk.get(listing(name) + query).context["cl"].result_count
        for name, query in (
            ("attribution", "?kind__exact=anonymous"),
            ("attribution", "?stance__exact=denies"),
            ("credit", "?relation__exact=told"),
            ("examined", "?role__exact=wire"),
            ("happening", "?stands__exact=0"),
        )
    }
    assert list(shown.values()) == [1, 1, 1, 0, 0]


def test_an_unknown_outlet_is_shown_with_an_example_unless_dismissed(desk):
    article = cited.article()
    proposal(article, articles=7)
    proposal(None, "Sheet Nine", dismissed_at=MORNING)
    text = desk.get(listing("proposal")).content.decode()
    assert "<b>seen by Coast Wire</b>" in text
    assert "Sheet Nine" not in text
    assert "the article is gone" in desk.get(listing("proposal") + "?answer=dismissed").content.decode()
    assert desk.get(listing("proposal") + "?answer=any").context["cl"].result_count == 2
    article.version.text = "Something else."
    article.version.save()
    assert "its wording has changed since" in desk.get(listing("proposal")).content.decode()


def act(desk, action: str, *chosen: int) -> str:
    """Do it with these rows; the page that follows."""
    sent = {"action": action, "index": 0, "_selected_action": list(chosen)}
    return desk.post(listing("proposal") + "?answer=any", sent, follow=True).content.decode()


def test_an_outlet_is_made_and_its_articles_are_read_again(desk):
    article = recent()
    text = act(desk, "make_outlets", proposal(article).pk)
    assert "Made: Coast Wire. Articles of the last 14 days that are read again for it: 1." in text
    made = Outlet.objects.get(name="Coast Wire")
    assert made.slug == "coast-wire"
    article.refresh_from_db()
    assert (article.stage, article.attempts) == (Stage.EXTRACTED, 0)
    assert not Proposal.objects.exists()
    assert LogEntry.objects.get().object_repr == "Coast Wire"


def test_a_slug_that_is_taken_is_no_obstacle(desk):
    Outlet.objects.create(name="Another", slug="coast-wire")
    act(desk, "make_outlets", proposal().pk)
    assert Outlet.objects.get(name="Coast Wire").slug == "coast-wire-1"


@pytest.mark.parametrize("known", [{"name": "coast wire"}, {"name": "The Wire", "aliases": ["Coast Wire"]}])
def test_a_name_that_an_outlet_has_makes_no_second_one(desk, known):
    factories.outlet(**known)
    text = act(desk, "make_outlets", proposal(recent()).pk)
    assert f"is a name of the outlet {known['name']} already" in text
    assert (Outlet.objects.filter(name="Coast Wire").count(), Proposal.objects.count()) == (0, 1)


def test_nothing_chosen_is_said(desk):
    proposal()
    assert "Items must be selected" in act(desk, "make_outlets")
    assert proposals.accept([], timezone.now()) == proposals.Accepted()
    assert proposals.accept(["Nobody’s name"], timezone.now()).gone == ("Nobody’s name",)


def test_a_dismissed_name_can_be_taken_up_again(desk):
    row = proposal()
    assert "Names dismissed: 1 of 1." in act(desk, "dismiss", row.pk)
    assert "Names dismissed: 0 of 1." in act(desk, "dismiss", row.pk)
    assert "Names waiting again: 1 of 1." in act(desk, "take_up", row.pk)
    row.refresh_from_db()
    assert row.dismissed_at is None


def test_only_editors_decide_whether_a_name_is_an_outlets(reader_client):
    row = proposal()
    assert reader_client.get(listing("proposal")).status_code == 302
    reader_client.post(listing("proposal"), {"action": "dismiss", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.dismissed_at is None


def test_rows_that_are_held_failed_early_or_old_stay_as_they_are():
    now = timezone.now()
    kept = [
        recent(lease_until=now + timedelta(minutes=1)),
        recent(stage=Stage.FAILED, failed_stage=Stage.READ),
        recent(stage=Stage.FOUND),
        cited.article(first_seen_at=now - timedelta(days=20)),
    ]
    gone_on = recent(lease_until=now - timedelta(minutes=1), stage=Stage.READ)
    before = [(row.stage, row.lease_until) for row in kept]
    assert proposals.read_again(Article.objects.all(), now) == 1
    for row in (*kept, gone_on):
        row.refresh_from_db()
    assert [(row.stage, row.lease_until) for row in kept] == before
    assert (gone_on.stage, gone_on.lease_until) == (Stage.EXTRACTED, None)


def test_an_outlets_name_is_read_anew_wherever_it_stands(desk):
    credited, named, other = recent(), recent(), recent(outlet=factories.outlet(demo=True))
    Credit.objects.exclude(article=credited).delete()
    factories.article(text="Nothing of it.", first_seen_at=timezone.now())
    gazette = factories.outlet(name="Coast Wire", aliases=["Tern Gazette"])
    url = reverse("admin:stories_outlet_changelist")
    sent = {"action": "read_name_anew", "_selected_action": [gazette.pk]}
    assert "Articles of the last 14 days that are read again: 2." in desk.post(url, sent, follow=True).content.decode()
    for row in (credited, named, other):
        row.refresh_from_db()
    assert [row.stage for row in (credited, named, other)] == [Stage.EXTRACTED, Stage.EXTRACTED, Stage.DONE]
