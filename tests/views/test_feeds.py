"""The feeds page: what everybody sees there, and what editors do to its rows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from stories.models import Feed, Host, Outlet, PollResult, Subscription
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_feed_says_how_it_fares_and_why_it_is_polled_when(client, page):
    factories.feed(
        outlet=factories.outlet(name="Valley News"),
        title="Valley News, sport",
        last_result=PollResult.TEMPORARY,
        last_status=503,
        last_error="The server asked us to wait for two hours.",
        failures=4,
        next_poll_at=NOW + timedelta(hours=2),
        next_poll_reason="backing off after 4 failures in a row",
    )
    text = page(client, "/feeds/")
    for part in (
        "temporary failure",
        "HTTP 503",
        "The server asked us to wait for two hours.",
        "4 failures in a row; no good poll yet",
        "in 2 hours",
        "backing off after 4 failures in a row",
        'href="?show=failing">1 failing</a>',
    ):
        assert part in text


def test_a_feed_that_is_due_says_so(client, page):
    factories.feed(next_poll_at=NOW - timedelta(seconds=3), last_polled_at=None, last_result=PollResult.NEVER)
    text = page(client, "/feeds/")
    assert "due now" in text
    assert "not polled yet" in text
    assert "HTTP" not in text.partition("<tbody>")[2].replace("HTTP 200", "")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Fine", "Broken", "Resting"}),
        ("?show=failing", {"Broken"}),
        ("?show=paused", {"Resting"}),
        ("?show=nonsense", {"Fine", "Broken", "Resting"}),
        ("?q=FINE", {"Fine"}),
        ("?q=resting.example", {"Resting"}),
        ("?show=failing&q=fine", set()),
        ("?q=%00", {"Fine", "Broken", "Resting"}),
    ],
)
def test_feeds_can_be_narrowed(client, page, query, names):
    factories.feed(outlet=factories.outlet(name="Fine"))
    factories.feed(outlet=factories.outlet(name="Broken"), last_result=PollResult.PERMANENT)
    factories.feed(
        outlet=factories.outlet(name="Resting"),
        url="https://resting.example/f",
        active=False,
        last_result=PollResult.PERMANENT,
    )
    table = page(client, f"/feeds/{query}").partition("<tbody>")[2]
    assert {name for name in ("Fine", "Broken", "Resting") if f">{name}</a></p>" in table} == names


STATES = {
    "fine": {"last_result": PollResult.UNCHANGED},
    "temporary": {"last_result": PollResult.TEMPORARY, "failures": 2},
    "permanent": {"last_result": PollResult.PERMANENT, "failures": 29},
    "blocked": {"last_result": PollResult.BLOCKED},
    "gone": {"last_result": PollResult.GONE, "gone_since": MORNING},
    "weekly": {"last_result": PollResult.BLOCKED, "failures": 30},
    "empty": {"last_result": PollResult.EMPTY},
    "never": {"last_result": PollResult.NEVER, "last_polled_at": None, "last_status": None},
    "due": {"next_poll_at": NOW - timedelta(minutes=2)},
    "late": {"next_poll_at": NOW - timedelta(minutes=2, seconds=1)},
    "leased": {"next_poll_at": NOW - timedelta(minutes=9), "lease_until": NOW + timedelta(seconds=9)},
    "resting": {"url": "https://resting.example/f"},
    "pushed": {"last_result": PollResult.NOT_MODIFIED},
    "paused": {"active": False, "last_result": PollResult.TEMPORARY, "failures": 40},
    "stopped": {"active": False, "last_result": PollResult.GONE, "stopped_reason": "It is gone (410)."},
}


@pytest.fixture
def every_state():
    """A feed in each state, by the name of the state."""
    feeds = {name: factories.feed(title=f"the {name} one", **fields) for name, fields in STATES.items()}
    Host.objects.create(name="resting.example", rest_until=NOW + timedelta(hours=2), rest_reason="It asked for less.")
    Host.objects.create(name="outlet.example", rest_until=NOW - timedelta(hours=2), rest_reason="Long ago.")
    Subscription.objects.create(feed=feeds["pushed"], hub="https://hub.example/", topic="x", token="t", state="active")
    Subscription.objects.create(feed=feeds["fine"], hub="https://hub.example/", topic="x", token="u", state="denied")
    return feeds


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("all", set(STATES)),
        ("fine", {"fine", "due", "late", "leased", "resting", "pushed"}),
        ("failing", {"temporary", "permanent", "blocked", "gone", "weekly"}),
        ("temporary", {"temporary"}),
        ("permanent", {"permanent"}),
        ("blocked", {"blocked", "weekly"}),
        ("gone", {"gone"}),
        ("weekly", {"weekly"}),
        ("empty", {"empty"}),
        ("never", {"never"}),
        ("due", {"due", "late"}),
        ("late", {"late"}),
        ("resting", {"resting"}),
        ("pushed", {"pushed"}),
        ("paused", {"paused"}),
        ("stopped", {"stopped"}),
    ],
)
def test_each_filter_shows_its_feeds_and_counts_them(client, page, every_state, show, names):
    text = page(client, f"/feeds/?show={show}")
    table = text.partition("<tbody>")[2]
    assert {name for name in STATES if f"the {name} one</a>" in table} == names
    current = text.partition('aria-current="true">')[2].partition("</a>")[0]
    assert current.endswith(f"<b>{len(names)}</b>")


def test_the_first_sentence_counts_every_feed_once(client, page, every_state):
    big = page(client, "/feeds/").partition('<p class="big">')[2].partition("</p>")[0]
    numbers = [
        int(piece.partition(" ")[0]) for piece in re.sub(r" \(.*?\)", "", re.sub("<[^>]+>", "", big))[10:].split(", ")
    ]
    words = re.sub("<[^>]+>", "", big)
    assert words == (
        "15 feeds: 6 fine, 1 empty, 1 not polled yet, 5 failing (2 blocked, 1 said to be gone, 1 asked weekly), "
        "1 paused, 1 stopped."
    )
    assert sum(numbers) == 15


def test_the_gauge_tells_what_overdue_feeds_wait_for(client, page):
    late = {"next_poll_at": NOW - timedelta(minutes=14)}
    factories.feed(next_poll_at=NOW - timedelta(minutes=18), url="https://resting.example/1")
    factories.feed(**late, turn_at=NOW + timedelta(seconds=5), url="https://resting.example/2")
    factories.feed(**late, turn_at=NOW + timedelta(seconds=5))
    factories.feed(**late, turn_at=NOW - timedelta(seconds=5))
    factories.feed(**late, active=False)
    Host.objects.create(name="resting.example", rest_until=NOW + timedelta(minutes=1))
    gauge = words(page(client, "/feeds/").partition("Due but not fetched")[2].partition("</div>")[0])
    assert "4 feeds the first since 9:02, 18 minutes ago." in gauge
    assert "2 wait until their hosts have rested; 1 waits for its host’s turn; 1 waits for a worker." in gauge


def test_the_gauge_is_empty_where_nothing_waits(client, page):
    factories.feed(next_poll_at=NOW - timedelta(seconds=100))
    gauge = words(page(client, "/feeds/").partition("Due but not fetched")[2].partition("</div>")[0])
    assert gauge == "none for more than 2 min"


def test_quiet_outlets_are_counted_and_linked(client, page):
    factories.feed()
    assert "show=quiet" not in page(client, "/feeds/")
    factories.outlet(quiet_since=NOW)
    assert 'href="/outlets/?show=quiet">1 outlet</a>' in page(client, "/feeds/")


def test_a_row_tells_why_its_feed_waits(client, page):
    factories.feed(url="https://resting.example/f", next_poll_at=NOW - timedelta(minutes=1))
    Host.objects.create(
        name="resting.example", rest_until=NOW + timedelta(hours=1), rest_reason="resting.example asked for less."
    )
    assert "its host rests until then: resting.example asked for less." in page(client, "/feeds/")
    Host.objects.all().delete()
    Feed.objects.update(turn_at=NOW + timedelta(seconds=3))
    assert "due, waits for its turn at resting.example" in page(client, "/feeds/")
    Feed.objects.update(turn_at=None, lease_until=NOW + timedelta(seconds=3))
    assert "being polled now" in page(client, "/feeds/")


def test_a_stopped_feed_says_why(client, page):
    factories.feed(active=False, last_result=PollResult.GONE, stopped_reason="Twice a day apart it said 410.")
    text = page(client, "/feeds/")
    assert ">stopped</span>" in text
    assert "Twice a day apart it said 410." in text


def test_a_search_narrows_the_counts_but_not_the_sentence(client, page):
    factories.feed(outlet=factories.outlet(name="Coast Wire"))
    factories.feed(outlet=factories.outlet(name="Coast Mirror"), last_result=PollResult.BLOCKED)
    factories.feed()
    text = page(client, "/feeds/?q=coast")
    assert "Failing <b>1</b>" in text
    assert "All <b>2</b>" in text
    assert "3 feeds:" in text


def test_five_hundred_feeds_are_paged_with_bounded_queries(client, page, django_assert_max_num_queries):
    outlet = factories.outlet()
    for n in range(500):
        factories.feed(outlet=outlet, url=f"https://outlet.example/{n:03}")
    with django_assert_max_num_queries(4):
        text = page(client, "/feeds/?show=all")
    assert "500 feeds: all fine." in text
    assert "Page 1 of 10" in text
    assert "?show=all&amp;page=2" in text
    assert "/499<" in page(client, "/feeds/?page=10")


def test_readers_see_no_buttons(client, reader_client, page):
    factories.feed()
    for one in (client, reader_client):
        text = page(one, "/feeds/")
        assert "Poll now" not in text
        assert 'action="/feeds/add/"' not in text


def test_no_feeds_yet(client, editor_client, page):
    assert "There are no feeds yet." in page(client, "/feeds/")
    assert 'action="/feeds/add/"' in page(editor_client, "/feeds/")


def test_an_editor_polls_now(editor_client):
    feed = factories.feed()
    response = editor_client.post(f"/feeds/{feed.pk}/poll/", {"next": "/feeds/?show=failing"}, follow=True)
    feed.refresh_from_db()
    assert feed.next_poll_at == NOW
    assert response.redirect_chain == [("/feeds/?show=failing", 302)]
    assert "is polled within a few seconds" in response.content.decode()


def test_a_host_at_rest_is_left_to_rest(editor_client):
    feed = factories.feed(title="World")
    Host.objects.create(name="outlet.example", rest_until=NOW + timedelta(minutes=10), rest_reason="It asked for less.")
    response = editor_client.post(f"/feeds/{feed.pk}/poll/", follow=True)
    assert "World is polled when outlet.example no longer rests, at 9:30." in response.content.decode()


def test_all_that_is_shown_is_polled_in_one_statement(editor_client, every_state, django_assert_max_num_queries):
    before = set(Feed.objects.filter(next_poll_at=NOW).values_list("pk", flat=True))
    # The first request of a session is noted in the list of sessions.
    editor_client.get("/feeds/?show=failing")
    with django_assert_max_num_queries(8):
        response = editor_client.post("/feeds/poll/", {"show": "failing", "q": "the"})
    assert response.url == "/feeds/?show=failing&q=the"
    assert "5 feeds asked for" in editor_client.get(response.url).content.decode()
    asked = set(Feed.objects.filter(next_poll_reason="asked for by an editor").values_list("pk", flat=True))
    assert asked == {every_state[name].pk for name in ("temporary", "permanent", "blocked", "gone", "weekly")}
    assert set(Feed.objects.filter(next_poll_at=NOW).values_list("pk", flat=True)) == before | asked


def test_paused_and_stopped_feeds_are_taken_up_only_if_said(editor_client, every_state):
    text = editor_client.get("/feeds/?show=stopped").content.decode()
    assert "take up again the 1 feed among them that is paused or stopped" in text
    response = editor_client.post("/feeds/poll/", {"show": "stopped"}, follow=True)
    assert "No feed was asked for" in response.content.decode()
    assert not Feed.objects.get(pk=every_state["stopped"].pk).active
    editor_client.post("/feeds/poll/", {"show": "stopped", "take_up": "1"})
    feed = Feed.objects.get(pk=every_state["stopped"].pk)
    assert (feed.active, feed.stopped_reason, feed.gone_since) == (True, "", None)
    assert not Feed.objects.get(pk=every_state["paused"].pk).active


@pytest.mark.parametrize("data", [{"show": "nonsense"}, {}, {"show": "all", "q": " "}])
def test_an_unknown_filter_means_all(editor_client, every_state, data):
    editor_client.post("/feeds/poll/", data)
    assert Feed.objects.filter(next_poll_reason="asked for by an editor").count() == len(STATES) - 2


def test_pause_and_resume(editor_client, page):
    feed = factories.feed()
    editor_client.post(f"/feeds/{feed.pk}/active/", {"active": "0"})
    feed.refresh_from_db()
    assert not feed.active
    text = page(editor_client, "/feeds/")
    assert "Resume" in text
    assert "Poll now" not in text
    editor_client.post(f"/feeds/{feed.pk}/active/", {"active": "1"})
    feed.refresh_from_db()
    assert feed.active


def test_htmx_gets_the_row_alone(editor_client):
    feed = factories.feed()
    response = editor_client.post(f"/feeds/{feed.pk}/poll/", headers={"HX-Request": "true"})
    text = response.content.decode().strip()
    assert response.status_code == 200
    assert text.startswith("<tr")
    assert "is polled within a few seconds" in text
    assert "asked for by an editor" in text


def test_the_way_back_stays_on_this_server(editor_client):
    feed = factories.feed()
    response = editor_client.post(f"/feeds/{feed.pk}/poll/", {"next": "https://elsewhere.example/"})
    assert response.url == "/feeds/"


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/add/",
        "/feeds/take/",
        "/feeds/import/",
        "/feeds/known/",
        "/feeds/poll/",
        "/feeds/{}/poll/",
        "/feeds/{}/active/",
    ],
)
def test_only_editors_act_and_only_by_post(client, reader_client, editor_client, address):
    address = address.format(factories.feed().pk)
    assert client.post(address).url.startswith("/accounts/login/")
    refused = reader_client.post(address)
    assert refused.status_code == 403
    assert "You may not do this." in refused.content.decode()
    assert editor_client.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor_client.cookies
    unmarked = strict.post(address)
    assert unmarked.status_code == 403
    assert "This form was not accepted." in unmarked.content.decode()


def test_the_known_outlets_are_loaded_once(editor_client):
    first = editor_client.post("/feeds/known/", {"next": "/feeds/"}, follow=True).content.decode()
    count = Outlet.objects.count()
    assert count > 40
    assert f"{count} outlets and {Feed.objects.count()} feeds added." in first
    editor_client.post("/feeds/known/")
    assert Outlet.objects.count() == count


def words(html: str) -> str:
    """What a person reads of a piece of a page."""
    return " ".join(re.sub("<[^>]+>", " ", html).split()).replace(" ,", ",").replace(" .", ".")
