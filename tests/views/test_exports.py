"""A story as files: what each holds, what a spreadsheet or LaTeX makes of it, and that no text leaves whole."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from stories.selectors import citations
from stories.views.exports import EXPORTS, safe
from tests import compared, factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return compared.world()


@pytest.fixture
def file(client):
    """A file of a story."""

    def get(story, name: str) -> str:
        response = client.get(f"{story.get_absolute_url()}export/{name}")
        assert response.status_code == 200
        return response.content.decode()

    return get


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_names_every_file_and_the_ways_to_stay_up_to_date(client, page, world):
    address = world.story.get_absolute_url()
    text = page(client, f"{address}export/")
    for name in EXPORTS:
        assert f'href="{address}export/{name}"' in text
    assert f'href="{address}feed.atom"' in text
    assert f'href="/api/v1/stories/{world.story.pk}"' in text
    assert "Not compared yet" not in text
    assert "Not compared yet" in page(client, f"{factories.story().get_absolute_url()}export/")


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_has_its_type_its_name_and_no_cookie(client, world, name):
    response = client.get(f"{world.story.get_absolute_url()}export/{name}")
    assert response["Content-Type"] == EXPORTS[name].type
    assert "charset=utf-8" in response["Content-Type"]
    slug = world.story.slug
    assert response["Content-Disposition"] == f'attachment; filename="story-{world.story.pk}-{slug}-{name}"'
    assert not response.cookies
    again = client.get(response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", EXPORTS)
def test_a_story_of_which_nothing_is_known_has_files_all_the_same(file, name):
    file(factories.story(), name)


def test_wrong_and_merged_addresses_lead_on(client, world):
    right = f"{world.story.get_absolute_url()}export/"
    for address in (f"/story/{world.story.pk}/wrong/export/", f"{world.merged.get_absolute_url()}export/"):
        assert client.get(address)["Location"] == right
        assert client.get(f"{address}articles.csv")["Location"] == f"{right}articles.csv"
    assert client.get(f"{right}nothing.csv").status_code == 404
    assert client.get("/story/999999999999999999999/x/export/").status_code == 404


def test_the_matrix_has_a_row_for_each_claim_and_report(file, world):
    found = rows(file(world.story, "matrix.csv"))
    assert [(row["outlet"], row["state"]) for row in found] == [
        ("The Tern Gazette", "same"), ("Valley_Herald 100%", "conflicting"), ("Coast Wire", "text not available"),
    ]  # fmt: skip
    contrary = found[1]
    assert (contrary["attributed_to"], contrary["by_way_of"], contrary["differs_in"]) == (
        "The Tern Gazette", "The Tern Gazette", "number",
    )  # fmt: skip
    assert (contrary["place"], contrary["words_here"]) == ("opening", "Eleven gulls were")
    assert contrary["passage"].startswith("Eleven gulls were lost")
    assert contrary["claim_words"].startswith("Nine gulls were lost")
    assert contrary["url"] == world.herald.url
    assert f"/article/{world.herald.pk}/" in contrary["page"]
    assert contrary["conflicting"] == "yes"


def test_the_matrix_as_json_has_the_conflicts(file, world):
    told = json.loads(file(world.story, "matrix.json"))
    assert told["story"]["id"] == world.story.pk
    assert [cell["state"] for cell in told["claims"][0]["cells"]] == ["same", "conflicting", "text not available"]
    assert [side["value"] for side in told["conflicts"][0]["sides"]] == ["nine", "eleven"]


def test_what_is_in_a_report_that_has_a_text_and_no_cell_is_not_found(file, world):
    comparison = world.story.comparison
    comparison.compared["claims"][0]["cells"] = comparison.compared["claims"][0]["cells"][:1]
    comparison.save()
    found = rows(file(world.story, "matrix.csv"))
    assert [row["state"] for row in found] == ["same", "not found", "text not available"]
    assert found[1]["passage"] == found[1]["place"] == ""


def test_attributions(file, world):
    quill, paper = rows(file(world.story, "attributions.csv"))
    assert (quill["source"], quill["source_kind"], quill["cue"], quill["own_for_main_news"]) == (
        "Ada Quill", "named", "said", "yes",
    )  # fmt: skip
    assert paper["by_way_of"] == "The Tern Gazette"
    told = json.loads(file(world.story, "attributions.json"))["attributions"]
    assert [one["name"] for one in told] == ["Ada Quill", "The Tern Gazette"]


def test_articles_have_three_times_role_credits_and_the_state_of_their_text(file, world):
    gazette, herald, wire = rows(file(world.story, "articles.csv"))
    assert (gazette["claimed_at"], gazette["first_seen_at"], gazette["polled_before_at"]) == (
        "2026-03-04T08:58:00Z", "2026-03-04T09:00:00Z", "2026-03-04T08:50:00Z",
    )  # fmt: skip
    assert (herald["claimed_at"], herald["reported_by"], herald["role"]) == ("", "first seen", "re-report")
    assert herald["credits"] == "The Tern Gazette: reported"
    assert wire["text_state"] == "article text not available"
    told = json.loads(file(world.story, "articles.json"))["articles"]
    assert [one["id"] for one in told] == [world.gazette.pk, world.herald.pk, world.wire.pk]


def test_no_cell_is_a_formula(file, world):
    assert rows(file(world.story, "articles.csv"))[1]["headline"] == "'=Eleven gulls lost, says Tern Gazette"
    for begin in ("=", "+", "-", "@", "\t", "\r"):
        assert safe(f"{begin}1+1") == f"'{begin}1+1"
    assert [safe(value) for value in ("a=b", "", 12, -1, None)] == ["a=b", "", 12, -1, None]
    for name in ("matrix.csv", "attributions.csv", "articles.csv"):
        text = file(world.story, name)
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]


@pytest.mark.parametrize("name", EXPORTS)
def test_no_file_holds_a_whole_text(file, world, name):
    long = "Gulls were counted again and again by everybody " * 40
    world.gazette.version.text = f"{long}.\n{compared.GAZETTE[1]}"
    world.gazette.version.save()
    assert long not in file(world.story, name)


def test_csl(file, world):
    gazette, herald, _wire = json.loads(file(world.story, "csl.json"))
    assert gazette["container-title"] == "The Tern Gazette"
    assert gazette["author"] == [{"literal": "Piet Aal & Orla Venn"}]
    assert gazette["issued"] == {"date-parts": [[2026, 3, 4]]}
    assert gazette["URL"] == world.gazette.url
    assert "author" not in herald
    assert len({item["id"] for item in (gazette, herald)}) == 2


def test_bibtex_is_safe_for_latex(file, world):
    text = file(world.story, "citations.bib")
    entries = text.split("@misc{")[1:]
    assert [entry.split(",")[0] for entry in entries] == [
        f"tern-gazette-20260304-{world.gazette.pk}",
        f"valley-herald-20260304-{world.herald.pk}",
        f"coast-wire-20260304-{world.wire.pk}",
    ]
    assert "  author = {{Piet Aal \\& Orla Venn}}," in entries[0]
    assert "  howpublished = {{Valley\\_Herald 100\\%}}," in entries[1]
    assert "  url = {https://outlet.example/a_b%20c?d=1&e=%7B2%7D}," in entries[1]
    assert "  month = mar," in entries[0]
    for entry in entries:
        assert entry.count("{") == entry.count("}") - 1, "the entry's own brace was cut off above"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("100% & $5 #1 a_b", r"100\% \& \$5 \#1 a\_b"),
        (r"a\b {c} ~d ^e", r"a\textbackslash{}b \{c\} \textasciitilde{}d \textasciicircum{}e"),
        ('<i> | "x"', r"\textless{}i\textgreater{} \textbar{} \textquotedbl{}x\textquotedbl{}"),
        ("two\nlines\x00\x1b", "two lines"),
        ("Łódź – “Ärger”", "Łódź – “Ärger”"),
    ],
)
def test_what_latex_would_read_as_a_command(text, written):
    assert citations.escape(text) == written


def test_however_many_reports_there_are_as_many_queries(client, world, django_assert_max_num_queries):
    for n in range(15):
        factories.article(story=world.story, first_seen_at=MORNING + timedelta(hours=2, minutes=n))
    for name in EXPORTS:
        with django_assert_max_num_queries(9):
            client.get(f"{world.story.get_absolute_url()}export/{name}")


def test_names_of_files_are_plain(world):
    for name in EXPORTS:
        assert re.fullmatch(r"[a-z.]+", name)
