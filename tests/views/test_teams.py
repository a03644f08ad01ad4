"""Teams: made, renamed, joined, left, handed over, deleted; never without an owner, and to others not there."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from stories.models import Follow, FollowKind, Invitation, Mute, Team, TeamMember, TeamRole, User
from stories.services import invitations, teams
from stories.services.teams import Refused
from tests import factories
from tests.atonce import at_once
from tests.views.people import browser, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mute(settings):
    """This server sends no letters."""
    settings.EMAIL_URL = ""
    settings.SIGN_UP = "invite"


@pytest.fixture
def ann():
    return person("ann@isles.example")


@pytest.fixture
def bea():
    return person("bea@isles.example")


def follow(of: Team, **kw: object) -> Follow:
    kw.setdefault("kind", FollowKind.SEARCH)
    return Follow.objects.create(team=of, created_at=timezone.now(), **{"target": "search:x", "query": "ferry", **kw})


def test_it_is_for_people_who_are_signed_in(client):
    for address in ("/teams/", "/teams/1/", "/teams/1/leave/"):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"


def test_a_team_is_made_and_its_maker_owns_it(ann):
    client = browser(ann)
    address = client.post("/teams/", {"name": "  Night   desk "})["Location"]
    made = Team.objects.get()
    assert (made.name, address) == ("Night desk", f"/teams/{made.pk}/")
    assert made.memberships.get().role == TeamRole.OWNER
    text = client.get(address).content.decode()
    assert "<h1>Night desk</h1>" in text
    assert "Nothing yet." in text
    assert "yours" in client.get("/teams/").content.decode()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the team a name"),
        ("  ", "Give the team a name"),
        ("x" * 101, "at most 100 characters"),
        ("Win at https://spam.example", "holds no address"),
        ("win at WWW.spam.example", "holds no address"),
        ("spam.example/win", "holds no address"),
        ("nul\x00", "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_with_a_name_is_said_at_the_field(ann, name, words):
    made = team(ann)
    for address in ("/teams/", f"/teams/{made.pk}/rename/"):
        answer = browser(ann).post(address, {"name": name})
        assert answer.status_code == 422
        assert words in html.unescape(answer.content.decode())
    assert Team.objects.get().name == "Night desk"


def test_the_page_shows_people_what_is_followed_and_who_is_asked_in(ann, bea):
    made = team(ann, bea)
    story = factories.story(title="Ferry runs aground")
    follow(made)
    follow(made, kind=FollowKind.STORY, target=f"story:{story.pk}", story=story, query="")
    follow(made, kind=FollowKind.NAME, target="name:imrie", name="Lady Imrie", query="", ended_at=timezone.now())
    invitations.invite("new@isles.example", ann, timezone.now(), team=made)
    text = browser(ann).get(f"/teams/{made.pk}/").content.decode()
    for words in ("2 members", "bea@isles.example", "Ferry runs aground", "?q=ferry", "new@isles.example"):
        assert words in text
    assert "Lady Imrie" not in text, "that has ended"
    theirs = browser(bea).get(f"/teams/{made.pk}/").content.decode()
    assert "new@isles.example" not in theirs
    assert "Leave the team" in theirs
    assert "Put out" not in theirs


def test_to_others_a_team_is_not_there(ann, bea):
    made = team(ann)
    client = browser(bea)
    row, _token = invitations.invite("new@isles.example", ann, timezone.now(), team=made)
    ends = ["", "leave/", "delete/", f"out/{ann.pk}/", f"owner/{ann.pk}/"]
    assert {client.get(f"/teams/{made.pk}/{end}").status_code for end in ends} == {404}
    posts = [*ends[1:], "rename/", "invite/", f"withdraw/{row.pk}/"]
    assert {client.post(f"/teams/{made.pk}/{end}", {"name": "Mine"}).status_code for end in posts} == {404}
    assert Team.objects.get().name == "Night desk"
    assert Invitation.objects.exists()


def test_a_member_who_is_no_owner_changes_nothing(ann, bea):
    made, client = team(ann, bea), browser(bea)
    row, _token = invitations.invite("new@isles.example", ann, timezone.now(), team=made)
    assert client.post(f"/teams/{made.pk}/rename/", {"name": "Mine"}).status_code == 422
    assert client.post(f"/teams/{made.pk}/invite/", {"email": "x@isles.example"}).status_code == 422
    assert client.post(f"/teams/{made.pk}/withdraw/{row.pk}/").status_code == 404
    for end in (f"out/{ann.pk}/", f"owner/{bea.pk}/", "delete/"):
        client.post(f"/teams/{made.pk}/{end}")
    assert made.memberships.get(user=ann).role == TeamRole.OWNER
    assert list(Team.objects.values_list("name", flat=True)) == ["Night desk"]
    assert Invitation.objects.count() == 1


def test_forms_need_the_csrf_token(ann):
    made = team(ann)
    client = browser(ann)
    client.handler.enforce_csrf_checks = True
    for end in ("", f"{made.pk}/rename/", f"{made.pk}/invite/", f"{made.pk}/delete/"):
        assert client.post(f"/teams/{end}", {"name": "x", "email": "x@isles.example"}).status_code == 403


def test_an_invitation_waits_on_the_page_of_whom_it_was_sent_to(ann, bea):
    made, now = team(ann), timezone.now()
    text = browser(ann).post(f"/teams/{made.pk}/invite/", {"email": "Bea@isles.example"}).content.decode()
    assert "bea@isles.example is invited" in text
    row = Invitation.objects.get()
    client = browser(bea)
    assert "“Night desk”" in client.get("/teams/").content.decode()
    assert "1 invitation for you" in client.get("/account/").content.decode()
    assert client.post(f"/teams/answer/{row.pk}/", {"answer": "perhaps"})["Location"] == "/teams/"
    assert not made.memberships.filter(user=bea).exists()
    assert client.post(f"/teams/answer/{row.pk}/", {"answer": "yes"})["Location"] == f"/teams/{made.pk}/"
    assert made.memberships.get(user=bea).role == TeamRole.MEMBER
    assert not invitations.of_person(bea, now).exists()


def test_it_is_turned_down(ann, bea):
    made = team(ann)
    row, _token = invitations.invite(bea.email, ann, timezone.now(), team=made)
    browser(bea).post(f"/teams/answer/{row.pk}/", {"answer": "no"})
    assert not Invitation.objects.exists()
    assert made.memberships.count() == 1


def test_an_address_that_is_not_proven_shows_nobodys_invitation(ann):
    """Whoever typed somebody else's address at sign-up must not get what was meant for them."""
    made = team(ann)
    row, _token = invitations.invite("bea@isles.example", ann, timezone.now(), team=made)
    client = browser(factories.user(email="bea@isles.example"))
    assert "Night desk" not in client.get("/teams/").content.decode()
    assert client.post(f"/teams/answer/{row.pk}/", {"answer": "yes"}).status_code == 404


