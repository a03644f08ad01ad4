"""The pages in another language: the German catalogue holds every sentence, and the pages speak it."""

from __future__ import annotations

import html
import importlib
import inspect
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from io import BytesIO
from pathlib import Path

import lxml.html
import pytest
import time_machine
from babel.messages import Catalog, extract, mofile, pofile
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize

from stories.nlp.lineage import Keep
from stories.selectors import words
from stories.templatetags import firsthand
from tests import factories
from tests.nlp.provenance_worlds import NINE
from tests.stories_traced import forty, traced

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "stories/locale/de/LC_MESSAGES/django.po"
# What a msgid's arguments are for each function that marks one; gettext and gettext_lazy are also known as _.
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
Key = tuple[str | None, str, str]


def _sources() -> Iterator[tuple[Path, bytes]]:
    """Python as it is, templates as Django hands them to xgettext."""
    for folder in ("stories", "tracker"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in sorted(one for kind in ("*.html", "*.txt") for one in (ROOT / "templates").rglob(kind)):
        lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
        # The indentation of markup is none that Python's tokenizer would understand.
        yield path, "\n".join(line.strip() for line in lines).encode()


def _said() -> dict[Key, str]:
    """All that is marked for translation: (context, msgid, plural) to the first place."""
    found: dict[Key, str] = {}
    for path, source in _sources():
        for _line, message, _comments, context in extract.extract("python", BytesIO(source), keywords=KEYWORDS):
            one, many = message if isinstance(message, tuple) else (message, "")
            if one:
                found.setdefault((context, one, many), str(path.relative_to(ROOT)))
    return found


@pytest.fixture(scope="module")
def said() -> dict[Key, str]:
    return _said()


def _read(catalogue: Catalog) -> dict[Key, tuple[tuple[str, ...], bool]]:
    """A catalogue as (context, msgid, plural) to its forms, and whether they are only a guess."""
    found: dict[Key, tuple[tuple[str, ...], bool]] = {}
    for message in catalogue:
        if message.id:
            one, many = message.id if message.pluralizable else (message.id, "")
            context = message.context.decode() if isinstance(message.context, bytes) else message.context
            forms = tuple(message.string) if message.pluralizable else (message.string,)
            found[context, one, many] = (forms, message.fuzzy)
    return found


@pytest.fixture(scope="module")
def german() -> dict[Key, tuple[tuple[str, ...], bool]]:
    with CATALOGUE.open("rb") as file:
        catalogue = pofile.read_po(file, locale="de")
    assert not catalogue.obsolete
    return _read(catalogue)


def test_every_sentence_is_in_the_catalogue_and_nothing_stale(said, german):
    assert len(said) > 1000
    assert {key: said[key] for key in said.keys() - german.keys()} == {}
    assert german.keys() - said.keys() == set()


# What stands in templates as it is: names, units, and what is the same in every language.
NAMES = ("Firsthand", "Slack", "Discord", "Matrix", "Telegram", "ntfy", "Gotify", "Mattermost", "Rocket.Chat")
AS_THEY_ARE = {*NAMES, "Nextcloud Talk", "HTTP", "ms", "openapi.json", "feed.atom", "/api/v1/stories/"}
# What a translator is shown, what nobody is, and what is no text.
ELSEWHERE = re.compile(
    r"{%\s*(blocktrans(?:late)?|comment|held)\b.*?{%\s*end\1\s*%}|{%\s*block (?:bodyclass|coltype)\b.*?{%\s*endblock\s*%}"
    r"|<(script|style|code|kbd)\b.*?</\2>|{#.*?#}|{rows}|{time}",
    re.DOTALL,
)
READ_OUT = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"\0]+)"')


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_word_of_a_template_is_left_out(path):
    bare = re.sub(r"{%.*?%}|{{.*?}}", "\0", ELSEWHERE.sub("", path.read_text(encoding="utf-8")), flags=re.DOTALL)
    parts = [*re.sub(r"<[^>]*>", "\0", bare).split("\0"), *READ_OUT.findall(bare)]
    left = {html.unescape(part).strip(" \n\xa0·.,:;()") for part in parts}
    assert {part for part in left if re.search(r"[^\W\d_]{2}", part)} <= AS_THEY_ARE


def test_every_sentence_is_translated(german):
    assert [key for key, (forms, fuzzy) in german.items() if fuzzy or not all(forms)] == []
    assert [key for key, (forms, _) in german.items() if len(forms) != (2 if key[2] else 1)] == []


def test_placeholders_and_markup_are_those_of_the_english(german):
    for (_context, one, many), (forms, _) in german.items():
        for english, form in zip((one, many), forms, strict=False):
            wanted, given = set(PLACEHOLDER.findall(english)), set(PLACEHOLDER.findall(form))
            # A singular may leave its number to the words, in either language.
            assert given == wanted or (many and given <= set(PLACEHOLDER.findall(one + many))), form
            assert set(re.findall(r"<[^>]*>", form)) == set(re.findall(r"<[^>]*>", english)), form
            # Many stand in attributes: a straight quotation mark of the translation would end one.
            assert '"' not in re.sub(r"<[^>]*>", "", form), form


def test_what_is_compiled_is_what_is_written(german):
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        assert _read(mofile.read_mo(file)) == german


def _enumerations() -> list[type[StrEnum]]:
    modules = [importlib.import_module(f"stories.nlp.{name}") for name in ("findings", "lineage", "comparison")]
    return [
        each
        for module in modules
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, StrEnum) and each.__module__ == module.__name__
    ]


