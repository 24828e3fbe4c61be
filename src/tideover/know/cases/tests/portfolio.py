"""A small portfolio for the tests of cases and what follows from them: one client, one team, people who owe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from tideover.core.access.models import User
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.core.clock.rules import instant, start_of_day
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import CaseAccountRead, CaseRead
from tideover.know.clients.models import Client
from tideover.know.customers.models import ContactPoint, Customer, Person
from tideover.know.ledger.models import Posting, StatedBalance
from tideover.know.portfolio.models import Account, Batch, Party, Placement, Standing
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries

SHANGHAI = "Asia/Shanghai"
FIRST = date(2026, 10, 1)


def day(number: int) -> date:
    """The days of the story: day 1 is the first of October."""
    return FIRST + timedelta(days=number - 1)


def at(number: int, clock: str = "10:00") -> datetime:
    """A moment of a day of the story, where the client is."""
    return instant(day(number), time.fromisoformat(clock), SHANGHAI)


@dataclass
class Story:
    """A client with its team; accounts and payments come as the test tells."""

    numbers: count[int] = field(default_factory=lambda: count(1))
    client_id: int = 0
    team_id: int = 0

    def __post_init__(self) -> None:
        self.client_id = Client.objects.create(
            code="harbour", name_en="Harbour", name_zh="港湾", country="CN", zone=SHANGHAI, mandate="agency",
            balance_authority="lender", day_begins=time(7), payment_file_lag_days=1, made_at=at(0),
        ).pk  # fmt: skip
        self.team_id = staff.make_team(code="north", name_en="North", name_zh="北组", at=at(0), actor=SYSTEM)
        staff.grant_client(team_id=self.team_id, client_id=self.client_id, at=at(0), actor=SYSTEM)

    def user(self, name: str, role: Role = Role.COLLECTOR) -> Actor:
        """Somebody of the team."""
        user = User.objects.create(username=name, display_name=name.title(), roles=[role])
        staff.add_member(
            team_id=self.team_id, user_id=user.pk, languages=["zh-Hans"], work_items_per_day_max=60,
            cases_max=300, at=at(0), actor=SYSTEM,
        )  # fmt: skip
        return staff_queries.get_actor(user.pk)

    def customer(self) -> int:
        """A new customer."""
        number = next(self.numbers)
        person = Person.objects.create(key=f"{number:064}")
        customer = Customer.objects.create(
            client_id=self.client_id, person=person, reference=f"C{number}", language="zh-Hans", country="CN",
            zone=SHANGHAI,
        )  # fmt: skip
        ContactPoint.objects.create(
            customer=customer, kind="phone", position=1, source="client-file", value_digest=f"{number:064}",
            usable_from=at(0),
        )  # fmt: skip
        return customer.pk

    def lose_numbers(self, account_id: int) -> None:
        """The borrower's numbers turn out to be of no use, so that the file has a gap."""
        customer_id = Party.objects.get(account_id=account_id, role="borrower").customer_id
        ContactPoint.objects.filter(customer_id=customer_id).update(unusable_since=at(0), unusable_cause="wrong-number")

    def account(self, customer_id: int | None = None, *, owed: str = "1000.00", dpd: int = 1) -> int:
        """An account that stood so at the end of September."""
        account = Account.objects.create(
            client_id=self.client_id, number=f"A{next(self.numbers)}", product="credit-card", currency="CNY"
        )
        Party.objects.create(account=account, customer_id=customer_id or self.customer(), role="borrower")
        self.stands(account.pk, day(0), owed=owed, dpd=dpd)
        self.placed(account.pk, "2026-10", day(0))
        return account.pk

    def placed(self, account_id: int, batch: str, from_date: date) -> None:
        """Put the account into a batch."""
        made, _ = Batch.objects.get_or_create(
            client_id=self.client_id, number=batch, defaults={"from_date": from_date, "mandate": "agency"}
        )
        Placement.objects.create(
            account_id=account_id, batch=made, placed_amount=Decimal(1000), placed_date=from_date, import_id=0
        )

    def stands(self, account_id: int, cut_off: date, *, owed: str, dpd: int) -> None:
        """What the client says of the account at a cut-off."""
        Standing.objects.create(account_id=account_id, cut_off_date=cut_off, dpd=dpd, dpd_basis="stated", import_id=0)
        StatedBalance.objects.create(
            account_id=account_id, cut_off_date=cut_off, component="as-stated", amount=Decimal(owed),
            currency="CNY", cut_off_at=start_of_day(cut_off + timedelta(days=1), SHANGHAI), import_id=0,
        )  # fmt: skip

    def pays(self, account_id: int, amount: str, when: datetime, value_date: date | None = None) -> None:
        """Money comes in and is posted."""
        Posting.objects.create(
            account_id=account_id, component="as-stated", amount=-Decimal(amount), currency="CNY", kind="payment",
            source="payments", value_date=value_date or when.astimezone().date(), value_date_basis="day",
            booked_at=when, reference=f"P{next(self.numbers)}", fact_id=0,
        )  # fmt: skip

    def morning(self, number: int, clock: str = "07:00") -> dict[str, int]:
        """The cases are brought up to the day."""
        return cases.refresh(client_id=self.client_id, day=day(number), at=at(number, clock), actor=SYSTEM)

    def mornings(self, first: int, last: int) -> None:
        """Several mornings on which nobody worked in between."""
        for number in range(first, last + 1):
            self.morning(number)

    def call(self, account_id: int, *, reached: bool = False) -> None:
        """An attempt on the account's case."""
        case = self.case(account_id)
        cases.record_work(
            case_id=case.id,
            customer_id=case.customer_id,
            account_id=None,
            attempt=True,
            contact=reached,
            right_party=reached,
        )

    def case(self, account_id: int) -> CaseRead:
        """The account's open case."""
        found = cases_queries.get_open_case_of_account(account_id)
        assert found is not None, "the account is in no open case"
        return found

    def present(self, account_id: int) -> CaseAccountRead:
        """The account as it stands in its open case."""
        return next(each for each in self.case(account_id).open_accounts if each.account_id == account_id)

    def stage(self, account_id: int) -> str:
        """The rung on which the account stands."""
        return self.present(account_id).stage