def test_the_answer_does_not_tell_whether_an_address_has_an_account(ann, bea):
    made, client = team(ann), browser(ann)
    told = [client.post(f"/teams/{made.pk}/invite/", {"email": email}) for email in (bea.email, "nobody@isles.example")]
    assert {answer.status_code for answer in told} == {200}
    first, second = (answer.content.decode().split('id="made"')[1].split("</section>")[0] for answer in told)
    assert first.replace("bea@", "")[:120] == second.replace("nobody@", "")[:120]


def test_who_is_in_already_is_not_asked_again(ann, bea):
    made = team(ann, bea)
    answer = browser(ann).post(f"/teams/{made.pk}/invite/", {"email": bea.email})
    assert answer.status_code == 422
    assert "They are in the team already" in answer.content.decode()


def test_a_member_leaves_and_the_owner_can_not(ann, bea):
    made = team(ann, bea)
    pause = Mute.objects.create(user=bea, follow=follow(made), made_at=timezone.now())
    client = browser(bea)
    assert "Leave “Night desk”?" in html.unescape(client.get(f"/teams/{made.pk}/leave/").content.decode())
    assert client.post(f"/teams/{made.pk}/leave/")["Location"] == "/teams/"
    assert not made.memberships.filter(user=bea).exists()
    assert not Mute.objects.filter(pk=pause.pk).exists()
    client = browser(ann)
    client.post(f"/teams/{made.pk}/leave/")
    assert "hand it over to another member first" in client.get(f"/teams/{made.pk}/").content.decode()
    assert made.memberships.get().user == ann


