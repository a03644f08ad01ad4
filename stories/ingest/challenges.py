"""Pages that tell browsers from robots: is this answer one of them, instead of what was asked for?

Two questions, since the answer's status says half of it: a refusal needs one mark of a known protection service, a page
that came as a success needs the page's own build and next to no text, for a news page may well write about captchas.
It looks at headers and the first kilobytes only, and never tries to pass such a check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# By these headers two services say it themselves.
_SAID = (("cf-mitigated", {"challenge"}), ("x-amzn-waf-action", {"challenge", "captcha"}))

# Statuses with which such pages come when they are honest about being a refusal.
_REFUSALS = frozenset({401, 403, 405, 429, 503})

# What a refusal shows when it comes from a protection service. Cloudflare's "challenge-platform" alone says nothing: a
# script of that name is put into ordinary pages too.
_REFUSAL = re.compile(
    rb"just a moment\.\.\.|attention required!|_cf_chl_opt|cf-chl-|cf-browser-verification"
    rb"|challenge-platform/[^\"']{0,80}orchestrate|captcha|datadome|_incapsula_|incapsula incident|perimeterx|_pxappid"
    rb"|access denied|are you a robot|robot or human|unusual traffic|enable javascript and cookies"
    rb"|pardon our interruption|ddos-guard|ddos protection|sucuri_cloudproxy|anubis_challenge|awswafintegration"
    rb"|bm-verify|security checkpoint",
    re.IGNORECASE,
)

# How the pages of the common services are built: all marks of one row must be there.
_BUILDS: tuple[tuple[bytes, ...], ...] = (
    (b"_cf_chl_opt",),
    (b"captcha-delivery.com", b"var dd="),
    (b"px-captcha", b"_pxappid"),
    (b"main-iframe", b"_incapsula_resource"),
    (b"incapsula incident id",),
    (b"gokuprops", b"awswafintegration"),
    (b"bm-verify=", b"http-equiv"),
    (b"sec-if-cpt-container",),
    (b"sucuri_cloudproxy_js",),
    (b"check.ddos-guard.net",),
    (b'id="anubis_challenge"',),
    (b"/_fs-ch-", b"<noscript"),
)  # fmt: skip
_TITLES = re.compile(
    rb"<title[^<>]{0,100}>\s*(?:[\w. ]{1,30} - )?"
    rb"(?:just a moment\.\.\.|attention required! \| cloudflare|are you a robot\?|robot or human\?"
    rb"|pardon our interruption\.*|human verification|client challenge|bot verification|ddos-guard"
    rb"|one moment, please\.*|verify you are human|vercel security checkpoint|making sure you(?:'|&#39;)re not a bot!?)"
    rb"\s*</title>",
    re.IGNORECASE,
)
# A check says a sentence or three; the shortest front page of the extraction benchmark says ten times as much.
_MOST_TEXT = 1200
_UNSEEN = re.compile(rb"<(script|style|svg|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>?", re.I | re.S)
_START = 64 * 1024


def refuses_robots(status: int, headers: Mapping[str, str], start: bytes) -> bool:
    """Whether a refusal comes from a protection service, not from the site itself. Header names in lower case."""
    if _said(headers):
        return True
    html = "html" in headers.get("content-type", "").lower()
    return status in _REFUSALS and html and bool(_REFUSAL.search(start))


def looks_like_challenge(headers: Mapping[str, str], start: bytes) -> bool:
    """Whether a page that came with a success status is such a check. Header names in lower case; `start`: 16 KB do.

    Strict: it must be built or named like one, and hold hardly any text that a reader sees.
    """
    if _said(headers):
        return True
    start = start[:_START].lower()
    if b"<html" not in start and b"<!doctype html" not in start:
        return False
    built = any(all(mark in start for mark in marks) for marks in _BUILDS)
    if not built and not _TITLES.search(start):
        return False
    return b"<article" not in start and len(b" ".join(_UNSEEN.sub(b" ", start).split())) <= _MOST_TEXT


def _said(headers: Mapping[str, str]) -> bool:
    return any(headers.get(name, "").lower() in words for name, words in _SAID)
