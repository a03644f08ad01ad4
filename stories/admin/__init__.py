"""The desk: every table listed, filtered and searchable. Acts call services, never queryset.update."""

from stories.admin import (
    accounts,
    alerts,
    articles,
    audit,
    curation,
    feeds,
    findings,
    objections,
    outlets,
    people,
    polling,
    proposals,
    stories,
)

__all__ = [
    "accounts",
    "alerts",
    "articles",
    "audit",
    "curation",
    "feeds",
    "findings",
    "objections",
    "outlets",
    "people",
    "polling",
    "proposals",
    "stories",
]
