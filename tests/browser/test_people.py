"""The pages of an account, of teams and of invitations in a real browser: nothing overflows, nothing keeps people out."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from stories.models import Follow
from stories.services import invitations
from tests import factories
from tests.browser.test_pages import VARIANTS, look
from tests.views.people import admin, person, team
from tests.views.test_account_data import told

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_pages_of_a_person(visit, transactional_db, settings, width, scheme):
    settings.EMAIL_URL, settings.SIGN_UP, settings.MFA_REQUIRED = "", "invite", "none"
    boss, ann, now = admin(), person("ann.sommerville@isles.example"), timezone.now()
    told(boss)
    Authenticator.objects.all().delete()
    night, story = team(boss, ann), factories.story(title="Ferry with 214 aboard runs aground off Thistle Ness")
    Follow.objects.create(team=night, kind="story", target=f"story:{story.pk}", story=story, created_at=now)
    invitations.invite(boss.email, ann, now, team=team(ann, name="Investigations"))
    _row, token = invitations.invite("somebody.with.a.long.name@newsroom.isles.example", boss, now, editor=True)
    one = visit(width, scheme)
    wrong = look(one.open(f"/invitation/{token}/"))
    page = one.open("/accounts/login/")
    page.locator("input[name=login]").fill(boss.email)
    page.locator("input[type=password]").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{one.base}/")
    for address in ("/account/", "/teams/", f"/teams/{night.pk}/", f"/teams/{night.pk}/delete/", "/invitations/"):
        wrong += look(one.open(address))
    page.get_by_label("E-mail address").fill("new@isles.example")
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("is invited").wait_for()
    wrong += look(page)
    one.open("/account/delete/")
    page.locator("input[type=password]").fill(factories.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{one.base}/account/delete/")
    for address in ("/account/delete/", "/account/export/"):
        wrong += look(one.open(address))
    with page.expect_download() as file:
        page.get_by_role("button", name="Download").click()
    assert file.value.suggested_filename.startswith("firsthand-account-")
    assert wrong == []
