"""Secrets that must be read again (of second factors, of channels) are sealed before they are written down.

With Fernet (AES-128-CBC and HMAC-SHA-256) under a key made from SECRET_KEY, so that a stolen dump of the database opens
nothing. Where the key is changed, SECRET_KEY_FALLBACKS opens what the one before had sealed.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """What was sealed can't be opened: it was sealed under a key that this server no longer has, or was changed."""


def seal(text: str) -> str:
    """The text, sealed; twice the same text gives different seals."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given. Raises Unreadable."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("sealed under another key") from error


def derived(secret: str, purpose: str, length: int = 32) -> bytes:
    """So many bytes that only a holder of the secret can make, others for each purpose (HKDF, RFC 5869)."""
    return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(secret.encode())


def _box() -> MultiFernet:
    return _boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _boxes(secrets: tuple[str, ...]) -> MultiFernet:
    keys = [base64.urlsafe_b64encode(derived(secret, "firsthand sealing")) for secret in secrets]
    return MultiFernet([Fernet(key) for key in keys])
