"""What files lack, to be asked of the lender; and one account's file, to which a document is added."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of, keep_to
from tideover.know.cases import queries as cases_queries
from tideover.know.clients.types import ClientRead
from tideover.know.filing import operations as filing
from tideover.know.filing import queries as filing_queries
from tideover.know.filing.types import DOCUMENT, ChecklistLine, MissingRead
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import AccountRead, UnknownAccount

READERS = (Role.INTEGRATOR, Role.TEAM_LEADER)
FILERS = (Role.INTEGRATOR, Role.TEAM_LEADER, Role.COLLECTOR)
BYTES_MAX = 50_000_000


@dataclass(frozen=True)
class Row:
    """Something that a file lacks, in words."""

    missing: MissingRead
    title: str
    role: str


class DocumentForm(forms.Form):
    """A document by its reference; its digest is given, or worked out of the file, which is not kept."""

    item = forms.CharField(max_length=60)
    reference = forms.CharField(max_length=120)
    digest = forms.CharField(max_length=64, required=False)
    content = forms.FileField(required=False)


@for_roles(*READERS)
@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    """The missing list of one client; filters stay in the address, and a page begins after a row."""
    language: str = request.language  # type: ignore[attr-defined]
    clients = clients_of(request)
    wanted = paging.filters(request, "client", "item")
    client = next((each for each in clients if each.code == wanted["client"]), clients[0] if clients else None)
    rows: list[MissingRead] = []
    counts: dict[str, int] = {}
    if client is not None:
        keep_to(request, client.id)
        day = client.local_date(clock_queries.now())
        counts = filing_queries.count_missing(client.id, day)
        rows = filing_queries.list_missing(
            client.id,
            day,
            item=wanted["item"] or None,
            after=paging.place(request, str, str, paging.row_id) or ("", "", 0),
            limit=paging.SIZE + 1,
        )
    pages = paging.cut(
        request,
        [Row(each, each.title[language], words.render(f"ledger.role.{each.role}", language)) for each in rows],
        lambda row: (row.missing.account_number, row.missing.item, row.missing.customer_id),
    )
    titles = filing_queries.get_titles()
    context = {
        "pages": pages,
        "counts": [(item, titles[item][language], count) for item, count in counts.items()],
        "clients": [(each.code, each.name(language)) for each in clients],
        "wanted": {**wanted, "client": client.code if client else ""},
        "section": "missing",
    }
    return render(request, "desk/filing/missing.html", context)


@for_roles(*FILERS)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account's file: the checklist with what is there; POST adds a document."""
    language: str = request.language  # type: ignore[attr-defined]
    account, client = _account(request, account_id)
    form = DocumentForm(request.POST or None, request.FILES or None)
    problem = ""
    if request.method == "POST":
        problem = _add(request, account, form, language)
        if not problem:
            toasts.add(request, words.render("desk.filing.filed", language))
            return HttpResponseRedirect(reverse("file", args=[account_id]))
    day = client.local_date(clock_queries.now())
    lines = filing_queries.list_checklist(account_id, day)
    case = cases_queries.get_open_case_of_account(account_id)
    archived = filing_queries.find_archived(account_id)
    context = {
        "account": account,
        "client_name": client.name(language),
        "zone": client.zone,
        "lines": checklist(lines, language),
        "items": [(each.item, each.title[language]) for each in lines if each.asks == DOCUMENT],
        "case_id": case.id if case is not None and _may_read(request, case.id) else None,
        "archived": archived if case is None else None,
        "form": form,
        "problem": problem,
        "section": "missing",
    }
    return render(request, "desk/filing/file.html", context, status=422 if problem else 200)


@dataclass(frozen=True)
class Line:
    """One item of the checklist in words."""

    line: ChecklistLine
    title: str
    needed_before: str


def checklist(lines: list[ChecklistLine], language: str) -> list[Line]:
    """The checklist as pages show it."""
    titles = cases_queries.get_stage_titles()
    return [
        Line(each, each.title[language], titles.get(each.needed_before, {}).get(language, each.needed_before))
        for each in lines
    ]


def _add(request: HttpRequest, account: AccountRead, form: DocumentForm, language: str) -> str:
    """File the document and return nothing, or return what is wrong in words."""
    if not form.is_valid():
        return words.render("desk.filing.wrong", language)
    digest = form.cleaned_data["digest"].strip().lower() or None
    content = form.cleaned_data["content"]
    if content is not None:
        if content.size > BYTES_MAX:
            return words.render("desk.filing.too-large", language)
        worked_out = hashlib.sha256()
        for piece in content.chunks():
            worked_out.update(piece)
        if digest is not None and digest != worked_out.hexdigest():
            return words.render("desk.filing.digest-differs", language)
        digest = worked_out.hexdigest()
    try:
        filing.file_document(
            account_id=account.id,
            item=form.cleaned_data["item"],
            reference=form.cleaned_data["reference"],
            digest=digest,
            at=clock_queries.now(),
            actor=actor_of(request),
        )
    except Problem as problem:
        return words.render(problem, language)
    return ""


def _account(request: HttpRequest, account_id: int) -> tuple[AccountRead, ClientRead]:
    """The account within the person's scope: by client for whoever files for the client, else by its case."""
    try:
        account = portfolio_queries.get_account(account_id)
    except UnknownAccount as unknown:
        raise Http404 from unknown
    client = next((each for each in clients_of(request) if each.id == account.client_id), None)
    if client is None:
        raise Http404
    if not actor_of(request).has(Role.INTEGRATOR):
        case = cases_queries.get_open_case_of_account(account_id)
        if case is None or not _may_read(request, case.id):
            raise Http404
    keep_to(request, client.id)
    return account, client


def _may_read(request: HttpRequest, case_id: int) -> bool:
    return assignment_queries.may_read(actor_of(request).user_id or 0, case_id, clock_queries.now())
