"""Who gets what at the desk: every table, every page of it, every action and every other address, by role.

The tables below say it once more than the code does: a table that is new is in neither, and fails the first test.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse
from django.utils import timezone

from stories.models import Article, Constraint, Credit, Edit, Feed, Stage, User
from tests import factories
from tests.views import deskrows

pytestmark = pytest.mark.django_db
REGISTRY = django_admin.site._registry

# For admins alone.
ADMINS = {
    *("user", "emailaddress", "authenticator", "usersession", "socialaccount", "apitoken", "team", "invitation"),
    *("notice", "alert", "channel", "delivery", "attempt", "logentry"),
}
# What editors fill in themselves.
CHANGED = {"outlet", "feed"}
ADDED = {"outlet"}
# What admins may besides.
CHANGED_BY_ADMINS = CHANGED | {"user"}
ADDED_BY_ADMINS = ADDED | {"user"}
DELETED_BY_ADMINS = {"outlet", "feed", "user"}
# To be looked at.
VIEWED = {
    *("story", "storylink", "recent", "termcount", "article", "version"),
    *("edit", "constraint", "override", "doubt", "objection"),
    *("examined", "attribution", "credit", "storyprovenance", "happening", "proposal"),
    *("feedentry", "host", "fetch", "subscription", "push"),
}
# Those that only read, and those that lead to a page on which it is done.
WITHOUT_A_TRACE = {"export_admin_action"}
LEADING_ON = {"set_interval", "move", "are_aliases"}


def name_of(model: type[Model]) -> str:
    return str(model._meta.model_name)


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{name_of(model)}_{page}", args=args)


def client_of(user: User | None, *, strict: bool = False) -> Client:
    client = Client(enforce_csrf_checks=strict)
    if user is not None:
        client.force_login(user)
    return client


def everything(user: User) -> User:
    """With every permission that there is, by hand and by a group."""
    group, _made = Group.objects.get_or_create(name="everything")
    group.permissions.set(Permission.objects.all())
    user.groups.add(group)
    user.user_permissions.set(Permission.objects.all())
    return user


def expected(model: type[Model], role: str) -> dict[str, set[int]]:
    """What each page of a table answers, by role; pages of our own may answer a bare POST with 400 or 405."""
    name, boss = name_of(model), role == "admin"
    if role in ("nobody", "reader"):
        return {page: {302, 403} for page in ("list", "add", "change", "history", "delete", "post")}
    sees = boss or name not in ADMINS
    changes = name in (CHANGED_BY_ADMINS if boss else CHANGED)
    return {
        "list": {200} if sees else {403},
        "add": {200} if name in (ADDED_BY_ADMINS if boss else ADDED) else {403},
        "change": {200} if sees else {403},
        "history": {200} if sees else {403},
        "delete": {200} if boss and name in DELETED_BY_ADMINS else {403},
        "post": {200, 302, 422} if changes else {400, 403, 405},
    }


def answers(client: Client, model: type[Model], row: Model) -> dict[str, int]:
    """What they do answer."""
    get = {
        "list": address(model, "changelist"),
        "add": address(model, "add"),
        **{page: address(model, page, row.pk) for page in ("change", "history", "delete")},
    }
    return {
        **{page: client.get(url).status_code for page, url in get.items()},
        "post": client.post(get["change"], {"note": "x"}).status_code,
    }


def differing(client: Client, rows: deskrows.Rows, role: str) -> list[str]:
    """Where the answers are not the expected ones."""
    found = []
    for model, row in rows.items():
        wanted = expected(model, role)
        for page, status in answers(client, model, row).items():
            if status not in wanted[page]:
                found.append(f"{role}: {name_of(model)} {page} answered {status}, not {wanted[page]}")
    return found


def test_the_tables_of_this_file_name_every_table_at_the_desk_and_each_has_a_row():
    assert {name_of(model) for model in REGISTRY} == ADMINS | CHANGED | VIEWED
    assert set(deskrows.every_row(factories.editor())) == set(REGISTRY)


@pytest.mark.parametrize("role", ["nobody", "reader", "editor", "admin"])
def test_each_page_of_each_table_by_role(role):
    editor = factories.editor()
    people = {"nobody": None, "reader": factories.user(), "editor": editor}
    people["admin"] = factories.editor(is_superuser=True)
    rows = deskrows.every_row(editor)
    assert differing(client_of(people[role]), rows, role) == []


@pytest.mark.parametrize("role", ["reader", "editor"])
def test_permissions_and_groups_make_nobody_more_than_their_role(role):
    user = everything(factories.editor() if role == "editor" else factories.user())
    rows = deskrows.every_row(factories.editor())
    assert differing(client_of(user), rows, role) == []


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_nothing_that_was_written_is_added_changed_or_destroyed_by_a_forged_form(role):
    editor = factories.editor(is_superuser=role == "admin")
    rows, client = deskrows.every_row(editor), client_of(editor)
    for model in (Edit, Constraint, LogEntry):
        row, before = rows[model], model.objects.values().order_by("pk")
        kept = list(before)
        client.post(address(model, "delete", row.pk), {"post": "yes"})
        client.post(address(model, "change", row.pk), {"note": "x", "change_message": "x", "bond": "together"})
        client.post(address(model, "add"), {"note": "x", "action_flag": "1"})
        client.post(
            address(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        )
        assert list(before.all()) == kept, model


def test_no_editor_deletes_anything():
    editor = factories.editor()
    rows, client = deskrows.every_row(editor), client_of(editor)
    for model, row in rows.items():
        client.post(address(model, "delete", row.pk), {"post": "yes"})
        sent = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(address(model, "changelist"), sent)
        assert model._default_manager.filter(pk=row.pk).exists(), model


def offered(user: User, model: type[Model]) -> set[str]:
    """The actions that the desk offers to a person."""
    request = RequestFactory().get("/")
    request.user = user
    return set(REGISTRY[model].get_actions(request))


def test_actions_are_offered_by_role():
    boss, editor, reader = (
        factories.editor(is_superuser=True),
        everything(factories.editor()),
        everything(factories.user()),
    )
    for model in REGISTRY:
        assert offered(reader, model) == set(), model
        assert "delete_selected" not in offered(editor, model), model
        assert ("delete_selected" in offered(boss, model)) == (name_of(model) in DELETED_BY_ADMINS), model
        if name_of(model) in ADMINS:
            assert offered(editor, model) == set(), model
        else:
            assert offered(editor, model) == offered(boss, model) - {"delete_selected"}, model


ACTIONS = [
    (model, name)
    for model in REGISTRY
    for name in sorted(str(getattr(one, "__name__", one)) for one in REGISTRY[model].actions or ())
    if name not in WITHOUT_A_TRACE | LEADING_ON
]


def named_lately(outlet: Model) -> None:
    """Reports of today credit the outlet."""
    Credit.objects.update(outlet=outlet)
    Article.objects.update(reported_at=timezone.now(), stage=Stage.DONE)


# What makes an action do something that there is nothing to do for else.
PREPARED = {
    ("feed", "take_up"): lambda row: Feed.objects.update(active=False),
    ("outlet", "read_name_anew"): named_lately,
}


@pytest.mark.parametrize(("model", "action"), ACTIONS, ids=lambda one: one if isinstance(one, str) else name_of(one))
def test_every_action_leaves_a_line_with_who_did_it_in_words(model, action):
    boss = factories.editor(is_superuser=True)
    row = deskrows.every_row(factories.editor())[model]
    PREPARED.get((name_of(model), action), lambda row: None)(row)
    sent = {"action": action, "_selected_action": [row.pk], "index": 0}
    said = client_of(boss).post(f"{address(model, 'changelist')}", sent, follow=True)
    assert said.status_code == 200
    entries = list(LogEntry.objects.filter(user=boss))
    assert entries, list(said.context["messages"])
    assert all(entry.get_change_message() for entry in entries)


@pytest.mark.parametrize(("model", "action"), ACTIONS, ids=lambda one: one if isinstance(one, str) else name_of(one))
def test_no_reader_acts_and_no_editor_acts_on_what_is_for_admins(model, action):
    rows = deskrows.every_row(factories.editor())
    sent = {"action": action, "_selected_action": [rows[model].pk], "index": 0}
    before = LogEntry.objects.count(), Edit.objects.count()
    for user in (factories.user(), *([factories.editor()] if name_of(model) in ADMINS else [])):
        assert client_of(everything(user)).post(address(model, "changelist"), sent).status_code in (302, 403)
    assert (LogEntry.objects.count(), Edit.objects.count()) == before
    assert model._default_manager.filter(pk=rows[model].pk).exists()


STOCK = ("changelist", "add", "history", "delete", "change")


def own_addresses(model: type[Model], row: Model) -> list[str]:
    """Every address of a table besides Django's stock ones, for this row."""
    found = []
    stock = {f"{model._meta.app_label}_{name_of(model)}_{page}" for page in STOCK}
    for pattern in REGISTRY[model].get_urls():
        if not isinstance(pattern, URLPattern) or pattern.name in stock or pattern.name is None:
            continue
        given = {name: value_for(name, row) for name in pattern.pattern.converters}
        if pattern.pattern.regex.groups and not given:
            given = {name: value_for(name, row) for name in pattern.pattern.regex.groupindex}
        found += (
            [reverse(f"admin:{pattern.name}", kwargs=given | {"act": act}) for act in ACTS]
            if "act" in given
            else [reverse(f"admin:{pattern.name}", kwargs=given)]
        )
    return found


