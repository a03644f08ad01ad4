"""Several workers at once: each delivery goes out once, and nobody gets two letters where one would do."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from stories.models import Delivery, DeliveryState
from stories.services import delivering
from tests import factories, followed, told
from tests.ingest.web import running
from tests.told import NOW

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS, HOOKS, READERS, ALERTS = 4, 60, 10, 4


def work() -> None:
    try:
        while delivering.deliver(lambda: NOW).claimed:
            pass
    finally:
        connection.close()


def test_four_workers_send_each_delivery_once(settings: Any) -> None:
    story = factories.story()
    with running() as web, told.mail_server() as box:
        settings.FETCH_ALLOW = web.allow
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        web.serve("/hook", 200)
        rows = [told.waits(told.hook(told.person(), web.url("/hook")), story=story, lane=n % 2) for n in range(HOOKS)]
        for _ in range(READERS):
            user = told.person()
            channel = followed.channel(user, user.email)
            rows += [told.waits(channel, story=story) for _ in range(ALERTS)]
        threads = [threading.Thread(target=work) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        numbers = [seen.header("webhook-id") for seen in web.seen]
        readers = [letter.rcpt_tos[0] for letter in box.letters]
    assert len(numbers) == len(set(numbers)) == HOOKS
    assert len(readers) == len(set(readers)) == READERS
    assert Delivery.objects.filter(state=DeliveryState.SENT, attempts=1).count() == len(rows)
