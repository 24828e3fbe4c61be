"""Public reads: who is who."""

from __future__ import annotations

from collections.abc import Iterable

from tideover.core.access.models import User
from tideover.core.access.types import UserRead


def get_display_names(user_ids: Iterable[int]) -> dict[int, str]:
    """How users are called on pages, by id."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "display_name"))


def get_display_names_by_username(usernames: Iterable[str]) -> dict[str, str]:
    """How users are called on pages, by the name that the journal keeps."""
    return dict(User.objects.filter(username__in=set(usernames)).values_list("username", "display_name"))


def list_users() -> list[UserRead]:
    """Everybody who may sign in, by user name."""
    return [
        UserRead(user.pk, user.username, user.display_name, tuple(user.roles))
        for user in User.objects.filter(is_active=True).order_by("username")
    ]