@pytest.mark.parametrize("enumeration", _enumerations(), ids=lambda each: each.__name__)
def test_every_word_of_an_enumeration_is_declared(enumeration, said):
    missing = [each.value for each in enumeration if (enumeration.__name__, each.value, "") not in said]
    assert missing == []


def test_the_units_of_intervals_are_declared(said):
    for unit in ("s", "min", "h", "days"):
        assert ("unit", unit, "") in said


def test_every_noun_that_a_page_counts_is_declared():
    counted = set()
    for path in sorted(one for kind in ("*.html", "*.txt") for one in (ROOT / "templates").rglob(kind)):
        counted |= set(re.findall(r"counted:[\"']([^\"']+)[\"']", path.read_text(encoding="utf-8")))
    for path in (ROOT / "stories").rglob("*.py"):
        counted |= set(re.findall(r"counted\([^()]+, [\"']([a-z ,]+)[\"']\)", path.read_text(encoding="utf-8")))
    assert len(counted) > 20
    assert counted - words.NOUNS.keys() == set()


def test_contexts_of_words_in_templates_are_enumerations_or_declared(said):
    contexts = {context for context, _, _ in said if context}
    for path in sorted(one for kind in ("*.html", "*.txt") for one in (ROOT / "templates").rglob(kind)):
        for kind in re.findall(r"\|word:\"(\w+)\"", path.read_text(encoding="utf-8")):
            assert kind in contexts, (path.name, kind)


# --- The pages -------------------------------------------------------------------------------------------------------

# Of each page some words that must be there in German, and some English ones that must not.
PAGES = {
    "/": (("Geschichten", "Bisher von einem Medium", "Anmelden"), ("From one outlet", "Sign in", "Skip to the page")),
    "/outlets/": (("Medien nach Namen", "Eigentümergruppe", "Jede Art"), ("Owner group", "Every kind")),
    "/feeds/": (("Fällig, aber nicht abgerufen", "Letzter Abruf"), ("Due but not fetched", "Last poll", "Next poll")),
    "/search/?q=ferry": (("Suche", "Jederzeit", "Jedes Medium", "So wird gefragt"), ("Any time", "Every outlet")),
    "/accounts/login/": (("Anmelden", "Noch kein Konto?", "E-Mail"), ("No account yet?", "Sign up")),
    "/quality/": (("Wie gut ist die Gruppierung?", "Fortlaufende Geschichten"), ("How good is", "Running stories")),
    "/edits/": (("Was geändert wurde", "Von der Redaktion"), ("What was changed", "By editors")),
    "/nothing-here/": (("Unter dieser Adresse gibt es nichts.",), ("There is nothing at this address.",)),
}


