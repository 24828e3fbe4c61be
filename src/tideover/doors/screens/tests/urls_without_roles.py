"""The desk's addresses, and one whose view forgot to state its roles."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tideover.doors import urls


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


urlpatterns = [*urls.urlpatterns, path("forgotten", forgotten)]
handler403 = urls.handler403
