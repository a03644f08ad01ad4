"""The var directory: who runs on it now, and what another process needs to reach the same database and broker.

One process at a time holds the lock, which the kernel lets go of when that process dies, however it dies.
It knows the standard library and .env, and starts nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import environ

from tracker.processes import StartError

ROOT = Path(__file__).resolve().parent.parent
# Longer than Django's own keys (50 signs); `check --deploy` asks for 50 and five different ones.
SECRET_KEY_BYTES = 48


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has the var directory: what it is, where it answers, and the environment of its children."""

    process: int
    what: str
    address: str
    environment: dict[str, str]


def var_directory() -> Path:
    """VAR_DIR of the environment or of .env, or `var` in the checkout. Also loads .env into the environment."""
    environ.Env.read_env(ROOT / ".env")
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()


def prepare(var: Path) -> None:
    """Makes the directory and its folders; raises StartError where that, or writing there, is not allowed."""
    try:
        for folder in (var, var / "run", var / "log"):
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied", str(folder))
    except OSError as error:
        raise StartError(
            f"cannot use {error.filename or var}: {error.strerror}; set VAR_DIR to another place"
        ) from None


def secret_key(var: Path) -> str:
    """The key in `var/secret-key`, made on first use and readable by its owner alone."""
    path = var / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key := secrets.token_urlsafe(SECRET_KEY_BYTES))
        return key
    except OSError as error:
        raise StartError(f"cannot read {path}: {error.strerror}") from None


class Lock:
    """The right to run servers on a var directory, held from a successful `take` until `release` or death."""

    def __init__(self, var: Path) -> None:
        self.path = var / "run" / "lock"
        self.note = var / "run" / "holder"
        self.descriptor = -1

    def take(self) -> bool:
        """Takes the lock; False where another living process has it."""
        try:
            self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._close()
            return False
        except OSError as error:
            raise StartError(f"cannot use {self.path}: {error.strerror}") from None
        self.note.unlink(missing_ok=True)
        return True

    def announce(self, what: str, address: str, environment: Mapping[str, str]) -> None:
        """Tells other processes who holds the lock and how to reach the same servers, secrets included: owner only."""
        holder = Holder(os.getpid(), what, address, dict(environment))
        making = self.note.with_name("holder.new")
        making.unlink(missing_ok=True)
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(holder), file)
        making.rename(self.note)

    def holder(self) -> Holder | None:
        """Who holds the lock, where `take` said no; None while it has not announced itself."""
        try:
            return Holder(**json.loads(self.note.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def release(self) -> None:
        """Gives the lock back."""
        self.note.unlink(missing_ok=True)
        self._close()

    def _close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
