"""The page of a text that was encrypted before it came here: the reader's browser decrypts it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pastes.domain import access
from pastes.domain.access import Viewer
from pastes.domain.reading import Opening


def page(request: HttpRequest, opening: Opening, viewer: Viewer) -> HttpResponse:
    """The encrypted document, and what decrypts it. It is in the page, because some can be read only once."""
    paste = opening.paste
    author = access.is_author(paste=paste, viewer=viewer)
    published = author and request.GET.get("published") == "1"
    context = {
        "paste": paste,
        "revision": opening.revision,
        "document": opening.read(opening.files[0]).decode(),
        "may_edit": author,
        "may_claim": author and paste.owner_id is None and viewer.account is not None,
        "was_published": published,
        "edit_token": viewer.edit_token if published and paste.owner_id is None else "",
        "only_reading": opening.data is not None,
    }
    response = render(request, "pastes/vault.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
