"""Between the database's start and the web's: migrations, static files, and whether anyone has an account.

Run as `python -m tracker.prepare` by `manage.py up`: one process for the three, since each would load Django again.
Its last line is a JSON object for the supervisor. It serves nothing and starts nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import Error


def main() -> int:
    """Prepares; prints `{"accounts": whether there is one}`, or on standard error one line with the reason."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()

    try:
        call_command("migrate", interactive=False, verbosity=1)
        _collect_static()
        sys.stdout.write(json.dumps({"accounts": get_user_model()._default_manager.exists()}) + "\n")
    except Error as error:
        sys.stderr.write(f"the database refused: {' '.join(str(error).split())}\n")
        return 1
    return 0


def _collect_static() -> None:
    """Collects where the manifest is used and a source has changed since: hashing and compressing take seconds."""
    if not settings.STATIC_MANIFEST:
        return
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def _fingerprint() -> str:
    """Of every source file: where it is, how long, and when it was changed."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{storage.path(name)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
