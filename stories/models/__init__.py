"""The tables, one file per part of the vocabulary. A model knows its own row's fields and does no I/O of its own."""

from stories.models.accounts import ApiToken, User, Visit
from stories.models.articles import Article, ArticleKey, Stage, TextState, Version
from stories.models.curation import GROUPING, Act, Bond, Constraint, Doubt, DoubtState, Edit
from stories.models.feeds import FAILURES, Feed, FeedEntry, Outlet, PollResult
from stories.models.findings import Attribution, Credit, Examined, Happening, Proposal, StoryComparison, StoryProvenance
from stories.models.grouping import Recent, StoryLink, Tie
from stories.models.polling import Fetch, Host, Push, Subscription
from stories.models.stories import Story, TermCount

__all__ = [
    "FAILURES",
    "GROUPING",
    "Act",
    "ApiToken",
    "Article",
    "ArticleKey",
    "Attribution",
    "Bond",
    "Constraint",
    "Credit",
    "Doubt",
    "DoubtState",
    "Edit",
    "Examined",
    "Feed",
    "FeedEntry",
    "Fetch",
    "Happening",
    "Host",
    "Outlet",
    "PollResult",
    "Proposal",
    "Push",
    "Recent",
    "Stage",
    "Story",
    "StoryComparison",
    "StoryLink",
    "StoryProvenance",
    "Subscription",
    "TermCount",
    "TextState",
    "Tie",
    "User",
    "Version",
    "Visit",
]
