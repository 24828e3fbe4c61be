"""How to reach a database: what libpq understands in, what Django wants out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import conninfo

from tideover.core.postgres.home import Home
from tideover.core.postgres.problems import AddressInvalid

DATABASE = "tideover"
OWNER = "tideover_owner"
APPLICATION = "tideover_app"


@dataclass(frozen=True)
class Address:
    """One database as one role. The password does not show when it is printed."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str, *, variable: str = "DATABASE_URL") -> Address:
        """Read an address as libpq does: a URL or ``key=value`` pairs."""
        try:
            parts = {key: str(value) for key, value in conninfo.conninfo_to_dict(text).items()}
        except psycopg.ProgrammingError:
            raise AddressInvalid(variable=variable) from None
        return cls(
            name=parts.pop("dbname", ""),
            user=parts.pop("user", ""),
            password=parts.pop("password", ""),
            host=parts.pop("host", ""),
            port=parts.pop("port", ""),
            options=tuple(sorted(parts.items())),
        )

    @classmethod
    def of_home(cls, home: Home, user: str, *, name: str = DATABASE) -> Address:
        """The embedded server of a home, as owner or as application."""
        secret = "owner-password" if user == OWNER else "app-password"
        return cls(name=name, user=user, password=home.read_secret(secret) or "", host=str(home.socket_folder))

    def named(self, name: str) -> Address:
        """The same server and role, another database."""
        return replace(self, name=name)

    def conninfo(self) -> str:
        """The address as libpq's ``key=value`` text."""
        given = {
            "dbname": self.name,
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
            **dict(self.options),
        }
        return conninfo.make_conninfo("", **{key: value for key, value in given.items() if value})

    def django(self) -> dict[str, Any]:
        """The address as an entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": dict(self.options),
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": 60,
        }
