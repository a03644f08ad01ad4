"""The API put together: its operations, who may ask how often, its errors, and the description of it all (OpenAPI)."""

from __future__ import annotations

from typing import Any

from django.views.decorators.http import conditional_page
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from stories.api import problems, reading
from stories.api.access import Limit, Token, anybody
from stories.api.description import about, describe
from stories.api.outlets import router as outlets
from stories.api.stories import router as stories


class ReadingAPI(NinjaAPI):
    """An API whose description says more than types do."""

    _described: OpenAPISchema | None = None

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The description, with every field's meaning. Made once: it is the same as long as the server runs."""
        if self._described is None:
            schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
            describe(schema)
            self._described = schema
        return self._described


api = ReadingAPI(
    title="Firsthand",
    version="1",
    description=about(),
    urls_namespace="api",
    docs_url=None,
    auth=[Token(), anybody],
    throttle=[Limit()],
)
api.add_decorator(conditional_page, mode="view")
problems.install(api)
reading.install(api)
api.add_router("", stories)
api.add_router("", outlets)
