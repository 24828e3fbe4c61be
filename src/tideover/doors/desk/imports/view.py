"""Files that came in, and a new one: tried first, with what is in it and what is refused; then taken, or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST, require_safe

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.intake import types as intake_types
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.money import add_up
from tideover.core.policy import queries as policy_queries
from tideover.core.policy.types import PolicyFile
from tideover.core.problem import Problem
from tideover.doors.desk.breaks import view as breaks
from tideover.doors.desk.imports import back, late, reckoned, refusing, uploads
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of, keep_to
from tideover.know.clients.types import ClientRead

ROWS_READ = 2_000
REASONS_SHOWN = 50
"""Of what is wrong, said once an account: a row of a file of instalments is wrong with its whole account."""


@for_roles(Role.INTEGRATOR, Role.TEAM_LEADER)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """All imports of the clients in scope, newest first."""
    return _list(request)


@for_roles(Role.INTEGRATOR)
@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """Judge a file without taking it: nothing is written but the file itself, aside, until one decides."""
    form = uploads.UploadForm(request.POST, request.FILES)
    chosen = _chosen(request, form) if form.is_valid() else None
    if chosen is None:
        return _list(request, words.render("desk.imports.upload.wrong", _language(request)), 422, form)
    uploads.discard(request)
    waiting = uploads.keep(request, form.cleaned_data["file"], form.cleaned_data["control"], **chosen)
    try:
        report = _import(request, waiting, dry_run=True)
    except Problem as problem:
        uploads.discard(request)
        return _list(request, _told(problem, _language(request)), 422, form)
    client = next(each for each in clients_of(request) if each.code == waiting.client_code)
    keep_to(request, client.id)
    context = {
        "report": report,
        "client": client.name(_language(request)),
        "counts": _counts(report.kind),
        "totals": _totals(report.sums),
        "reckoned": reckoned.of_report(report, _language(request)),
        "lacks": _lacks(report.lacks, request),
        **_refusals(report.refused[:ROWS_READ], report.refused_count, request),
        "section": "imports",
    }
    return render(request, "desk/imports/trial.html", context)


@for_roles(Role.INTEGRATOR)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Take the file that was tried, or leave it."""
    waiting = uploads.waiting(request)
    if waiting is None or request.POST.get("decision") != "take":
        uploads.discard(request)
        return HttpResponseRedirect(reverse("imports"))
    try:
        report = _import(request, waiting, dry_run=False)
    except Problem as problem:
        return _list(request, _told(problem, _language(request)), status=409)
    finally:
        uploads.discard(request)
    code, signal = "desk.imports.upload.taken", "go"
    if report.is_repeat:
        code = "desk.imports.upload.repeat"
    elif report.reckoned.is_held:
        code, signal = "desk.imports.upload.held", "stop"
    elif report.reckoned.stop_id is not None:
        code, signal = "desk.imports.upload.stopped", "stop"
    toasts.add(request, words.render(code, _language(request), count=report.good_count), signal)
    return HttpResponseRedirect(reverse("import", args=[report.import_id]))


