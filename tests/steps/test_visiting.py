"""Hosts and their turns, and article pages fetched by them: robots.txt, rests, one batch at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.ingest.errors import Permanent, Temporary
from stories.ingest.fetch import HttpTemporary, NotAsked, Request, Response
from stories.models import Host
from stories.services import hosts, visiting
from stories.services.visiting import Later

pytestmark = pytest.mark.django_db
PAGE = "https://paper.example/news/1"
ROBOTS = "https://paper.example/robots.txt"


def visit(now, *urls, own=False):
    requests = [Request(url, own=own) for url in urls]
    return dict(visiting.pages(requests, lambda: now))


def test_robots_txt_is_read_first_and_once_a_day(web, now):
    web.put(PAGE, "<html>news</html>")
    assert isinstance(visit(now, PAGE)[0], Response)
    assert [request.url for request in web.asked] == [ROBOTS, PAGE]
    visit(now + timedelta(hours=1), PAGE)
    assert len(web.asked_for(ROBOTS)) == 1
    visit(now + timedelta(hours=25), PAGE)
    assert len(web.asked_for(ROBOTS)) == 2


def test_a_page_that_robots_txt_forbids_is_not_asked_for(web, now):
    web.put(ROBOTS, "User-agent: *\nDisallow: /news/\n")
    web.put(PAGE, "<html>news</html>")
    other = "https://paper.example/sport/2"
    web.put(other, "<html>sport</html>")
    answers = visit(now, PAGE, other)
    assert isinstance(answers[0], Permanent)
    assert "robots.txt of paper.example" in answers[0].reason
    assert isinstance(answers[1], Response)
    assert web.asked_for(PAGE) == []


def test_pages_wait_while_robots_txt_cannot_be_read(web, now):
    web.put(ROBOTS, HttpTemporary("broken", status=500))
    web.put(PAGE, "<html>news</html>")
    answer = visit(now, PAGE)[0]
    assert isinstance(answer, Later)
    assert now < answer.at <= now + timedelta(hours=1)
    assert web.asked_for(PAGE) == []
    web.put(ROBOTS, "User-agent: *\nAllow: /\n")
    assert isinstance(visit(answer.at, PAGE)[0], Response)


def test_a_crawl_delay_spaces_the_requests_and_bounds_how_many_fit(web, now):
    web.put(ROBOTS, "User-agent: *\nCrawl-delay: 5\n")
    urls = [f"https://paper.example/news/{n}" for n in range(8)]
    for url in urls:
        web.put(url, "<html>news</html>")
    visit(now, urls[0])
    host = Host.objects.get()
    assert host.next_start_at == now + timedelta(seconds=5)
    later = now + timedelta(minutes=1)
    answers = visit(later, *urls)
    asked = [answer for answer in answers.values() if isinstance(answer, Response)]
    assert len(asked) == 2
    assert all(answer.at > later for answer in answers.values() if isinstance(answer, Later))


def test_our_own_pages_need_no_turn(web, now):
    urls = [f"http://127.0.0.1:8000/demo-world/{n}" for n in range(20)]
    for url in urls:
        web.put(url, "<html>news</html>")
    assert all(isinstance(answer, Response) for answer in visit(now, *urls, own=True).values())
    assert not Host.objects.exists()


def test_a_host_that_another_batch_holds_is_left_for_later(web, now):
    web.put(PAGE, "<html>news</html>")
    held = hosts.hold({"paper.example"}, now)
    answer = visit(now, PAGE)[0]
    assert isinstance(answer, Later)
    assert web.asked == []
    hosts.release(held, ["paper.example"], now)
    assert isinstance(visit(now + timedelta(seconds=2), PAGE)[0], Response)


def test_a_killed_batch_keeps_its_hosts_for_half_a_minute_at_most(now):
    hosts.hold({"paper.example"}, now)
    assert hosts.hold({"paper.example"}, now + timedelta(seconds=10)).turns == {}
    assert set(hosts.hold({"paper.example"}, now + timedelta(seconds=30)).turns) == {"paper.example"}


def test_a_batch_that_works_on_keeps_its_hosts(now):
    held = hosts.hold({"paper.example"}, now)
    hosts.renew(held, now + timedelta(seconds=10))
    assert hosts.hold({"paper.example"}, now + timedelta(seconds=20)).turns == {}


def test_what_a_lost_batch_heard_does_not_overwrite_the_next_ones_lease(now):
    lost = hosts.hold({"paper.example"}, now)
    later = now + timedelta(seconds=60)
    hosts.hold({"paper.example"}, later)
    hosts.release(lost, ["paper.example"], later)
    assert Host.objects.get().lease_until == later + hosts.LEASE


def test_a_page_at_a_host_that_sent_us_away_comes_later_and_the_host_rests(web, now):
    other = "https://paper.example/news/2"
    web.put(PAGE, HttpTemporary("less", status=429, retry_after_s=600))
    web.put(other, NotAsked("Not asked: a moment ago paper.example sent another request away", retry_after_s=600))
    answers = visit(now, PAGE, other)
    assert isinstance(answers[0], Temporary)
    assert isinstance(answers[1], Later)
    assert answers[1].at >= now + timedelta(seconds=600)
    again = visit(now + timedelta(minutes=1), other)[0]
    assert isinstance(again, Later)
    assert "asked us to come less often" in again.reason
