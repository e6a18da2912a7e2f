"""Stars and likes, and what one starred."""

from typing import Annotated

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router
from pydantic import BaseModel, Field

from pastes.api.v1 import answers, examples
from pastes.api.v1.door import ApiRequest, account_of, find_unlocked
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import LINK, Page, Paging, next_link
from pastes.api.v1.paste_schemas import PasteInfo
from pastes.api.v1.schemas import Key, Text
from pastes.domain import discovery, reactions
from pastes.domain.reactions import Kind
from pastes.models import Like, Paste, Star
from pastes.views.door import origin

router = Router(tags=["Stars and likes"])

GIVEN = {"given": True, "count": 3}
TAKEN = {"given": False, "count": 2}
FEED = {"url": f"{examples.SITE}/stars/feed/12.0.q0mJ5sVb1vQmH0n3"}


class Reaction(BaseModel):
    """What you have given to a paste, and what it has from all."""

    given: bool = Field(description="Whether you have given yours.")
    count: int = Field(description="How many people have.")


class StarFilter(BaseModel):
    """Which of the stars."""

    q: Text = Field(
        "",
        max_length=discovery.SEARCH_LENGTH,
        description="Words that are all in the title, the description or the name of the file.",
    )


class Feed(BaseModel):
    """Where a feed reader finds something."""

    url: str = Field(description="Whoever has this address may read it.")


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/star",
    scope="paste:read",
    account=True,
    answers={200: Reaction},
    fails=(404,),
    example=GIVEN,
)
def read_star(request: ApiRequest, key: Key) -> Reaction:
    """Say whether you have starred a paste."""
    return _read(request, key, Star)


@endpoint(
    router,
    "PUT",
    "/pastes/{key:key}/star",
    scope="paste:write",
    account=True,
    answers={200: Reaction},
    fails=(404,),
    example=GIVEN,
)
def give_star(request: ApiRequest, key: Key) -> Reaction:
    """Star a paste.

    It is in the list of your stars from now on. Starring it again changes nothing. One that opens only so often takes
    no stars; the password of one that has one goes into X-Paste-Password.
    """
    return _react(request, key, Star, on=True)


@endpoint(
    router,
    "DELETE",
    "/pastes/{key:key}/star",
    scope="paste:write",
    account=True,
    answers={200: Reaction},
    fails=(404,),
    example=TAKEN,
)
def take_star(request: ApiRequest, key: Key) -> Reaction:
    """Take your star back.

    Taking it back again changes nothing.
    """
    return _react(request, key, Star, on=False)


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/like",
    scope="paste:read",
    account=True,
    answers={200: Reaction},
    fails=(404,),
    example=GIVEN,
)
def read_like(request: ApiRequest, key: Key) -> Reaction:
    """Say whether you like a paste."""
    return _read(request, key, Like)


@endpoint(
    router,
    "PUT",
    "/pastes/{key:key}/like",
    scope="paste:write",
    account=True,
    answers={200: Reaction},
    fails=(404,),
    example=GIVEN,
)
def give_like(request: ApiRequest, key: Key) -> Reaction:
    """Like a paste.

    As `give_star`; a like is in no list of yours.
    """
    return _react(request, key, Like, on=True)


@endpoint(
    router,
    "DELETE",
    "/pastes/{key:key}/like",
    scope="paste:write",
    account=True,
    answers={200: Reaction},
    fails=(404,),
    example=TAKEN,
)
def take_like(request: ApiRequest, key: Key) -> Reaction:
    """Take your like back.

    Taking it back again changes nothing.
    """
    return _react(request, key, Like, on=False)


@endpoint(
    router,
    "GET",
    "/stars",
    scope="paste:read",
    account=True,
    answers={200: Page[PasteInfo]},
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_stars(
    request: ApiRequest,
    response: HttpResponse,
    window: Paging,
    wanted: Annotated[StarFilter, Query()],
) -> Page[PasteInfo]:
    """List what you starred.

    The newest star first. What you cannot read any more is left out.
    """
    page = discovery.starred(user=account_of(request), text=wanted.q, after=window.after, size=window.limit)
    items = [answers.info(request, paste) for paste in page.pastes]
    return Page[PasteInfo](items=items, next=next_link(request, response, page.next))


@endpoint(
    router,
    "GET",
    "/stars/feed",
    scope="paste:read",
    account=True,
    answers={200: Feed},
    example=FEED,
)
def read_stars_feed(request: ApiRequest) -> Feed:
    """Read the address of the feed of your stars.

    For a feed reader, which cannot sign in (Atom).
    """
    return _feed(request)


@endpoint(
    router,
    "POST",
    "/stars/feed",
    scope="account",
    account=True,
    answers={200: Feed},
    example=FEED,
)
def renew_stars_feed(request: ApiRequest) -> Feed:
    """Give the feed of your stars a new address.

    For when the old one came into other hands: it ends at once.
    """
    reactions.renew_feed(user=account_of(request))
    return _feed(request)


def _read(request: ApiRequest, key: str, kind: Kind) -> Reaction:
    paste, viewer = find_unlocked(request, key)
    reactions.require_open(paste=paste, viewer=viewer)
    given = reactions.given(paste=paste, viewer=viewer)
    return _answer(paste, kind, on=given.star if kind is Star else given.like)


def _react(request: ApiRequest, key: str, kind: Kind, *, on: bool) -> Reaction:
    paste, viewer = find_unlocked(request, key)
    reactions.react(kind=kind, paste=paste, viewer=viewer, on=on)
    return _answer(paste, kind, on=on)


def _answer(paste: Paste, kind: Kind, *, on: bool) -> Reaction:
    return Reaction(given=on, count=paste.stars if kind is Star else paste.likes)


def _feed(request: ApiRequest) -> Feed:
    token = reactions.feed_token(user=account_of(request))
    return Feed(url=origin(request) + reverse("pastes:stars_feed", args=[token]))
