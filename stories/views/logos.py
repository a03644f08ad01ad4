"""Outlets' logos as pictures, each at an address of its own, so that browsers may keep them for good."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from stories.models import Logo

# So much of the digest stands in the address.
PREFIX = 16
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # Nothing in it runs, whatever a browser should take it for.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def logo(request: HttpRequest, slug: str, digest: str) -> HttpResponseBase:
    """An outlet's logo as it is now; 404 at the address of an earlier one, and where it has none."""
    if len(digest) != PREFIX:
        raise Http404("There is no such logo.")
    found = get_object_or_404(Logo, outlet__slug=slug, digest__startswith=digest)
    etag = f'"{found.digest}"'
    whole = HttpResponse(bytes(found.image), content_type="image/png", headers={**_HEADERS, "ETag": etag})
    answer = get_conditional_response(request, etag=etag, response=whole)
    if answer is None:
        raise Http404("There is no such logo.")
    for name, value in _HEADERS.items():
        answer.headers[name] = value
    return answer
