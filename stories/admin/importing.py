"""Outlets and feeds in and out as files (django-import-export): looked at as a whole first, done only when confirmed.

A look works out what each row would do, and writes nothing. Confirming works it out again: where that has become
something else than what was shown, it is shown again. Rows that are refused stop all, unless the editor says to leave
them out; what is done is done in one transaction, through the services that an editor's own hand uses.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from import_export import resources
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm
from import_export.results import RowResult
from import_export.tmp_storages import CacheStorage

from stories.admin import tradefiles
from stories.admin.tradefiles import Row, Unreadable
from stories.admin.viewing import acting, is_editor
from stories.catalogueforms import ConfirmForm, FileForm
from stories.services.acts import By, Refused
from stories.services.subscribing import take_lock

_PAGES = {"list": "changelist", "again": "import", "process": "process_import"}
M = TypeVar("M", bound=models.Model)
# Of each sort, so many rows are shown; the others are counted.
SHOWN = 300


class Kept(CacheStorage):  # type: ignore[misc]
    """What was looked at, until it is confirmed: in the cache that all processes share, and gone after an hour."""

    CACHE_LIFETIME = 3600
    CACHE_PREFIX = "import-"


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a row, before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a row of a file would do; `kind` is "new", "changed", "same" or "refused", with the reason of the last.

    `key` is what is changed, by its number, and `values` what it is given.
    """

    number: int
    title: str
    kind: str
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    key: int | None = None
    values: tuple[tuple[str, Any], ...] = ()

    def refused(self, *reasons: str) -> Plan:
        """The row as one that is not taken."""
        return replace(self, kind="refused", reasons=tuple(dict.fromkeys(reasons)), values=())


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a file; `unread` are columns that are told to others and taken from none."""

    plans: Sequence[Plan]
    unread: Sequence[str] = ()

    def of(self, kind: str) -> list[Plan]:
        """The rows of one kind."""
        return [plan for plan in self.plans if plan.kind == kind]

    @property
    def digest(self) -> str:
        """What tells it apart from any other."""
        return hashlib.sha256(repr(self.plans).encode()).hexdigest()

    @property
    def parts(self) -> list[tuple[str, list[Plan], int]]:
        """The kinds of rows that are shown, with their first rows and how many there are."""
        kinds = ((kind, self.of(kind)) for kind in ("refused", "changed", "new"))
        return [(kind, plans[:SHOWN], len(plans)) for kind, plans in kinds if plans]


class Planned(resources.ModelResource):  # type: ignore[misc]
    """A table that files change row by row. A dry run plans; what is confirmed is planned again, and done at the end.

    Its heirs say what a row would do (`planned`) and do it (`apply`).
    """

    # The columns that a file may have, those of them that it must have, and those that only go out.
    TAKEN: Sequence[str] = ()
    NEEDED: Sequence[str] = ()
    UNREAD: Sequence[str] = ()

    class Meta:
        # One savepoint for all rows, in place of one for each.
        use_bulk = True
        skip_diff = True

    def __init__(self, rows: Sequence[Row] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows
        self.whole = Whole(())
        # Whether it is in earnest, and whether it has been done.
        self.real = self.done = False

    def check(self, columns: Sequence[str]) -> None:
        """Raise Unreadable for columns that can't be meant, are there twice, or are missing."""
        known = {*self.TAKEN, *self.UNREAD}
        if twice := [name for name in dict.fromkeys(columns) if columns.count(name) > 1]:
            raise Unreadable(gettext("The column “%(name)s” is there twice.") % {"name": twice[0][:60]})
        if unknown := [name for name in columns if name not in known]:
            told = {"names": ", ".join(name[:60] or "“”" for name in unknown[:5]), "known": ", ".join(self.TAKEN)}
            raise Unreadable(gettext("Unknown columns: %(names)s. Known are %(known)s.") % told)
        if missing := [name for name in self.NEEDED if name not in columns]:
            raise Unreadable(gettext("The column “%(name)s” is missing.") % {"name": missing[0]})

    @abstractmethod
    def planned(self, rows: Sequence[Row]) -> list[Plan]:
        """What each row would do. Writes nothing."""

    @abstractmethod
    def apply(self, plans: Sequence[Plan], by: By, now: datetime) -> None:
        """Do it."""

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Plan all rows at once: what one may do depends on the others. In earnest, nobody else adds any meanwhile."""
        self.real = "digest" in kwargs
        if self.real:
            take_lock()
        columns = dataset.headers or []
        self.whole = Whole(self.planned(self.rows), [name for name in columns if name in self.UNREAD])

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> RowResult:
        """How the row was planned."""
        result = RowResult()
        kind = self.whole.plans[kwargs["row_number"] - 1].kind
        kinds = {"new": RowResult.IMPORT_TYPE_NEW, "changed": RowResult.IMPORT_TYPE_UPDATE}
        result.import_type = kinds.get(kind, RowResult.IMPORT_TYPE_SKIP)
        return result

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Do what was planned, unless that is not what the editor saw, or rows are refused and not to be left out."""
        agreed = self.real and self.whole.digest == kwargs["digest"]
        if agreed and (kwargs["skip"] or not self.whole.of("refused")):
            self.apply(self.whole.plans, kwargs["by"], kwargs["now"])
            self.done = True

    def run(self, columns: Sequence[str], *, dry_run: bool, **how: Any) -> Whole:
        """Look at the rows, or do what they say. Raises what went wrong; nothing is done then."""
        data = tradefiles.dataset(columns, self.rows)
        result = self.import_data(data, dry_run=dry_run, use_transactions=True, **how)
        if result.base_errors:
            raise result.base_errors[0].error
        return self.whole


