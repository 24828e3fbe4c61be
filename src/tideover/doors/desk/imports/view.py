"""Files that came in: what was in them, does it reconcile, and what was refused, to download and mend."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tideover.act.intake import queries as intake_queries
from tideover.act.intake import types as intake_types
from tideover.core.access.types import Role
from tideover.doors.screens.roles import for_roles
from tideover.doors.screens.scope import clients_of

ROWS_SHOWN = 50


@for_roles(Role.INTEGRATOR, Role.TEAM_LEADER)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """All imports of the clients in scope, newest first."""
    clients = {client.id: client for client in clients_of(request)}
    rows = [
        {"made": each, "client": clients[each.client_id].name(_language(request))}
        for each in intake_queries.list_imports(sorted(clients))
    ]
    return render(request, "desk/imports/imports.html", {"rows": rows})


@for_roles(Role.INTEGRATOR, Role.TEAM_LEADER)
@require_safe
def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: reconciliation, what the source lacks, and the refused rows."""
    made = _in_scope(request, import_id)
    client = next(client for client in clients_of(request) if client.id == made.client_id)
    context = {
        "made": made,
        "client": client.name(_language(request)),
        "zone": client.zone,
        "refused": intake_queries.list_refused(import_id, ROWS_SHOWN),
        "shown": ROWS_SHOWN,
        "section": "imports",
    }
    return render(request, "desk/imports/import.html", context)


@for_roles(Role.INTEGRATOR)
@require_safe
def quarantine(request: HttpRequest, import_id: int) -> HttpResponse:
    """The refused rows as a file that a spreadsheet opens, with what is wrong and the remedy."""
    made = _in_scope(request, import_id)
    text = intake_queries.quarantine_csv(import_id, _language(request))
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    name = f"quarantine-{made.id}-{made.cut_off_date.isoformat()}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _in_scope(request: HttpRequest, import_id: int) -> intake_types.ImportRead:
    made = intake_queries.get_import(import_id)
    if made.client_id not in {client.id for client in clients_of(request)}:
        raise Http404
    return made


def _language(request: HttpRequest) -> str:
    return request.language  # type: ignore[attr-defined]
