"""Making a run's good rows visible, all at once: each room takes the set that it owns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from tideover.act.intake.asked import Asked
from tideover.act.intake.types import OF_ACCOUNTS, PLACEMENT
from tideover.act.payments import operations as payments
from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.core.sql import files as sql_files
from tideover.know.cases import operations as cases
from tideover.know.clients import operations as clients
from tideover.know.clients.types import ClientRead
from tideover.know.customers import operations as customers
from tideover.know.filing import operations as filing
from tideover.know.ledger import operations as ledger
from tideover.know.portfolio import operations as portfolio

LAST_MOMENT = timedelta(seconds=1)
"""How long before its end a cut-off still takes in what the file says."""


@dataclass(frozen=True)
class Publication:
    """What is published, for whom, under which import and batch fact."""

    client: ClientRead
    run_id: int
    import_id: int
    fact_id: int
    cut_off_date: date
    at: datetime
    actor: Actor
    default_language: str

    @property
    def cut_off_at(self) -> datetime:
        """The instant as of which the file speaks."""
        return self.client.end_of_day(self.cut_off_date)

    @property
    def params(self) -> dict[str, Any]:
        """What the run's selects take."""
        return {"run_id": self.run_id, "client_id": self.client.id}


def next_import_id() -> int:
    """The number that the next import will bear; rows name it before it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('intake_import', 'id'))")
        return cursor.fetchone()[0]


def keep_others_out(client_id: int) -> None:
    """Imports of one client take turns until the transaction ends; the planner is told that sets are large."""
    clients.take_turn(client_id=client_id)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")


def publish_placement(publication: Publication) -> None:
    """What a file of accounts tells: people, accounts, balances, history, documents; a fact for each customer."""
    each, params = publication, publication.params
    client_id = each.client.id
    customers.receive(
        given=_given("given_customers"), params=params, client_id=client_id, default_language=each.default_language
    )
    customers.receive_contact_points(given=_given("given_points"), params=params, client_id=client_id, at=each.at)
    portfolio.receive_placements(
        given=_given("given_accounts"),
        params={**params, "default_batch_number": f"{each.cut_off_date:%Y-%m}"},
        client_id=client_id,
        mandate=each.client.mandate,
        cut_off_date=each.cut_off_date,
        import_id=each.import_id,
    )
    portfolio.receive_parties(given=_given("given_parties"), params=params)
    portfolio.receive_instalments(
        given=_given("given_instalments"), params=params, cut_off_date=each.cut_off_date, import_id=each.import_id
    )
    ledger.state_balances(
        given=_given("given_balances"),
        params=params,
        cut_off_date=each.cut_off_date,
        cut_off_at=each.cut_off_at,
        import_id=each.import_id,
    )
    for basis in ("month", "day"):
        ledger.post_set(
            given=_given("given_history"),
            params={**params, "zone": each.client.zone, "basis": basis},
            source="history",
            fact_id=each.fact_id,
            value_date_basis=basis,
        )
    journal.append_set(
        kind="documents-filed",
        room="intake",
        at=each.at,
        actor=each.actor,
        select=_given("facts_documents"),
        params={**params, "import_id": each.import_id},
    )
    filing.file_documents(
        given=_given("given_documents"),
        params=params,
        client_id=client_id,
        fact_id=each.fact_id,
        at=each.at,
        actor=each.actor,
    )
    for kind, in_one_currency in (("placement-received", True), ("placements-received", False)):
        journal.append_set(
            kind=kind,
            room="intake",
            at=each.at,
            actor=each.actor,
            select=_given("facts_placement"),
            params={
                **params,
                "import_id": each.import_id,
                "cut_off_date": each.cut_off_date,
                "in_one_currency": in_one_currency,
            },
        )


def apply_terms(asked: Asked, run_id: int) -> None:
    """Let the control file's batch hold for the rows that name none; a full or delta file places nothing without one.

    Must be inside the transaction that publishes the run.
    """
    if asked.kind not in OF_ACCOUNTS:
        return
    batch = asked.control.batch if asked.control else None
    if batch is None and asked.root is not None and asked.root.reckoned.control is not None:
        batch = asked.root.reckoned.control.batch
    with connection.cursor() as cursor:
        if batch is not None:
            cursor.execute(
                _given("apply_terms"),
                {
                    "run_id": run_id,
                    "batch_number": batch.number,
                    "batch_from_date": batch.from_date,
                    "batch_until_date": batch.until_date,
                    "batch_target_amount": None if batch.target is None else batch.target.amount,
                    "batch_currency": None if batch.target is None else batch.target.currency,
                    "batch_commission_share": batch.commission_share,
                    "batch_retain_share_max": batch.retain_share_max,
                },
            )
        if asked.kind != PLACEMENT:
            cursor.execute(_given("leave_unplaced"), {"run_id": run_id})


def publish_payments(publication: Publication) -> None:
    """Payments, what was taken back, and debits that failed; the room that owns them does what each asks for.

    One without a moment counts as booked in the last second of the file's cut-off: a balance stated as of the same
    evening contains it already, and must not be lowered by it a second time.
    """
    each = publication
    params = {**each.params, "booked_at": min(each.at, each.cut_off_at - LAST_MOMENT), "import_id": each.import_id}
    for enter, name in (
        (payments.post_set, "given_payments"),
        (payments.reverse_set, "given_reversals"),
        (payments.record_failed_debits, "given_failed_debits"),
    ):
        enter(given=_given(name), params=params, client_id=each.client.id, at=each.at, actor=each.actor)


def publish_recall(publication: Publication) -> None:
    """End the placements of recalled accounts today; they leave their cases at once, and nobody dials them again."""
    each = publication
    journal.append_set(
        kind="accounts-recalled",
        room="intake",
        at=each.at,
        actor=each.actor,
        select=_given("facts_recall"),
        params={**each.params, "import_id": each.import_id},
    )
    day = each.client.local_date(each.at)
    given = _given("given_recalls")
    portfolio.end_placements(given=given, params=each.params, day=day, import_id=each.import_id)
    cases.end_accounts(given=given, params=each.params, client_id=each.client.id, day=day, at=each.at, actor=each.actor)


PUBLISH: Mapping[str, Any] = {
    "placement": publish_placement,
    "full": publish_placement,
    "delta": publish_placement,
    "payments": publish_payments,
    "recall": publish_recall,
}


def _given(name: str) -> str:
    return sql_files.load(__package__, name).text
