"""All parts of the pages on one page, in both languages and both schemes: for the people who build them."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.money import Money
from tideover.doors.screens.roles import actor_of, for_all_staff


@for_all_staff
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Open to administrators, and to everybody in a rehearsal."""
    if Role.ADMINISTRATOR not in actor_of(request).roles and not clock_queries.read().is_moved:
        raise PermissionDenied("styleguide")
    scheme = request.GET.get("scheme")
    return render(
        request,
        "screens/styleguide.html",
        {
            "scheme": scheme if scheme in ("light", "dark") else "",
            "signals": ("go", "wait", "stop", "info"),
            "owed": Money(Decimal("1286.40"), "CNY"),
            "paid": Money(Decimal("-9.83"), "CNY"),
            "principal": Money(Decimal("1296.23"), "CNY"),
        },
    )
