"""Who may ask the API how often: limits by address and by token, and tokens that open nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from stories.models import ApiToken
from stories.services import tokens
from tests import compared, factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture(autouse=True)
def _server(settings):
    settings.PUBLIC_URL = "https://news.example.org"
    cache.clear()


@pytest.fixture
def world():
    return compared.world()


@time_machine.travel(MORNING, tick=False)
def test_without_a_token_few_requests_a_minute_are_answered(client, settings, world):
    settings.API_PER_MINUTE = 3
    address = f"{V1}/stories/{world.story.pk}"
    assert [client.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get(address)
    assert refused["Retry-After"] == "60"
    assert refused.json()["detail"] == "Too many requests."
    assert client.get(address, REMOTE_ADDR="192.0.2.7").status_code == 200, "another address has its own limit"
    with time_machine.travel(MORNING + timedelta(seconds=61), tick=False):
        assert client.get(address).status_code == 200


@time_machine.travel(MORNING, tick=False)
def test_a_token_has_a_limit_of_its_own(client, settings, world):
    settings.API_PER_MINUTE, settings.API_PER_MINUTE_WITH_TOKEN = 1, 3
    _row, secret = tokens.make(factories.user(), "a program")
    _other, second = tokens.make(factories.user(), "a program")
    address = f"{V1}/stories/{world.story.pk}"

    def asked(token: str) -> int:
        return client.get(address, headers={"Authorization": f"Bearer {token}"}).status_code

    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 429
    assert [asked(secret) for _ in range(4)] == [200, 200, 200, 429]
    assert asked(second) == 200


@time_machine.travel(MORNING, tick=False)
@pytest.mark.parametrize(("proxies", "statuses"), [(0, [200, 429]), (1, [200, 200])])
def test_the_header_of_a_proxy_counts_only_behind_one(client, settings, world, proxies, statuses):
    settings.API_PER_MINUTE = 1
    settings.NINJA_NUM_PROXIES = proxies
    found = [
        client.get(f"{V1}/stories", headers={"X-Forwarded-For": f"10.0.0.{n}, 192.0.2.{n}"}).status_code
        for n in range(2)
    ]
    assert found == statuses


@time_machine.travel(MORNING, tick=False)
def test_addresses_of_one_ipv6_network_count_as_one(client, settings, world):
    settings.API_PER_MINUTE = 1
    found = [
        client.get(f"{V1}/stories", REMOTE_ADDR=address).status_code
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    ]
    assert found == [200, 429, 200]


@pytest.mark.parametrize("header", ["Bearer fh_wrong", "Bearer", "Basic YTpi", "Bearer \udc80x"])
def test_a_wrong_token_is_refused_with_a_reason(client, world, header):
    response = client.get(f"{V1}/stories", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert "token" in response.json()["detail"]


def test_a_token_notes_the_day_of_its_use_once(client, world, django_assert_num_queries):
    row, secret = tokens.make(factories.user(), "a program")
    headers = {"Authorization": f"Bearer {secret}"}
    with time_machine.travel(MORNING, tick=False):
        client.get(f"{V1}/articles/0", headers=headers)
        assert ApiToken.objects.get().used_on == MORNING.date()
        with django_assert_num_queries(1):
            client.get(f"{V1}/articles/0", headers=headers)
    tokens.revoke(row)
    assert client.get(f"{V1}/articles/0", headers=headers).status_code == 401


def test_a_token_of_a_closed_account_opens_nothing(client, world):
    user = factories.user()
    _row, secret = tokens.make(user, "a program")
    user.is_active = False
    user.save()
    assert client.get(f"{V1}/stories", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_without_its_cache_it_answers_all_the_same(client, settings, world):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    assert client.get(f"{V1}/stories").status_code == 200
