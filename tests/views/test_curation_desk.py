"""Edits, bonds and the review queue at the desk: all to be seen, nothing to be typed over."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.models import Act, Constraint, Doubt, Edit
from stories.services import curation, doubts, undoing
from stories.services.acts import By
from tests import factories

pytestmark = pytest.mark.django_db
NAMES = ["edit", "constraint", "doubt"]


@pytest.fixture
def desk(client):
    client.force_login(factories.editor(is_superuser=True))
    return client


def decide(editor):
    """A split by grouping that an editor takes back, one by the editor, and a question."""
    now = timezone.now()
    rows = [factories.article(title=f"Report number {n}") for n in range(3)]
    story = factories.story(rows, title="Ferry aground off Skarv")
    by = By.person(editor, "two <b>ferries</b>")
    first = curation.split(story, [rows[2].pk], By.grouping(0.93, ["no shared names"]), now)
    undoing.undo(first, by, now)
    curation.split(story, [rows[1].pk], by, now)
    doubts.ask(Act.SPLIT, story, None, [rows[2].pk], 0.55, ["other place"], now)


def listing(name):
    return reverse(f"admin:stories_{name}_changelist")


def test_the_lists_tell_what_was_decided(desk):
    decide(factories.editor(first_name="Anna", last_name="Berg"))
    edits = desk.get(listing("edit")).content.decode()
    for words in ("Anna Berg", "no shared names", "two &lt;b&gt;ferries", "Ferry aground off Skarv", "undone"):
        assert words in edits
    assert "Report number 2" in desk.get(listing("constraint")).content.decode()
    assert "other place" in desk.get(listing("doubt")).content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_list_costs_the_same_however_long(desk, name, django_assert_max_num_queries):
    for _ in range(4):
        decide(factories.editor())
    # The first request of a session is noted in the list of sessions.
    desk.get(listing(name))
    with django_assert_max_num_queries(9):
        assert desk.get(listing(name)).status_code == 200


def test_edits_are_narrowed_by_who_and_whether_they_stand(desk):
    decide(factories.editor())
    shown = {
        query: {edit.act for edit in desk.get(listing("edit") + query).context["cl"].queryset}
        for query in ("?maker=grouping", "?maker=editors", "?standing=no", "?standing=yes&maker=editors&act=split")
    }
    assert list(shown.values()) == [{Act.SPLIT}, {Act.SPLIT, Act.UNDO}, {Act.SPLIT}, {Act.SPLIT}]
    assert desk.get(listing("edit") + "?standing=no").context["cl"].result_count == 1


def test_every_row_opens_with_the_bonds_of_an_edit(desk):
    decide(factories.editor())
    for model in (Edit, Constraint, Doubt):
        for row in model.objects.all():
            url = reverse(f"admin:stories_{model._meta.model_name}_change", args=[row.pk])
            assert desk.get(url).status_code == 200
    split = Edit.objects.exclude(by="grouping").get(act=Act.SPLIT)
    text = desk.get(reverse("admin:stories_edit_change", args=[split.pk])).content.decode()
    assert "never together" in text


@pytest.mark.parametrize("name", NAMES)
def test_what_was_decided_is_neither_changed_nor_destroyed(desk, name):
    decide(factories.editor())
    model = {"edit": Edit, "constraint": Constraint, "doubt": Doubt}[name]
    row = model.objects.first()
    desk.post(reverse(f"admin:stories_{name}_delete", args=[row.pk]), {"post": "yes"})
    assert desk.post(reverse(f"admin:stories_{name}_change", args=[row.pk]), {"note": "x"}).status_code == 403
    assert desk.get(reverse(f"admin:stories_{name}_add")).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()
