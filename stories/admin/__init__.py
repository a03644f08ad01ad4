"""The desk: every table listed, filtered and searchable. Acts call services, never queryset.update."""

from stories.admin import accounts, articles, curation, feeds, findings, polling, proposals, stories

__all__ = ["accounts", "articles", "curation", "feeds", "findings", "polling", "proposals", "stories"]
