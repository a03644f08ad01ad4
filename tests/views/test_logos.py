"""Outlets' logos: uploaded at the desk, shown to readers, and at an address that browsers may keep."""

from __future__ import annotations

import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from stories.models import Logo
from tests import factories

pytestmark = pytest.mark.django_db


def picture(colour=(200, 30, 40), size=(300, 150), form="PNG", name="logo.png", kind="image/png"):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return SimpleUploadedFile(name, out.getvalue(), kind)


@pytest.fixture
def outlet():
    return factories.outlet(name="The Skarv Courier")


def put(client, outlet, upload, status=302):
    response = client.post(reverse("admin:stories_outlet_logo", args=[outlet.pk]), {"logo": upload} if upload else {})
    assert response.status_code == status
    return response.content.decode()


def address(outlet):
    return reverse("outlet_logo", args=[outlet.slug, Logo.objects.get(outlet=outlet).digest[:16]])


def test_a_logo_is_set_and_shown_and_taken_away(editor_client, client, outlet, page):
    put(editor_client, outlet, picture())
    logo = Logo.objects.get()
    assert (logo.width, logo.height) == (256, 128)
    for where in (outlet.get_absolute_url(), "/outlets/"):
        text = page(client, where)
        assert f'<img src="{address(outlet)}" width="256" height="128" alt=""' in text
    desk = page(editor_client, reverse("admin:stories_outlet_change", args=[outlet.pk]))
    assert 'alt="Logo of The Skarv Courier"' in desk
    assert address(outlet) in page(editor_client, reverse("admin:stories_outlet_changelist"))
    was = address(outlet)
    editor_client.post(reverse("admin:stories_outlet_logo", args=[outlet.pk]), {"remove": "1"})
    assert not Logo.objects.exists()
    assert client.get(was).status_code == 404
    assert "logo-" not in page(client, outlet.get_absolute_url())
    said = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert said == ["Logo set.", "Logo removed."]
    history = page(editor_client, reverse("admin:stories_outlet_history", args=[outlet.pk]))
    assert "Logo set." in history


def test_it_is_served_as_a_picture_and_nothing_else(editor_client, client, outlet):
    put(editor_client, outlet, picture())
    answer = client.get(address(outlet))
    assert answer.content.startswith(b"\x89PNG")
    headers = answer.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    again = client.get(address(outlet), headers={"If-None-Match": headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(address(outlet), headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.head(address(outlet)).status_code == 200
    assert client.post(address(outlet)).status_code == 405


def test_another_logo_has_another_address(editor_client, client, outlet):
    put(editor_client, outlet, picture())
    was = address(outlet)
    put(editor_client, outlet, picture())
    assert address(outlet) == was
    assert LogEntry.objects.count() == 1, "the same picture changes nothing"
    put(editor_client, outlet, picture((1, 2, 3)))
    assert address(outlet) != was
    assert client.get(was).status_code == 404
    assert client.get(was.replace("logo-", "logo-0")).status_code == 404
    assert client.get(reverse("outlet_logo", args=["nobody", "0" * 16])).status_code == 404
    assert client.get(reverse("outlet_logo", args=[outlet.slug, "%"])).status_code == 404


def test_what_it_is_its_content_says(editor_client, outlet):
    put(editor_client, outlet, picture(form="JPEG", name="page.html", kind="text/html"))
    assert Logo.objects.exists()
    Logo.objects.all().delete()
    svg = SimpleUploadedFile("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/png")
    text = put(editor_client, outlet, svg, 422)
    assert "This is no picture in PNG, JPEG, WebP or GIF." in text
    assert 'aria-invalid="true"' in text
    assert not Logo.objects.exists()


def test_what_is_missing_empty_or_too_large_is_said(editor_client, outlet, settings):
    assert "Choose a picture." in put(editor_client, outlet, None, 422)
    assert "This file is empty." in put(editor_client, outlet, SimpleUploadedFile("a.png", b""), 422)
    large = SimpleUploadedFile("a.png", picture().read() + b"\0" * settings.LOGO_BYTES)
    assert "larger than 1 MB" in put(editor_client, outlet, large, 422)
    assert not Logo.objects.exists()


def test_only_editors_set_logos(client, reader_client, outlet):
    where = reverse("admin:stories_outlet_logo", args=[outlet.pk])
    for one in (client, reader_client):
        assert one.post(where, {"logo": picture()}).status_code in (302, 403)
    assert not Logo.objects.exists()


def test_a_logo_needs_the_forms_token(outlet):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.editor())
    where = reverse("admin:stories_outlet_logo", args=[outlet.pk])
    assert strict.post(where, {"logo": picture()}).status_code == 403
    assert strict.get(where).status_code == 405


def test_the_list_reads_no_picture(client, editor_client, outlet, django_assert_max_num_queries):
    put(editor_client, outlet, picture())
    for n in range(6):
        put(editor_client, factories.outlet(), picture((n, n, n)))
    with django_assert_max_num_queries(8) as queries:
        client.get("/outlets/")
    assert not any('"image"' in query["sql"] for query in queries.captured_queries)
