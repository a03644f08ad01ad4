"""POSTs that need no token because only our own pages may send them: for forms on pages that are kept for everybody.

A token would have to stand in the page, which is the same for all readers, and would give each of them a cookie. What
the browser says of where a request comes from can't be written by another page: `Sec-Fetch-Site`, where there is https,
else `Origin`, which every browser sends with a POST. Whoever sends neither is no browser, and is refused.
"""

from __future__ import annotations

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from stories.views.pages import View


def same_origin_only(view: View) -> View:
    """POSTs without a CSRF token, which only a page of this server may send; 403 for all others. Looking is free."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in ("GET", "HEAD") and not is_same_origin(request):
            raise PermissionDenied("This form is sent by our own pages only.")
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def is_same_origin(request: HttpRequest) -> bool:
    """Whether a browser says that a page of ours sends this."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
