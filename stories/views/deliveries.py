"""The operator's page of what goes out: for editors, in counts; the rows themselves are for admins, at the desk."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stories.models import User
from stories.selectors.operations import LATE_AFTER, operations
from stories.views.pages import page


@never_cache
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """What waits to be told and sent, how fast it goes out, what failed and why, which ways are off."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    if not request.user.is_staff:
        raise PermissionDenied("This is for editors.")
    now = timezone.now()
    context = {"state": operations(now), "now": now, "late_before": now - LATE_AFTER}
    return page(request, "stories/deliveries.html", context | {"rows": request.user.is_superuser})
