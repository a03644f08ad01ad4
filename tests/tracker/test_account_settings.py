"""What the environment makes of accounts: the settings of a deployment, of a machine of one's own, and wrong ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "SIGN_UP",
    "MFA_REQUIRED",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
    "OIDC_NAME",
    "OIDC_SIGN_UP",
]
OIDC = {"OIDC_ISSUER": "https://login.example/", "OIDC_CLIENT_ID": "us", "OIDC_CLIENT_SECRET": "hush"}


def settings(**given: str) -> subprocess.CompletedProcess[str]:
    """The settings of this environment and no other, as JSON."""
    told = f"import json, tracker.settings as s; print(json.dumps({{n: getattr(s, n) for n in {NAMES!r}}}))"
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "none", "DATABASE_URL": "postgres://none@/none"}
    environment |= {"REDIS_URL": "redis://none", **given}
    command = [sys.executable, "-c", told]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_machine_of_one_s_own_lets_nobody_claim_an_address() -> None:
    found = json.loads(settings().stdout)
    assert (found["SIGN_UP"], found["MFA_REQUIRED"], found["OIDC_NAME"]) == ("invite", "none", "")
    assert (found["SESSION_COOKIE_NAME"], found["ALLAUTH_TRUSTED_PROXY_COUNT"]) == ("firsthand_session", 0)


def test_a_deployment_is_open_once_it_sends_mail_and_binds_its_cookies() -> None:
    given = {"PUBLIC_URL": "https://news.example", "BEHIND_PROXY": "1", "EMAIL_URL": "smtp://mail.example:25"}
    found = json.loads(settings(**given, **OIDC).stdout)
    assert (found["SIGN_UP"], found["MFA_REQUIRED"], found["OIDC_NAME"]) == ("open", "staff", "login.example")
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert (found["ALLAUTH_TRUSTED_PROXY_COUNT"], found["OIDC_SIGN_UP"]) == (1, True)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SIGN_UP": "everybody"}, "SIGN_UP must be"),
        ({"MFA_REQUIRED": "yes"}, "MFA_REQUIRED must be"),
        ({"OIDC_ISSUER": "https://login.example"}, "needs all of"),
        ({**OIDC, "OIDC_ISSUER": "http://login.example", "PUBLIC_URL": "https://news.example"}, "https address"),
    ],
)
def test_what_is_wrong_fails_at_start(wrong: dict[str, str], named: str) -> None:
    done = settings(**wrong)
    assert done.returncode != 0
    assert named in done.stderr
