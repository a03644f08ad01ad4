"""Accounts at the desk."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from stories.models import User


@admin.register(User)
class FirsthandUserAdmin(UserAdmin[User]):
    """Django's own user pages, by e-mail address."""

    list_display = ("email", "is_staff", "is_superuser", "is_active", "last_login", "date_joined")
    search_fields = ("email", "username", "first_name", "last_name")
    ordering = ("email",)
