"""What others may know of persons and customers, and how names and numbers are shown masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tideover.core.problem import Problem

CONTACT_POINT_KINDS = ("phone",)

# Surnames of two characters; every other Chinese surname is taken as one.
_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙
慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 百里 呼延 东郭 西门 南门 第五
"""
_TWO_CHARACTER_SURNAMES = frozenset(_COMPOUND.split())
_MASKABLE = 8
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")


@dataclass(frozen=True)
class CustomerRead:
    """A person as one client knows them, without a name: that lies in an erasable row."""

    id: int
    client_id: int
    person_id: int
    reference: str
    language: str
    country: str | None
    region: str | None
    zone: str | None


@dataclass(frozen=True)
class ContactPointRead:
    """A way to reach a customer, its value masked; None where it was erased."""

    id: int
    customer_id: int
    kind: str
    position: int
    owner: str
    source: str
    masked_value: str | None
    usable_from: datetime
    unusable_since: datetime | None
    unusable_cause: str | None

    def is_usable(self, at: datetime) -> bool:
        """Whether it may be tried at the instant, as far as is known."""
        return (
            self.masked_value is not None
            and self.usable_from <= at
            and (self.unusable_since is None or at < self.unusable_since)
        )


@dataclass(frozen=True)
class OptOutRead:
    """Channels and purposes for which a customer asked not to be reached."""

    id: int
    customer_id: int
    channels: tuple[str, ...]
    purposes: tuple[str, ...]
    from_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Received:
    """What a set of customers came to."""

    customers_new_count: int
    customers_changed_count: int


def mask_phone(value: str) -> str:
    """A number of which only enough is left to recognise it: ``154****0192``, ``+86 154****0192``."""
    if value.startswith("+86") and len(value) > _MASKABLE + 3:
        return "+86 " + mask_phone(value[3:])
    digits = value.lstrip("+")
    if len(digits) < _MASKABLE:
        return "*" * len(digits)
    return digits[:3] + "*" * max(4, len(digits) - 7) + digits[-4:]


def mask_name(full_name: str) -> str:
    """A surname and stars, ``王*`` or ``欧阳**``; of a Latin name its initials, ``J. S.``."""
    name = full_name.strip()
    if not name:
        return ""
    if _HAN.match(name) and "·" not in name:
        surname = 2 if name[:2] in _TWO_CHARACTER_SURNAMES and len(name) > 2 else 1
        return name[:surname] + "*" * max(1, len(name) - surname)
    if "·" in name:
        return name[0] + "*" * (len(name.split("·")[0]) - 1) + "·" + "*" * len(name.split("·", 1)[1])
    return " ".join(f"{part[0].upper()}." for part in name.split())


class UnknownCustomer(Problem):
    """No customer has this id."""

    code = "customers.unknown"


class UnknownContactPoint(Problem):
    """No contact point has this id, or its value was erased."""

    code = "customers.unknown-contact-point"


class PersonKeyMissing(Problem):
    """The installation has no key from which persons' identities are made."""

    code = "customers.person-key-missing"


@dataclass(frozen=True)
class Reached:
    """Whom a contact point reaches: a customer, and the person that the customer is."""

    customer_id: int
    person_id: int


class UnknownPerson(Problem):
    """There is no person with the id."""

    code = "customers.unknown-person"
