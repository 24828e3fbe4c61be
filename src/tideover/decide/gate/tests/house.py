"""A small house for the tests of gate and contact: clients, one team, and people who owe, one line a thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count

from tideover.core.access.models import User
from tideover.core.access.types import Actor, Role
from tideover.core.clock.rules import start_of_day
from tideover.decide.gate.tests.circumstances import MONDAY, SHANGHAI, at
from tideover.know.cases.models import Case, CaseAccount
from tideover.know.clients.models import Client
from tideover.know.customers.models import ContactPoint, ContactPointValue, Customer, Person
from tideover.know.ledger.models import StatedBalance
from tideover.know.portfolio.models import Account, Batch, Party, Placement
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries

BEGAN = start_of_day(MONDAY - timedelta(days=60), SHANGHAI)
ADMINISTRATOR = Actor(user_id=None, name="administrator", roles=frozenset({Role.ADMINISTRATOR}))
SKILL = "early"


@dataclass(frozen=True)
class Owing:
    """Somebody who owes one account to one client, in an open case."""

    case_id: int
    account_id: int
    customer_id: int
    person_id: int
    client_id: int
    contact_point_id: int


@dataclass
class House:
    """Everything stands since two months before that Monday."""

    numbers: count[int] = field(default_factory=lambda: count(1))
    team_id: int = 0

    def __post_init__(self) -> None:
        self.team_id = staff.make_team(code="north", name_en="North", name_zh="北组", at=BEGAN, actor=ADMINISTRATOR)

    def client(self, code: str = "harbour") -> int:
        """A client that the team works for."""
        made = Client.objects.create(
            code=code,
            name_en=code.title(),
            name_zh="港湾",
            country="CN",
            zone=SHANGHAI,
            mandate="agency",
            balance_authority="lender",
            day_begins=time(7),
            payment_file_lag_days=1,
            made_at=BEGAN,
        )
        staff.grant_client(team_id=self.team_id, client_id=made.pk, at=BEGAN, actor=ADMINISTRATOR)
        return made.pk

    def collector(self, name: str = "lin", certified: bool = True, role: Role = Role.COLLECTOR) -> Actor:
        """A collector of the team, certified for the early stages unless said otherwise."""
        user = User.objects.create(username=name, display_name=name.title(), roles=[role])
        staff.add_member(
            team_id=self.team_id,
            user_id=user.pk,
            languages=["zh-Hans"],
            work_items_per_day_max=60,
            cases_max=300,
            at=BEGAN,
            actor=ADMINISTRATOR,
        )
        if certified:
            staff.issue_certificate(
                user_id=user.pk,
                skill=SKILL,
                valid_from=BEGAN,
                valid_until=BEGAN + timedelta(days=365),
                at=BEGAN,
                actor=ADMINISTRATOR,
            )
        return staff_queries.get_actor(user.pk)

    def owing(
        self,
        client_id: int,
        owned_by: Actor | None = None,
        person_id: int | None = None,
        owed: str = "1250.00",
        zone: str | None = SHANGHAI,
        country: str | None = "CN",
    ) -> Owing:
        """A customer with an open case at the first contact; the same person may owe several clients."""
        number = next(self.numbers)
        person_id = person_id or Person.objects.create(key=f"{number:064}").pk
        customer = Customer.objects.create(
            client_id=client_id,
            person_id=person_id,
            reference=f"C{number}",
            language="zh-Hans",
            country=country,
            zone=zone,
        )
        account_id = self.account(client_id, customer.pk, owed)
        case = Case.objects.create(
            customer_id=customer.pk,
            person_id=person_id,
            client_id=client_id,
            mandate="agency",
            collector_id=owned_by.user_id if owned_by else None,
            opened_date=MONDAY - timedelta(days=3),
        )
        self.join(case.pk, account_id)
        point_id = self.number(customer.pk)
        return Owing(case.pk, account_id, customer.pk, person_id, client_id, point_id)

    def account(self, client_id: int, customer_id: int, owed: str) -> int:
        """An account with a stated balance."""
        account = Account.objects.create(
            client_id=client_id, number=f"A{next(self.numbers)}", product="credit-card", currency="CNY"
        )
        Party.objects.create(account=account, customer_id=customer_id, role="borrower")
        batch, _ = Batch.objects.get_or_create(
            client_id=client_id, number="house", defaults={"from_date": BEGAN.date(), "mandate": "agency"}
        )
        Placement.objects.create(
            account=account, batch=batch, placed_amount=Decimal(owed), placed_date=BEGAN.date(), import_id=1
        )
        StatedBalance.objects.create(
            account_id=account.pk,
            cut_off_date=MONDAY - timedelta(days=4),
            component="as-stated",
            amount=Decimal(owed),
            currency="CNY",
            cut_off_at=start_of_day(MONDAY - timedelta(days=3), SHANGHAI),
            import_id=1,
        )
        return account.pk

    def join(self, case_id: int, account_id: int, stage: str = "first-contact") -> None:
        """Put an account into a case, on a rung."""
        CaseAccount.objects.create(
            case_id=case_id, account_id=account_id, stage=stage, stage_since_date=MONDAY, joined_date=MONDAY
        )

    def number(self, customer_id: int, owner: str = "customer") -> int:
        """A telephone number of the customer."""
        number = next(self.numbers)
        point = ContactPoint.objects.create(
            customer_id=customer_id,
            kind="phone",
            position=number,
            owner=owner,
            source="client",
            value_digest=f"{number:064}",
            usable_from=BEGAN,
        )
        ContactPointValue.objects.create(contact_point=point, value=f"+861380000{number:04}", salt=b"0" * 16)
        return point.pk


def moment(clock: str = "10:00", days: int = 0) -> datetime:
    """A moment of that Monday in Shanghai."""
    return at(clock, days)