ACTS = (
    *("merge", "split", "move", "remove", "add", "title", "lead", "lock", "unlock", "pin", "unpin"),
    *("hide", "show", "close", "reopen"),
)


def value_for(name: str, row: Model) -> Any:
    """What an address is made with: the row's number wherever one is asked for."""
    return "merge" if name == "act" else row.pk


def test_every_other_address_of_the_desk_by_role():
    editor, reader, boss = factories.editor(), everything(factories.user()), factories.editor(is_superuser=True)
    rows = deskrows.every_row(editor)
    clients = {role: client_of(user) for role, user in (("nobody", None), ("reader", reader), ("editor", editor))}
    clients["admin"] = client_of(boss)
    for model, row in rows.items():
        # Whose history an address shows is tested below.
        number = editor if model is Edit else row
        for url in {*own_addresses(model, row), *(own_addresses(model, number) if model is Edit else ())}:
            for role in ("nobody", "reader"):
                assert clients[role].get(url).status_code in (302, 403), (role, url)
                assert clients[role].post(url).status_code in (302, 403, 405), (role, url)
            shut = name_of(model) in ADMINS
            status = clients["editor"].get(url).status_code
            assert status == 403 if shut else status in (200, 302, 303, 403, 404, 405), ("editor", url, status)
            assert clients["admin"].get(url).status_code in (200, 302, 303, 404, 405), ("admin", url)
