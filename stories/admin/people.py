"""Teams, invitations and what allauth keeps of people, at the desk: for admins alone, and to be looked at.

No secret is shown, not even sealed. Whatever is done here is done by services.
"""

from __future__ import annotations

from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stories.admin.viewing import AdminsOnly, ViewOnly, noted
from stories.models import Invitation, Team, TeamMember, User
from stories.services import auditing, invitations, teams

# Their tables must be at the desk before ours take their place.
for _app in ("account", "mfa", "socialaccount", "usersessions"):
    import_module(f"allauth.{_app}.admin")
import_module("django.contrib.auth.admin")
# Single sign-on is set by the environment: SocialApp and SocialToken stay empty, and would show secrets. Whoever may
# change groups could give themself any right.
admin.site.unregister([EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken, Group])


class MemberInline(AdminsOnly, ViewOnly, admin.TabularInline[TeamMember, Team]):
    """Who is in a team."""

    model = TeamMember
    extra = 0
    fields = ("user", "role", "joined_at")
    readonly_fields = ("joined_at",)


@admin.register(Team)
class TeamAdmin(AdminsOnly, ViewOnly, admin.ModelAdmin[Team]):
    """Teams; their owners look after them. An admin may pass on one whose owner's account is closed."""

    list_display = ("name", "people", "created_at")
    search_fields = ("name", "memberships__user__email")
    inlines = (MemberInline,)
    actions = ("pass_on",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """With the number of members, in one query."""
        return super().get_queryset(request).annotate(people=Count("memberships"))

    @admin.display(description="members", ordering="people")
    def people(self, team: Team) -> int:
        """How many are in it."""
        return getattr(team, "people", 0)

    @admin.action(
        description=_("Pass teams without an active owner to their longest-standing member"), permissions=["decide"]
    )
    def pass_on(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        """Give each of the chosen teams an owner who can sign in."""
        done = [team for team in queryset if teams.pass_on(team)]
        noted(request, done, "Passed on to the longest-standing member.")
        many = len(done)
        said = ngettext("%(count)d team has another owner.", "%(count)d teams have another owner.", many)
        self.message_user(request, said % {"count": many}, messages.SUCCESS if done else messages.INFO)


@admin.register(Invitation)
class InvitationAdmin(AdminsOnly, ViewOnly, admin.ModelAdmin[Invitation]):
    """Who was asked to what. People are invited on the page of invitations; here an admin may withdraw any."""

    list_display = ("email", "team", "editor", "made_by", "made_at", "expires_at", "accepted_at", "accepted_by")
    list_select_related = ("team", "made_by", "accepted_by")
    list_filter = ("editor", "made_at", ("accepted_at", admin.EmptyFieldListFilter))
    search_fields = ("email", "team__name", "made_by__email")
    actions = ("withdraw",)

    @admin.action(description=_("Withdraw the selected invitations"), permissions=["decide"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Make the chosen links worthless; those that were accepted stay as they are."""
        assert isinstance(request.user, User)  # noqa: S101 - AdminsOnly lets nobody else in
        done = [one for one in queryset if invitations.withdraw(one, request.user)]
        noted(request, done, "Withdrawn.")
        many = len(done)
        said = ngettext("%(count)d invitation is withdrawn.", "%(count)d invitations are withdrawn.", many)
        self.message_user(request, said % {"count": many}, messages.SUCCESS if done else messages.INFO)


@admin.register(EmailAddress)
class EmailAddressAdmin(AdminsOnly, ViewOnly, admin.ModelAdmin[EmailAddress]):
    """Whose address is which, and whether that is proven."""

    list_display = ("email", "user", "primary", "verified")
    list_select_related = ("user",)
    list_filter = ("primary", "verified")
    search_fields = ("email", "user__email")


@admin.register(Authenticator)
class AuthenticatorAdmin(AdminsOnly, ViewOnly, admin.ModelAdmin[Authenticator]):
    """Who has which second factors; their keys are nobody's to see."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authenticator]:
        """Without the keys."""
        return super().get_queryset(request).defer("data")


@admin.register(UserSession)
class UserSessionAdmin(AdminsOnly, ViewOnly, admin.ModelAdmin[UserSession]):
    """Where people are signed in; an admin may sign anybody out."""

    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__email", "ip")
    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    actions = ("end",)

    @admin.action(description=_("End the selected sessions"), permissions=["decide"])
    def end(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        """Sign out whoever uses them."""
        found = list(queryset)
        noted(request, [session.user for session in found], "A session of theirs was ended.")
        for session in found:
            session.end()
            auditing.note("session ended", session.user_id, by=request.user.pk)
        said = ngettext("%(count)d session is ended.", "%(count)d sessions are ended.", len(found))
        self.message_user(request, said % {"count": len(found)}, messages.SUCCESS)


@admin.register(SocialAccount)
class SocialAccountAdmin(AdminsOnly, ViewOnly, admin.ModelAdmin[SocialAccount]):
    """Who signs in by the provider of single sign-on."""

    list_display = ("user", "provider", "uid", "last_login")
    list_select_related = ("user",)
    search_fields = ("user__email", "uid")
    fields = ("user", "provider", "uid", "date_joined", "last_login")