def test_a_member_is_put_out_after_a_question(ann, bea):
    made, client = team(ann, bea), browser(ann)
    address = f"/teams/{made.pk}/out/{bea.pk}/"
    assert "Put bea@isles.example out of the team?" in client.get(address).content.decode()
    assert made.memberships.count() == 2, "asking changes nothing"
    client.post(address)
    assert made.memberships.count() == 1
    assert browser(bea).get(f"/teams/{made.pk}/").status_code == 404


def test_the_owner_hands_over_and_stays_a_member(ann, bea):
    made, client = team(ann, bea), browser(ann)
    client.post(f"/teams/{made.pk}/owner/{bea.pk}/")
    roles = dict(made.memberships.values_list("user__email", "role"))
    assert roles == {ann.email: TeamRole.MEMBER, bea.email: TeamRole.OWNER}
    stranger = factories.user()
    assert browser(bea).post(f"/teams/{made.pk}/owner/{stranger.pk}/").status_code == 404


def test_a_team_is_deleted_with_what_it_follows(ann, bea):
    made = team(ann, bea)
    follow(made)
    invitations.invite("new@isles.example", ann, timezone.now(), team=made)
    client = browser(ann)
    assert "for all of its members" in client.get(f"/teams/{made.pk}/delete/").content.decode()
    assert client.post(f"/teams/{made.pk}/delete/")["Location"] == "/teams/"
    assert not (Team.objects.exists() or Follow.objects.exists() or Invitation.objects.exists())
    assert User.objects.count() == 2


def test_names_are_escaped(ann):
    made = team(ann, name="<script>alert(1)</script>")
    for address in ("/teams/", f"/teams/{made.pk}/", f"/teams/{made.pk}/leave/"):
        assert "<script>alert" not in browser(ann).get(address).content.decode()


def test_there_is_an_end_to_teams_and_members(ann, monkeypatch):
    monkeypatch.setattr(teams, "MOST_TEAMS", 2)
    monkeypatch.setattr(teams, "MOST_MEMBERS", 2)
    first = team(ann, factories.user())
    team(ann)
    with pytest.raises(Refused, match="2 members"):
        teams.join(first, factories.user())
    answer = browser(ann).post("/teams/", {"name": "One more"})
    assert answer.status_code == 422
    assert "You are in 2 teams" in answer.content.decode()


def test_an_accepted_invitation_into_a_full_team_is_not_used_up(ann, bea, monkeypatch):
    made, now = team(ann), timezone.now()
    row, token = invitations.invite(bea.email, ann, now, team=made)
    monkeypatch.setattr(teams, "MOST_MEMBERS", 1)
    with pytest.raises(Refused):
        invitations.accept(row, bea, now + timedelta(minutes=1))
    assert invitations.find(token, now) == row


def test_a_list_of_many_teams_takes_as_many_queries_as_one_of_one(ann, bea, django_assert_max_num_queries):
    for n in range(12):
        follow(team(ann, bea, name=f"Desk {n}"), target=f"search:{n}")
    client = browser(ann)
    with django_assert_max_num_queries(16):
        client.get("/teams/")


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_never_leave_a_team_without_an_owner():
    """The owner hands over to a member who leaves in the same moment, again and again."""
    ann, bea = person("ann@isles.example"), person("bea@isles.example")
    for _ in range(12):
        made = team(ann, bea)
        acts = [lambda made=made: teams.hand_over(made, bea, ann), lambda made=made: teams.leave(made, bea)]
        at_once(lambda act: act(), acts, Refused)
        assert TeamMember.objects.filter(team=made, role=TeamRole.OWNER).count() == 1
