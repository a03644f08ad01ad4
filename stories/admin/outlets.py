"""Outlets at the desk: a form in which several editors may work at once, the logo, and what was done to each.

What is set goes through services.outletedits, so that it is an edit with a way back. An outlet's slug is its address:
it is never typed, and never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from stories.admin.importing import Planned, Trade
from stories.admin.outletfile import OutletResource
from stories.admin.viewing import EditorsMay, acting, noted
from stories.ingest.errors import Failure
from stories.models import Edit, Outlet
from stories.outletforms import LogoForm, OutletForm
from stories.selectors import editwords, outletdesk, words
from stories.selectors.outletdirectory import Directory
from stories.services import footprints, journal, logos, outletedits, proposals
from stories.services.acts import By, Clash
from stories.services.outletedits import Changed
from stories.services.seen import Seen
from stories.templatetags.firsthand import english

# A history longer than this is read in the list of edits.
HISTORY = 200
LATEST = 5


class QuietFilter(admin.SimpleListFilter):
    """Outlets that report much less than they usually do."""

    title = gettext_lazy("quiet")
    parameter_name = "quiet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Those alone, or the others."""
        return [("yes", gettext_lazy("much quieter than usual")), ("no", gettext_lazy("as usual"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Outlet]) -> QuerySet[Outlet]:
        """Narrow the outlets."""
        if self.value() in ("yes", "no"):
            return queryset.filter(quiet_since__isnull=self.value() == "no")
        return queryset


@admin.register(Outlet)
class OutletAdmin(EditorsMay, Trade[Outlet]):
    """Newsrooms, their names in running text and their owners."""

    list_display = ("named", "kind", "country", "owner_group", "feed_count", "quiet_since")
    empty_value_display = ""
    list_filter = ("kind", QuietFilter, "demo", "lang", "country")
    search_fields = ("name", "slug", "aliases", "ambiguous_aliases", "domains", "owner_group")
    actions = ("read_name_anew",)
    list_per_page = 50
    # Said here as well: what is counted in groups forgets the order of its model.
    ordering = (Lower("name"), "pk")
    resource_classes = (OutletResource,)

    class Media:
        css = {"all": ["stories/desk-outlets.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The logo besides Django's own."""
        view = self.admin_site.admin_view(require_POST(self.logo_view))
        return [path("<int:pk>/logo/", view, name="stories_outlet_logo"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Outlet]:
        """With logo and number of feeds, in one query."""
        rows = super().get_queryset(request).select_related("logo").defer("logo__image")
        return rows.annotate(feed_total=Count("feeds"))

    def log_done(self, request: HttpRequest, resource: Planned, now: datetime) -> None:
        """Outlets that a file made; what it changed is an edit each."""
        if isinstance(resource, OutletResource) and resource.made:
            journal.note(acting(request), resource.made, "Made by a file.", journal.ADDITION)

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, outlet: Outlet) -> SafeString:
        """The name behind the logo."""
        logo = getattr(outlet, "logo", None)
        shown = format_html(
            '<img src="{}" width="{}" height="{}" alt="" loading="lazy">',
            reverse("outlet_logo", args=[outlet.slug, logo.digest[:16]]), logo.width, logo.height,
        ) if logo else ""  # fmt: skip
        named = format_html('<span class="named"><span class="logo small">{}</span>{}</span>', shown, outlet.name)
        return format_html('{} <span class="chip">{}</span>', named, gettext("invented")) if outlet.demo else named

    @admin.display(description=gettext_lazy("feeds"), ordering="feed_total")
    def feed_count(self, outlet: Outlet) -> int:
        """Feeds of this outlet."""
        return getattr(outlet, "feed_total", 0)

    @admin.action(
        description=gettext_lazy("Read its name anew: after its aliases were changed"), permissions=["change"]
    )
    def read_name_anew(self, request: HttpRequest, queryset: QuerySet[Outlet]) -> None:
        """Have the articles of the last days read again in which the chosen outlets are named."""
        now = timezone.now()
        chosen = list(queryset)
        count = sum(proposals.read_name_anew(outlet, now) for outlet in chosen)
        noted(request, chosen, "Its name is read anew.")
        said = gettext("Articles of the last %(days)s days that are read again: %(count)s.")
        said %= {"days": proposals.READ_ANEW.days, "count": count}
        self.message_user(request, said, messages.SUCCESS if count else messages.INFO)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Make an outlet by hand."""
        _must(self.has_add_permission(request))
        if request.method != "POST":
            return self._form_page(request, None, OutletForm())
        form = OutletForm(request.POST, directory=Directory.load())
        if not form.is_valid():
            return self._form_page(request, None, form, status=422)
        by = By.person(acting(request), form.cleaned_data["note"])
        outlet, done = outletedits.create(form.values(), by, timezone.now(), self._sharing(form))
        self.log_addition(request, outlet, form.cleaned_data["note"] or "Made by hand.")
        messages.success(request, gettext("%(outlet)s is made.") % {"outlet": outlet})
        self._say(request, done)
        return redirect("admin:stories_outlet_change", outlet.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An outlet's page; on POST, what was touched is set."""
        # What was seen is noted before what is shown is read.
        seen = Seen.now(outlets=[Outlet(pk=_number(object_id))])
        outlet = self._outlet(_number(object_id))
        _must(self.has_change_permission(request, outlet))
        if request.method != "POST":
            return self._form_page(request, outlet, OutletForm(outlet=outlet, seen=seen.token))
        form = OutletForm(request.POST, outlet=outlet, directory=Directory.load())
        if not form.is_valid():
            return self._form_page(request, outlet, form.again(outlet, form.data.get("seen", "")), status=422)
        by = By.person(acting(request), form.cleaned_data["note"], Seen.read(form.cleaned_data["seen"]))
        try:
            wanted = [(outlet, form.values()), *self._sharing(form)]
            done = outletedits.change_all(wanted, by, timezone.now())
        except Clash as clash:
            return self._clashed(request, outlet, form, clash)
        self._say(request, done)
        return redirect("admin:stories_outlet_change", outlet.pk)

    def _clashed(self, request: HttpRequest, outlet: Outlet, form: OutletForm, clash: Clash) -> HttpResponse:
        """The form again: what was typed is kept, and who changed the same is said at each field."""
        seen = Seen.now(outlets=[outlet])
        outlet = self._outlet(outlet.pk)
        named = {footprints.outlet(outlet.pk, name): name for name in form.values()}
        latest = {name: edit for edit in reversed(clash.edits) for name in map(named.get, edit.changed) if name}
        for name, edit in latest.items():
            form.add_error(name, _overtaken(edit, name))
        form.add_error(None, clash.reason if not latest else gettext("What you typed is kept; nothing is saved yet."))
        return self._form_page(request, outlet, form.again(outlet, seen.token), status=409)

    def _sharing(self, form: OutletForm) -> list[tuple[Outlet, dict[str, Any]]]:
        others = form.others()
        return [(outlet, others[outlet.pk]) for outlet in Outlet.objects.filter(pk__in=others)]

    def _say(self, request: HttpRequest, done: Changed) -> None:
        """What was done, with the way back, and what is worked out again for it."""
        for edit in done.edits:
            fields = ", ".join(change.label for change in editwords.changes(edit, {}))
            said = gettext("Saved for %(outlet)s: %(fields)s.") % {"outlet": edit.outlet, "fields": fields}
            undo = reverse("admin:stories_edit_undo", args=[edit.pk])
            messages.success(request, format_html('{} <a href="{}">{}</a>', said, undo, gettext("Undo")))
        told = {
            "articles": words.counted(done.reread, "article"),
            "stories": words.counted(done.traced, "story,stories"),
        }
        if done.reread or done.traced:
            messages.info(request, gettext("To be read again: %(articles)s. To be traced again: %(stories)s.") % told)
        elif not done.edits and request.resolver_match and request.resolver_match.url_name != "stories_outlet_add":
            messages.info(request, gettext("Nothing was changed: all is as you want it."))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All that people did to an outlet, before and after, with a way back."""
        outlet = self._outlet(_number(object_id))
        _must(self.has_view_permission(request, outlet))
        context = {"deeds": outletdesk.history(outlet, HISTORY), "outlet": outlet, "most": HISTORY}
        return self._render(request, "history", context)

    def logo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set an outlet's logo from an upload, or take it away."""
        outlet = self._outlet(pk)
        _must(self.has_change_permission(request, outlet))
        if "remove" in request.POST:
            if logos.remove(outlet):
                self.log_change(request, outlet, "Logo removed.")
            messages.success(request, gettext("%(outlet)s has no logo now.") % {"outlet": outlet})
            return redirect("admin:stories_outlet_change", pk)
        form = LogoForm(request.POST, request.FILES, most=settings.LOGO_BYTES)
        if form.is_valid():
            try:
                new = logos.put(outlet, form.cleaned_data["logo"].read(), timezone.now())
            except Failure as failure:
                form.add_error("logo", english(failure.reason))
            else:
                if new:
                    self.log_change(request, outlet, "Logo set.")
                messages.success(request, gettext("%(outlet)s has its logo.") % {"outlet": outlet})
                return redirect("admin:stories_outlet_change", pk)
        seen = Seen.now(outlets=[outlet])
        return self._form_page(request, outlet, OutletForm(outlet=outlet, seen=seen.token), form, status=422)

    def _form_page(
        self,
        request: HttpRequest,
        outlet: Outlet | None,
        form: OutletForm,
        logo: LogoForm | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "outlet": outlet, "groups": outletdesk.owner_groups()}
        context |= {"logo_form": logo or LogoForm(most=settings.LOGO_BYTES), "logo_bytes": settings.LOGO_BYTES}
        if outlet:
            context |= {"aside": outletdesk.aside(outlet), "deeds": outletdesk.history(outlet, LATEST)}
            context["may_delete"] = self.has_delete_permission(request, outlet)
        return self._render(request, "change_form", context, status)

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        outlet = context["outlet"]
        title = outlet.name if outlet else gettext("A new outlet")
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "now": timezone.now()}
        return render(request, f"admin/stories/outlet/{template}.html", frame | context, status=status)

    def _outlet(self, pk: int) -> Outlet:
        found = Outlet.objects.select_related("logo").defer("logo__image").filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such outlet.")
        return found


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0


def _overtaken(edit: Edit, name: str) -> SafeString:
    """Who changed a field after the form was shown, from what to what, and how to have it one's own way."""
    change = next(each for each in editwords.changes(edit, {}) if each.name == name)
    told = {"who": edit.by, "ago": words.ago((timezone.now() - edit.at).total_seconds())}
    said = gettext("%(who)s changed this %(ago)s:") % told
    way = gettext("What stands above is yours: save again, and it replaces that.")
    return format_html("{} <del>{}</del> → <ins>{}</ins>. {}", said, change.before, change.after, way)


def _must(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
