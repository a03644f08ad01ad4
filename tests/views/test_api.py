"""The read-only API: what it tells, how it pages, who may ask how often, and what it says when it can't answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from pydantic import TypeAdapter

from stories.api.description import EXAMPLES
from stories.models import StoryComparison, Version
from stories.selectors.catalogue import OutletRecord, StoryRecord
from stories.selectors.extracts import Extract
from tests import compared, factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
PUBLIC = "https://news.example.org"


@pytest.fixture(autouse=True)
def _server(settings):
    settings.PUBLIC_URL = PUBLIC
    cache.clear()


@pytest.fixture
def world():
    return compared.world()


@pytest.fixture
def told(client):
    """The JSON at an address, after checking its status."""

    def get(path: str, status: int = 200, **headers: str) -> dict:
        response = client.get(f"{V1}{path}", headers=headers or None)
        assert response.status_code == status, response.content
        assert response["Content-Type"].startswith("application/json")
        return response.json()

    return get


def test_a_story_tells_its_counts_and_its_page(told, world):
    one = told(f"/stories/{world.story.pk}")
    assert one["page"] == f"{PUBLIC}{world.story.get_absolute_url()}"
    assert (one["articles"], one["outlets"], one["origins_at_least"], one["origins_at_most"]) == (3, 3, 1, 1)
    assert one["first_at"] == "2026-03-04T08:58:00Z"


def test_stories_are_listed_by_their_latest_report_and_paged_by_a_cursor(client, told):
    made = [factories.story(title=f"Story {n}", last_at=MORNING + timedelta(minutes=n)) for n in range(5)]
    first = told("/stories?limit=2")
    assert [one["id"] for one in first["items"]] == [made[4].pk, made[3].pk]
    assert first["next"].startswith(f"{PUBLIC}{V1}/stories?limit=2&cursor=")
    ids, following = [], first["next"]
    while following:
        page = client.get(following.removeprefix(PUBLIC)).json()
        ids += [one["id"] for one in page["items"]]
        following = page["next"]
    assert ids == [made[2].pk, made[1].pk, made[0].pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=gulls+lock", True),
        ("q=ferry", False),
        ("q=gulls%00lock", True),
        ("outlet=valley-herald", True),
        ("outlet=other", False),
        ("since=2026-03-04", True),
        ("since=2026-03-05", False),
        ("since=2026-03-04T11:00:00+02:00", True),
        ("since=2026-03-04T11:00:00%2B02:00", True),
        ("since=2026-03-04T15:00:00%2B02:00", False),
        ("until=2026-03-04T08:59:00Z", True),
        ("until=2026-03-03", False),
        ("language=en", True),
        ("language=de", False),
        ("q=gulls&outlet=tern-gazette&since=2026-03-01&until=2026-04-01&language=en", True),
    ],
)
def test_stories_are_narrowed(told, world, query, found):
    factories.outlet(slug="other")
    assert [one["id"] for one in told(f"/stories?{query}")["items"]] == [world.story.pk] * found


def test_articles_tell_three_times_role_credits_and_an_excerpt(told, world):
    page = told(f"/stories/{world.story.pk}/articles")
    assert (page["total"], page["next"]) == (3, None)
    gazette, herald, wire = page["items"]
    assert [gazette[name] for name in ("claimed_at", "first_seen_at", "polled_before_at")] == [
        "2026-03-04T08:58:00Z", "2026-03-04T09:00:00Z", "2026-03-04T08:50:00Z",
    ]  # fmt: skip
    assert (gazette["reported_by"], herald["reported_by"]) == ("claimed", "first seen")
    assert (gazette["role"], gazette["footing"]) == ("original", "own sources that can be told apart")
    assert (wire["text_state"], wire["role"], wire["footing"]) == ("none", "unknown", None)
    [credit] = herald["credits"]
    assert credit["outlet"]["slug"] == "tern-gazette"
    assert credit["passage"]["words"].endswith("The Tern Gazette reported.")
    [span] = credit["passage"]["spans"]
    assert credit["passage"]["page"] == f"{PUBLIC}/article/{world.herald.pk}/#c{span[0]}"
    assert told(f"/articles/{world.herald.pk}") == herald


def test_attributions_stand_with_their_passage_and_place(told, world):
    page = told(f"/stories/{world.story.pk}/attributions")
    quill, paper = page["items"]
    assert (quill["name"], quill["kind"], quill["source"], quill["cue"]) == (
        "Ada Quill", "named", "harbour master Ada Quill", "said",
    )  # fmt: skip
    assert quill["own"] is True
    assert quill["passage"]["words"].startswith("Nine gulls were lost")
    assert quill["passage"]["page"].endswith(f"/article/{world.gazette.pk}/#s{compared.at(world.gazette, 'said')[0]}")
    assert (paper["via"], paper["outlet"]["name"]) == ("The Tern Gazette", "Valley_Herald 100%")


def test_claims_have_a_cell_for_every_article_and_their_conflicts(told, world):
    page = told(f"/stories/{world.story.pk}/claims")
    [claim] = page["items"]
    assert [cell["state"] for cell in claim["cells"]] == ["same", "conflicting", "text not available"]
    same, contrary, without = claim["cells"]
    assert (same["said"]["name"], same["said"]["words"]) == ("Ada Quill", "harbour master Ada Quill said")
    assert (contrary["difference"], contrary["here"], contrary["there"]) == (
        "number", "Eleven gulls were", "Nine gulls were",
    )  # fmt: skip
    assert without["passage"] is None
    assert claim["page"].endswith(f"/claim/{claim['key']}/")
    [conflict] = page["conflicts"]
    assert (conflict["claim"], [side["value"] for side in conflict["sides"]]) == (claim["key"], ["nine", "eleven"])
    assert conflict["sides"][1]["passages"][0]["words"].startswith("Eleven gulls")
    assert (page["stale"], page["compared_at"]) == (False, "2026-03-04T10:58:00Z")


def test_quotes_tell_what_was_cut_and_where_they_were_not_found(told, world):
    [quote] = told(f"/stories/{world.story.pk}/quotes")["items"]
    assert [(one["kind"], one["cut"]) for one in quote["renderings"]] == [("full", ""), ("trimmed", "and we knew it")]
    assert quote["absent_from"] == []
    assert quote["first"] == world.gazette.pk


def test_happenings_and_provenance(told, world):
    [one] = told(f"/stories/{world.story.pk}/happenings")["items"]
    assert (one["kind"], one["article"], one["passage"]["words"]) == (
        "denial", world.herald.pk, "“The gate was old,” Quill said.",
    )  # fmt: skip
    whence = told(f"/stories/{world.story.pk}/provenance")
    assert (whence["at_least"], whence["at_most"], whence["stale"]) == (1, 1, False)
    assert whence["proven"][0]["sources"] == ["Ada Quill"]
    [edge] = whence["edges"]
    assert (edge["target"], edge["relation"]) == (world.gazette.pk, "reported")
    assert whence["first"]["article"] == world.gazette.pk


def test_what_happened_and_no_longer_stands_is_left_out(told, world):
    world.story.happenings.update(stands=False)
    assert told(f"/stories/{world.story.pk}/happenings")["items"] == []


def test_outlets(told, world):
    page = told("/outlets?q=tern")
    assert [one["slug"] for one in page["items"]] == ["tern-gazette"]
    one = told("/outlets/tern-gazette")
    assert (one["articles"], one["polled"], one["latest_at"]) == (1, False, "2026-03-04T08:58:00Z")
    assert [one["slug"] for one in told("/outlets?kind=agency")["items"]] == ["coast-wire"]


def test_what_was_neither_compared_nor_traced_says_so(told):
    story = factories.story()
    assert told(f"/stories/{story.pk}/claims") == {
        "total": 0, "next": None, "items": [], "compared_at": None, "stale": False, "conflicts": [],
    }  # fmt: skip
    assert told(f"/stories/{story.pk}/quotes")["items"] == []
    assert "not traced yet" in told(f"/stories/{story.pk}/provenance", 404)["detail"]


def test_passages_of_another_wording_are_not_shown(told, world):
    changed = Version.objects.create(
        article=world.herald, hash="new", title=world.herald.title, text="Twelve gulls.", text_state="page",
        seen_at=world.story.last_at + timedelta(hours=2),
    )  # fmt: skip
    world.herald.version = changed
    world.herald.save()
    [claim] = told(f"/stories/{world.story.pk}/claims")["items"]
    assert claim["cells"][1]["passage"]["words"] == ""
    assert "changed since" in claim["cells"][1]["passage"]["missing"]
    assert claim["cells"][1]["here"] == ""
    paper = told(f"/stories/{world.story.pk}/attributions")["items"][1]
    assert (paper["passage"]["words"], paper["source"]) == ("", "")
    assert "changed since" in told(f"/articles/{world.herald.pk}")["credits"][0]["passage"]["missing"]


def test_no_answer_holds_a_whole_text(client, world):
    long = "Gulls were counted again and again by everybody " * 40
    world.gazette.version.text = f"{long}.\n{compared.GAZETTE[1]}"
    world.gazette.version.save()
    for part in ("articles", "attributions", "claims", "quotes", "happenings", "provenance"):
        body = client.get(f"{V1}/stories/{world.story.pk}/{part}").content.decode()
        assert long not in body


def test_a_merged_story_leads_on_with_its_query(client, world):
    response = client.get(f"{V1}/stories/{world.merged.pk}/claims?limit=3")
    assert (response.status_code, response["Location"]) == (
        302, f"{PUBLIC}{V1}/stories/{world.story.pk}/claims?limit=3",
    )  # fmt: skip
    assert response.json()["merged_into"] == world.story.pk
    assert client.get(f"{V1}/stories/{world.merged.pk}").status_code == 302


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/stories/999999", 404, "no such story"),
        (f"/stories/{2**63 - 1}/claims", 404, "no such story"),
        (f"/stories/{2**63}", 422, "parameters are wrong"),
        ("/stories/none", 422, "parameters are wrong"),
        ("/stories/-1/quotes", 422, "parameters are wrong"),
        ("/stories?since=5", 422, "parameters are wrong"),
        ("/stories?until=0001-01-01T00:00:00%2B14:00", 200, ""),
        ("/stories?since=9999-12-31T23:59:59-14:00", 200, ""),
        ("/stories?since=2026-02-30", 422, "parameters are wrong"),
        ("/stories?since=2026-03-04T09:00:00", 422, "parameters are wrong"),
        ("/stories?limit=101", 422, "parameters are wrong"),
        ("/stories?cursor=abc", 422, "parameters are wrong"),
        ("/stories?cursor=999999999999999999.1", 200, ""),
        ("/stories?outlet=nobody", 404, "no such outlet"),
        ("/stories?language=english", 422, "parameters are wrong"),
        ("/outlets/nobody", 404, "no such outlet"),
        ("/outlets/%00", 422, "parameters are wrong"),
        ("/outlets?q=%00%ED%A0%80", 200, ""),
        ("/articles/999999", 404, "no such article"),
        ("/nothing/here", 404, "nothing at this address"),
        ("/stories/1%2F2", 404, "nothing at this address"),
    ],
)
def test_what_cannot_be_answered_is_said_in_json(told, path, status, words):
    told_ = told(path, status)
    assert words in told_.get("detail", "")


def test_a_wrong_parameter_is_named(told):
    faults = told("/stories?limit=0&since=tomorrow", 422)["faults"]
    assert sorted(fault["where"] for fault in faults) == ["query.limit", "query.since"]
    assert "2026-03-04T09:00:00Z" in " ".join(fault["what"] for fault in faults)


def test_it_only_reads(client, world):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"{V1}/stories/{world.story.pk}").status_code == 405
    head = client.head(f"{V1}/stories/{world.story.pk}")
    assert (head.status_code, head.content) == (200, b"")


def test_what_has_not_changed_is_not_sent_again(client, world):
    address = f"{V1}/stories/{world.story.pk}/claims"
    first = client.get(address)
    assert not first.cookies
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    StoryComparison.objects.update(at=MORNING + timedelta(days=1))
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "most"),
    [
        # Of articles and attributions one query asks what editors set right.
        ("/stories", 1), ("/stories/{0}/articles", 7), ("/stories/{0}/attributions", 6), ("/stories/{0}/claims", 7),
        ("/stories/{0}/quotes", 4), ("/stories/{0}/happenings", 5), ("/outlets", 4),
    ],
)  # fmt: skip
def test_however_much_there_is_as_many_queries(client, world, django_assert_max_num_queries, path, most):
    for _ in range(12):
        factories.story()
        factories.article(story=world.story)
    with django_assert_max_num_queries(most):
        assert client.get(V1 + path.format(world.story.pk)).status_code == 200


def test_the_description_says_what_every_field_means_and_which_errors_there_are(client):
    schema = client.get(f"{V1}/openapi.json").json()
    assert "head" not in {method for path in schema["paths"].values() for method in path}
    silent = [
        f"{name}.{field}"
        for name, shape in schema["components"]["schemas"].items()
        for field, one in shape.get("properties", {}).items()
        if not one.get("description")
    ]
    assert silent == []
    for path, methods in schema["paths"].items():
        operation = methods["get"]
        assert {"200", "401", "422", "429"} <= set(operation["responses"]), path
        assert operation["description"]
        assert {} in operation["security"], "a token is optional"
        assert "Retry-After" in operation["responses"]["429"]["headers"]
        assert all(one["description"] for one in operation["parameters"])


@pytest.mark.parametrize("shape", [StoryRecord, Extract, OutletRecord])
def test_the_examples_have_the_shape_that_they_show(shape):
    example = EXAMPLES[shape.__name__]
    assert TypeAdapter(shape).dump_python(TypeAdapter(shape).validate_python(example), mode="json") == example


def test_the_page_for_people_describes_every_operation_and_calls_nobody(client, page):
    text = page(client, "/api/")
    schema = client.get(f"{V1}/openapi.json").json()
    for path in schema["paths"]:
        assert f"GET {path}" in text
    for name, shape in schema["components"]["schemas"].items():
        if "properties" in shape:
            assert f'id="shape-{name}"' in text
    assert "<script>" not in text
    assert "`" not in text
    assert "“conflicting”" in text, "the words of an enumeration are told"
