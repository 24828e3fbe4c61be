"""The daily file back to a client (催记回传): what happened on a day, in the client's own layout, to be fetched."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from tideover.act.intake import operations as intake
from tideover.act.intake.types import KINDS
from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.policy import queries as policy_queries
from tideover.core.problem import Problem
from tideover.doors.screens import toasts
from tideover.doors.screens.roles import actor_of, for_roles


class BackForm(forms.Form):
    """Whose day, and in which layout."""

    client = forms.CharField(max_length=40)
    layout = forms.CharField(max_length=120)
    day = forms.DateField(input_formats=["%Y-%m-%d"])


def layouts(language: str) -> list[dict[str, Any]]:
    """The layouts that there are."""
    return [
        {"id": file.id, "title": file.title[language]}
        for file in policy_queries.load("mapping")
        if file.data.kind not in KINDS
    ]


@for_roles(Role.INTEGRATOR)
@require_POST
def file_back(request: HttpRequest) -> HttpResponse:
    """The file itself; where it cannot be written, the list again with the reason."""
    form = BackForm(request.POST)
    language: str = request.language  # type: ignore[attr-defined]
    if not form.is_valid():
        toasts.add(request, words.render("desk.imports.back.wrong", language), "stop")
        return HttpResponseRedirect(reverse("imports"))
    given = form.cleaned_data
    try:
        made = intake.write_back(
            client_code=given["client"],
            mapping_id=given["layout"],
            day=given["day"],
            at=clock_queries.now(),
            actor=actor_of(request),
        )
    except Problem as problem:
        toasts.add(request, words.render(problem, language), "stop")
        return HttpResponseRedirect(reverse("imports"))
    response = HttpResponse(made.content, content_type="text/csv")
    response["Content-Disposition"] = content_disposition_header(True, made.name) or ""
    return response
