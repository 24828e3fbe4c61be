"""Chance that can be repeated: each draw is a digest of the seed and of what it is drawn for, never of an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_SPAN = 1 << 64


@lru_cache(maxsize=4096)
def _base(seed: int, first: object) -> bytes:
    return f"{seed}|{first}".encode()


def number(seed: int, *of: object) -> int:
    """A number from 0 to 2**64 - 1, the same for the same seed and the same things."""
    text = _base(seed, of[0]) + "|".join(["", *(str(part) for part in of[1:])]).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def below(count: int, seed: int, *of: object) -> int:
    """A whole number from 0 to ``count`` - 1."""
    return number(seed, *of) * count // _SPAN


def between(lowest: int, highest: int, seed: int, *of: object) -> int:
    """A whole number from ``lowest`` to ``highest``, both included."""
    return lowest + below(highest - lowest + 1, seed, *of)


def chance(share: Decimal, seed: int, *of: object) -> bool:
    """True in this share of cases."""
    return number(seed, *of) < share * _SPAN


def one_of(choices: Sequence[T], seed: int, *of: object) -> T:
    """One of the choices, each as likely."""
    return choices[below(len(choices), seed, *of)]


def weighted(shares: Mapping[T, Decimal], seed: int, *of: object) -> T:
    """One of the keys, as likely as its share says; the shares need not add up to one."""
    point = Decimal(number(seed, *of)) * sum(shares.values()) / _SPAN
    reached = Decimal(0)
    for choice, share in shares.items():
        reached += share
        if point < reached:
            return choice
    return next(reversed(shares))
