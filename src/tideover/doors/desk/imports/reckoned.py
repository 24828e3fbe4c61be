"""How a file as a whole reads: against its control file, who is gone, what moved, what stops, what mends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from tideover.act.intake import queries as intake_queries
from tideover.act.intake import types as intake_types
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.core.money import Money
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import StopRead


@dataclass(frozen=True)
class Differing:
    """What is stated otherwise than we reckon or know it: of which kind, how much, and the first of it."""

    code: str
    count: int
    found: tuple[intake_types.Differs, ...]


@dataclass(frozen=True)
class Reason:
    """Why collection stops, in words, and whether what came since accounts for it."""

    says: str
    is_explained: bool = False


@dataclass(frozen=True)
class Shown:
    """The reckoning in words."""

    is_trial: bool
    is_held: bool
    reasons: tuple[Reason, ...]
    control: tuple[str, ...]
    batch: str
    gone: str
    returned_count: int
    documents_count: int
    moves: tuple[intake_types.Move, ...]
    moves_count: int
    mends_id: int | None
    mended_by: int | None = None
    mendings: tuple[intake_types.ImportRead, ...] = ()
    differing: tuple[Differing, ...] = ()
    waiting_count: int = 0
    set_aside: tuple[intake_types.SetAsideRead, ...] = ()
    acknowledged: str = ""
    explained_by: intake_types.ImportRead | None = None
    may_look: bool = False

    @property
    def is_explained(self) -> bool:
        """Whether every reason to stop is accounted for."""
        return bool(self.reasons) and all(each.is_explained for each in self.reasons)

    @property
    def wants_mending(self) -> bool:
        """Whether something of it waits for rows that are right: refused, left out, or the whole file."""
        is_open = bool(self.reasons) and not self.is_explained
        return bool(self.waiting_count or is_open) and self.mended_by is None


def of_report(report: intake_types.ImportReport, language: str) -> Shown:
    """Of a file that is tried."""
    reckoned = report.reckoned
    return Shown(
        is_trial=not report.is_repeat,
        is_held=reckoned.is_held,
        reasons=_reasons(reckoned, language),
        control=control_lines(reckoned, language),
        batch=_batch(reckoned, language),
        gone=gone_line(report.kind, reckoned, language),
        returned_count=reckoned.returned_count,
        documents_count=reckoned.documents_count,
        moves=reckoned.moves,
        moves_count=reckoned.moves_count,
        differing=_differing(reckoned),
        mends_id=reckoned.mends_id,
    )


def of_import(made: intake_types.ImportRead, language: str, actor: Actor, zone: str) -> Shown:
    """Of an import. Whose balance moved may be another team's customer: it is for the integrator alone."""
    reckoned = made.reckoned
    mendings = tuple(intake_queries.list_mendings(made.id))
    mended_by = next((each.id for each in mendings if not each.reckoned.is_held), None)
    stop = clients_queries.find_stop_of_import(made.id)
    is_integrator = Role.INTEGRATOR in actor.roles
    acknowledged = ""
    if stop is not None and stop.acknowledged_at is not None:
        acknowledged = words.render(
            "desk.imports.whole.acknowledged",
            language,
            date=clock.local_date(stop.acknowledged_at, zone),
            actor=access_queries.get_display_names_by_username({stop.acknowledged_by or ""}).get(
                stop.acknowledged_by or "", stop.acknowledged_by
            ),
            note=stop.note,
        )
    return Shown(
        is_trial=False,
        is_held=reckoned.is_held,
        reasons=tuple(
            replace(each, is_explained=is_explained)
            for each, is_explained in zip(
                _reasons(reckoned, language), intake_queries.list_explained_reasons(made), strict=True
            )
        ),
        control=control_lines(reckoned, language),
        batch=_batch(reckoned, language),
        gone=gone_line(made.kind, reckoned, language),
        returned_count=reckoned.returned_count,
        documents_count=reckoned.documents_count,
        moves=reckoned.moves if is_integrator else (),
        moves_count=reckoned.moves_count,
        differing=_differing(reckoned),
        mends_id=reckoned.mends_id,
        mended_by=mended_by,
        mendings=mendings,
        waiting_count=intake_queries.count_waiting(made.id),
        set_aside=_set_aside(made.id, actor),
        acknowledged=acknowledged,
        explained_by=_explained_by(stop),
        may_look=stop is not None,
    )


