"""Feeds come in at the browser: those of a site, shown before any is added, and lists as OPML; and how they go out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from stories.forms import OfferForm, OpmlForm, SiteForm
from stories.ingest.errors import Failure
from stories.services import journal, offering, subscribing
from stories.services.offering import Headline, Offer, Prospect, Site
from stories.templatetags.firsthand import counted, english
from stories.views.feeds import feeds_page
from stories.views.pages import editors_only, page, person

# A message is no place for a list of hundreds.
REFUSED_SHOWN = 10
NAMES_SHOWN = 3
# What was shown may have changed after so long; looking again takes seconds.
SHOWN_FOR_S = 3600
SALT = "stories.offers"
SAID = {
    "added": gettext_lazy("%(feeds)s added: %(names)s."),
    "known already": gettext_lazy("%(feeds)s known already: %(names)s."),
}


@editors_only
def add(request: HttpRequest) -> HttpResponse:
    """Find the feeds of a site and show them; what is wrong is said at the field."""
    form = SiteForm(request.POST)
    if form.is_valid():
        try:
            site = offering.look(form.cleaned_data["address"], now=timezone.now())
        except Failure as failure:
            form.add_error("address", english(failure.reason))
        else:
            return _offers(request, site, offering.prospect(site))
    return feeds_page(request, form, OpmlForm(), status=422)


@editors_only
def take(request: HttpRequest) -> HttpResponse:
    """Add the feeds that were ticked."""
    site = _shown(request.POST.get("site", ""))
    if site is None:
        form = SiteForm({"address": ""})
        form.errors["address"] = form.error_class(
            [gettext("What was found is more than an hour old: look for the feeds again.")]
        )
        return feeds_page(request, form, OpmlForm(), status=422)
    prospect = offering.prospect(site)
    form_ = OfferForm(request.POST, offers=len(site.offers), known=prospect.outlet)
    if form_.is_valid():
        chosen = [site.offers[n] for n in form_.cleaned_data["take"]]
        outlet = prospect.outlet if form_.cleaned_data["whose"] == "known" else None
        try:
            done = offering.take(site, chosen, outlet=outlet, name=form_.cleaned_data["name"], now=timezone.now())
        except Failure as failure:
            form_.add_error("take", english(failure.reason))
        else:
            said = gettext("%(outlet)s: we have these feeds already.")
            if done.added:
                journal.note(person(request), [done.outlet], f"{done.added} feeds added by the site's address.")
                said = gettext("%(outlet)s: %(feeds)s added, first poll in a moment.")
            messages.success(request, said % {"outlet": done.outlet, "feeds": counted(done.added, "feed")})
            return redirect(done.outlet)
    return _offers(request, site, prospect, form_, status=422)


def _offers(
    request: HttpRequest, site: Site, prospect: Prospect, form: OfferForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page that shows what was found; the first feed that we don't have is ticked."""
    fresh = [n for n, offer in enumerate(site.offers) if offer.url not in prospect.known]
    initial = {
        "site": signing.dumps(asdict(site), salt=SALT, compress=True),
        "take": fresh[:1],
        "whose": "known" if prospect.outlet else "new",
        "name": prospect.name,
    }
    form = form or OfferForm(initial=initial, offers=len(site.offers), known=prospect.outlet)
    ticked = {int(n) for n in form["take"].value() or () if str(n).isdecimal()}
    rows = [(n, offer, prospect.known.get(offer.url), n in ticked) for n, offer in enumerate(site.offers)]
    context: dict[str, Any] = {
        "site": site, "rows": rows, "fresh": len(fresh), "form": form, "outlet": prospect.outlet
    }  # fmt: skip
    return page(request, "stories/feed_offers.html", context, status=status)


def _shown(signed: str) -> Site | None:
    """What an earlier page showed; None if it is not ours, or too old."""
    try:
        data = signing.loads(signed, salt=SALT, max_age=SHOWN_FOR_S)
    except signing.BadSignature:
        return None
    offers = [
        Offer(**{**offer, "newest": tuple(Headline(**headline) for headline in offer["newest"])})
        for offer in data["offers"]
    ]
    return Site(data["home"], tuple(offers))


@editors_only
def import_opml(request: HttpRequest) -> HttpResponse:
    """Take the feeds of an OPML file; refused ones are named with the reason."""
    form = OpmlForm(request.POST, request.FILES)
    done = _imported(form) if form.is_valid() else None
    if done is None:
        return feeds_page(request, SiteForm(), form, status=422)
    if done.added:
        journal.note_many(person(request), f"{done.added} feeds", "Added by an OPML file.", journal.ADDITION)
    messages.success(request, f"{named(done.added, done.added_names, 'added')} {_known(done)}".strip())
    if done.refused:
        messages.warning(request, refusals(done.refused))
    return redirect("feeds")


def _imported(form: OpmlForm) -> subscribing.Imported | None:
    """What the file brought; None where the form has to say what is wrong with it."""
    try:
        done = subscribing.import_opml(form.cleaned_data["opml"].read(), now=timezone.now())
    except Failure as failure:
        form.add_error("opml", english(failure.reason))
        return None
    if not (done.added or done.known or done.refused):
        form.add_error("opml", gettext("This file lists no feed."))
        return None
    return done


def _known(done: subscribing.Imported) -> str:
    return named(done.known, done.known_names, "known already") if done.known else ""


def named(count: int, names: list[str], what: str) -> str:
    """A count with the first names: "12 feeds added: Coast Wire, Harbour Mirror, Valley News and 9 more."."""
    if not count:
        return gettext("No feed added.")
    first = ", ".join(name[:80] for name in names[:NAMES_SHOWN])
    if count > NAMES_SHOWN:
        more = {"names": first, "count": intcomma(count - NAMES_SHOWN)}
        first = gettext("%(names)s and %(count)s more") % more
    return SAID[what] % {"feeds": counted(count, "feed"), "names": first}


def refusals(refused: list[tuple[str, str]]) -> SafeString:
    """The refused addresses with their reasons, the first ones by name."""
    nameless = gettext("(no address)")
    rows = format_html_join(
        "", "<li>{}: {}</li>", ((a[:200] or nameless, english(r)) for a, r in refused[:REFUSED_SHOWN])
    )
    more = len(refused) - REFUSED_SHOWN
    rest = format_html("<li>{}</li>", gettext("and %(count)s more") % {"count": more}) if more > 0 else ""
    said = gettext("%(feeds)s not taken:") % {"feeds": counted(len(refused), "feed")}
    return format_html("{}<ul>{}{}</ul>", said, rows, rest)


@require_safe
def export_opml(_request: HttpRequest) -> HttpResponse:
    """Every feed as OPML: the list is public on the feeds page anyway."""
    body = subscribing.export_opml(timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="firsthand-feeds.opml"'}
    return HttpResponse(body, content_type="text/x-opml; charset=utf-8", headers=headers)
