"""What was found in articles and stories, at the desk: to be looked at, each finding with its passage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from stories.admin.filters import Choices, lately
from stories.admin.paging import Paged
from stories.admin.viewing import ViewOnly
from stories.models import Article, Attribution, Credit, Examined, Happening, StoryProvenance
from stories.nlp.findings import Span
from stories.selectors import columns, documents
from stories.selectors.passages import passage

# What a passage is cut from and checked by, and what of that weighs and is not needed.
ARTICLE = ("article__outlet", "article__version", "article__examined")
HEAVY = (*columns.of_article("article__"), "article__version__search", "article__examined__findings")

# Each mark by its own tag, so that they differ without a stylesheet.
_TAGS = {"source": "<b>{}</b>", "cue": "<em>{}</em>", "content": "<u>{}</u>", "evidence": "<b>{}</b>"}


def span(pair: Sequence[int]) -> Span:
    """A span as the database keeps it: a list of two."""
    return pair[0], pair[1]


def shown(article: Article | None, marks: Iterable[tuple[Span, str]]) -> str:
    """The passage of a finding, marked; a word instead where the article is gone or reads otherwise by now."""
    if article is None:
        return "the article is gone"
    whole = documents.document(article).whole
    examined = getattr(article, "examined", None)
    if examined and examined.wording != documents.wording(whole):
        return "its wording has changed since"
    tagged = [(format_html(_TAGS[one.mark], one.words) if one.mark else one.words,) for one in passage(whole, marks)]
    return format_html_join("", "{}", tagged)


class Roomy(ViewOnly):
    """Lists in which whole sentences stand."""

    class Media:
        css: ClassVar = {"all": ["stories/desk-findings.css"]}


def page_of(article: Article | None) -> str | SafeString:
    """A link to the article's own page, where everything that was found is shown."""
    return format_html('<a href="{}">{}</a>', article.get_absolute_url(), article.title) if article else ""


@admin.register(Examined)
class ExaminedAdmin(Roomy, Paged[Examined]):
    """Articles by the role that they show by themselves."""

    list_display = ("article", "article__outlet", "role", "at")
    list_filter = ("role",)
    search_fields = ("article__title",)
    fields = ("on_its_page", "role", "why", "version", "wording", "at", "findings")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Examined]:
        """With article and outlet, in one query; the findings themselves only where a row is opened."""
        rows = super().get_queryset(request).select_related("article__outlet", "version")
        return rows.defer("findings", *columns.of_article("article__"), "version__search", "version__text")

    @admin.display(description="article")
    def on_its_page(self, examined: Examined) -> str:
        """The article's page with us."""
        return page_of(examined.article)

    @admin.display(description="why")
    def why(self, examined: Examined) -> str:
        """What the role rests on."""
        told = examined.told()
        return " ".join(words for words, _evidence in told.why) if told else "written in a form that is no longer read"


@admin.register(Attribution)
class AttributionAdmin(Roomy, Paged[Attribution]):
    """Attributions by kind of source and stance; a row opens with its passage."""

    list_display = ("name_or_nobody", "kind", "stance", "via", "article")
    list_filter = ("kind", "stance", "form", "own")
    search_fields = ("name",)
    search_help_text = _("Any part of a source’s name")
    fields = (
        *("on_its_page", "passage", "name", "key", "kind", "stance", "via", "own", "form"),
        *("version", "start", "cue", "source", "content"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attribution]:
        """With the articles, in one query."""
        rows = super().get_queryset(request).select_related(*ARTICLE, "version")
        return rows.defer(*HEAVY, "version__search", "version__text")

    @admin.display(description="source", ordering="name")
    def name_or_nobody(self, row: Attribution) -> str:
        """The source's name."""
        return row.name or "(nobody)"

    @admin.display(description="article")
    def on_its_page(self, row: Attribution) -> str:
        """The article's page with us."""
        return page_of(row.article)

    @admin.display(description="passage")
    def passage(self, row: Attribution) -> str:
        """The sentence that it stands in."""
        marks = [(span(row.cue), "cue"), *((span(one), "source") for one in row.source)]
        return shown(row.article, [*marks, *((span(one), "content") for one in row.content)])


@admin.register(Credit)
class CreditAdmin(Roomy, Paged[Credit]):
    """Credits by relation; a row opens with its passage."""

    list_display = ("outlet_name", "relation", "main", "ours", "article")
    list_filter = ("relation", "main", ("outlet", admin.EmptyFieldListFilter))
    search_fields = ("outlet_name",)
    search_help_text = _("Any part of the name that is credited")
    fields = ("on_its_page", "passage", "outlet_name", "outlet", "relation", "main", "evidence")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        """With articles and outlets, in one query."""
        return super().get_queryset(request).select_related(*ARTICLE, "outlet").defer(*HEAVY)

    @admin.display(description="among ours", boolean=True)
    def ours(self, row: Credit) -> bool:
        """Whether we have the outlet."""
        return row.outlet_id is not None

    @admin.display(description="article")
    def on_its_page(self, row: Credit) -> str:
        """The article's page with us."""
        return page_of(row.article)

    @admin.display(description="passage")
    def passage(self, row: Credit) -> str:
        """The sentence that the credit stands in."""
        return shown(row.article, [(span(row.evidence), "evidence")])


class OriginsFilter(Choices):
    """By how many independent origins are proven."""

    title = _("origins")
    parameter_name = "origins"
    offered = (("0", _("none proven")), ("1", _("one")), ("2", _("several")))

    def queryset(self, request: HttpRequest, queryset: QuerySet[StoryProvenance]) -> QuerySet[StoryProvenance]:
        """Narrow the stories."""
        value = self.value()
        if value in ("0", "1"):
            return queryset.filter(least=int(value))
        return queryset.filter(least__gte=2) if value == "2" else queryset


@admin.register(StoryProvenance)
class StoryProvenanceAdmin(Roomy, Paged[StoryProvenance]):
    """Stories by how many independent origins their news has."""

    list_display = ("story", "least", "most", "revision", "at")
    list_filter = (OriginsFilter, lately("at", _("traced")))
    search_fields = ("story__title",)
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoryProvenance]:
        """With the stories' titles, in one query; what was traced only where a row is opened."""
        rows = super().get_queryset(request).select_related("story")
        return rows.defer("traced", *columns.of_story("story__"))


@admin.register(Happening)
class HappeningAdmin(Roomy, Paged[Happening]):
    """What happened to stories, the latest first."""

    list_display = ("at", "kind", "story", "article", "note", "stands", "noted_at")
    list_filter = ("kind", "stands", lately("at", _("when")))
    search_fields = ("story__title", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Happening]:
        """With the titles of story and articles, in one query."""
        heavy = [*columns.of_story("story__"), *columns.of_article("article__"), *columns.of_article("other__")]
        return super().get_queryset(request).select_related("story", "article", "other").defer(*heavy)