class Trade(ImportExportMixin, admin.ModelAdmin[M], Generic[M]):  # type: ignore[misc]
    """Import and export beside a list. Whoever may see the desk may do both."""

    export_form_class = ExportForm
    export_formats = [tradefiles.CSV, tradefiles.JSON]

    def get_export_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where the list is."""
        return {"list": self._address("changelist")}

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Editors."""
        return is_editor(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Editors."""
        return is_editor(request)

    def get_tmp_storage_class_kwargs(self) -> dict[str, Any]:
        """Nothing: the name says whose it is."""
        return {}

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Choose a file, and see what it would do."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, {"form": FileForm()})
        form = FileForm(request.POST, request.FILES, most=settings.IMPORT_BYTES)
        if form.is_valid():
            body = form.cleaned_data["import_file"].read()
            try:
                whole = self._look(body)[1]
            except Unreadable as error:
                form.add_error("import_file", str(error))
            else:
                storage = self.get_tmp_storage_class()(name=self._key(request, hashlib.sha256(body).hexdigest()))
                storage.save(body)
                name = form.cleaned_data["import_file"].name[:100]
                initial = {"import_file_name": storage.name.rpartition("-")[2], "original_file_name": name}
                return self._preview(request, ConfirmForm(initial=initial | {"digest": whole.digest}), whole)
        return self._page(request, {"form": form}, status=422)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do what was looked at; or show it again, where that is something else by now."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = ConfirmForm(request.POST)
        key = request.POST.get("import_file_name", "")
        storage = self.get_tmp_storage_class()(name=self._key(request, key))
        body = storage.read() if form.is_valid() else None
        if body is None:
            messages.error(request, gettext("What you looked at is no longer kept: choose the file again."))
            return redirect(self._address("import"))
        columns, resource = self._resource(body)
        now, by = timezone.now(), By.person(acting(request), form.cleaned_data["note"])
        agreed = {"digest": form.cleaned_data["digest"], "skip": form.cleaned_data["skip"]}
        try:
            done = resource.run(columns, dry_run=False, by=by, now=now, **agreed)
        except Refused as refused:
            form.add_error(None, refused.reason)
            return self._preview(request, form, resource.whole, status=409)
        if done.digest != agreed["digest"]:
            form = ConfirmForm(initial={**form.cleaned_data, "digest": done.digest, "skip": False})
            messages.warning(request, gettext("Something has changed since you looked: this is what it would do now."))
            return self._preview(request, form, done, status=409)
        if not resource.done:
            form.add_error("skip", gettext("Nothing is imported: say that these rows are left out, or mend the file."))
            return self._preview(request, form, done, status=422)
        storage.remove()
        self.log_done(request, resource, now)
        told = {"new": len(done.of("new")), "changed": len(done.of("changed")), "refused": len(done.of("refused"))}
        said = gettext("Imported: %(new)s new, %(changed)s changed; %(refused)s left out.")
        messages.success(request, said % told)
        return redirect(self._address("changelist"))

    def _look(self, body: bytes) -> tuple[list[str], Whole]:
        columns, resource = self._resource(body)
        return columns, resource.run(columns, dry_run=True)

    def _resource(self, body: bytes) -> tuple[list[str], Planned]:
        columns, rows = tradefiles.read(body, settings.IMPORT_ROWS)
        resource: Planned = self.resource_classes[0](rows)
        resource.check(columns)
        return columns, resource

    def log_done(self, request: HttpRequest, resource: Planned, now: datetime) -> None:
        """Whatever was done that is no edit stands in the desk's log."""

    def _key(self, request: HttpRequest, name: str) -> str:
        """A file is its editor's alone."""
        return f"{request.user.pk}-{self.opts.model_name}-{name[:64]}"

    def _address(self, name: str) -> str:
        return reverse(f"admin:stories_{self.opts.model_name}_{name}")

    def _preview(self, request: HttpRequest, form: ConfirmForm, whole: Whole, *, status: int = 200) -> HttpResponse:
        context = {"confirm_form": form, "whole": whole, "shown": SHOWN}
        context |= {f"n_{kind}": len(whole.of(kind)) for kind in ("new", "changed", "same", "refused")}
        return self._page(request, context, status=status)

    def _page(self, request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        resource = self.resource_classes[0]
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": gettext("Import")}
        frame |= {"taken": resource.TAKEN, "needed": resource.NEEDED, "unread": resource.UNREAD}
        frame |= {name: self._address(address) for name, address in _PAGES.items()}
        frame |= {"most_rows": settings.IMPORT_ROWS, "most_bytes": settings.IMPORT_BYTES}
        return render(request, "admin/import_export/import.html", frame | context, status=status)
