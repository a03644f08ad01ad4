"""Every address of the server: the app's pages, the accounts, the admin."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from django.views.i18n import set_language

from stories.views import sessions, sso

admin.site.site_header = "Firsthand: the desk"
admin.site.site_title = "Firsthand"
admin.site.index_title = "The desk"
# Its main lists are named at the top of each page; a second column would take from the lists what they need most.
admin.site.enable_nav_sidebar = False
# The desk has no door of its own: one signs in with an address, within the limits, and with the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("accounts/sessions/", sessions.sessions, name="usersessions_list"),
    path("accounts/sessions/<int:pk>/end/", sessions.end, name="session_end"),
    path("accounts/oidc/sso/login/", sso.login, name="sso_login"),
    path("accounts/oidc/sso/login/callback/", sso.callback, name="sso_callback"),
    path("accounts/", include("allauth.urls")),
    # A token would give every reader a cookie for a form that few use; what a forged one changes is a page's language.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path("", include("stories.urls")),
]
