"""What a server's answer or silence means, in a sentence: statuses, connection errors, validators, Retry-After.

Pure: it looks at statuses, headers, exceptions and opens nothing. The sentences are stored and shown to operators,
so they name the host and never a whole URL, which may carry a password.
"""

from __future__ import annotations

import email.utils
import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp

from .challenges import looks_like_challenge, refuses_robots
from .errors import Failure, Permanent, Temporary
from .guard import AddressRefusedError

__all__ = [
    "Blocked",
    "HttpPermanent",
    "HttpTemporary",
    "connection_failure",
    "kept_headers",
    "looks_like_challenge",
    "retry_after_s",
    "status_failure",
    "validator",
]

# Only what the poller and the parser use is kept and stored.
KEPT_HEADERS = frozenset(
    {
        "age", "cache-control", "cf-mitigated", "content-language", "content-type", "date", "etag", "expires",
        "last-modified", "link", "retry-after", "x-amzn-waf-action", "x-robots-tag",
    }
)  # fmt: skip
# A validator longer than this is not worth storing; it is dropped, never cut, since a cut one would be invented.
MAX_VALIDATOR = 1000
MAX_HEADER = 4000

# 421 and 425 ask for another try, 408 and 429 are about this moment; every other 4xx is about the address.
_TEMPORARY_STATUSES = frozenset({408, 421, 425, 429})


class HttpTemporary(Temporary):
    """A temporary failure that came as an HTTP status."""

    def __init__(self, reason: str, *, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(reason, retry_after_s=retry_after_s)
        self.status = status


class Blocked(HttpTemporary):
    """The site answers with a page that tells browsers from robots, and takes us for one of those it keeps out."""


class HttpPermanent(Permanent):
    """A permanent failure that came as an HTTP status."""

    def __init__(self, reason: str, *, status: int) -> None:
        super().__init__(reason)
        self.status = status


def validator(raw: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """An ETag or Last-Modified as it must be sent back, byte for byte, or "" where that cannot be done.

    aiohttp writes header text as UTF-8, so a value that is not UTF-8 could only be sent back altered; it is not kept.
    """
    for key, value in raw:
        if key.lower() == name and len(value) <= MAX_VALIDATOR:
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                return ""
    return ""


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The useful headers, names in lower case, values that any database takes; repeated ones joined by commas."""
    kept: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if key in KEPT_HEADERS:
            clean = value.encode("utf-8", "replace").decode("utf-8")[:MAX_HEADER]
            kept[key] = f"{kept[key]}, {clean}" if key in kept else clean
    return kept


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, a number or a date counted from `now`; None where unreadable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def status_failure(status: int, host: str, headers: Mapping[str, str], start: bytes, now: datetime) -> Failure:
    """The failure that a status other than success stands for. `start` is the first kilobytes of the body."""
    wait = retry_after_s(headers.get("retry-after", ""), now)
    if refuses_robots(status, headers, start):
        reason = f"{host} blocked us: it answers automatic readers with a browser check (HTTP {status})"
        return Blocked(reason, status=status, retry_after_s=wait)
    if status in _TEMPORARY_STATUSES or status >= 500:
        return HttpTemporary(_status_sentence(status, host), status=status, retry_after_s=wait)
    return HttpPermanent(_status_sentence(status, host), status=status)


def _status_sentence(status: int, host: str) -> str:
    plain = {
        401: "{} asks for a password (HTTP 401)",
        402: "{} asks for payment (HTTP 402)",
        403: "{} refuses us this address (HTTP 403)",
        404: "{} has nothing at this address (HTTP 404)",
        408: "{} did not wait for our request (HTTP 408)",
        410: "{} says that this address is gone for good (HTTP 410)",
        429: "{} asks us to come less often (HTTP 429)",
        451: "{} withholds this address for legal reasons (HTTP 451)",
        500: "{} has an internal error (HTTP 500)",
        502: "{} cannot reach its own servers at the moment (HTTP 502)",
        503: "{} is overloaded or under maintenance (HTTP 503)",
        504: "{} waited too long for its own servers (HTTP 504)",
    }
    if status in plain:
        return plain[status].format(host)
    try:
        name = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        name = str(status)
    return f"{host} answered with HTTP {name}"


def connection_failure(error: BaseException, host: str, timeout_s: float) -> Failure:
    """The failure that an exception of the HTTP client stands for."""
    if isinstance(error, Failure):
        return error
    refused = _refused(error)
    if refused is not None:
        return Permanent(f"The address of {host} is not allowed: {refused.why}")
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    for kinds, failure, sentence in _SENTENCES:
        if isinstance(error, kinds) or isinstance(cause, kinds):
            fault = _certificate_fault(error) if kinds is _CERTIFICATE else ""
            return failure(sentence.format(host=host, seconds=f"{timeout_s:g}", fault=fault))
    return Temporary(f"The answer of {host} could not be read ({type(error).__name__})")


_CERTIFICATE = (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError)

# The first row that fits an exception, or the operating system's error within it, names what happened.
_SENTENCES: tuple[tuple[tuple[type[BaseException], ...], type[Failure], str], ...] = (
    ((aiohttp.ClientConnectorDNSError,), Temporary, "The server's name could not be found: {host}"),
    ((aiohttp.ConnectionTimeoutError,), Temporary, "{host} could not be reached in time"),
    ((TimeoutError,), Temporary, "{host} did not answer in full within {seconds} s"),
    (_CERTIFICATE, Temporary, "The security certificate of {host} is not valid: {fault}"),
    ((aiohttp.ClientSSLError, ssl.SSLError), Temporary, "No secure connection to {host} could be made"),
    ((ConnectionRefusedError,), Temporary, "{host} refused the connection"),
    ((aiohttp.ClientConnectorError,), Temporary, "{host} could not be reached"),
    ((aiohttp.ClientConnectionError, ConnectionError), Temporary, "{host} broke off the connection"),
    (
        (aiohttp.ClientPayloadError, aiohttp.ClientResponseError),
        Temporary,
        "{host} sent an answer that is not proper HTTP",
    ),
    ((aiohttp.InvalidURL, ValueError), Permanent, "This is not an address that can be fetched"),
)


def _refused(error: BaseException) -> AddressRefusedError | None:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error.__cause__
    return next((e for e in (error, cause) if isinstance(e, AddressRefusedError)), None)


def _certificate_fault(error: BaseException) -> str:
    inner = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error
    return str(getattr(inner, "verify_message", "")) or "it could not be checked"
