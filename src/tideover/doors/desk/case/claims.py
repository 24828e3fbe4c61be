"""What a customer says was paid: until when we look for it, what they have shown, and filing what they show now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes import queries as outcomes_queries
from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.core.problem import Problem
from tideover.doors.desk.case import pages
from tideover.doors.screens import toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.know.cases.types import HoldReason

PROOF_BYTES_MAX = 10_000_000


@dataclass(frozen=True)
class Claim:
    """A hold that waits for a payment, with the documents that were filed against it."""

    hold_id: int
    says: str
    proofs: list[str]


def read(seen: pages.Seen) -> list[Claim]:
    """The case's standing claims."""
    standing = [each for each in seen.case.holds if each.reason is HoldReason.PAYMENT_CLAIMED and each.binds(seen.at)]
    proofs = outcomes_queries.list_proofs(each.id for each in standing) if standing else {}
    return [
        Claim(
            hold_id=each.id,
            says=words.render("desk.case.claim.says", seen.language, date=clock.local_date(each.until_at, seen.zone)),
            proofs=[filed.reference for filed in proofs.get(each.id, [])],
        )
        for each in standing
    ]


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_POST
def proof(request: HttpRequest, case_id: int) -> HttpResponse:
    """File what the customer shows: its reference and the digest; the document itself is not kept here."""
    at = clock_queries.now()
    seen = pages.see(request, case_id, at)
    hold_id = request.POST.get("hold", "")
    if hold_id not in {str(each.hold_id) for each in read(seen)}:
        raise PermissionDenied("hold")
    upload: Any = request.FILES.get("document")
    if upload is None or upload.size > PROOF_BYTES_MAX:
        toasts.add(request, words.render("desk.holds.proof.none", seen.language), "stop")
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    reference = request.POST.get("reference", "").replace("\0", "")[:120]
    try:
        outcomes.file_proof(
            hold_id=int(hold_id), reference=reference, digest=digest.hexdigest(), at=at, actor=actor_of(request)
        )
    except Problem as problem:
        toasts.add(request, words.render(problem, seen.language), "stop")
    else:
        toasts.add(request, words.render("desk.holds.proof.filed", seen.language))
    return HttpResponseRedirect(reverse("case", args=[case_id]))
