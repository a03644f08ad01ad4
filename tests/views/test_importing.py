"""Outlets and feeds in and out as files: seen first, done when confirmed, and never half done unless an editor says so."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from stories.models import Edit, Feed, Outlet
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def look(client, what, body, status=200):
    """What a file would do: the page, and the form that confirms it."""
    raw = body if isinstance(body, bytes) else body.encode()
    where = reverse(f"admin:stories_{what}_import")
    response = client.post(where, {"import_file": SimpleUploadedFile("rows.csv", raw)})
    text = response.content.decode()
    assert response.status_code == status, text[-3000:]
    return response


def sure(response, **more):
    form = response.context["confirm_form"]
    return {field.name: field.value() or "" for field in form if field.name != "skip"} | more


def confirm(client, what, data, status=302):
    response = client.post(reverse(f"admin:stories_{what}_process_import"), data)
    assert response.status_code == status, response.content.decode()[-3000:]
    return response


def plans(response):
    return {plan.title: plan.kind for plan in response.context["whole"].plans}


def reasons(response):
    return {plan.title: " ".join(plan.reasons) for plan in response.context["whole"].plans if plan.reasons}


def wrong(response):
    return " ".join(response.context["form"].errors["import_file"])


@pytest.fixture
def post():
    return factories.outlet(name="The Meridian Post", slug="post", aliases=["the Post"], country="GB")


def test_a_file_is_looked_at_and_then_done(editor_client, post):
    body = (
        "slug,name,aliases,owner_group\n"
        "post,The Meridian Post,the Post|the Meridian,Isles Media\n"
        ",Coast Wire,the Wire,Isles Media\n"
    )
    seen = look(editor_client, "outlet", body)
    assert plans(seen) == {"The Meridian Post": "changed", "Coast Wire": "new"}
    text = seen.content.decode()
    assert "the Post, the Meridian" in text
    assert not Edit.objects.exists()
    assert Outlet.objects.count() == 1
    confirm(editor_client, "outlet", sure(seen, note="from the register"))
    post.refresh_from_db()
    assert (post.aliases, post.owner_group, post.country) == (["the Post", "the Meridian"], "Isles Media", "GB")
    edit = Edit.objects.get()
    assert (edit.outlet, edit.note, edit.before["owner_group"]) == (post, "from the register", "")
    made = Outlet.objects.get(name="Coast Wire")
    assert (made.slug, made.aliases) == ("coast-wire", ["the Wire"])
    assert LogEntry.objects.get().object_id == str(made.pk)
    gone = editor_client.post(reverse("admin:stories_outlet_process_import"), sure(seen), follow=True)
    assert "no longer kept" in gone.content.decode()
    assert Edit.objects.count() == 1


def test_refused_rows_stop_all_unless_they_are_left_out(editor_client, post):
    body = "slug,name,country\npost,The Meridian Post,IE\n,Nowhere News,ZZ\n,,DE\n"
    seen = look(editor_client, "outlet", body)
    assert "Country" in reasons(seen)["Nowhere News"]
    assert "An outlet needs a name." in reasons(seen)["(no name)"]
    again = confirm(editor_client, "outlet", sure(seen), status=422)
    assert "Nothing is imported" in again.content.decode()
    assert not Edit.objects.exists()
    confirm(editor_client, "outlet", sure(again, skip="on"))
    post.refresh_from_db()
    assert post.country == "IE"
    assert Outlet.objects.count() == 1


def test_what_has_changed_since_is_shown_again(editor_client, post):
    seen = look(editor_client, "outlet", "slug,name,owner_group\npost,The Meridian Post,Isles Media\n")
    Outlet.objects.filter(pk=post.pk).update(owner_group="Another")
    again = confirm(editor_client, "outlet", sure(seen), status=409)
    assert "Something has changed since you looked" in again.content.decode()
    assert not Edit.objects.exists()
    confirm(editor_client, "outlet", sure(again))
    assert Edit.objects.get().before == {"owner_group": "Another"}


def test_a_column_that_is_missing_leaves_and_a_blank_cell_empties(editor_client, post):
    confirm(
        editor_client, "outlet", sure(look(editor_client, "outlet", "slug,name,aliases\npost,The Meridian Post,\n"))
    )
    post.refresh_from_db()
    assert (post.aliases, post.country) == ([], "GB")


def test_rows_may_not_take_one_name_or_what_others_have(editor_client, post):
    body = (
        "slug,name,aliases,domains\n"
        ",Gannet,the Post,\n"
        ",Coast Wire,the Wire,wire.example\n"
        ",Sea Wire,the Wire,\n"
        ",Third,,wire.example\n"
        "post,The Meridian Post,,\n"
    )
    found = reasons(look(editor_client, "outlet", body))
    assert set(found) == {"Coast Wire", "Sea Wire", "Third"}, "the Post is free, since its outlet gives it up"
    assert "“the Wire” is an alias of Sea Wire already." in found["Coast Wire"]
    assert "wire.example is a domain of Coast Wire." in found["Third"]


def test_a_row_that_is_refused_keeps_its_names(editor_client, post):
    body = "slug,name,aliases,country\npost,The Meridian Post,,ZZ\n,Gannet,the Post,\n"
    assert set(reasons(look(editor_client, "outlet", body))) == {"The Meridian Post", "Gannet"}


def test_the_same_row_twice_is_refused(editor_client, post):
    found = look(editor_client, "outlet", "slug,name\npost,One\npost,Two\nNot a slug,Three\n")
    assert "Row 2 has the same slug." in reasons(found)["Two"]
    assert "is no slug" in reasons(found)["Three"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "This file is empty."),
        ("  \n", "This file is empty."),
        ("name,colour\nA,b\n", "Unknown columns: colour."),
        ("name,name\nA,b\n", "is there twice"),
        ("slug\npost\n", "The column “name” is missing."),
        ("name\n", "no rows"),
        ("name\nA\x00B\n", "NUL"),
        ("name\nKrähe\n".encode("latin-1"), "not in UTF-8"),
        ("name\nKrähe\n".encode("utf-16"), "not in UTF-8"),
        ('name\n"open\n', "can’t be read as CSV"),
        ("[{]", "can’t be read"),
        ("[" * 100_000, "can’t be read"),
        ('{"name": "A"}', "no list of objects"),
        ('["A"]', "no list of objects"),
        ("name\n" + "A\n" * 50_000, "more than 5000 rows"),
        (json.dumps([{"name": f"N{n}"} for n in range(50_000)]), "more than 5000 rows"),
    ],
)
def test_what_is_no_such_file_is_said(editor_client, body, words):
    response = look(editor_client, "outlet", body, 422)
    assert words in wrong(response)


def test_a_file_too_large_is_not_read(editor_client, settings):
    assert "larger than 5 MB" in wrong(look(editor_client, "outlet", b"x" * (settings.IMPORT_BYTES + 1), 422))


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(editor_client, mark, delimiter):
    rows = [["Name", "aliases", "homepage"], ["Krähe; Möwe", "'-A|die Krähe", "https://kraehe.example/"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    seen = look(editor_client, "outlet", mark + out.getvalue().encode())
    confirm(editor_client, "outlet", sure(seen))
    made = Outlet.objects.get()
    assert (made.name, made.aliases) == ("Krähe; Möwe", ["-A", "die Krähe"])


def test_half_broken_rows_are_refused_one_by_one(editor_client):
    body = "name,aliases\nWhole,\nToo,many,cells\nShort\n\n,,\n" + "Long," + "x" * 30_000 + "\n"
    found = look(editor_client, "outlet", body)
    assert plans(found) == {"Whole": "new", "Too": "refused", "Short": "refused", "Long": "refused"}
    assert "more cells" in reasons(found)["Too"]
    assert "fewer cells" in reasons(found)["Short"]


def test_json_comes_in_too(editor_client):
    rows = [
        {"name": "Gannet", "aliases": ["the Gannet", "GN"], "country": None},
        {"name": "Odd", "aliases": {"a": 1}},
        {"name": 7, "country": "IE"},
    ]
    found = look(editor_client, "outlet", json.dumps(rows))
    assert plans(found) == {"Gannet": "new", "Odd": "refused", "7": "new"}


def test_what_goes_out_comes_in_again_and_changes_nothing(editor_client, post):
    factories.outlet(name="=HYPERLINK(1)", slug="formula", aliases=["+1", "@x"], domains=["a.example", "b.example"])
    for form in "01":
        response = editor_client.post(reverse("admin:stories_outlet_export"), {"format": form, "resource": "0"})
        assert "attachment" in response.headers["Content-Disposition"]
        seen = look(editor_client, "outlet", response.content)
        assert set(plans(seen).values()) == {"same"}, reasons(seen)
        assert list(seen.context["whole"].unread) == ["feeds"]
        if form == "0":
            assert response.content.startswith(b"\xef\xbb\xbf")
            cells = [cell for row in csv.reader(io.StringIO(response.content.decode("utf-8-sig"))) for cell in row]
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_export_is_what_the_list_shows(editor_client, post):
    factories.outlet(name="Coast Wire", kind="agency")
    where = reverse("admin:stories_outlet_export")
    rows = json.loads(editor_client.post(f"{where}?kind=agency", {"format": "1", "resource": "0"}).content)
    assert [row["name"] for row in rows] == ["Coast Wire"]


def test_feeds_go_out_and_come_in(editor_client, post):
    kept = factories.feed(outlet=post, url="https://post.example/a.xml", title="A", fixed_interval_s=900)
    paused = factories.feed(outlet=post, url="https://post.example/b.xml", title="B", active=False)
    out = editor_client.post(reverse("admin:stories_feed_export"), {"format": "0", "resource": "0"}).content
    assert set(plans(look(editor_client, "feed", out)).values()) == {"same"}
    body = (
        "url,outlet,title,active,minutes\n"
        "http://post.example/a.xml,post,A again,no,\n"
        "https://post.example/b.xml,the Meridian Post,B,yes,\n"
        "https://wire.example/c.xml,,C,,20\n"
        "https://post.example/d.xml,post,D,,\n"
    )
    seen = look(editor_client, "feed", body)
    assert sorted(plans(seen).values()) == ["changed", "changed", "new", "new"]
    assert Feed.objects.count() == 2
    confirm(editor_client, "feed", sure(seen))
    kept.refresh_from_db()
    paused.refresh_from_db()
    assert (kept.url, kept.title, kept.active, kept.fixed_interval_s) == (
        "https://post.example/a.xml",
        "A again",
        False,
        None,
    )
    assert paused.active
    new = Feed.objects.get(url="https://wire.example/c.xml")
    assert (new.title, new.fixed_interval_s, new.outlet.name, new.active) == ("C", 1200, "C", True)
    assert Feed.objects.get(title="D").outlet == post
    messages = sorted(LogEntry.objects.values_list("change_message", flat=True))
    assert messages == ["Added by a file."] * 2 + ["Changed by a file."] * 2


def test_rows_that_are_no_feeds_are_refused(editor_client):
    demo = factories.feed(outlet=factories.outlet(demo=True), url="https://demo.example/f.xml", title="Demo")
    body = (
        "url,outlet,title,lang,active,minutes\n"
        "javascript:alert(1),,,,,\n"
        "https://user:pw@x.example/,,,,,\n"
        "https://a.example/f,nobody,,,,\n"
        "https://b.example/f,,,xx,maybe,5\n"
        "https://c.example/f,,,,,\n"
        "http://c.example/f,,,,,\n"
        f"{demo.url},,Mine,,,\n"
    )
    found = look(editor_client, "feed", body)
    kinds = [plan.kind for plan in found.context["whole"].plans]
    assert kinds == ["refused"] * 4 + ["new"] + ["refused"] * 2
    said = [" ".join(plan.reasons) for plan in found.context["whole"].plans]
    for number, words in enumerate(
        ("not a web address", "password", "no outlet “nobody”", "Say yes or no.", "", "Row 6", "demo")
    ):
        assert words in said[number], number
    assert "pw" not in reasons(found).get("https://user:pw@x.example/", "")


def test_only_editors_import_and_export_and_only_their_own(client, reader_client, editor_client, post):
    seen = look(editor_client, "outlet", "slug,name\npost,Mine\n")
    other = Client()
    other.force_login(factories.editor())
    assert confirm(other, "outlet", sure(seen)).url == reverse("admin:stories_outlet_import")
    for what in ("outlet", "feed"):
        for name in ("import", "process_import", "export"):
            where = reverse(f"admin:stories_{what}_{name}")
            for one in (client, reader_client):
                assert one.get(where).status_code == 302
                assert one.post(where, sure(seen)).status_code == 302
    assert editor_client.get(reverse("admin:stories_outlet_process_import")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.editor())
    assert strict.post(reverse("admin:stories_outlet_import"), {}).status_code == 403
    post.refresh_from_db()
    assert post.name == "The Meridian Post"


def test_what_is_kept_is_in_the_cache_that_all_processes_share(editor_client, post):
    seen = look(editor_client, "outlet", "slug,name\npost,Mine\n")
    cache.clear()
    response = confirm(editor_client, "outlet", sure(seen))
    assert response.url == reverse("admin:stories_outlet_import")
    wild = sure(seen, import_file_name="../../etc/passwd")
    assert confirm(editor_client, "outlet", wild).url == reverse("admin:stories_outlet_import")


def test_what_fails_on_the_way_does_nothing(editor_client, post, monkeypatch):
    seen = look(editor_client, "outlet", "slug,name,country\npost,The Meridian Post,IE\n,Coast Wire,GB\n")

    def broken(*args, **kw):
        raise RuntimeError("the database went away")

    monkeypatch.setattr("stories.services.outletedits.create_many", broken)
    with pytest.raises(RuntimeError):
        confirm(editor_client, "outlet", sure(seen))
    post.refresh_from_db()
    assert (post.country, Edit.objects.count()) == ("GB", 0)


def test_thousands_of_rows_take_few_queries(editor_client, django_assert_max_num_queries):
    body = "name,aliases,domains\n" + "".join(f"Outlet {n},the {n}th|{n} News,o{n}.example\n" for n in range(1200))
    with django_assert_max_num_queries(25):
        seen = look(editor_client, "outlet", body)
    with django_assert_max_num_queries(80):
        confirm(editor_client, "outlet", sure(seen))
    assert Outlet.objects.count() == 1200
