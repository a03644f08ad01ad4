"""The address that hubs call (WebSub): GET confirms what we asked for, POST brings what is new.

No session, no cookies, no page: whoever does not know the address learns nothing here, not even whether it exists.
What a hub says is judged in services; this translates it into HTTP.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stories.ingest.websub import Answer
from stories.services import pushes
from stories.services import websub as service
from stories.services.pushes import Receipt

_CHUNK = 64 * 1024
# A push with a wrong signature is acknowledged like a good one: nobody can try out signatures here.
_STATUS = {
    Receipt.TAKEN: 202,
    Receipt.REFUSED: 202,
    Receipt.UNKNOWN: 404,
    Receipt.ENDED: 410,
    Receipt.FULL: 503,
    Receipt.TOO_LARGE: 413,
}
# The workers keep dozens of pushes in that time.
_COME_BACK_S = "120"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def websub(request: HttpRequest, token: str) -> HttpResponse:
    """A hub's call: its question or its news."""
    return _news(request, token) if request.method == "POST" else _question(request, token)


def _question(request: HttpRequest, token: str) -> HttpResponse:
    params = {name: request.GET.get(name, "") for name in request.GET}
    verdict = service.answer_hub(token, params, timezone.now())
    return _plain(verdict.challenge, 404 if verdict.answer == Answer.REFUSE else 200)


def _news(request: HttpRequest, token: str) -> HttpResponse:
    try:
        receipt = pushes.receive(
            token,
            lambda: _body(request, pushes.MAX_BYTES),
            signature=request.headers.get("X-Hub-Signature", ""),
            content_type=request.headers.get("Content-Type", ""),
            now=timezone.now(),
        )
    except OSError:
        # The hub hung up half-way.
        return _plain("", 400)
    response = _plain("", _STATUS[receipt])
    if receipt == Receipt.FULL:
        response["Retry-After"] = _COME_BACK_S
    return response


def _body(request: HttpRequest, limit: int) -> bytes | None:
    """The body, or None for one over the limit, of which no more than the limit is read.

    Hubs may send in chunks, without a length: Django takes that for no body, so the server's own stream is read then.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > limit:
        return None
    chunked = not length and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if chunked else request
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return None
    return b"".join(pieces)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
