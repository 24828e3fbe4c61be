"""What a file of each kind may tell, field by field, and what is wrong when a field does not read. No Django.

Every rule is an expression of DuckDB over a whole column: ``typed`` gives the value, ``faults`` the conditions under
which the row is refused, the first that holds being told. Nothing here looks at one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from tideover.act.intake.types import PAYMENTS, RECALL
from tideover.act.payments.types import DEBIT_CAUSES, REVERSAL_CAUSES
from tideover.core import money
from tideover.core.sql.duck import literal
from tideover.know.portfolio.types import ENDED_CAUSES, RECALLED

PAYMENT, REVERSAL, FAILED_DEBIT = "payment", "reversal", "failed-debit"
ENTRIES = (PAYMENT, REVERSAL, FAILED_DEBIT)

Fault = tuple[str, str]
"""A code, and the condition over the column ``{t}`` (text) and ``{v}`` (typed) under which it is told."""
UNREAD = "{v} IS NULL"
"""The text is there and gave no value: it has not the form."""
PLACES = "currency_places"
"""The column with the decimal places of the row's currency, made once a row before faults are looked for."""

TEXT, IDENTIFIER, CHOICE, WHOLE, DATE, INSTANT, AMOUNT, SHARE, PHONE = (
    "text", "identifier", "choice", "whole", "date", "instant", "amount", "share", "phone",
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One thing that a file may tell. ``{t}`` stands for the text, ``{v}`` for the typed value.

    ``form`` says in which written forms it may come; ``default`` is what a file that is silent on it means;
    ``needed_where`` is the condition under which it may not be empty, where that is not always.
    """

    name: str
    sql_type: str
    typed: str
    faults: tuple[Fault, ...]
    required: bool = False
    form: str = TEXT
    default: str | None = None
    needed_where: str | None = None
    known: frozenset[str] = frozenset()

    @property
    def plain(self) -> Field:
        """The same of a text that is known to be right, or to be absent: nothing is left to find wrong in it."""
        return replace(self, typed="CAST({t} AS " + self.sql_type + ")", faults=())


def _listed(values: Sequence[str]) -> str:
    return ", ".join(literal(value) for value in values)


_UNSEEN = r"\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}".replace("{", "{{").replace("}", "}}")
"""Signs without width and those that turn the direction of what follows: in a name they show another name."""
_JOINERS = r"\x{200c}\x{200d}".replace("{", "{{").replace("}", "}}")
"""Names of some scripts need them; in a number by which things are found again they make another number."""
_BREAKS = r"\p{Cc}\p{Zl}\p{Zp}".replace("{", "{{").replace("}", "}}")
_CONTROL = ("control-character", f"regexp_matches({{t}}, '[{_BREAKS}{_UNSEEN}]')")


def text(name: str, longest: int, *, required: bool = False, pattern: str | None = None) -> Field:
    """A line of text, perhaps of a form."""
    faults: list[Fault] = [_CONTROL, ("too-long", f"length({{t}}) > {longest}")]
    if pattern:
        form = literal(pattern).replace("{", "{{").replace("}", "}}")
        faults.append(("form-wrong", f"NOT regexp_full_match({{t}}, {form})"))
    return Field(name, "VARCHAR", "{t}", tuple(faults), required)


def identifier(name: str, longest: int, *, required: bool = False) -> Field:
    """A number that things are found by again: one spelling each, so full-width digits are not left in it."""
    faults: list[Fault] = [
        ("control-character", f"regexp_matches({{t}}, '[{_BREAKS}{_UNSEEN}{_JOINERS}]')"),
        ("too-long", f"length({{t}}) > {longest}"),
        ("rounded-by-a-spreadsheet", "regexp_full_match({t}, '[0-9](\\.[0-9]+)?[eE][+][0-9]+')"),
        ("full-width", "regexp_matches({t}, '[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]')"),
    ]
    return Field(name, "VARCHAR", "{t}", tuple(faults), required, IDENTIFIER)


def choice(
    name: str,
    values: Sequence[str],
    code: str = "value-unknown",
    *,
    required: bool = False,
    default: str | None = None,
) -> Field:
    """One of a closed list."""
    known = f"{{t}} IN ({_listed(values)})"
    typed = f"CASE WHEN {known} THEN {{t}} END"
    return Field(name, "VARCHAR", typed, ((code, UNREAD),), required, CHOICE, default, known=frozenset(values))


def whole(name: str, *, required: bool = False, most: int = 1_200) -> Field:
    """A whole number from one on."""
    form = "regexp_full_match({t}, '[0-9]{{1,5}}')"
    typed = f"CASE WHEN {form} THEN CAST({{t}} AS INTEGER) END"
    faults = (("not-a-number", f"{UNREAD} OR {{v}} < 1 OR {{v}} > {most}"),)
    return Field(name, "INTEGER", typed, faults, required, WHOLE)


def share(name: str) -> Field:
    """A part of one, from 0 to 1."""
    form = "regexp_full_match({t}, '(0(\\.[0-9]{{1,6}})?|1(\\.0{{1,6}})?)')"
    typed = f"CASE WHEN {form} THEN CAST({{t}} AS DECIMAL(9, 6)) END"
    return Field(name, "DECIMAL(9, 6)", typed, (("not-a-share", UNREAD),), False, SHARE)


def days(name: str, *, required: bool = False) -> Field:
    """A whole number of days."""
    form = "regexp_full_match({t}, '[0-9]{{1,5}}')"
    typed = f"CASE WHEN {form} THEN CAST({{t}} AS INTEGER) END"
    return Field(name, "INTEGER", typed, (("not-days", UNREAD),), required, WHOLE)


def date(name: str, *, required: bool = False) -> Field:
    """A date written 2026-09-30."""
    form = "regexp_full_match({t}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    faults = (
        ("not-a-date", f"NOT {form}"),
        ("no-such-date", "{v} IS NULL OR {v} NOT BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'"),
    )
    return Field(name, "DATE", f"CASE WHEN {form} THEN TRY_CAST({{t}} AS DATE) END", faults, required, DATE)


def instant(name: str) -> Field:
    """A moment written 2026-10-05T09:30:00+08:00; it stays text, PostgreSQL types it."""
    form = (
        "regexp_full_match({t}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?"
        "(Z|[+-][0-9]{{2}}:[0-9]{{2}})')"
    )
    faults = (
        ("not-an-instant", f"NOT {form}"),
        ("no-such-date", "TRY_CAST({t} AS TIMESTAMPTZ) IS NULL"),
    )
    return Field(name, "VARCHAR", "{t}", faults, form=INSTANT)


def amount(
    name: str, *, required: bool = False, least: str | None = None, code: str = "negative", digits: int = 11
) -> Field:
    """An exact amount with a point and no separators, of at most the minor unit of the row's currency.

    One with more digits before the point is no debt but a column that has moved; it is left unread, so that no sum
    over accounts can pass what an amount may be.
    """
    form = f"regexp_full_match({{t}}, '[+-]?0{{{{0,12}}}}[0-9]{{{{1,{digits}}}}}(\\.[0-9]{{{{1,4}}}})?')"
    faults: list[Fault] = [
        ("too-large", f"regexp_full_match({{t}}, '[+-]?0*[1-9][0-9]{{{{{digits},}}}}(\\.[0-9]+)?')"),
        ("not-an-amount", UNREAD),
        ("too-many-decimals", f"length(rtrim(split_part({{t}}, '.', 2), '0')) > {PLACES}"),
    ]
    if least is not None:
        faults.append((code, f"{{v}} {least}"))
    typed = f"CASE WHEN {form} THEN CAST({{t}} AS DECIMAL(18, 4)) END"
    return Field(name, "DECIMAL(18, 4)", typed, tuple(faults), required, AMOUNT)


def phone(name: str) -> Field:
    """A number that can be called, without the blanks, hyphens and brackets that people write."""
    cleaned = "regexp_replace({t}, '[ ().-]', '', 'g')"
    faults = (("not-a-phone", f"NOT regexp_full_match({cleaned}, '[+]?[0-9]{{{{5,15}}}}')"),)
    return Field(name, "VARCHAR", cleaned, faults, form=PHONE)


def digest(name: str) -> Field:
    """A SHA-256 in hexadecimal, in either case."""
    form = "regexp_full_match({t}, '[0-9a-fA-F]{{64}}')"
    return Field(name, "VARCHAR", "lower({t})", (("not-a-digest", f"NOT {form}"),))


@cache
def places() -> str:
    """The decimal places of a row's currency; of one that is not known, two."""
    cases = " ".join(
        f"WHEN {literal(code)} THEN {money.exponent(code)}"
        for code in sorted(money.currencies())
        if money.exponent(code) != 2
    )
    return f'CASE "currency" {cases} ELSE 2 END'


@cache
def countries() -> tuple[str, ...]:
    """Country codes of two letters."""
    known = Locale("en").territories
    return tuple(sorted(code for code in known if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "ZZ")))


