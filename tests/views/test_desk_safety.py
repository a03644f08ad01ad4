"""What keeps the desk safe besides roles: forged forms, frames, other people's histories and accounts."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.urls import reverse

from stories.models import Article, Doubt, Edit, Feed, Host, Outlet, Story, User
from tests import factories
from tests.views import deskrows
from tests.views.test_roles import REGISTRY, address, client_of, own_addresses

pytestmark = pytest.mark.django_db
HERS = {"first_name": "Anna", "last_name": "Berg"}


def test_no_form_of_the_desk_is_taken_without_its_token():
    editor = factories.editor(is_superuser=True)
    rows, client = deskrows.every_row(editor), client_of(editor, strict=True)
    for model, row in rows.items():
        stock = [address(model, page, *([row.pk] if page != "add" else [])) for page in ("add", "change", "delete")]
        for url in (address(model, "changelist"), *stock, *own_addresses(model, row)):
            status = client.post(
                url, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
            ).status_code
            assert status in (403, 405), (url, status)
    for name in ("logout", "index"):
        assert client.post(reverse(f"admin:{name}")).status_code in (403, 405)


def test_no_page_of_the_desk_stands_in_a_frame():
    editor = factories.editor(is_superuser=True)
    rows, client = deskrows.every_row(editor), client_of(editor)
    pages = [reverse("admin:index"), reverse("admin:login")]
    for model, row in rows.items():
        pages += [address(model, "changelist"), address(model, "change", row.pk), address(model, "history", row.pk)]
    pages += [url for model in (Story, Article, Doubt, Edit) for url in own_addresses(model, rows[model])]
    for url in pages:
        headers = client.get(url).headers
        assert headers["X-Frame-Options"] == "DENY", url
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], url
        assert "unsafe" not in headers["Content-Security-Policy"], url


def test_an_editor_reaches_no_account_by_choosing_one():
    """Autocompletion lists rows of another table: the rules are that table's."""
    rows = deskrows.every_row(factories.editor())
    client, boss = client_of(factories.editor()), client_of(factories.editor(is_superuser=True))
    url = reverse("admin:autocomplete")
    for model, field in (("edit", "user"), ("doubt", "decided_by"), ("alert", "channel"), ("follow", "team")):
        asked = {"app_label": "stories", "model_name": model, "field_name": field, "term": "a"}
        assert client.get(url, asked).status_code == 403, field
    asked = {"app_label": "stories", "model_name": "edit", "field_name": "user", "term": rows[User].email}
    assert boss.get(url, asked).json()["results"]


@pytest.mark.parametrize(
    ("model", "field", "term"),
    [("storylink", "first", "aground"), ("constraint", "first", "Headline"), ("feed", "outlet", "Outlet")],
)
def test_stories_articles_and_outlets_are_chosen_by_any_part_of_their_name(model, field, term):
    deskrows.every_row(factories.editor())
    asked = {"app_label": "stories", "model_name": model, "field_name": field, "term": term}
    assert client_of(factories.editor()).get(reverse("admin:autocomplete"), asked).json()["results"]


def test_a_story_that_was_merged_is_not_offered_to_be_chosen():
    kept = factories.story(title="Ferry aground")
    factories.story(title="Ferry adrift", merged_into=kept)
    asked = {"app_label": "stories", "model_name": "storylink", "field_name": "first", "term": "ferry"}
    found = client_of(factories.editor()).get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [row["text"] for row in found] == ["Ferry aground"]


def test_no_list_is_narrowed_to_what_another_editor_did():
    other = factories.editor(**HERS)
    deskrows.every_row(other)
    client, boss = client_of(factories.editor()), client_of(factories.editor(is_superuser=True))
    for query in (
        f"user={other.pk}",
        f"user__id__exact={other.pk}",
        f"user_id={other.pk}",
        "by=Anna+Berg",
        "by__startswith=Anna",
    ):
        assert client.get(f"{address(Edit, 'changelist')}?{query}").status_code == 400, query
        assert boss.get(f"{address(Edit, 'changelist')}?{query}").status_code == 200, query
    decided = f"{address(Doubt, 'changelist')}?decided_by={other.pk}"
    assert client.get(decided).status_code == 400
    assert client.get(f"{address(Edit, 'changelist')}?q=Anna+Berg").context["cl"].result_count == 0
    assert client.get(f"{address(Edit, 'changelist')}?maker=me").context["cl"].result_count == 0
    assert client_of(other).get(f"{address(Edit, 'changelist')}?maker=me").context["cl"].result_count == 1


def test_an_editors_own_history_is_theirs_alone():
    one, other = factories.editor(**HERS), factories.editor()
    for who, whose, wanted in ((one, one, {200}), (other, one, {403, 404})):
        assert client_of(who).get(reverse("admin:stories_edit_by", args=[whose.pk])).status_code in wanted
    boss = factories.editor(is_superuser=True)
    assert client_of(boss).get(reverse("admin:stories_edit_by", args=[one.pk])).status_code == 200
    assert client_of(other).get(address(User, "history", one.pk)).status_code == 403


@pytest.mark.parametrize("model", [Outlet, Feed, Host])
def test_a_rows_history_says_what_was_done_and_names_nobody_by_an_address(model):
    other = factories.editor(**HERS)
    row = deskrows.every_row(other)[model]
    LogEntry.objects.log_actions(other.pk, [row], CHANGE, "Its alias was set right.")
    text = client_of(factories.editor()).get(address(model, "history", row.pk)).content.decode()
    assert "Its alias was set right." in text
    assert "Anna Berg" in text
    assert other.email not in text


def test_no_page_for_editors_shows_an_address_of_an_account():
    other = factories.editor(**HERS)
    rows = deskrows.every_row(other)
    client = client_of(factories.editor(email="me@isles.example"))
    kept = set(User.objects.exclude(email="me@isles.example").values_list("email", flat=True))
    for model, row in rows.items():
        for url in (address(model, "changelist"), address(model, "change", row.pk)):
            answer = client.get(url)
            if answer.status_code == 200:
                text = answer.content.decode()
                assert not [email for email in kept if email in text], url


def test_the_desk_has_no_page_of_groups_or_permissions():
    assert not [model for model in REGISTRY if model._meta.model_name in ("group", "permission")]
    boss = factories.editor(is_superuser=True)
    text = client_of(boss).get(address(User, "change", boss.pk)).content.decode()
    assert "user_permissions" not in text
    assert 'name="groups"' not in text
