"""How Atom feeds are written and sent: names that stay, text that XML can hold, and 304 for whoever has it already."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import gettext
from django.utils.xmlutils import SimplerXMLGenerator

from stories.selectors.extracts import absolute

# What XML 1.0 has no room for; a feed that holds one of these can't be read at all.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Names begin with a host and a year in which it was ours (RFC 4151); the year is fixed, so that they stay.
YEAR = 2026


class Feed(Atom1Feed):
    """Django's Atom with the entry's language, the report's address, and a time that stands while nothing is new."""

    def latest_post_date(self) -> datetime:
        """The newest entry's time; of an empty feed the one that it was given."""
        newest = max((item["updateddate"] for item in self.items), default=None)
        given: datetime = self.feed["since"]
        return newest or given

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """The entry's language, where it is known."""
        return {"xml:lang": item["language"]} if item["language"] else {}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """What Django writes, and where the report itself is."""
        super().add_item_elements(handler, item)
        if item["at_outlet"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": item["at_outlet"]})


def begun(request: HttpRequest, title: str, path: str, name: str, since: datetime) -> Feed:
    """An empty feed of the page at `path`; `since` is its time while nothing is in it."""
    return Feed(
        title=clean(title),
        link=absolute(path),
        description=None,
        author_name="Firsthand",
        feed_url=absolute(request.get_full_path()),
        feed_guid=tag(name),
        feed_copyright=gettext("Headlines and excerpts belong to their outlets."),
        since=since,
    )


def sent(request: HttpRequest, feed: Feed) -> HttpResponse:
    """The feed, or 304 where the reader has it."""
    response = HttpResponse(feed.writeString("utf-8"), content_type=Feed.content_type)
    changed = int(feed.latest_post_date().timestamp())
    response["Last-Modified"] = http_date(changed)
    set_response_etag(response)
    kept = get_conditional_response(request, etag=response["ETag"], last_modified=changed, response=response)
    return kept or response


def tag(name: str) -> str:
    """A name that stays (RFC 4151)."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},{YEAR}:{name}"


def clean(text: str) -> str:
    """Text without what XML can't hold."""
    return _NO_XML.sub("", text)
