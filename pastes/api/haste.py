"""hastebin's addresses: a body in, a key out.

Its clients read the answer as JSON: ``{"key"}`` for a new document, ``{"key", "data"}`` for an old one, and
``{"message"}`` for whatever goes wrong (`says`, which `pastebin.errors` asks).
"""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_cache_control

from pastes.domain import content, counting, publishing, reading
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import NotFound
from pastes.models import Visibility
from pastes.urlkeys import KEY_PATTERN
from pastes.views import raw as raw_views
from pastes.views.door import allows_secrets, door, find_paste, password_in, viewer_of, wants_html

ADDRESS = re.compile(r"/(?:documents|raw)(?:/|\Z)")
NAME = re.compile(rf"({KEY_PATTERN})(?:\..*)?", re.DOTALL)
"""A key, and an extension that hastebin's own pages add and that says nothing here."""

NO_DOCUMENT = "Document not found."
"""hastebin's own words, in its own language: clients compare them."""


def read_whole(request: HttpRequest) -> None:
    """Take the body as it is, before anybody reads it as a form: no content type makes it one here."""
    _ = request.body


@door("POST", before_form=read_whole)
def documents(request: HttpRequest) -> HttpResponseBase:
    """Publish the body."""
    draft = Draft(files=[NewFile(request.body)], visibility=Visibility.UNLISTED, allow_secrets=allows_secrets(request))
    key = request.headers.get("Idempotency-Key", "")
    published = publishing.create(draft=draft, viewer=viewer_of(request), idempotency_key=key)
    response = JsonResponse({"key": published.paste.key})
    if published.edit_token:
        response["X-Delete-Token"] = published.edit_token
    return response


@door("GET", "POST")
def document(request: HttpRequest, name: str) -> HttpResponseBase:
    """A document with its text; POST opens what may be read only so often, as it does at every address."""
    paste, viewer = find_paste(request, _key_in(name))
    reading.require_one_file(paste=paste, viewer=viewer)
    opening = reading.open_paste(
        paste=paste, viewer=viewer, password=password_in(request), confirmed=request.method == "POST"
    )
    if request.method == "GET" and not paste.is_gated:
        counting.count_view(paste=paste, viewer=viewer, agent=request.headers.get("User-Agent", ""))
    file = opening.files[0]
    response = JsonResponse({"key": paste.key, "data": content.decode(file, opening.read(file))})
    if not paste.is_listed:
        response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return response


@door("GET", "POST")
def raw(request: HttpRequest, name: str) -> HttpResponseBase:
    """The bytes, exactly as ``/<key>/raw`` gives them."""
    return raw_views.raw(request, _key_in(name))


def says(request: HttpRequest) -> bool:
    """Whether an error is for a client of hastebin; a person with a browser gets a page there, too."""
    return bool(ADDRESS.match(request.path_info)) and not wants_html(request)


def error(*, status: int, text: str) -> HttpResponse:
    """What its clients understand."""
    return JsonResponse({"message": NO_DOCUMENT if status == NotFound.status else text}, status=status)


def _key_in(name: str) -> str:
    """The key of ``<key>`` or ``<key>.<extension>``.

    Raises:
        NotFound: when it is neither.
    """
    match = NAME.fullmatch(name)
    if match is None:
        raise NotFound
    return match[1]
