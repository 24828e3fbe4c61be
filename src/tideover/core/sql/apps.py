from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SqlConfig(AppConfig):
    """Published views stand outside migrations: dropped before one runs, made anew by the owner after all."""

    name = "tideover.core.sql"
    label = "sql"

    def ready(self) -> None:
        pre_migrate.connect(_drop, sender=self, dispatch_uid="tideover.core.sql.drop")
        post_migrate.connect(_make, sender=self, dispatch_uid="tideover.core.sql.make")


def _drop(sender: Any, **more: Any) -> None:
    from tideover.core.sql import views

    if views.may_make():
        views.drop_all()


def _make(sender: Any, **more: Any) -> None:
    from tideover.core.sql import views

    if views.may_make():
        views.make_all()
