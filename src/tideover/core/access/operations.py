"""Users are made and changed by an administrator, by command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from tideover.core.access.models import SignInFailure, User
from tideover.core.access.rules import FAILURES_MAX, FAILURES_WINDOW_SECONDS, digest_of_name, require
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


def begin_sign_in(*, username: str, at: datetime) -> int | None:
    """Count a try as failed before it is made, and return its id; None where the user name is closed.

    So many at once are no more tries than one after the other. The name is kept as a digest only, and what was
    counted on an earlier day goes.
    """
    SignInFailure.objects.filter(at__lt=at - timedelta(days=1)).delete()
    digest = digest_of_name(username)
    made = SignInFailure.objects.create(username_digest=digest, at=at)
    since = at - timedelta(seconds=FAILURES_WINDOW_SECONDS)
    if SignInFailure.objects.filter(username_digest=digest, at__gt=since).count() <= FAILURES_MAX:
        return made.pk
    made.delete()
    return None


def note_signed_in(*, attempt_id: int) -> None:
    """The try was no failure after all."""
    SignInFailure.objects.filter(pk=attempt_id).delete()


def set_language(*, user_id: int, language: str) -> None:
    """Keep the language in which a user reads. A taste, not a fact: the journal is not told."""
    User.objects.filter(pk=user_id).update(language=language)