def _set_aside(import_id: int, actor: Actor) -> tuple[intake_types.SetAsideRead, ...]:
    """What was set aside, by display name; why is told to whoever has to do with files."""
    found = intake_queries.list_set_aside(import_id)
    names = access_queries.get_display_names_by_username({each.actor for each in found})
    tells = bool(actor.roles & {Role.INTEGRATOR, Role.COMPLIANCE_OFFICER})
    return tuple(
        replace(each, actor=names.get(each.actor, each.actor), note=each.note if tells else "") for each in found
    )


def _explained_by(stop: StopRead | None) -> intake_types.ImportRead | None:
    if stop is None or stop.explained_import_id is None:
        return None
    return intake_queries.get_import(stop.explained_import_id)


def _differing(reckoned: intake_types.Reckoned) -> tuple[Differing, ...]:
    both = (
        Differing("dpd", reckoned.dpd_differs_count, reckoned.dpd_differs),
        Differing("instalments", reckoned.instalments_differ_count, reckoned.instalments_differ),
    )
    return tuple(each for each in both if each.count)


def _reasons(reckoned: intake_types.Reckoned, language: str) -> tuple[Reason, ...]:
    return tuple(Reason(words.render(each.words, language, **each.told)) for each in reckoned.reasons)


def control_lines(reckoned: intake_types.Reckoned, language: str) -> tuple[str, ...]:
    """What the control file says against what is there; what nothing explains stands among the reasons already."""
    mended = intake_queries.get_import(reckoned.mends_id) if reckoned.mends_id else None
    own = reckoned.control is not None
    if not own and (mended is None or mended.reckoned.control is None):
        return (words.render("desk.imports.no-control", language),)
    lines = [
        words.render(
            "intake.difference.total",
            language,
            currency=each.what,
            stated=Money(each.stated, each.what),
            counted=Money(each.counted, each.what),
        )
        + words.render("intake.difference.explained", language)
        for each in reckoned.differences
        if each.is_explained
    ]
    if any(not each.is_explained for each in reckoned.differences):
        lines.append(words.render("desk.imports.disagrees", language))
    elif not lines:
        lines.append(_agrees(reckoned, language))
    return tuple(lines)


def _agrees(reckoned: intake_types.Reckoned, language: str) -> str:
    """That the file is what its control file says, with the figures where that names them."""
    if reckoned.control is None:
        return words.render("desk.imports.agrees.together", language, import_id=str(reckoned.mends_id))
    if not reckoned.control.totals:
        return words.render("desk.imports.agrees", language)
    totals = ", ".join(words.money(total, language) for total in reckoned.control.totals)
    return words.render("desk.imports.agrees.figures", language, rows=f"{reckoned.control.rows_count:,}", totals=totals)


def _batch(reckoned: intake_types.Reckoned, language: str) -> str:
    batch = reckoned.control.batch if reckoned.control else None
    if batch is None:
        return ""
    named: dict[str, dict[str, object] | None] = {
        "from": batch.from_date and {"date": batch.from_date},
        "until": batch.until_date and {"date": batch.until_date},
        "target": batch.target and {"amount": batch.target},
        "commission": batch.commission_share and {"share": _percent(batch.commission_share)},
        "retain": batch.retain_share_max and {"share": _percent(batch.retain_share_max)},
    }
    told = [words.render(f"desk.imports.batch.{name}", language, **each) for name, each in named.items() if each]
    return " · ".join([batch.number, *told])


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def gone_line(kind: str, reckoned: intake_types.Reckoned, language: str) -> str:
    """How many accounts a full file left out, or why nobody was marked gone; nothing of other kinds."""
    if kind != intake_types.FULL:
        return ""
    if reckoned.gone_unjudged is not None:
        return words.render(f"intake.gone.{reckoned.gone_unjudged}", language)
    return words.render("desk.imports.gone.of", language, gone=reckoned.gone_count, expected=reckoned.expected_count)
