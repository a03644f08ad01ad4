"""The tables, one file per part of the vocabulary. A model knows its own row's fields and does no I/O of its own."""

from stories.models.accounts import User
from stories.models.articles import Article, Stage, TextState, Version
from stories.models.feeds import Feed, FeedEntry, Outlet, PollResult
from stories.models.stories import Story, TermCount

__all__ = [
    "Article",
    "Feed",
    "FeedEntry",
    "Outlet",
    "PollResult",
    "Stage",
    "Story",
    "TermCount",
    "TextState",
    "User",
    "Version",
]
