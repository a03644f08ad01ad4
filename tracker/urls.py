"""Every address of the server: the app's pages, the accounts, the admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

admin.site.site_header = "Firsthand: the desk"
admin.site.site_title = "Firsthand"
admin.site.index_title = "The desk"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("", include("stories.urls")),
]
