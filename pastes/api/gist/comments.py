"""What people say about a gist."""

from django.http import HttpResponse

from pastes.api.gist import sent
from pastes.api.gist.door import GistRequest, answer, find_paste, nothing, number_in
from pastes.api.gist.paging import linked, wanted_in
from pastes.api.gist.people import api_of
from pastes.api.gist.shapes import comment_shape
from pastes.domain import discussion, numbered
from pastes.exceptions import NotFound
from pastes.models import Comment, Paste


def listed(request: GistRequest, key: str) -> HttpResponse:
    """All of it, in the order it was said."""
    wanted = wanted_in(request)
    paste = find_paste(request, key)
    discussion.require_readable(paste=paste, viewer=request.viewer)
    page = numbered.comments(paste=paste, wanted=wanted)
    response = answer([comment_shape(request, paste, comment) for comment in page.rows])
    return linked(request, response, wanted, page)


def create(request: GistRequest, key: str) -> HttpResponse:
    """Say something."""
    paste = find_paste(request, key)
    body = sent.comment_in(sent.body_of(request))
    comment = discussion.create(paste=paste, viewer=request.viewer, body=body)
    location = f"{api_of(request)}/gists/{paste.key}/comments/{comment.pk}"
    return answer(comment_shape(request, paste, comment), status=201, location=location)


def show(request: GistRequest, key: str, number: str) -> HttpResponse:
    """One comment."""
    paste, comment = _find(request, key, number)
    return answer(comment_shape(request, paste, comment))


def change(request: GistRequest, key: str, number: str) -> HttpResponse:
    """Say it in other words."""
    paste, comment = _find(request, key, number)
    body = sent.comment_in(sent.body_of(request))
    changed = discussion.edit(comment=comment, viewer=request.viewer, body=body)
    return answer(comment_shape(request, paste, changed))


def remove(request: GistRequest, key: str, number: str) -> HttpResponse:
    """Take it back."""
    comment = _find(request, key, number)[1]
    discussion.delete(comment=comment, viewer=request.viewer)
    return nothing()


def _find(request: GistRequest, key: str, number: str) -> tuple[Paste, Comment]:
    """A comment that is still there, and its paste.

    Raises:
        NotFound: when there is none, on this paste.
    """
    paste = find_paste(request, key)
    discussion.require_readable(paste=paste, viewer=request.viewer)
    comment = discussion.find_comment(paste=paste, comment_id=number_in(number))
    if comment.deleted is not None:
        raise NotFound
    return paste, comment
