"""The desk: every table listed, filtered and searchable. Acts call services, never queryset.update."""

from stories.admin import accounts, articles, feeds, stories

__all__ = ["accounts", "articles", "feeds", "stories"]
