"""Whether the server lives, and whether it can do its work. Plain JSON, no session, no account."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: this process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: 200 when the database, its tables and the broker are; else 503 with the state of each."""
    states = {name: _state(check) for name, check in CHECKS.items()}
    ready = all(state == "ok" for state in states.values())
    return JsonResponse({"status": "ok" if ready else "not ready", **states}, status=200 if ready else 503)


def _state(check: Callable[[], str]) -> str:
    """A check's own word, or the kind of error that it met; no address or secret leaves the server."""
    try:
        return check()
    except Exception as error:
        return f"unreachable ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(pending)} to apply" if pending else "ok"


def _broker() -> str:
    cache.set("readyz", "ok", 10)
    return str(cache.get("readyz", "lost a key"))


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations, "broker": _broker}
