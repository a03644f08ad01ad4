"""Every address of the server: the app's pages, the accounts, the admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

admin.site.site_header = "Firsthand: the desk"
admin.site.site_title = "Firsthand"
admin.site.index_title = "The desk"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    # A token would give every reader a cookie for a form that few use; what a forged one changes is a page's language.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path("", include("stories.urls")),
]
