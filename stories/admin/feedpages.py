"""The pages of feeds at the desk: one feed with its history, and what is asked before many are changed.

Whatever is done stands in the desk's log, and is told: what was done, and what was not and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from stories.admin.viewing import acting, is_editor
from stories.catalogueforms import BulkFeedsForm, FeedDeskForm, IntervalForm, MoveFeedsForm
from stories.ingest.errors import Failure
from stories.models import Feed
from stories.selectors import feed as selector
from stories.selectors import outletdesk
from stories.services import feedbatches, hosts, journal, tending
from stories.services.feedbatches import Done
from stories.services.tending import KnownAlready, Wanted
from stories.templatetags.firsthand import counted, english

# A page names so many of the feeds that it is about.
NAMED = 100


class FeedPages(admin.ModelAdmin[Feed]):
    """One feed, and many."""

    def bulk_urls(self) -> list[URLPattern]:
        """Where the forms about many feeds go."""
        view = self.admin_site.admin_view
        return [
            path("interval/", view(require_POST(self.interval_view)), name="stories_feed_interval"),
            path("move/", view(require_POST(self.move_view)), name="stories_feed_move"),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One feed: how it fares, its history, and its form; a new address is asked before it is taken."""
        now = timezone.now()
        number = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        found = selector.find(number, now)
        if found is None:
            raise Http404("There is no such feed.")
        _must_be_editor(request)
        form = FeedDeskForm(request.POST or None, initial=_as_shown(found))
        if request.method == "POST":
            if found.outlet.demo:
                form.add_error(None, gettext("Feeds of the demo world are invented; they can’t be changed."))
            elif form.is_valid() and self._changed(request, found, form):
                return redirect("admin:stories_feed_change", number)
        context = {"page": selector.feed_page(found), "feed": found, "form": form, "now": now}
        context |= {"title": str(found), "may_delete": self.has_delete_permission(request, found)}
        return self._render(request, "change_form", context, 422 if form.errors else 200)

    def _changed(self, request: HttpRequest, found: Feed, form: FeedDeskForm) -> bool:
        """Change what was touched; False where the address was refused, which the form then says."""
        touched = form.touched()
        minutes = touched.get("minutes")
        wanted = Wanted(
            title=touched.get("title", found.title).strip(),
            lang=touched.get("lang", found.lang),
            fixed_interval_s=(minutes * 60 if minutes else None) if "minutes" in touched else found.fixed_interval_s,
            outlet=touched.get("outlet", found.outlet),
            url=touched.get("url", found.url).strip(),
        )
        try:
            moved = tending.edit(found, wanted, now=timezone.now())
        except KnownAlready as refusal:
            address = reverse("admin:stories_feed_change", args=[refusal.feed.pk])
            form.add_error("url", format_html('{} <a href="{}">{}</a>', english(refusal.reason), address, refusal.feed))
            return False
        except Failure as failure:
            form.add_error("url", english(failure.reason))
            return False
        if touched:
            self.log_change(request, found, [{"changed": {"fields": sorted(touched)}}])
        said = gettext("Changed; it is asked at its new address in a moment.") if moved else gettext("Changed.")
        messages.success(request, said if touched else gettext("Nothing was changed: all is as you want it."))
        return True

    def polled(self, request: HttpRequest, queryset: QuerySet[Feed]) -> HttpResponse | None:
        """Make feeds due; tell which are taken up by it, and which wait for their server. Back to where one stood."""
        now = timezone.now()
        feeds = list(queryset)
        taken_up = sum(not feed.active for feed in feeds)
        tending.poll_all(queryset, take_up=True, now=now)
        journal.note(acting(request), feeds, "Poll asked for.")
        messages.success(request, gettext("Due now: %(feeds)s.") % {"feeds": counted(len(feeds), "feed")})
        if taken_up:
            messages.info(request, gettext("Taken up again by it: %(feeds)s.") % {"feeds": counted(taken_up, "feed")})
        resting = hosts.resting({feed.host for feed in feeds if not feed.outlet.demo}, now)
        if waiting := [feed for feed in feeds if feed.host in resting]:
            told = {"feeds": counted(len(waiting), "feed"), "hosts": ", ".join(sorted(resting)[:5])}
            messages.warning(
                request, gettext("Asked when the rest of their server ends: %(feeds)s (%(hosts)s).") % told
            )
        return _back(request)

    def switched(self, request: HttpRequest, queryset: QuerySet[Feed], *, active: bool) -> HttpResponse | None:
        """Pause feeds or take them up again. Back to where one stood."""
        done = feedbatches.set_active(queryset, active, timezone.now())
        word = gettext("Taken up again") if active else gettext("Paused")
        self._tell(request, done, word, "Taken up again." if active else "Paused.")
        return _back(request)

    def ask_interval(
        self, request: HttpRequest, queryset: QuerySet[Feed], form: IntervalForm | None = None
    ) -> HttpResponse:
        """Which interval the chosen feeds are to have."""
        feeds = list(queryset)
        form = form or IntervalForm(initial={"feeds": _numbers(feeds)})
        return self._ask(request, feeds, form, gettext("Set a fixed interval"), "stories_feed_interval")

    def interval_view(self, request: HttpRequest) -> HttpResponse:
        """Set it."""
        _must_be_editor(request)
        form = IntervalForm(request.POST)
        feeds = self._chosen(form)
        if not form.is_valid():
            return self.ask_interval(request, feeds, form)
        minutes = form.cleaned_data["minutes"]
        done = feedbatches.set_interval(feeds, minutes * 60 if minutes else None, timezone.now())
        log = f"Interval fixed at {minutes} minutes." if minutes else "Interval adapted to the news again."
        self._tell(request, done, gettext("Interval set"), log)
        return redirect("admin:stories_feed_changelist")

    def ask_outlet(
        self, request: HttpRequest, queryset: QuerySet[Feed], form: MoveFeedsForm | None = None
    ) -> HttpResponse:
        """Which outlet the chosen feeds are to be of; then, whether that is what was meant."""
        feeds = list(queryset)
        form = form or MoveFeedsForm(initial={"feeds": _numbers(feeds)})
        return self._ask(request, feeds, form, gettext("Move to another outlet"), "stories_feed_move")

    def move_view(self, request: HttpRequest) -> HttpResponse:
        """Show what would move where; move it once the editor has seen that."""
        _must_be_editor(request)
        form = MoveFeedsForm(request.POST)
        feeds = self._chosen(form)
        if form.is_valid() and form.cleaned_data["outlet"].demo:
            form.add_error("outlet", gettext("Real feeds and invented outlets have nothing to do with each other."))
        if form.is_valid() and form.cleaned_data["sure"]:
            outlet = form.cleaned_data["outlet"]
            done = feedbatches.move(feeds, outlet, timezone.now())
            told = gettext("Moved to %(outlet)s") % {"outlet": outlet}
            self._tell(request, done, told, f"Moved to {outlet}.")
            return redirect("admin:stories_feed_changelist")
        return self.ask_outlet(request, feeds, form)

    def _ask(
        self, request: HttpRequest, feeds: Sequence[Feed], form: BulkFeedsForm, title: str, action: str
    ) -> HttpResponse:
        outlet = form.cleaned_data.get("outlet") if form.is_bound and form.is_valid() else None
        context = {"feeds": feeds[:NAMED], "more": len(feeds) - NAMED, "count": len(feeds), "form": form}
        context |= {"title": title, "action": f"admin:{action}", "to": outlet, "names": outletdesk.names()}
        context["invented"] = sum(feed.outlet.demo for feed in feeds)
        context["there"] = sum(feed.outlet_id == outlet.pk for feed in feeds) if outlet else 0
        return self._render(request, "bulk", context, 422 if form.errors else 200)

    def _chosen(self, form: BulkFeedsForm) -> QuerySet[Feed]:
        form.is_valid()
        pks = form.chosen() if "feeds" in form.cleaned_data else []
        return Feed.objects.filter(pk__in=pks).select_related("outlet")

    def _tell(self, request: HttpRequest, done: Done, word: str, log: str) -> None:
        """What was done, and what was not."""
        journal.note(acting(request), done.changed, log)
        if done.changed:
            messages.success(request, f"{word}: {counted(len(done.changed), 'feed')}.")
        if done.same:
            told = {"feeds": counted(len(done.same), "feed")}
            messages.info(request, gettext("As wanted already: %(feeds)s.") % told)
        if done.refused:
            told = {"feeds": counted(len(done.refused), "feed")}
            messages.warning(request, gettext("Not changed, since they are invented: %(feeds)s.") % told)

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "now": timezone.now(), **context}
        return render(request, f"admin/stories/feed/{template}.html", frame, status=status)


def _as_shown(found: Feed) -> dict[str, Any]:
    minutes = found.fixed_interval_s // 60 if found.fixed_interval_s else None
    return {
        "title": found.title, "outlet": found.outlet_id, "url": found.url, "minutes": minutes, "lang": found.lang
    }  # fmt: skip


def _back(request: HttpRequest) -> HttpResponse | None:
    """To the page of the one feed where the button was; None for the list."""
    number = request.POST.get("back", "")
    return redirect("admin:stories_feed_change", number) if number.isdecimal() and len(number) < 19 else None


def _numbers(feeds: Iterable[Feed]) -> str:
    return ",".join(str(feed.pk) for feed in feeds)


def _must_be_editor(request: HttpRequest) -> None:
    if not is_editor(request):
        raise PermissionDenied
