"""How a person is recognised across clients without keeping who they are: never by name or phone."""

from __future__ import annotations

import hashlib
import hmac
import re

from tideover.know.customers.types import mask_name as mask_name
from tideover.know.customers.types import mask_phone as mask_phone

_BLOCK = 64


def identity_text(client_id: int, reference: str, document_type: str | None, document_number: str | None) -> str:
    """What a person's key is made of: a document, else the client's own number for them."""
    if document_type and document_number:
        return "\n".join(("document", document_type, document_number.upper()))
    return "\n".join(("client", str(client_id), reference))


def person_key(
    secret: str, client_id: int, reference: str, document_type: str | None, document_number: str | None
) -> str:
    """HMAC-SHA256 in hex of the identity's text."""
    return digest_of(secret, identity_text(client_id, reference, document_type, document_number))


def digest_of(secret: str, text: str) -> str:
    """HMAC-SHA256 in hex: to recognise a text, not to read it."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def phone_forms(text: str) -> tuple[str, ...]:
    """The ways in which a number that somebody writes may stand in a file: with and without the country's code."""
    number = re.sub("[ ().-]", "", text.strip())
    if not re.fullmatch(r"[+]?[0-9]{5,18}", number):
        return ()
    bare = re.sub(r"^(\+86|0086)(?=1[0-9]{10}$)", "", number)
    forms = [number, bare]
    if re.fullmatch("1[0-9]{10}", bare):
        forms += [f"+86{bare}", f"0086{bare}", f"86{bare}"]
    return tuple(dict.fromkeys(forms))


def hmac_pads(secret: str) -> tuple[bytes, bytes]:
    """The inner and outer key of HMAC-SHA256, so that SQL can make the same digests of a set.

    ``encode(sha256(outer || sha256(inner || text)), 'hex')``; PostgreSQL has sha256 built in and no HMAC.
    """
    key = secret.encode()
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    key = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)
