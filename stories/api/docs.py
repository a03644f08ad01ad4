"""The API's page for people, made from its own description, so that the two can't differ. Calls no other host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from stories.api.app import api


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a field: its name, its type in words, and its meaning."""

    name: str
    type: str
    meaning: SafeString
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with what it takes and gives; `gives` is the name of a shape."""

    id: str
    path: str
    summary: str
    meaning: SafeString
    parameters: list[Row]
    gives: str
    answers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer holds."""

    name: str
    meaning: SafeString
    rows: list[Row]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation and every shape, and how to ask."""
    schema = api.get_openapi_schema()
    context = {
        "frame": "base.html",
        "about": [_marked(one) for one in schema["info"]["description"].split("\n\n")],
        "operations": [_operation(path, found["get"]) for path, found in schema["paths"].items()],
        "shapes": [
            _shape(name, one) for name, one in sorted(schema["components"]["schemas"].items()) if "properties" in one
        ],
        "schema_url": reverse("api:openapi-json"),
        "public": settings.PUBLIC_URL,
    }
    return render(request, "stories/api.html", context)


def _operation(path: str, found: dict[str, Any]) -> Operation:
    answer = found["responses"][200]["content"]["application/json"]["schema"]
    return Operation(
        id=found["operationId"],
        path=path,
        summary=found["summary"],
        meaning=_marked(found.get("description", "")),
        parameters=[
            Row(one["name"], _type(one["schema"])[0], _marked(one.get("description", "")))
            for one in found["parameters"]
        ],
        gives=_type(answer)[1],
        answers=[(str(status), answer["description"]) for status, answer in found["responses"].items()],
    )


def _shape(name: str, found: dict[str, Any]) -> Shape:
    rows = []
    for field, one in found["properties"].items():
        said, shape = _type(one)
        rows.append(Row(field, said, _marked(one.get("description", "")), shape))
    return Shape(name, _marked(found.get("description", "")), rows)


def _type(schema: dict[str, Any]) -> tuple[str, str]:
    """A type in words, and the shape that it leads to ("" where none)."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        known = api.get_openapi_schema()["components"]["schemas"][name]
        return (_one_of(known["enum"]), "") if "enum" in known else (name, name)
    if "anyOf" in schema or "allOf" in schema:
        parts = [_type(one) for one in schema.get("anyOf") or schema["allOf"]]
        return " or ".join(dict.fromkeys(said for said, _ in parts)), next((shape for _, shape in parts if shape), "")
    if "enum" in schema:
        return _one_of(schema["enum"]), ""
    if schema.get("type") == "array":
        said, shape = _type(schema["items"]) if "items" in schema else ("value", "")
        return f"list of {said}", shape
    return str(schema.get("format") or schema.get("type") or "value"), ""


def _marked(text: str) -> SafeString:
    """Words with what stands between backticks as code."""
    pieces = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", one) if n % 2 else one,) for n, one in pieces))


def _one_of(values: list[Any]) -> str:
    return " | ".join(f"“{value}”" for value in values)
