"""A person's hours: quiet hours, time zone and language are kept, what waits moves, and pages show times in the zone."""

from __future__ import annotations

import html
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from stories.selectors import zones
from tests import factories, followed
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(hours=2)
SENT = {"quiet_from": "", "quiet_to": "", "time_zone": "", "language": ""}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(reader_client) -> Client:
    return reader_client


def test_hours_are_kept(client, reader):
    sent = {"quiet_from": "22:30", "quiet_to": "06:45", "time_zone": "Asia/Kolkata", "language": "de"}
    response = client.post("/ways/hours/", sent)
    assert response["Location"] == "/ways/hours/"
    reader.refresh_from_db()
    assert (reader.quiet_from, reader.quiet_to) == (time(22, 30), time(6, 45))
    assert (reader.time_zone, reader.language) == ("Asia/Kolkata", "de")
    page = client.get("/ways/hours/").content.decode()
    assert 'value="22:30"' in page
    assert '<option value="Asia/Kolkata" selected>Kolkata (UTC+05:30)</option>' in page
    client.post("/ways/hours/", SENT)
    reader.refresh_from_db()
    assert (reader.quiet_from, reader.quiet_to, reader.time_zone, reader.language) == (None, None, "", "")


def test_what_waits_is_due_by_the_new_hours(client, reader):
    way = followed.channel(reader, pace="daily", digest_at=time(7, 30))
    waiting = followed.delivery(followed.alert(reader, factories.story()), way, due_at=NOW + timedelta(hours=9))
    client.post("/ways/hours/", SENT | {"time_zone": "America/New_York"})
    waiting.refresh_from_db()
    assert waiting.due_at == datetime(2026, 3, 4, 12, 30, tzinfo=UTC), "half past seven in New York"
    way.pace = "now"
    way.save()
    sent = {"quiet_from": "05:00", "quiet_to": "09:00", "time_zone": "America/New_York"}
    client.post("/ways/hours/", SENT | sent)
    waiting.refresh_from_db()
    assert waiting.due_at == datetime(2026, 3, 4, 14, 0, tzinfo=UTC), "when quiet hours end there"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"quiet_from": "22:00"}, "Give both times, or neither."),
        ({"quiet_to": "6:00"}, "Give both times, or neither."),
        ({"quiet_from": "6:00", "quiet_to": "06:00"}, "would keep back all or nothing"),
        ({"quiet_from": "ten", "quiet_to": "6:00"}, "That is no time of day"),
        ({"time_zone": "Middle/Earth"}, "This server knows no such time zone."),
        ({"time_zone": "../../etc/passwd"}, "This server knows no such time zone."),
        ({"language": "xx"}, "Alerts are not written in this language."),
    ],
)
def test_wrong_hours_change_nothing(client, reader, wrong, words):
    response = client.post("/ways/hours/", SENT | wrong)
    assert response.status_code == 422
    assert words in html.unescape(response.content.decode())
    reader.refresh_from_db()
    assert (reader.quiet_from, reader.time_zone) == (None, "")


def test_an_empty_post_is_kept_as_nothing(client):
    assert client.post("/ways/hours/", {}).status_code == 302


def test_pages_show_times_in_the_zone_of_who_is_signed_in(client, reader):
    article = factories.article(first_seen_at=MORNING)
    address = f"/article/{article.pk}/"
    for visitor in (client, Client()):
        page = visitor.get(address).content.decode()
        assert 'datetime="2026-03-04T09:00:00+00:00"' in page
        assert "All times are UTC." in page
    reader.time_zone = "Asia/Kolkata"
    reader.save()
    page = client.get(address).content.decode()
    assert 'datetime="2026-03-04T14:30:00+05:30"' in page
    assert "All times are Asia/Kolkata (UTC+0530)." in page
    assert 'datetime="2026-03-04T09:00:00+00:00"' in Client().get(address).content.decode(), "not in another's"


def test_a_zone_that_is_none_any_more_breaks_nothing(client, reader):
    reader.time_zone = "Middle/Earth"
    reader.save()
    assert "All times are UTC." in client.get("/ways/hours/").content.decode()


def test_who_has_no_session_stays_nobody():
    assert "Cookie" not in Client().get("/service-worker.js").get("Vary", ""), "its answer may be kept for everybody"


def test_a_zone_of_ones_own_can_be_chosen_although_it_is_not_a_common_one(client, reader):
    reader.time_zone = "Etc/GMT+5"
    reader.save()
    assert '<option value="Etc/GMT+5" selected>' in client.get("/ways/hours/").content.decode()


def test_common_zones_are_by_region_and_place():
    groups = dict(zones.choices(datetime(2026, 7, 1, tzinfo=UTC)))
    assert ("Europe/Berlin", "Berlin (UTC+02:00)") in groups["Europe"]
    assert ("Asia/Kathmandu", "Kathmandu (UTC+05:45)") in groups["Asia"]
    names = [label for _key, label in groups["Europe"]]
    assert names == sorted(names, key=str.casefold)
    keys = [key for rows in groups.values() for key, _label in rows]
    assert len(keys) == len(set(keys)) > 300
    assert all(ZoneInfo(key) for key in keys)
