"""Invented people: who holds an account, drawn from the seed and the account's number and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from tideover.rehearsal import draws

SHARED_HOLDERS = 30
"""How many people may hold several accounts: enough for about ten couples among 600 accounts."""

COMMON_SURNAMES = 20

DOCUMENT_TYPE = "id-card"
"""An invented document's number begins with 99: no place of issue has that number."""


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist, as the lender's file would describe them."""

    number: str
    full_name: str
    language: str
    country: str
    region: str
    zone: str
    phones: tuple[str, ...]
    document_number: str


@cache
def _material() -> dict[str, Any]:
    text = resources.files("tideover.rehearsal").joinpath("data/people.yaml").read_text("utf-8")
    material = yaml.safe_load(text)
    material["shares"] = {name: Decimal(share) for name, share in material["shares"].items()}
    material["regions"] = {name: Decimal(weight) for name, weight in material["regions"].items()}
    return material


def holder_of(account_number: str, seed: int, shared_holders: int = SHARED_HOLDERS) -> str:
    """The customer number of whoever holds the account."""
    if draws.chance(_material()["shares"]["shared_holder"], seed, "shared", account_number):
        return f"C9{draws.below(shared_holders, seed, 'holder', account_number):05d}"
    return f"C1{account_number.zfill(5)}"


def invent(number: str, seed: int) -> Person:
    """The person with this customer number."""
    material = _material()
    shares = material["shares"]
    region = draws.weighted(material["regions"], seed, "region", number)
    in_english = draws.chance(shares["english"], seed, "speaks-english", number)
    return Person(
        number=number,
        full_name=_name(material, number, seed, region, in_english),
        language="en" if in_english else "zh-Hans",
        country="CN",
        region=region,
        zone=material["zones"].get(region, material["zone"]),
        phones=_phones(material, number, seed),
        document_number=f"99{draws.below(10**16, seed, 'document', number):016d}",
    )


def _name(material: dict[str, Any], number: str, seed: int, region: str, in_english: bool) -> str:
    def pick(of: str) -> str:
        return draws.one_of(material[of], seed, of, number)

    if in_english:
        return pick("english")
    if region == "CN-XJ" and draws.chance(material["shares"]["uyghur_in_xinjiang"], seed, "uyghur", number):
        return f"{pick('uyghur_given')}·{pick('uyghur_father')}"
    surname = _surname(material["surnames"], number, seed)
    if draws.below(4, seed, "single", number) == 0:
        return surname + pick("given_single")
    return surname + pick("given_first") + pick("given_second")


def _surname(surnames: list[str], number: str, seed: int) -> str:
    """More than half of the people bear one of the twenty commonest names."""
    common = draws.below(5, seed, "common", number) < 3
    return draws.one_of(surnames[:COMMON_SURNAMES] if common else surnames, seed, "surname", number)


def _phones(material: dict[str, Any], number: str, seed: int) -> tuple[str, ...]:
    shares = material["shares"]
    if draws.chance(shares["without_contact_point"], seed, "silent", number):
        return ()
    count = 2 if draws.chance(shares["second_number"], seed, "second", number) else 1
    return tuple(
        f"{material['mobile_prefix']}{draws.below(10**8, seed, 'mobile', number, place):08d}"
        for place in range(1, count + 1)
    )
