"""Lists page by key: each page says where the next one begins, in its body and in a Link header (RFC 8288)."""

from typing import Annotated
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from pastes.views.door import origin

PAGE = 25
MOST = 100
CURSOR_LENGTH = 200

LINK = {"Link": "The next page, if there is one."}
"""What a list says in headers, for `endpoint`."""


class Window(BaseModel):
    """Which part of a list."""

    after: str = Field(
        "", max_length=CURSOR_LENGTH, description="Where the page begins; take the whole `next` instead."
    )
    limit: int = Field(PAGE, ge=1, le=MOST, description="How many items at most.", examples=[10])


Paging = Annotated[Window, Query()]
"""The argument ``window`` of an operation that lists: ``window: Paging``."""


class Page[Item](BaseModel):
    """Some items of a list."""

    items: list[Item]
    next: str | None = Field(description="The address of the next page; null when this is the last one.")


def next_link(request: HttpRequest, response: HttpResponse, cursor: str) -> str | None:
    """The address of the page that begins at ``cursor``, put into the Link header too; None when there is none."""
    if not cursor:
        return None
    query = request.GET.copy()
    query["after"] = cursor
    address = f"{origin(request)}{request.path}?{urlencode(list(query.lists()), doseq=True)}"
    response["Link"] = f'<{address}>; rel="next"'
    return address
