"""The key by which push services know this server (VAPID, RFC 8292): VAPID_PRIVATE_KEY, or one made from SECRET_KEY.

Browsers bind a subscription to it: with another key, every subscription made before is worthless.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

# Push services take a claim for 24 hours at most; their clocks and ours differ.
CLAIM_S = 12 * 3600
# The order of the curve P-256 (FIPS 186-5): private keys are 1 to one less than this.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def public_key() -> str:
    """The key as a browser's `applicationServerKey` takes it: base64url of 65 bytes, without padding."""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def authorization(endpoint: str, now_s: int) -> str:
    """The Authorization header for a push to this endpoint, at `now_s` seconds since 1970."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + CLAIM_S, "sub": _contact()}
    # py_vapid takes fewer contacts for valid than push services do.
    signer = Vapid02(_key(), conf={"no-strict": True})
    return str(signer.sign(claims)["Authorization"])


def _contact() -> str:
    """Whom a push service may ask about us: the operator's address, or else this server's."""
    contact = settings.CONTACT.strip()
    if contact.startswith(("https://", "mailto:")):
        return str(contact)
    if "@" in contact:
        return f"mailto:{contact}"
    return str(settings.PUBLIC_URL) if settings.HTTPS else "mailto:firsthand@localhost"


def _key() -> ec.EllipticCurvePrivateKey:
    return _key_of(settings.VAPID_PRIVATE_KEY, settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _key_of(private: str, secret: str) -> ec.EllipticCurvePrivateKey:
    if private:
        key: ec.EllipticCurvePrivateKey = Vapid02.from_string(private.strip()).private_key
        return key
    # 16 bytes more than the curve needs, so that no key is likelier than another (FIPS 186-5, A.2.1).
    drawn = HKDF(SHA256(), 48, salt=None, info=b"firsthand vapid").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(drawn) % (_ORDER - 1) + 1, ec.SECP256R1())
