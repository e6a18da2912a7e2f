"""What everybody finds: the latest, the most popular, by tag; and what is left of one's burnt pastes."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from pastes.api.v1 import answers, examples
from pastes.api.v1.door import ApiRequest, account_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import LINK, Page, Paging, next_link
from pastes.api.v1.paste_schemas import PasteInfo
from pastes.api.v1.schemas import Moment, Text
from pastes.domain import discovery, tags

router = Router(tags=["Lists"])

TagName = Annotated[str, Path(max_length=100, description="The tag, with # or without.", examples=["python"])]


class Filter(BaseModel):
    """Which of the pastes."""

    language: Text = Field("", max_length=50, description="Only those in this language, as in `language` of a paste.")


Filtered = Annotated[Filter, Query()]


class TagInfo(BaseModel):
    """A tag that leads to public pastes."""

    name: str
    weight: int = Field(description="From 1 (rarely used) to 5 (the most used).")


class Tags(BaseModel):
    """The tags of the site."""

    items: list[TagInfo]


class Receipt(BaseModel):
    """What remains of a burnt paste."""

    key: str = Field(description="The key it had.")
    created: Moment
    read_at: Moment = Field(description="When its reader opened it.")


class Receipts(BaseModel):
    """The last burnt pastes of somebody."""

    items: list[Receipt]


@endpoint(
    router,
    "GET",
    "/receipts",
    scope="paste:read",
    account=True,
    answers={200: Receipts},
    example={"items": [{"key": examples.KEY, "created": examples.CREATED, "read_at": "2026-11-24T10:05:12Z"}]},
)
def list_receipts(request: ApiRequest) -> Receipts:
    """List your burnt pastes.

    That they were read, and when; nothing else is left of them. The last 25, the last read first.
    """
    rows = discovery.receipts(user=account_of(request))
    return Receipts(items=[Receipt(key=row.key, created=row.created, read_at=row.read_at) for row in rows])


@endpoint(
    router,
    "GET",
    "/recent",
    scope="paste:read",
    answers={200: Page[PasteInfo]},
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_recent(request: ApiRequest, response: HttpResponse, window: Paging, wanted: Filtered) -> Page[PasteInfo]:
    """List what was published last.

    Public pastes, the newest first.
    """
    return shown(request, response, discovery.recent(language=wanted.language, after=window.after, size=window.limit))


@endpoint(
    router,
    "GET",
    "/popular",
    scope="paste:read",
    answers={200: Page[PasteInfo]},
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_popular(request: ApiRequest, response: HttpResponse, window: Paging, wanted: Filtered) -> Page[PasteInfo]:
    """List what is read and liked most.

    Public pastes, the most popular first.
    """
    return shown(request, response, discovery.popular(language=wanted.language, after=window.after, size=window.limit))


@endpoint(
    router,
    "GET",
    "/trending",
    scope="paste:read",
    answers={200: Page[PasteInfo]},
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_trending(request: ApiRequest, response: HttpResponse, window: Paging, wanted: Filtered) -> Page[PasteInfo]:
    """List what is read and liked most these days.

    Public pastes, those with the most readers of the last few days first.
    """
    return shown(request, response, discovery.trending(language=wanted.language, after=window.after, size=window.limit))


@endpoint(
    router,
    "GET",
    "/tags",
    scope="paste:read",
    answers={200: Tags},
    example={"items": [{"name": "python", "weight": 5}]},
)
def list_tags(request: ApiRequest) -> Tags:
    """List the tags.

    Those that are used most, by name; each leads to a public paste at least.
    """
    del request
    return Tags(items=[TagInfo(name=tag.name, weight=tag.weight) for tag in tags.used()])


@endpoint(
    router,
    "GET",
    "/tags/{str:name}",
    scope="paste:read",
    answers={200: Page[PasteInfo]},
    fails=(404,),
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_tagged(request: ApiRequest, response: HttpResponse, name: TagName, window: Paging) -> Page[PasteInfo]:
    """List the pastes with a tag.

    Public ones, the newest first. A tag that nobody uses has none.
    """
    wanted = tags.require_name(name)
    return shown(request, response, discovery.recent(tag=wanted, after=window.after, size=window.limit))


def shown(request: ApiRequest, response: HttpResponse, page: discovery.Page) -> Page[PasteInfo]:
    """A page of pastes as an answer."""
    items = [answers.info(request, paste) for paste in page.pastes]
    return Page[PasteInfo](items=items, next=next_link(request, response, page.next))