@pytest.fixture
def news(db) -> None:
    """A story of two outlets, one of one, a feed, an edit and an account."""
    wire, mirror = factories.outlet(name="Coast Wire"), factories.outlet(name="Harbour Mirror")
    shared = factories.story([factories.article(outlet=wire), factories.article(outlet=mirror)])
    factories.story([factories.article(outlet=mirror)])
    factories.edit(shared)
    factories.feed(outlet=wire)
    factories.user()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NINE + timedelta(hours=8), tick=False):
        yield


@pytest.fixture(autouse=True)
def _english():
    """A request leaves its language behind in its thread, where the next request would set its own."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def _left_in_english(page: str, german: dict[Key, tuple[tuple[str, ...], bool]]) -> set[str]:
    """Texts and labels of a page that are English of the catalogue; what is marked as English may be."""
    root = lxml.html.fromstring(page)
    for element in root.xpath("//*[starts-with(@lang, 'en')]"):
        element.drop_tree()
    shown = [text for element in root.iter() if isinstance(element.tag, str) for text in (element.text, element.tail)]
    shown += root.xpath("//@aria-label | //@title | //@placeholder | //@data-label")
    english = {one for (_, one, _), (forms, _) in german.items() if one not in forms}
    return {" ".join((text or "").split()) for text in shown} & english


@pytest.mark.parametrize("address", PAGES)
def test_pages_speak_german_where_the_browser_asks_for_it(client, news, german, address):
    response = client.get(address, headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    page = response.content.decode()
    there, gone = PAGES[address]
    assert '<html lang="de">' in page
    assert [word for word in there if word not in page] == []
    assert [word for word in gone if word in page] == []
    assert _left_in_english(page, german) == set()
    assert response.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= {each.strip() for each in response.headers["Vary"].split(",")}


@pytest.mark.parametrize("asked", ["", "en", "en-US,en;q=0.7", "fr,it;q=0.8", "zz", "*", "de-" * 400, "\u00a7"])
def test_all_others_get_english(client, news, asked):
    page = client.get("/outlets/", headers={"Accept-Language": asked}).content.decode()
    assert '<html lang="en-GB">' in page
    assert "Owner group" in page
    assert "Eigentümergruppe" not in page


def test_a_traced_story_in_german(client, db, german):
    story = traced(forty())
    page = client.get(story.get_absolute_url(), headers={"Accept-Language": "de"}).content.decode()
    assert "Woher das kommt" in page
    assert "unabhängige" in page
    assert "Nur die Schlagzeile" in page or "Artikeltext nicht verfügbar" in page
    assert "Sonntag, 22. November 2026, " in page
    assert "erster Bericht" in page
    assert ">9:04 Uhr</time>" in page
    assert "Sunday" not in page
    assert ">Übernahme<" in page
    assert _left_in_english(page, german) == set()
    # Numbers of drawings are read by machines: a decimal comma would break them.
    for drawn in re.findall(r"<svg.*?</svg>", page, re.S):
        for number in re.findall(r" (?:x|y|cx|cy|r|width|height|x1|x2|y1|y2)=\"([^\"]*)\"", drawn):
            assert re.fullmatch(r"-?[\d.]+%?", number), number
    # Headlines are English, and say so on a page that is not.
    assert 'lang="en" dir="auto"' in page


def test_an_article_in_german(client, db, german):
    story = traced(forty())
    article = story.articles.order_by("pk")[0]
    article.story_reasons = ["both name the Harbour Board"]
    article.save(update_fields=["story_reasons"])
    page = client.get(article.get_absolute_url(), headers={"Accept-Language": "de"}).content.decode()
    assert "Wer hier zitiert wird" in page
    assert "Drei Zeiten" in page
    assert '<li lang="en-GB" dir="auto">both name the Harbour Board</li>' in page
    assert _left_in_english(page, german) == set()


def test_forms_say_what_is_wrong_in_german(client, news):
    page = client.get("/search/?q=a&outlet=nobody", headers={"Accept-Language": "de"}).content.decode()
    assert "Dieses Medium gibt es nicht." in page


def test_bounds_of_forms_follow_the_language(editor_client, page):
    feed = factories.feed()
    assert "From 10 to 10,080 (a week)" in page(editor_client, f"/feeds/{feed.pk}/edit/")
    german = page(editor_client, f"/feeds/{feed.pk}/edit/", **{"Accept-Language": "de"})
    assert "Von 10 bis 10.080 (eine Woche)" in german


# --- The switch ------------------------------------------------------------------------------------------------------


def test_the_switch_keeps_the_page_and_is_remembered(client, news):
    page = client.get("/outlets/?kind=agency").content.decode()
    assert 'value="/outlets/?kind=agency"' in page
    assert '<button class="plain" type="submit" name="language" value="de" lang="de">Deutsch</button>' in page
    answer = client.post("/language/", {"language": "de", "next": "/outlets/?kind=agency"})
    assert answer.status_code == 302
    assert answer.url == "/outlets/?kind=agency"
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["samesite"], bool(cookie["httponly"])) == ("de", "Lax", True)
    assert "Jede Art" in client.get("/outlets/?kind=agency").content.decode()
    # The cookie outranks the browser's wish, and leads back as well.
    client.post("/language/", {"language": "en-gb", "next": "/outlets/"})
    page = client.get("/outlets/", headers={"Accept-Language": "de"}).content.decode()
    assert "Every kind" in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(client, news, elsewhere):
    answer = client.post("/language/", {"language": "de", "next": elsewhere}, headers={"Referer": "/feeds/"})
    assert "evil" not in answer.url
    assert answer.url in ("/", "/feeds/")


@pytest.mark.parametrize("language", ["fr", "../../etc", "", "de\r\nSet-Cookie: x=1"])
def test_the_switch_knows_its_languages_only(client, news, language):
    client.post("/language/", {"language": language, "next": "/"})
    response = client.get("/outlets/")
    assert "Owner group" in response.content.decode()
    assert response.headers["Content-Language"] == "en-gb"


def test_readers_get_no_cookie_for_reading(news):
    answer = Client(enforce_csrf_checks=True).get("/outlets/")
    assert not answer.cookies
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "de"}).status_code == 302


def test_a_page_that_was_posted_to_leads_to_the_front_page(editor_client):
    page = editor_client.post("/feeds/add/", {"address": ""}).content.decode()
    assert '<input type="hidden" name="next" value="/">' in page


# --- Words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", range(1, 13))
def test_english_days_are_spelt_as_ever(month):
    at = datetime(2026, month, 7, 8, 5)  # noqa: DTZ001 - a local time; its zone plays no part
    assert words.day(at) == f"7 {at:%b}"
    assert words.day(at, "DAY_OF_YEAR_FORMAT") == f"7 {at:%b} 2026"
    assert words.day(at, "LONG_DAY_FORMAT") == f"{at:%A} 7 {at:%B} 2026"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "gerade eben"), (61, "vor 1 Minute"), (7200, "vor 2 Stunden"), (-86400 * 3, "in 3 Tagen"), (-5, "gleich")],
)
def test_german_spans_of_time(seconds, said):
    with translation.override("de"):
        assert words.ago(seconds) == said


def test_german_counts_and_shares():
    with translation.override("de"):
        assert words.counted(1, "report") == "1 Bericht"
        assert words.counted(1204, "report") == "1.204 Berichte"
        assert firsthand.sure(0.883).replace("\u00a0", " ") == "zu 88 % sicher"
        assert firsthand.span(timedelta(hours=4, minutes=22)).replace("\u00a0", " ") == "4 Std. 22 Min."
        assert firsthand.language("fr") == "Französisch"
        assert firsthand.lang("de") == ""
        assert firsthand.lang("en") == ' lang="en" dir="auto"'
        assert words.word(Keep.DROPPED) == "entfallen"
        assert words.word("re-report", "Role") == "Übernahme"


def test_a_word_that_is_not_known_stays():
    with translation.override("de"):
        assert words.word("unheard of", "Role") == "unheard of"
        assert words.word("", "Role") == ""
        assert words.counted(2, "gull") == "2 gulls"


def test_markup_in_a_sentence_is_escaped(client, db):
    outlet = factories.outlet(name="<b>Coast</b>")
    story = factories.story([factories.article(outlet=outlet)])
    for asked in ("en", "de"):
        page = client.get(story.get_absolute_url(), headers={"Accept-Language": asked}).content.decode()
        assert "&lt;b&gt;Coast&lt;/b&gt;" in page
        assert "<b>Coast</b>" not in page
