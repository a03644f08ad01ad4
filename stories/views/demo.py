"""The demo world's feeds and pages, and the button that starts it. Off unless DEMO_WORLD is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stories.demo import world
from stories.ingest.errors import Failure
from stories.services import demo as demo_service
from stories.templatetags.firsthand import english
from stories.views.pages import editors_only

# When nothing more will happen in the world, its feeds ask to be left alone, even by a poller with a fixed interval.
OVER = timedelta(minutes=5)


@require_safe
@csp_update({"style-src": [world.style_hash()]})  # type: ignore[arg-type]  # typed for views without arguments
def serve(request: HttpRequest, start: int, path: str) -> HttpResponse:
    """A feed or a page of the world that began at `start` (Unix seconds), as of now."""
    if not settings.DEMO_WORLD:
        raise Http404
    began = datetime.fromtimestamp(start, tz=UTC)
    base = request.build_absolute_uri(f"/demo-world/{start}")
    outlet, _, rest = path.partition("/")
    if rest == "feed.xml":
        return _feed(request, outlet, began, base)
    if rest == "":
        page = world.home(outlet, start=began, base_url=base, now=timezone.now())
    else:
        page = world.page(outlet, rest.removesuffix(".html"), start=began, base_url=base, now=timezone.now())
    if page is None:
        raise Http404
    return HttpResponse(page.body, status=page.status)


def _feed(request: HttpRequest, outlet: str, began: datetime, base: str) -> HttpResponse:
    """A feed with its validators; 304 when the poller holds the present one."""
    now = timezone.now()
    feed = world.feed(outlet, start=began, base_url=base, now=now)
    if feed is None:
        raise Http404
    headers = {"ETag": feed.etag, "Last-Modified": http_date(feed.last_modified.timestamp())}
    if now - began > OVER:
        headers["Retry-After"] = "86400"
    if request.headers.get("If-None-Match") == feed.etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(feed.body, content_type="application/rss+xml; charset=utf-8", headers=headers)


@editors_only
def start(request: HttpRequest) -> HttpResponse:
    """Begin the demo world anew, at an editor's wish."""
    try:
        feeds = demo_service.start(timezone.now())
    except Failure as failure:
        messages.error(request, english(failure.reason))
    else:
        said = gettext("The demo world has begun: %(count)s invented outlets. First stories in a minute.")
        messages.success(request, said % {"count": len(feeds)})
    return redirect("front")
