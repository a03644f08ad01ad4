"""The operator's commands: what they do and what they say to bad input."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from stories.models import Feed, Outlet

pytestmark = pytest.mark.django_db


def test_import_opml_counts_what_it_did(tmp_path, capsys):
    file = tmp_path / "mine.opml"
    file.write_text('<opml version="2.0"><body><outline text="A" xmlUrl="https://example.org/rss"/></body></opml>')
    call_command("import_opml", str(file))
    assert "1 feeds added" in capsys.readouterr().out
    assert Feed.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"not xml at all", b"<rss/>", b"\x00\xff"])
def test_import_opml_refuses_what_is_not_opml_in_one_line(tmp_path, body):
    file = tmp_path / "mine.opml"
    file.write_bytes(body)
    with pytest.raises(CommandError, match="OPML") as error:
        call_command("import_opml", str(file))
    assert "\n" not in str(error.value)


def test_import_opml_names_a_missing_file(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_opml", str(tmp_path / "none.opml"))


def test_seed_and_demo(settings, capsys):
    settings.DEMO_WORLD = True
    call_command("seed")
    call_command("demo")
    assert Outlet.objects.filter(demo=True).exists()
    call_command("demo", "--remove")
    assert not Outlet.objects.filter(demo=True).exists()
    assert "removed" in capsys.readouterr().out


def test_demo_says_where_it_is_switched_off(settings):
    settings.DEMO_WORLD = False
    with pytest.raises(CommandError, match="switched off"):
        call_command("demo")
