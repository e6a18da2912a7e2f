"""Gists: listed, published, read, changed, taken away, copied; and their stars and their history."""

import hashlib
import time
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from pastes.api.gist import sent
from pastes.api.gist.door import GistRequest, answer, find_own, find_paste, nothing, require_account
from pastes.api.gist.paging import linked, wanted_in
from pastes.api.gist.people import api_of
from pastes.api.gist.shapes import commit_shape, description_of, full_shape, list_shape
from pastes.domain import access, counting, history, numbered, patching, profiles, publishing, reactions, reading
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.numbered import Page, Wanted
from pastes.exceptions import Invalid, NotFound
from pastes.models import Paste, Star
from pastes.views.door import allows_secrets

IN_FULL = Wanted(size=30)
"""How many revisions and forks stand in a gist; all of them have addresses of their own."""


def listed(request: GistRequest) -> HttpResponse:
    """One's own, or for somebody without a token what is public."""
    wanted = wanted_in(request)
    user = request.viewer.account
    return _list(request, wanted, numbered.own(user=user, wanted=wanted) if user else numbered.public(wanted=wanted))


def public(request: GistRequest) -> HttpResponse:
    """Everybody's."""
    wanted = wanted_in(request)
    return _list(request, wanted, numbered.public(wanted=wanted))


def starred(request: GistRequest) -> HttpResponse:
    """What the asker has starred."""
    wanted = wanted_in(request)
    return _list(request, wanted, numbered.starred(user=require_account(request), wanted=wanted))


def of_person(request: GistRequest, login: str) -> HttpResponse:
    """What is public of somebody."""
    wanted = wanted_in(request)
    person = profiles.find(name=login, viewer=request.viewer)
    return _list(request, wanted, numbered.public_of(person=person, wanted=wanted))


def create(request: GistRequest) -> HttpResponse:
    """Publish one."""
    draft = sent.draft_in(sent.body_of(request), allow_secrets=allows_secrets(request))
    published = publishing.create(draft=draft, viewer=request.viewer, idempotency_key=_attempt(request))
    if published.repeated and not (published.paste.is_live() and published.paste.revision_count == 1):
        published = publishing.create(draft=draft, viewer=request.viewer)
    return _created(request, published.paste)


def show(request: GistRequest, key: str) -> HttpResponse:
    """All of one, in its latest revision."""
    paste = find_paste(request, key)
    response = answer(_full(request, paste))
    _count(request, paste)
    return response


def show_revision(request: GistRequest, key: str, sha: str) -> HttpResponse:
    """All of one, as it was."""
    paste = find_paste(request, key)
    reading.require_open(paste=paste, viewer=request.viewer)
    number = history.find_version(paste=paste, version=sha).number
    response = answer(_full(request, paste, number))
    _count(request, paste)
    return response


def change(request: GistRequest, key: str) -> HttpResponse:
    """Change, rename, add and take away files, and change the description. What is not mentioned stays."""
    paste = find_own(request, key)
    body = sent.body_of(request)
    description = sent.description_in(body)
    if description == description_of(paste):
        # Clients send back what they were shown, which may be the title.
        description = None
    changed = patching.patch(
        key=key,
        viewer=request.viewer,
        changes=sent.changes_in(body),
        description=description,
        allow_secrets=allows_secrets(request),
    )
    return answer(_full(request, changed))


def remove(request: GistRequest, key: str) -> HttpResponse:
    """Take one away; on its page the author can take that back for a while."""
    publishing.remove(paste=find_own(request, key), viewer=request.viewer)
    return nothing()


def has_star(request: GistRequest, key: str) -> HttpResponse:
    """Whether the asker has starred one; by GitHub's description an empty object says no, even where nothing is."""
    try:
        starred_it = reactions.given(paste=find_paste(request, key), viewer=request.viewer).star
    except NotFound:
        starred_it = False
    return nothing() if starred_it else answer({}, status=404)


def give_star(request: GistRequest, key: str) -> HttpResponse:
    """Star one."""
    reactions.react(kind=Star, paste=find_paste(request, key), viewer=request.viewer, on=True)
    return nothing()


def take_star(request: GistRequest, key: str) -> HttpResponse:
    """Take one's star back."""
    reactions.react(kind=Star, paste=find_paste(request, key), viewer=request.viewer, on=False)
    return nothing()


def forks(request: GistRequest, key: str) -> HttpResponse:
    """The copies that the asker may find."""
    wanted = wanted_in(request)
    paste = find_paste(request, key)
    reading.require_open(paste=paste, viewer=request.viewer)
    return _list(request, wanted, numbered.forks(paste=paste, viewer=request.viewer, wanted=wanted))


def fork(request: GistRequest, key: str) -> HttpResponse:
    """Copy somebody else's, which stays as findable as it is."""
    paste = find_paste(request, key)
    if access.is_author(paste=paste, viewer=request.viewer):
        raise Invalid({"forks": [_("This is your own already.")]})
    opening = reading.open_paste(paste=paste, viewer=request.viewer)
    draft = Draft(
        files=[NewFile(opening.read(file), file.name, file.language) for file in opening.files],
        title=paste.title,
        description=paste.description,
        visibility=paste.visibility,
        tags=paste.tags,
        allow_secrets=allows_secrets(request),
    )
    return _created(request, publishing.fork(paste=paste, draft=draft, viewer=request.viewer).paste)


def commits(request: GistRequest, key: str) -> HttpResponse:
    """Its revisions, the latest first."""
    wanted = wanted_in(request)
    paste = find_paste(request, key)
    reading.require_open(paste=paste, viewer=request.viewer)
    page = numbered.revisions(paste=paste, wanted=wanted)
    response = answer([commit_shape(request, paste, revision) for revision in page.rows])
    return linked(request, response, wanted, page)


def _list(request: GistRequest, wanted: Wanted, page: Page[Paste]) -> HttpResponse:
    return linked(request, answer(list_shape(request, page.rows)), wanted, page)


def _created(request: GistRequest, paste: Paste) -> HttpResponse:
    location = f"{api_of(request)}/gists/{paste.key}"
    return answer(_full(request, paste), status=201, location=location)


def _full(request: GistRequest, paste: Paste, number: int | None = None) -> dict[str, Any]:
    opening = reading.open_paste(paste=paste, viewer=request.viewer, number=number)
    return full_shape(
        request,
        paste,
        opening.revision,
        history=numbered.revisions(paste=paste, wanted=IN_FULL).rows,
        forks=numbered.forks(paste=paste, viewer=request.viewer, wanted=IN_FULL).rows,
        source=numbered.source(paste=paste, viewer=request.viewer),
    )


def _count(request: GistRequest, paste: Paste) -> None:
    if not paste.is_gated:
        counting.count_view(paste=paste, viewer=request.viewer, agent=request.headers.get("User-Agent", ""))


def _attempt(request: GistRequest) -> str:
    """What tells a second attempt from a second gist.

    The program ``gist`` sends everything once more after any failure, its own included: the same from it within a
    minute is one gist. Others can say it with an Idempotency-Key.
    """
    if key := request.headers.get("Idempotency-Key", ""):
        return key
    agent = request.headers.get("User-Agent", "")
    if not agent.startswith("gist/"):
        return ""
    return f"{agent} {hashlib.sha256(request.body).hexdigest()} {int(time.time()) // 60}"
