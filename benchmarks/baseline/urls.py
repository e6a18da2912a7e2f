"""Two views: one query and one template, and one row inserted."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path

from benchmarks.baseline.models import Note


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A page with the text of one row."""
    return render(request, "note.html", {"note": get_object_or_404(Note, pk=pk)})


def add(request: HttpRequest) -> HttpResponse:
    """Write the body into a new row, and say where it is; a form would be answered in the same way."""
    note = Note.objects.create(body=request.body.decode())
    return HttpResponseRedirect(f"/{note.pk}", status=303)


urlpatterns = [path("", add), path("<int:pk>", show)]