@for_roles(Role.INTEGRATOR, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER)
@require_safe
def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: reconciliation, what the source lacks, and the refused rows."""
    return _one(request, import_id)


@for_roles(Role.INTEGRATOR)
@require_POST
def set_aside(request: HttpRequest, import_id: int) -> HttpResponse:
    """Set refused rows aside, with the reason; where that cannot be, the import again and why."""
    _in_scope(request, import_id)
    language = _language(request)
    chosen = None if request.POST.get("which") == "all" else _records(request)
    if chosen is not None and not chosen:
        return _one(request, import_id, words.render("desk.imports.aside.none-chosen", language), 422)
    try:
        count = intake.set_aside(
            import_id=import_id,
            records=chosen,
            note=request.POST.get("note", ""),
            at=clock_queries.now(),
            actor=actor_of(request),
        )
    except Problem as problem:
        return _one(request, import_id, words.render(problem, language), 422)
    code = "desk.imports.aside.done" if count else "desk.imports.aside.nothing"
    toasts.add(request, words.render(code, language, count=count))
    return HttpResponseRedirect(reverse("import", args=[import_id]))


def _records(request: HttpRequest) -> list[int]:
    """The records that are ticked; a tick is for the lines of one account that share what is wrong."""
    told = [each for tick in request.POST.getlist("record") for each in tick.split(",")]
    return [int(each) for each in told if each.isdecimal() and len(each) < 18]


def _one(request: HttpRequest, import_id: int, problem: str = "", status: int = 200) -> HttpResponse:
    made = _in_scope(request, import_id)
    client = next(client for client in clients_of(request) if client.id == made.client_id)
    keep_to(request, client.id)
    shown = reckoned.of_import(made, _language(request), actor_of(request), client.zone)
    is_integrator = Role.INTEGRATOR in actor_of(request).roles
    context = {
        "made": made,
        "counts": _counts(made.kind),
        "client": client.name(_language(request)),
        "zone": client.zone,
        "totals": _totals(made.sums),
        "by": access_queries.get_display_names_by_username({made.actor}).get(made.actor, made.actor),
        "mapping": next(
            (file.title[_language(request)] for file in policy_queries.load("mapping") if file.id == made.mapping_id),
            "",
        ),
        "reckoned": shown,
        "see_breaks": _see_breaks(request, made.kind, client.code),
        "may_acknowledge": Role.COMPLIANCE_OFFICER in actor_of(request).roles,
        "may_mend": is_integrator,
        "lacks": _lacks(made.lacks, request),
        **_refusals(intake_queries.list_quarantined(import_id, ROWS_READ), made.quarantined_count, request),
        "may_download": is_integrator,
        "has_to_mend": bool(shown.waiting_count) or shown.is_held,
        "may_set_aside": is_integrator and bool(shown.waiting_count),
        "problem": problem,
        "note": request.POST.get("note", ""),
        "section": "imports",
    }
    return render(request, "desk/imports/import.html", context, status=status)


def _see_breaks(request: HttpRequest, kind: str, code: str) -> str:
    """Where a file of accounts leads on to what differs now, for whoever may read it."""
    if kind not in intake_types.OF_ACCOUNTS or not actor_of(request).roles & {*breaks.READERS}:
        return ""
    return f"{reverse('breaks')}?{urlencode({'client': code})}"


@for_roles(Role.INTEGRATOR)
@require_safe
def quarantine(request: HttpRequest, import_id: int) -> HttpResponse:
    """The refused rows as a file that a spreadsheet opens, with what is wrong and the remedy."""
    made = _in_scope(request, import_id)
    content = intake_queries.quarantine_file(import_id, _language(request))
    response = HttpResponse(content, content_type="text/csv")
    name = f"quarantine-{made.id}-{made.cut_off_date.isoformat()}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _mappings() -> list[PolicyFile]:
    """How files that come are read; those that go back are not uploaded."""
    return [file for file in policy_queries.load("mapping") if file.data.kind in intake_types.KINDS]


def _list(
    request: HttpRequest, problem: str = "", status: int = 200, form: uploads.UploadForm | None = None
) -> HttpResponse:
    uploads.sweep()
    clients = {client.id: client for client in clients_of(request)}
    language = _language(request)
    at = clock_queries.now()
    wanted = paging.filters(request, "client", "kind", "state")
    pages = _page(request, clients.values(), wanted)
    waiting = intake_queries.count_waiting_of(each.id for each in pages.rows)
    context = {
        "rows": [
            {
                "made": each,
                "client": clients[each.client_id].name(language),
                "totals": _totals(each.sums),
                "waiting_count": waiting.get(each.id, 0),
            }
            for each in pages.rows
        ],
        "pages": pages,
        "wanted": wanted,
        "late": late.list_late(request, at),
        "mending": _to_mend(request),
        "form": form,
        "problem": problem,
        "may_import": Role.INTEGRATOR in actor_of(request).roles,
        "clients": [
            {"id": client.id, "code": client.code, "name": client.name(language)} for client in clients.values()
        ],
        "mappings": [{"id": file.id, "title": file.title[language]} for file in _mappings()],
        "kinds": intake_types.KINDS,
        "layouts": back.layouts(language),
        "default_cut_off": max((client.local_date(at) for client in clients.values()), default=at.date()).isoformat(),
        "section": "imports",
    }
    return render(request, "desk/imports/imports.html", context, status=status)


def _to_mend(request: HttpRequest) -> intake_types.ImportRead | None:
    """The import that the address asks to mend: the form begins with its client, kind and mapping."""
    asked = request.GET.get("mends", "")
    return _in_scope(request, int(asked)) if asked.isdecimal() and len(asked) < 18 else None


def _page(
    request: HttpRequest, clients: Iterable[ClientRead], wanted: dict[str, str]
) -> paging.Page[intake_types.ImportRead]:
    """The imports after the one that the address names, newest first, as the filters narrow them."""
    after = paging.place(request, paging.row_id)
    found = intake_queries.list_imports(
        sorted(client.id for client in clients if wanted["client"] in ("", client.code)),
        kind=wanted["kind"],
        to_mend=wanted["state"] == "to-mend",
        before=after[0] if after else None,
        latest=paging.SIZE + 1,
    )
    return paging.cut(request, found, lambda each: (each.id,))


def _chosen(request: HttpRequest, form: uploads.UploadForm) -> dict[str, Any] | None:
    """Client, kind, mapping, cut-off and what is mended, if they are among those offered.

    The cut-off may stand in the control file instead, or be that of the import that is mended.
    """
    given = form.cleaned_data
    mapping = next((file for file in _mappings() if file.id == given["mapping"]), None)
    if mapping is None or given["client"] not in {client.code for client in clients_of(request)}:
        return None
    if given["cut_off"] is None and given["control"] is None and given["mends"] is None:
        return None
    return {
        "client_code": given["client"],
        "kind": given["kind"] or mapping.data.kind,
        "mapping_id": mapping.id,
        "cut_off": "" if given["control"] or given["mends"] else given["cut_off"].isoformat(),
        "mends": given["mends"],
    }


def _import(request: HttpRequest, waiting: uploads.Waiting, *, dry_run: bool) -> intake_types.ImportReport:
    return intake.import_file(
        path=waiting.path,
        client_code=waiting.client_code,
        kind=waiting.kind,
        mapping_id=waiting.mapping_id,
        cut_off=waiting.cut_off,
        mends=waiting.mends,
        dry_run=dry_run,
        at=clock_queries.now(),
        actor=actor_of(request),
    )


def _told(problem: Problem, language: str) -> str:
    """What is wrong with the file, and what mends it."""
    remedy = f"{problem.code}.remedy"
    said = words.render(problem, language)
    between = "" if language == "zh-Hans" else " "
    return f"{said}{between}{words.render(remedy, language, **problem.fields)}" if words.has(remedy) else said


def _counts(kind: str) -> str:
    """What *new* and *changed* count: accounts, or entries where a file is not about accounts."""
    return "accounts" if kind in intake_types.OF_ACCOUNTS else "entries"


def _totals(sums: tuple[intake_types.SumLine, ...]) -> list[intake_types.SumLine]:
    """What the lines come to, in each currency."""
    currencies = sorted({each.currency for each in sums})
    return [
        intake_types.SumLine(
            currency=currency,
            bucket=None,
            count=sum(each.count for each in sums if each.currency == currency),
            total=add_up((each.total for each in sums if each.currency == currency), currency),
        )
        for currency in currencies
    ]


def _lacks(codes: tuple[str, ...], request: HttpRequest) -> list[str]:
    return [words.render(f"intake.lacks.{code}", _language(request)) for code in codes]


def _refusals(rows: tuple[intake_types.RefusedRow, ...], count: int, request: HttpRequest) -> dict[str, Any]:
    """What of the refused rows is shown, and of how many accounts they are where all of them were read."""
    found = _refused(rows, request)
    accounts = {row.account_number for row in rows if row.account_number}
    return {
        "refused": found[:REASONS_SHOWN],
        "refused_accounts_count": len(accounts) if count <= ROWS_READ else 0,
        "is_refused_cut": len(found) > REASONS_SHOWN or count > ROWS_READ,
    }


def _refused(rows: tuple[intake_types.RefusedRow, ...], request: HttpRequest) -> list[refusing.Refused]:
    """What was refused and why. A row may be another team's customer: what it says is for the integrator alone."""
    if Role.INTEGRATOR not in actor_of(request).roles:
        return []
    return refusing.grouped(rows, _language(request))


def _in_scope(request: HttpRequest, import_id: int) -> intake_types.ImportRead:
    try:
        made = intake_queries.get_import(import_id)
    except intake_types.UnknownImport as unknown:
        raise Http404 from unknown
    if made.client_id not in {client.id for client in clients_of(request)}:
        raise Http404
    return made


def _language(request: HttpRequest) -> str:
    return request.language  # type: ignore[attr-defined]
