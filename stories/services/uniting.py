"""Two rows that turn out to be one article become one: its page names an address under which we have it already.

A canonical address is believed on the outlet's own site only: on another it names the original of a copy, and copies
are articles of their own. What has a story by then stays in it, and two that both have one are left alone.
"""

from __future__ import annotations

from stories.ingest import changes, links
from stories.ingest.errors import Temporary
from stories.models import Article, ArticleKey, Feed, FeedEntry, Override, Stage, Version
from stories.services import identity

# Two pages of one article share its words but for a paragraph or two; those of articles that only share a template and
# a topic don't. Where headline or time agree, this is not asked.
SHARED_WORDS = 0.6


def settle(article: Article, canonical_url: str, text: str) -> bool:
    """Take the address that an article's page gives as its own; False if the article was merged into another by it.

    Must run in the transaction that holds the article's row. The row of one that was merged away is deleted and its
    `pk` is None. Raises Temporary where the other row is in use: nothing here waits for a lock.
    """
    key = identity.address_key(canonical_url, demo=article.outlet.demo)
    if not key or key == article.url_key or not _own_site(article, canonical_url):
        return True
    owner = identity.owners([key]).get(key)
    if owner is None:
        identity.add_keys([(key, article.pk)])
    elif owner != article.pk:
        return _unite(article, owner, text)
    return True


def _own_site(article: Article, url: str) -> bool:
    """Whether an address is of the article's own site or outlet: a copy names its original elsewhere."""
    host = links.host(url)
    if links.site_domain(url) == links.site_domain(article.url):
        return True
    return any(host == domain or host.endswith(f".{domain}") for domain in article.outlet.domains)


def _unite(article: Article, owner: int, text: str) -> bool:
    """Make one of two articles that claim one address, if they are one; False if `article` is the one that went."""
    held = {
        row.pk: row for row in Article.objects.filter(pk__in=[article.pk, owner]).select_for_update(skip_locked=True)
    }
    if len(held) < 2:
        raise Temporary("The same article under its other address is being worked on.")
    other = held[owner]
    # Two that have stories stay two: a story's counts would lie, and a curator can see both.
    if (
        other.outlet_id != article.outlet_id
        or (article.story_id and other.story_id)
        or not _agree(article, other, text)
    ):
        return True
    if article.story_id or other.story_id:
        kept, gone = (article, other) if article.story_id else (other, article)
    else:
        gone, kept = sorted((article, other), key=lambda row: (row.first_seen_at, row.pk), reverse=True)
    _absorb(kept, gone)
    if kept is other:
        kept.save()
    return kept is article


def _agree(article: Article, other: Article, text: str) -> bool:
    """Whether two articles with one canonical address have more in common than a template's mistake."""
    if article.claimed_at and article.claimed_at == other.claimed_at:
        return True
    if not changes.wording_changed(other.title, article.title):
        return True
    other_text = other.version.text if other.version else ""
    here, there = identity.long_words(text), identity.long_words(other_text)
    return bool(here and there) and len(here & there) >= SHARED_WORDS * min(len(here), len(there))


def _absorb(kept: Article, gone: Article) -> None:
    """Everything of `gone` becomes part of `kept`, and its row goes. `kept` itself is left for the caller to save."""
    feeds = set(FeedEntry.objects.filter(article=gone).values_list("feed_id", flat=True))
    # A poll of such a feed may be about to write these entries.
    held = Feed.objects.filter(pk__in=feeds).select_for_update(skip_locked=True, no_key=True)
    if len(held) < len(feeds):
        raise Temporary("A feed that shows the same article under its other address is being polled.")
    FeedEntry.objects.filter(article=gone).update(article=kept)
    ArticleKey.objects.filter(article=gone).update(article=kept)
    said = Override.objects.filter(article=kept).values_list("what", "about")
    for row in Override.objects.filter(article=gone):
        if (row.what, row.about) not in set(said):
            Override.objects.filter(pk=row.pk).update(article=kept)
    hashes = kept.versions.values_list("hash", flat=True)
    Version.objects.filter(article=gone).exclude(hash__in=list(hashes)).update(article=kept)
    key, first = gone.url_key, min(kept, gone, key=lambda row: row.first_seen_at)
    reported_at = kept.reported_at
    kept.first_seen_at, kept.polled_before_at = first.first_seen_at, first.polled_before_at
    kept.claimed_at = min((row.claimed_at for row in (kept, gone) if row.claimed_at), default=None)
    kept.reported_at = Article.reported(kept.claimed_at, kept.first_seen_at)
    for field in ("byline", "summary", "feed_text", "source_name", "source_url"):
        setattr(kept, field, getattr(kept, field) or getattr(gone, field))
    if kept.stage == Stage.DONE and kept.reported_at != reported_at:
        kept.stage = Stage.GROUPED  # its story's times are traced again
    gone.delete()
    ArticleKey.objects.bulk_create([ArticleKey(key=key, article=kept)], ignore_conflicts=True)
