"""Users are made and changed by an administrator, by command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from tideover.core.access.models import SignInFailure, User
from tideover.core.access.rules import digest_of_name, require
from tideover.core.access.types import Actor, Role, UnknownUsername
from tideover.core.journal import operations as journal


def create_user(
    *,
    username: str,
    display_name: str,
    roles: Iterable[Role],
    password: str,
    language: str,
    at: datetime,
    actor: Actor,
) -> int:
    """Make a user who can sign in, and return the id. Calling again with the same name changes nothing."""
    require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        user, made = User.objects.get_or_create(
            username=username,
            defaults={
                "display_name": display_name,
                "roles": sorted(roles),
                "language": language,
            },
        )
        if made:
            user.set_password(password)
            user.save(update_fields=["password"])
            journal.append(
                chain=journal.INSTALLATION,
                kind="user-created",
                room="access",
                at=at,
                actor=actor,
                body={"user_id": user.pk, "roles": sorted(roles)},
            )
    return user.pk


def set_password(*, username: str, password: str, at: datetime, actor: Actor) -> None:
    """Give a user a new password; whoever is signed in with the old one is signed out. Raises UnknownUsername."""
    require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=username).first()
        if user is None:
            raise UnknownUsername(username=username)
        user.set_password(password)
        user.save(update_fields=["password"])
        journal.append(
            chain=journal.INSTALLATION,
            kind="password-set",
            room="access",
            at=at,
            actor=actor,
            body={"user_id": user.pk},
        )


def note_sign_in_failure(*, username: str, at: datetime) -> None:
    """Count a failed sign-in; the name is kept as a digest only, and failures of an earlier day go."""
    with transaction.atomic():
        SignInFailure.objects.filter(at__lt=at - timedelta(days=1)).delete()
        SignInFailure.objects.create(username_digest=digest_of_name(username), at=at)


def set_language(*, user_id: int, language: str) -> None:
    """Keep the language in which a user reads. A taste, not a fact: the journal is not told."""
    User.objects.filter(pk=user_id).update(language=language)
