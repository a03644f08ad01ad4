"""Whatever the API's description allows, and what it forbids: generated requests to the real application.

Every check of schemathesis runs on each answer: no server error, no status, type, header or shape that is not described,
nothing accepted that the description forbids. The database is PostgreSQL with a few rows; only the limit is raised.
"""

from __future__ import annotations

import re

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests import compared
from tracker.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# So many requests made up for each of eleven operations, besides those at the edges of what each parameter may be.
EXAMPLES = 35
SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
# What is in the database, by the name of the parameter that asks for it.
_known: dict[str, int | str] = {}


def lead_somewhere(case):
    """Numbers made up lead to nothing: every other one that the description allows becomes one that there is."""
    for name, given in (case.path_parameters or {}).items():
        allowed = 1 <= given < 2**63 if isinstance(given, int) else name == "slug" and SLUG.fullmatch(str(given))
        if allowed and len(str(given)) % 2:
            case.path_parameters[name] = _known[name]


@pytest.fixture(autouse=True)
def _rows(settings, db):
    """Something to tell of, and no limit."""
    settings.API_PER_MINUTE = 1_000_000
    settings.PUBLIC_URL = "http://localhost"
    cache.clear()
    world = compared.world()
    _known.update({"story_id": world.story.pk, "article_id": world.herald.pk, "slug": world.herald.outlet.slug})
    # As Django's own test client does: a request must not close the connection that the test's transaction is on.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_is_as_described(case):
    lead_somewhere(case)
    case.call_and_validate()
