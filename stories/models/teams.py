"""Who works together, and who was asked in: teams share follows; an invitation lets one person make an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.accounts import User


class Team(models.Model):
    """People who share a list of follows: each of them hears of what the team follows, by their own ways."""

    name = models.CharField(max_length=100)
    members = models.ManyToManyField(User, through="TeamMember", related_name="teams")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class TeamRole(models.TextChoices):
    """What a member may do: an owner lets people in and puts them out; every member follows and unfollows."""

    OWNER = "owner", _("owner")
    MEMBER = "member", _("member")


class TeamMember(models.Model):
    """A person in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=TeamRole.choices, default=TeamRole.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="member_once_per_team")]

    def __str__(self) -> str:
        return f"user {self.user_id} in team {self.team_id}"


class Invitation(models.Model):
    """A letter that lets whoever holds its link make one account, or join a team. Only the link's digest is kept."""

    email = models.EmailField()
    # SHA-256 of the token, in hexadecimal digits.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    editor = models.BooleanField("as an editor", default=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.email
