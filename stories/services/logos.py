"""Outlets' logos: set from what an editor uploads, taken away again. What is kept is made anew (ingest.logos)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from stories.ingest import isolated
from stories.models import Logo, Outlet


def put(outlet: Outlet, body: bytes, now: datetime) -> bool:
    """Give an outlet a logo made of this file; whether it is another than before.

    Raises Permanent, with a sentence for the field, for what is no picture that can be taken; Temporary where the
    decoding was interrupted.
    """
    image, width, height = isolated.logo(body)
    digest = hashlib.sha256(image).hexdigest()
    if Logo.objects.filter(outlet=outlet, digest=digest).exists():
        return False
    told = {"image": image, "digest": digest, "width": width, "height": height, "made_at": now}
    Logo.objects.update_or_create(outlet=outlet, defaults=told)
    return True


def remove(outlet: Outlet) -> bool:
    """Take an outlet's logo away; whether there was one."""
    return Logo.objects.filter(outlet=outlet).delete()[0] > 0
