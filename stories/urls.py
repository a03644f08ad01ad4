"""Every address of the app, and the view behind it."""

from __future__ import annotations

from django.urls import path

from stories.api import docs, problems
from stories.api.app import api
from stories.views import (
    adding,
    articles,
    atom,
    claims,
    demo,
    doubts,
    exports,
    feed,
    feeds,
    front,
    health,
    outlets,
    quality,
    search,
    setup,
    story,
    tokens,
    websub,
)

urlpatterns = [
    path("", front.front, name="front"),
    path("story/<int:pk>/", story.story, name="story_short"),
    path("story/<int:pk>/<slug:slug>/", story.story, name="story"),
    # A passage's address leads to the claim or the quote that holds it now.
    path("story/<int:pk>/<slug:slug>/claim/<int:article>-<int:start>/", claims.claim, name="claim"),
    path("story/<int:pk>/<slug:slug>/quote/<int:article>-<int:start>/", claims.quote, name="quote"),
    path("outlets/", outlets.outlets, name="outlets"),
    path("outlet/<slug:slug>/", outlets.outlet, name="outlet"),
    path("article/<int:pk>/", articles.article, name="article"),
    path("article/<int:pk>/retry/", articles.retry, name="article_retry"),
    path("doubts/", doubts.doubts, name="doubts"),
    path("doubts/<int:pk>/", doubts.decide, name="doubt_decide"),
    path("quality/", quality.quality, name="quality"),
    path("edits/", quality.edits, name="edits"),
    path("search/", search.search, name="search"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds.opml", adding.export_opml, name="opml_export"),
    path("feeds/add/", adding.add, name="feed_add"),
    path("feeds/take/", adding.take, name="feed_take"),
    path("feeds/import/", adding.import_opml, name="opml_import"),
    path("feeds/poll/", feeds.poll_all, name="feeds_poll"),
    path("feeds/known/", feeds.load_known, name="load_known"),
    path("feeds/<int:pk>/", feed.feed, name="feed"),
    path("feeds/<int:pk>/edit/", feed.edit, name="feed_edit"),
    path("feeds/<int:pk>/remove/", feed.remove, name="feed_remove"),
    path("feeds/<int:pk>/poll/", feeds.poll_now, name="feed_poll"),
    path("feeds/<int:pk>/active/", feeds.set_active, name="feed_active"),
    path("setup/", setup.setup, name="setup"),
    # What is taken along: files, feeds, and the API for programs.
    path("story/<int:pk>/<slug:slug>/export/", exports.listing, name="story_exports"),
    path("story/<int:pk>/<slug:slug>/export/<str:name>", exports.export, name="story_export"),
    path("story/<int:pk>/<slug:slug>/feed.atom", atom.story, name="story_feed"),
    path("outlet/<slug:slug>/feed.atom", atom.outlet, name="outlet_feed"),
    path("search/feed.atom", atom.search, name="search_feed"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("api/", docs.docs, name="api_docs"),
    path("api/v1/", api.urls),
    path("api/v1/<path:rest>", problems.missing, name="api_missing"),
    # The demo world: invented news on this server, for a machine without a network.
    path("demo/", demo.start, name="demo_start"),
    path("demo-world/<int:start>/<path:path>", demo.serve, name="demo_world"),
    # Where hubs confirm subscriptions and push what is new.
    path("websub/<str:token>/", websub.websub, name="websub"),
    # For supervisors and load balancers.
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
