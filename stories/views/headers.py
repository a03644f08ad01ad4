"""What every answer of this server says of itself to browsers, files and faults included. Decides nothing about people.

Only headers that are the same everywhere are here; Content-Security-Policy, HSTS, nosniff, the referrer policy and COOP
come from the middleware of django-csp and of Django.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

# What no page of ours uses is switched off, for whatever should ever run in one. Passkeys are ours alone. Only names
# that Chromium knows: others are complained of in its console.
_OFF = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("picture-in-picture", "screen-wake-lock", "serial", "usb", "window-management", "xr-spatial-tracking"),
)
_OURS = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _OFF), *(f"{name}=(self)" for name in _OURS)])

HEADERS = {
    # No page elsewhere may load anything of ours as its picture, script or style. The API and the Atom feeds are no
    # exception: programs and feed readers don't look at this header, and browsers check it only for such loads.
    "Cross-Origin-Resource-Policy": "same-origin",
    # Our pages load nothing from elsewhere, so that nothing is kept out by this; it gives them a process of their own.
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": PERMISSIONS,
}


# allauth's pages: addresses, factors, sessions. Only some of them say so themselves.
KEPT_BY_NOBODY = "/accounts/"


class HeadersMiddleware:
    """Stands before all others, so that redirects to https and static files have these headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the headers that a view has not set otherwise."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(KEPT_BY_NOBODY):
            add_never_cache_headers(response)
        return response
