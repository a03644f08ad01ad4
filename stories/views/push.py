"""What a browser needs to be told by pushes: the service worker, the manifest, its subscription, the offline page.

Script asks here, so that what goes wrong is answered in JSON: {"error": a sentence}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stories.channels import vapid
from stories.models import User
from stories.services import ways as service
from stories.views.pages import page

_WORKER = Path(__file__).resolve().parent.parent / "static" / "stories" / "service-worker.js"
# A subscription has three short values and one address; browsers' are below one kilobyte.
_MOST_BYTES = 8192
# What a browser calls itself holds the names of those that it descends from: the first that fits is the right one.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)

JsonView = Callable[[HttpRequest, User], HttpResponse]


@cache_control(no_cache=True)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, with the addresses that it works with above it. It may hold all pages: it lies at the root."""
    story = reverse("story_short", args=[0]).partition("0/")[0]
    addresses = {
        "offline": reverse("offline"),
        "alerts": reverse("alerts"),
        "kept": [story, reverse("alerts")],
        "leaving": [reverse(name) for name in ("account_logout", "account_delete", "admin:logout")],
        "subscribe": reverse("push_subscribe"),
        "parts": settings.STATIC_URL,
        "icon": static("stories/icon-192.png"),
    }
    text = f"const ADDRESSES = {json.dumps(addresses)};\n{_worker(_WORKER.stat().st_mtime_ns)}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@cache_control(max_age=3600)
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What the site is called and looks like where it is put beside the apps of a machine."""
    said = {
        "name": "Firsthand",
        "short_name": "Firsthand",
        "description": gettext("Who had a news story first-hand, who repeats whom, and what each report rests on."),
        "id": reverse("front"),
        "start_url": reverse("front"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fbfaf6",
        "theme_color": "#0b5a68",
        "icons": [
            {"src": static("stories/icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            {"src": static("stories/icon-192.png"), "type": "image/png", "sizes": "192x192"},
            {"src": static("stories/icon-512.png"), "type": "image/png", "sizes": "512x512"},
        ],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows where there is no network: it fetches this beforehand, in nobody's name."""
    return page(request, "stories/way_offline.html", {})


def _for_script(view: JsonView) -> Callable[[HttpRequest], HttpResponse]:
    """A view for script: who is not signed in and what was refused are answered in JSON."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return JsonResponse({"error": gettext("Sign in first.")}, status=401)
        try:
            return view(request, user)
        except service.Refused as refusal:
            return JsonResponse({"error": refusal.reason}, status=422)

    return guarded


@never_cache
@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@_for_script
def subscribe(request: HttpRequest, user: User) -> HttpResponse:
    """GET: the key that subscriptions are made for. POST {"subscription", "instead"}: take one. DELETE {"endpoint"}.

    `instead` is the endpoint that the browser had before; the way keeps its settings.
    """
    if request.method in ("GET", "HEAD"):
        return JsonResponse({"key": vapid.public_key(), "csrf": get_token(request)})
    given, now = _body(request), timezone.now()
    if request.method == "DELETE":
        service.remove_push(user, str(given.get("endpoint", "")))
        messages.success(request, gettext("Alerts no longer appear in this browser."))
        return JsonResponse({})
    subscription = given.get("subscription")
    if not isinstance(subscription, Mapping):
        raise service.Refused(gettext("There is no subscription in what the browser sent."))
    instead = given.get("instead") or ""
    made = service.add_push(
        user, subscription, _name(request), now, instead=instead if isinstance(instead, str) else ""
    )
    if not instead:
        messages.success(request, gettext("Alerts appear in this browser from now on. Try it out."))
    return JsonResponse({"way": reverse("way", args=[made.pk])})


def _body(request: HttpRequest) -> Mapping[str, Any]:
    """The JSON object that script sent. Raises Refused for anything else."""
    unclear = gettext("What the browser sent can’t be read.")
    if len(request.body) > _MOST_BYTES:
        raise service.Refused(unclear)
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        raise service.Refused(unclear) from None
    if not isinstance(given, dict):
        raise service.Refused(unclear)
    return given


def _name(request: HttpRequest) -> str:
    """What to call the browser: "Firefox on Windows"."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}/", agent)), gettext("Browser"))
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


@lru_cache(maxsize=1)
def _worker(changed: int) -> str:
    """The worker's text, as of a change of its file."""
    return _WORKER.read_text("utf-8")
