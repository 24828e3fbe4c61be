"""What can go wrong with the home folder and the embedded server, each as a fact with its fields."""

from __future__ import annotations

from tideover.core.problem import Problem


class HomeInUse(Problem):
    """Another process works on this home folder."""

    code = "postgres.home-in-use"

    def __init__(self, *, home: str, process: int, command: str) -> None:
        super().__init__(home=home, process=str(process), command=command)


class HomeUnusable(Problem):
    """The home folder cannot be used by this user, or not by the user that the server runs as."""

    code = "postgres.home-unusable"

    def __init__(self, *, home: str, why: str) -> None:
        super().__init__(home=home, why=why)


class ProgramsMissing(Problem):
    """The programs of the embedded PostgreSQL are not installed."""

    code = "postgres.programs-missing"

    def __init__(self, *, package: str) -> None:
        super().__init__(package=package)


class ServerNotStarted(Problem):
    """The embedded PostgreSQL did not come up; its log says why."""

    code = "postgres.server-not-started"

    def __init__(self, *, log: str, last_line: str) -> None:
        super().__init__(log=log, last_line=last_line)


class AddressInvalid(Problem):
    """A database address cannot be read."""

    code = "postgres.address-invalid"

    def __init__(self, *, variable: str) -> None:
        super().__init__(variable=variable)


class ApplicationRoleUnfit(Problem):
    """The role that DATABASE_URL names is not there, or could lift the limits that it works under."""

    code = "postgres.application-role-unfit"

    def __init__(self, *, role: str, why: str) -> None:
        super().__init__(role=role, why=why)
