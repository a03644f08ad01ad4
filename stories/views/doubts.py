"""The review queue's old address: it is at the desk now (stories.admin.queue)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
@login_required
def doubts(request: HttpRequest) -> HttpResponse:
    """Lead editors to the queue, or with `show=decided` to what was decided; it is for nobody else."""
    if not request.user.is_staff:
        raise PermissionDenied("This is for editors.")
    decided = request.GET.get("show") == "decided"
    return redirect("admin:stories_doubt_decided" if decided else "admin:stories_doubt_queue")
