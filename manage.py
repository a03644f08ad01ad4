#!/usr/bin/env python
"""The door to every command. `up` starts the whole system and needs no settings; all others are Django's and ours."""

import os
import sys

from django.core.management import execute_from_command_line

from tracker import up
from tracker.processes import StartError

NO_SERVERS = {"SECRET_KEY": "none", "DATABASE_URL": "postgres://none@/none", "REDIS_URL": "redis://none"}


def main() -> int:
    """Runs one command; returns the exit status of `up`, or 1 with a line where no database can be had."""
    if sys.argv[1:2] == ["up"]:
        return up.main(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    if sys.argv[1:2] == ["evaluate"]:
        # Settings ask for servers; measuring quality connects to none.
        for name, value in NO_SERVERS.items():
            os.environ.setdefault(name, value)
        execute_from_command_line(sys.argv)
        return 0
    try:
        with up.reachable(" ".join(["manage.py", *sys.argv[1:2]])):
            execute_from_command_line(sys.argv)
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
