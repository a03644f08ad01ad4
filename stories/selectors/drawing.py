"""What is drawn of a story's provenance: its reports and who repeats whom, as points and lines for selectors.graph.

Only what a report rests on is drawn; credits for a side fact stand in the list beneath.
"""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.models import Article
from stories.nlp.lineage import KNOWN, POSSIBLE, Edge, EdgeKind, Keep, Provenance
from stories.nlp.shelf import named
from stories.selectors import words
from stories.selectors.graph import Graph, Line, Point, graph
from stories.selectors.provenance import Whence
from stories.selectors.timeline import Shape

_LOOKS = {Keep.KEPT: "kept", Keep.WEAKENED: "weakened", Keep.DROPPED: "dropped"}
_SENTENCES = {
    EdgeKind.CREDITS: _("%(outlet)s credits %(other)s: text %(text)s, headline %(headline)s"),
    EdgeKind.COPIES: _("%(outlet)s carries the text of %(other)s: text %(text)s, headline %(headline)s"),
    EdgeKind.SHARES: _("%(outlet)s opens just like %(other)s: text %(text)s, headline %(headline)s"),
}


def drawing(whence: Whence, shape: Shape) -> Graph | None:
    """The drawing of a story's provenance; None where no report rests on another."""
    traced, articles = whence.traced, whence.at_hand.articles
    inside = {standing.article for standing in traced.standings}
    points = [_point(articles[pk], whence, origin=pk in _origins(traced)) for pk in articles if pk in inside]
    lines: list[Line] = []
    away: dict[str, Point] = {}
    for edge in traced.edges:
        if not edge.main or edge.article not in articles:
            continue
        target = articles.get(edge.target or 0)
        outlet = target.outlet.name if target else edge.outlet
        source: int | str = edge.target if edge.target in inside and target else f"away {named(outlet)}"
        if isinstance(source, str):
            away[source] = Point(source, outlet, None, "away", _elsewhere(target), _address(target), origin=True)
        lines.append(_line(edge, source, articles[edge.article], outlet))
    return graph([*away.values(), *points], lines, shape)


def _origins(traced: Provenance) -> set[int]:
    """The reports that count, or may count, as origins; a chain may also end in a denial, which is none."""
    standing = {one.article for one in traced.standings if one.footing in (*KNOWN, *POSSIBLE)}
    return standing & {origin.article for origin in traced.origins}


def _point(article: Article, whence: Whence, *, origin: bool) -> Point:
    role = whence.roles[article.pk]
    return Point(
        article.pk,
        article.outlet.name,
        article.reported_at,
        role.replace(" ", "-"),
        f"{words.word(role, 'Role')}: {article.title}",
        article.get_absolute_url(),
        origin,
    )


def _elsewhere(target: Article | None) -> str:
    return gettext("its report is in another story") if target else gettext("its own report is not at hand")


def _address(target: Article | None) -> str:
    return target.get_absolute_url() if target else ""


def _line(edge: Edge, source: int | str, article: Article, outlet: str) -> Line:
    look = {EdgeKind.COPIES: "copied", EdgeKind.SHARES: "shared"}.get(edge.kind, "")
    body = edge.drift.body if edge.drift else Keep.UNKNOWN
    headline = edge.drift.headline if edge.drift else Keep.UNKNOWN
    kept = {"text": words.word(body), "headline": words.word(headline)}
    said = _SENTENCES[edge.kind] % {"outlet": article.outlet.name, "other": outlet, **kept}
    if edge.decided:
        said = gettext("%(said)s; set by an editor") % {"said": said}
    bare = headline is Keep.DROPPED
    return Line(edge.article, source, look or _LOOKS.get(body, "untold"), bare, said, edge.decided)