@cache
def zones() -> tuple[str, ...]:
    """IANA zones."""
    return tuple(sorted(available_timezones()))


def _currency() -> Field:
    return choice("currency", sorted(money.currencies()), "currency-unknown", required=True)


def _person() -> tuple[Field, ...]:
    """What a file may tell of a customer, whatever their role on the account."""
    return (
        identifier("customer_number", 100),
        text("document_type", 40, pattern="[a-z0-9]+(-[a-z0-9]+)*"),
        identifier("document_number", 60),
        text("full_name", 200),
        text("language", 10, required=True, pattern="[a-z]{2,3}(-[A-Za-z0-9]{2,8})?"),
        choice("country", countries(), "country-unknown"),
        text("region", 10, pattern="[A-Z]{2}-[A-Z0-9]{1,3}"),
        choice("zone", zones(), "zone-unknown"),
    )


PARTY = ("customer_number", "document_type", "document_number", "full_name", "language", "country", "region", "zone")
BATCH_TERMS = (
    "batch_from_date",
    "batch_until_date",
    "batch_target_amount",
    "batch_commission_share",
    "batch_retain_share_max",
)


@cache
def placement_fields() -> tuple[Field, ...]:
    """What a file of accounts may tell of an account and its borrower."""
    return (
        identifier("account_number", 80, required=True),
        text("product", 40, required=True, pattern="[a-z0-9]+(-[a-z0-9]+)*"),
        _currency(),
        amount("credit_limit", least="< 0"),
        date("opened_date"),
        share("annual_rate"),
        choice("is_placed", ("true", "false"), required=True, default="true"),
        text("batch_number", 60),
        date("batch_from_date"),
        date("batch_until_date"),
        amount("batch_target_amount", least="< 0", digits=14),
        share("batch_commission_share"),
        share("batch_retain_share_max"),
        replace(days("dpd"), needed_where="\"is_placed\" = 'true'"),
        choice("dpd_basis", ("stated", "read-from-code"), default="stated", required=True),
        date("next_due_date"),
        amount("next_due_amount", least="< 0"),
        whole("instalments_count"),
        *_person(),
    )


