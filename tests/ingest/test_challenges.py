"""Browser checks are told from refusals of a site's own, and from news about browser checks."""

from __future__ import annotations

import time

import pytest

from stories.ingest.errors import Failure
from stories.ingest.fetch import Blocked, HttpPermanent, HttpTemporary, Policy, Request, fetch_many_blocking
from stories.ingest.replies import looks_like_challenge

from .web import FakeWeb

HTML = {"content-type": "text/html; charset=utf-8"}

CHECKS = {
    "cloudflare": b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt = "
    b"{cRay: '1'};</script><noscript>Enable JavaScript and cookies to continue</noscript></body></html>",
    "cloudflare in German": b"<html><head><title>Nur einen Moment...</title></head><body><script>window._cf_chl_opt={};</script></body></html>",
    "datadome": b"<html><head><title>news.example</title></head><body><p>Please enable JS and disable any ad blocker</p>"
    b"<script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script></body></html>",
    "human": b"<html><head><title>Access to this page has been denied</title><script>window._pxAppId = 'PX1';</script></head>"
    b"<body><div id='px-captcha'></div></body></html>",
    "imperva": b'<html><body style="margin:0"><iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=1">Request unsuccessful. '
    b"Incapsula incident ID: 1</iframe></body></html>",
    "a well-known title": b"<html><head><title>Example News - Are you a robot?</title></head><body>Press and hold.</body></html>",
    "anubis": b"<!doctype html><html><head><title>Making sure you&#39;re not a bot!</title></head><body>"
    b'<script id="anubis_challenge" type="application/json">{}</script></body></html>',
    "aws": b"<html><head><title>Human Verification</title></head><body><script>window.gokuProps = {};</script>"
    b"<script>AwsWafIntegration.checkForceRefresh()</script></body></html>",
}


@pytest.mark.parametrize("service", CHECKS)
def test_a_check_that_comes_as_a_success_is_recognised(service: str) -> None:
    assert looks_like_challenge(HTML, CHECKS[service])


@pytest.mark.parametrize("service", CHECKS)
@pytest.mark.parametrize("status", [403, 503])
def test_a_check_that_comes_as_a_refusal_is_named_blocked(web: FakeWeb, service: str, status: int) -> None:
    url = web.serve("/x", status, CHECKS[service], Content_Type="text/html", Retry_After="60")
    (answer,) = fetch_many_blocking([Request(url)], Policy("Firsthand/test", allow=web.allow))
    assert isinstance(answer, Blocked) and isinstance(answer, HttpTemporary)
    assert (answer.status, answer.retry_after_s) == (status, 60)
    assert answer.reason == f"127.0.0.1 blocked us: it answers automatic readers with a browser check (HTTP {status})"


@pytest.mark.parametrize(("name", "value"), [("cf-mitigated", "challenge"), ("x-amzn-waf-action", "captcha")])
def test_a_server_that_says_so_itself_is_believed(web: FakeWeb, name: str, value: str) -> None:
    assert looks_like_challenge({name: value}, b"")
    url = web.serve("/x", 403, b"", **{name: value})
    (answer,) = fetch_many_blocking([Request(url)], Policy("Firsthand/test", allow=web.allow))
    assert isinstance(answer, Blocked)


REFUSALS = [
    b"<html><title>Members only</title><p>Please log in.</p></html>",
    b"<html><title>403 Forbidden</title><center>nginx</center>"
    b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script></html>",
]


@pytest.mark.parametrize("page", REFUSALS)
def test_a_refusal_of_the_sites_own_is_no_check(web: FakeWeb, page: bytes) -> None:
    (answer,) = fetch_many_blocking(
        [Request(web.serve("/x", 403, page, Content_Type="text/html"))], Policy("Firsthand/test", allow=web.allow)
    )
    assert isinstance(answer, HttpPermanent)
    assert "blocked" not in answer.reason


STORY = b"<p>" + b"The minister said that the ferry would sail again in the spring, and not before. " * 40 + b"</p>"

PAGES = {
    "an article about captchas": b"<html><head><title>Are you a robot? Captchas turn 25</title></head><body>"
    + STORY
    + b"</body></html>",
    "an article with that very title": b"<html><head><title>Are you a robot?</title></head><body>"
    + STORY
    + b"</body></html>",
    "a short item about captchas": b"<html><head><title>Captcha maker bought</title></head><body><article><h1>Captcha maker bought</h1>"
    b"<p>Datadome and PerimeterX declined to comment. Access denied, said a visitor.</p></article></body></html>",
    "an article that quotes the code": b"<html><head><title>How Cloudflare checks browsers</title></head><body><article><pre>window._cf_chl_opt = {}"
    b"</pre>" + STORY + b"</article></body></html>",
    "a page behind cloudflare": b"<html><head><title>Harbour news</title></head><body>"
    + STORY
    + b"<script>var s='/cdn-cgi/challenge-platform/"
    b"scripts/jsd/main.js'</script></body></html>",
    "a page behind datadome": b"<html><head><script src='https://js.datadome.co/tags.js'></script><title>Harbour</title></head><body>short</body></html>",
    "a page with a comment form": b"<html><head><title>Harbour</title></head><body><div class='g-recaptcha'></div>short</body></html>",
    "a feed": b"<?xml version='1.0'?><rss><channel><item><title>Just a moment...</title><description>captcha, access denied</description></item></channel></rss>",
    "nothing": b"",
}


@pytest.mark.parametrize("kind", PAGES)
def test_an_ordinary_page_is_no_check(kind: str) -> None:
    assert not looks_like_challenge(HTML, PAGES[kind])


@pytest.mark.parametrize(
    "piece", [b"<", b"<title>", b"<title", b"<script>", b"<!--", b"</script", b" ", b"challenge-platform/", b"<p>a"]
)
def test_judging_takes_no_time_whatever_the_page_holds(web: FakeWeb, piece: bytes) -> None:
    page = b"<html>_cf_chl_opt " + piece * (200_000 // len(piece))
    begun = time.monotonic()
    looks_like_challenge(HTML, page)
    (answer,) = fetch_many_blocking(
        [Request(web.serve("/x", 403, page[6:16_000], Content_Type="text/html"))],
        Policy("Firsthand/test", allow=web.allow),
    )
    assert isinstance(answer, Failure)
    assert time.monotonic() - begun < 5
