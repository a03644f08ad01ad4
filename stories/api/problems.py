"""What the API says when it can't answer: one shape for every error, in JSON, with words for whoever reads it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field


class Fault(Schema):
    """One parameter that is wrong."""

    where: str = Field(description="The parameter.", examples=["query.since"])
    what: str = Field(description="What is wrong with it.", examples=["Input should be a valid date"])


class Problem(Schema):
    """Why there is no answer."""

    detail: str = Field(description="The reason in a sentence.", examples=["There is no such story."])
    faults: list[Fault] = Field(default=[], description="Of 422: each parameter that is wrong.")


class NotFound(HttpError):
    """404 with a reason."""

    def __init__(self, what: str) -> None:
        super().__init__(404, what)


def problem(status: int, detail: str, faults: list[Fault] | None = None) -> JsonResponse:
    """An error as it is sent."""
    return JsonResponse(Problem(detail=detail, faults=faults or []).model_dump(), status=status)


@csrf_exempt
def missing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The answer at every address under the API at which there is nothing."""
    return problem(404, "There is nothing at this address; /api/ describes the API.")


def install(api: NinjaAPI) -> None:
    """Have the API answer errors so."""

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        faults = [Fault(where=_where(one), what=str(one.get("msg", ""))) for one in error.errors]
        return problem(422, "Some parameters are wrong.", faults)

    @api.exception_handler(Http404)
    def nothing(request: HttpRequest, error: Http404) -> HttpResponse:
        return missing(request)

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
        response = problem(error.status_code, error.message)
        if error.status_code == 401:
            response["WWW-Authenticate"] = 'Bearer realm="Firsthand API"'
        return response


def _where(error: dict[str, Any]) -> str:
    """The parameter that pydantic names, without the frames that it stands in."""
    parts = [str(part) for part in error.get("loc", ())]
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else ".".join(parts)
