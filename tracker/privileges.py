"""The last step before a child of `manage.py up` becomes its program: another account, and an end with its parent.

Run by its path, with the standard library alone: `python -I privileges.py PARENT SIGNAL ACCOUNT DIRECTORY PROGRAM ...`.
PostgreSQL refuses to run as root, so root hands it to an existing account. Where that account cannot reach the checkout
(a home of mode 0700), the child keeps the right to read past directory modes and nothing else.
It refuses to create an account and to change the mode or owner of anything.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path
from typing import Final

# linux/prctl.h and linux/capability.h
PR_SET_PDEATHSIG: Final = 1
PR_SET_KEEPCAPS: Final = 8
PR_SET_SECUREBITS: Final = 28
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_RAISE: Final = 2
CAP_DAC_OVERRIDE: Final = 1
CAP_DAC_READ_SEARCH: Final = 2
CAP_SETPCAP: Final = 8
# access(2) lays aside the capabilities of a user that is not root, and initdb asks by access(2) whether it may start
# its server; with this bit of linux/securebits.h the answer is the true one.
NO_SETUID_FIXUP: Final = 1 << 2
CAPABILITY_VERSION_3: Final = 0x20080522
NO_ACCOUNT: Final = "-"
CANNOT_START: Final = 126


class _Header(ctypes.Structure):
    """struct __user_cap_header_struct; process 0 is the caller."""

    _fields_ = [("version", ctypes.c_uint32), ("process", ctypes.c_int)]


class _Sets(ctypes.Structure):
    """struct __user_cap_data_struct, of which version 3 takes two: capabilities 0 to 31, then 32 to 63."""

    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


class CannotStartError(Exception):
    """Why the program cannot be started, as one sentence for the person at the console."""


def command(
    program: tuple[str, ...],
    *,
    ends_with_parent: signal.Signals,
    account: str = NO_ACCOUNT,
    directory: Path | None = None,
) -> list[str]:
    """The command line that starts `program` through this file, as a child of the calling process.

    `ends_with_parent` is sent to it when the parent dies (Linux only); `account` is a name in the password database,
    and `directory` what that account must be able to enter. `program[0]` must be an absolute path.
    """
    start = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    return [*start, str(os.getpid()), str(int(ends_with_parent)), account, str(directory or "/"), *program]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *arguments: int) -> None:
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if _libc().prctl(option, *values) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _permitted() -> int:
    """Capabilities 0 to 31 that this process may use."""
    sets = (_Sets * 2)()
    _libc().capget(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets)
    return int(sets[0].permitted)


def _limit_to(capabilities: int, inheritable: int = 0) -> None:
    """Gives up every capability but these; the inheritable ones may then survive the exec of an ordinary program."""
    sets = (_Sets * 2)(_Sets(capabilities, capabilities, inheritable), _Sets(0, 0, 0))
    if _libc().capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _become(account: pwd.struct_passwd, needs: tuple[Path, Path]) -> None:
    """Turns root into `account`, with the right to pass closed directories only where one bars the way to `needs`."""
    linux = sys.platform == "linux"
    if linux:
        _prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    # The answer is coloured by the account's own rights alone, not by the capabilities that are kept above.
    barred = [path for path in needs if not os.access(path, os.X_OK)]
    if barred and not (linux and _pass_directories()):
        raise CannotStartError(
            f"the account {account.pw_name} cannot reach {barred[0]}, and PostgreSQL does not run as root: move the "
            "checkout to a directory that every account may enter, run as an ordinary user, or set DATABASE_URL"
        )
    if linux and not barred:
        _limit_to(0)


def _pass_directories() -> bool:
    """Keeps, across exec, the one capability that lets this process pass closed directories; False if it has none."""
    permitted = _permitted()
    usable = [one for one in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if permitted & (1 << one)]
    if not usable or not permitted & (1 << CAP_SETPCAP):
        return False
    kept = 1 << usable[0]
    _limit_to(kept | 1 << CAP_SETPCAP, inheritable=kept)
    _prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP)
    _limit_to(kept, inheritable=kept)
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, usable[0])
    return True


def _end_with(parent: int, ending: int) -> None:
    """Asks the kernel for the signal, then looks whether the parent died before the question. After any change of user,
    since that withdraws the request."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, ending)
        if os.getppid() != parent:
            raise CannotStartError("the supervisor is gone")


def main(arguments: list[str]) -> int:
    """Becomes the program; returns only when that fails, with an exit status, the reason on standard error."""
    parent, ending, account, directory, *program = arguments
    try:
        if account != NO_ACCOUNT:
            _become(pwd.getpwnam(account), (Path(program[0]), Path(directory)))
        _end_with(int(parent), int(ending))
        # Python ignores these two, and what is ignored stays so across exec.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.execv(program[0], program)  # noqa: S606  no shell is the point
    except CannotStartError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        who = "" if account == NO_ACCOUNT else f" as {account}"
        sys.stderr.write(f"cannot start {program[0]}{who}: {error.strerror}\n")
    return CANNOT_START


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
