"""What the address of a hidden story answers: that an editor has hidden it, since when, and nothing of it.

Editors see the page whole; the page itself says that it is hidden.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from stories.models import Story
from stories.selectors import hiding
from stories.views.pages import page

# For readers of feeds and files.
SAID = "An editor has hidden this story."


def is_hidden(request: HttpRequest, story: Story) -> bool:
    """Whether whoever asks is not to see the story."""
    return story.hidden and not getattr(request.user, "is_staff", False)


def hidden(request: HttpRequest, story: Story) -> HttpResponse:
    """The page that says so; no search engine is to list it."""
    response = page(request, "stories/hidden.html", {"since": hiding.since(story)})
    response["X-Robots-Tag"] = "noindex"
    return response
