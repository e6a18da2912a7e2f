"""What the editor asks while somebody writes."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from pastes.domain import composing
from pastes.views.door import door, viewer_of

LONGEST_NAME = 255


@door("POST")
def language(request: HttpRequest) -> HttpResponseBase:
    """Say which language a file with this name and this beginning would be published in."""
    name = request.POST.get("name", "")[-LONGEST_NAME:]
    alias = composing.recognise(name=name, text=request.POST.get("text", ""), viewer=viewer_of(request))
    return render(request, "pastes/_recognised.html", {"alias": alias})
