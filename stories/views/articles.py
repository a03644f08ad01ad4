"""The article page, and an editor's "try again"."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stories.models import Article, Stage, TextState
from stories.selectors import articles as selector
from stories.selectors import attributions, columns, following
from stories.services import journal, retrying
from stories.views.hidden import is_hidden
from stories.views.pages import editors_only, page, person


@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """One report by one outlet."""
    found = selector.article_page(pk)
    if found is None:
        raise Http404("There is no article at this address.")
    row = found.article
    # The report stays; where its story is hidden, nothing leads there.
    story_hidden = row.story is not None and is_hidden(request, row.story)
    if story_hidden:
        row.story = None
    cited = attributions.cited(row, request.GET.get("kind", ""), whole_list=request.GET.get("sources") == "all")
    names = [source.name for source in cited.sources]
    context = {
        "page": found,
        "article": row,
        "cited": cited,
        "story_hidden": story_hidden,
        "following": following.standing(request.user, story=row.story, outlet=row.outlet, names=names),
        "on_its_way": row.stage not in (Stage.DONE, Stage.FAILED),
        "failed": row.stage == Stage.FAILED,
        "copies": Paginator(selector.copies_of(row), selector.COPIES).get_page(request.GET.get("page")),
        "may_fetch_again": row.stage == Stage.DONE and row.text_state in (TextState.NONE, TextState.FEED),
    }
    return page(request, "stories/article.html", context)


@editors_only
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed article on again, or fetch the page of one without text anew."""
    row = get_object_or_404(Article.objects.defer(*columns.of_article()), pk=pk)
    if retrying.retry(row, now=timezone.now()):
        journal.note(person(request), [row], "Tried again.")
        messages.success(request, gettext("The article is tried again; it is read within a minute or so."))
    else:
        messages.info(request, gettext("There is nothing to try again: the article is on its way, or has its text."))
    return redirect(row)