@cache
def party_fields(prefix: str) -> tuple[Field, ...]:
    """What a file may tell of a co-borrower or guarantor; the language may be the mapping's."""
    return tuple(replace(field, name=f"{prefix}{field.name}", required=False) for field in _person())


@cache
def payments_fields() -> tuple[Field, ...]:
    """What a payments file tells of a payment, of one that was taken back, or of a debit that failed."""
    return (
        identifier("account_number", 80, required=True),
        _currency(),
        amount("amount", required=True, least="<= 0", code="not-positive"),
        date("value_date", required=True),
        instant("booked_at"),
        choice("entry", ENTRIES, required=True, default=PAYMENT),
        identifier("reverses", 120),
        choice("cause", (*REVERSAL_CAUSES, *DEBIT_CAUSES)),
        identifier("reference", 120, required=True),
    )


@cache
def recall_fields() -> tuple[Field, ...]:
    """What a recall file tells of an account that goes back to the client."""
    return (
        identifier("account_number", 80, required=True),
        date("recalled_date"),
        choice("cause", ENDED_CAUSES, required=True, default=RECALLED),
    )


def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of a kind of file."""
    return {PAYMENTS: payments_fields, RECALL: recall_fields}.get(kind, placement_fields)()


def names_of(kind: str) -> tuple[str, ...]:
    """Their names, as a mapping uses them."""
    return tuple(field.name for field in fields_of(kind))


def key_of(kind: str) -> str:
    """The field that a file of the kind has once: what its rows are found by."""
    return "reference" if kind == PAYMENTS else "account_number"
