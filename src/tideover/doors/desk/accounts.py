"""Finding an account by the number that its lender gave it. Two lenders may have given the same one."""

from __future__ import annotations

from django.http import HttpRequest

from tideover.doors.screens.scope import clients_of
from tideover.know.clients.types import ClientRead
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import AccountRead


def find_accounts(request: HttpRequest, number: str, client_code: str) -> list[tuple[ClientRead, AccountRead]]:
    """Every account of the number within the person's scope; of one client's where its code is given."""
    found = []
    for client in clients_of(request):
        account = portfolio_queries.find_account(client.id, number)
        if account is not None and client_code in ("", client.code):
            found.append((client, account))
    return found


def clients_to_choose(request: HttpRequest) -> list[dict[str, str]]:
    """The clients by code and name where there is a choice; nothing where there is none."""
    clients = clients_of(request)
    language = request.language  # type: ignore[attr-defined]
    return [{"code": each.code, "name": each.name(language)} for each in clients] if len(clients) > 1 else []
