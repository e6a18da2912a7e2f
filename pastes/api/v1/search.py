"""Finding pastes by their text."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from pastes.api.v1 import answers, examples
from pastes.api.v1.door import ApiRequest
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import LINK, Page, Paging, next_link
from pastes.api.v1.paste_schemas import PasteInfo
from pastes.api.v1.schemas import Flag, Text
from pastes.domain import search
from pastes.domain.search import Hit
from pastes.search import terms

router = Router(tags=["Search"])


def _day(value: Any) -> Any:
    """RFC 3339's full-date and nothing else: pydantic would take numbers for seconds."""
    if isinstance(value, date) or value is None:
        return value
    try:
        day = parse_date(value) if isinstance(value, str) and len(value) == len("2030-12-31") else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("Write a date like 2030-12-31."))
    return day


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")]


class Question(BaseModel):
    """What somebody searches for."""

    q: Text = Field(
        min_length=1,
        max_length=terms.MOST_CHARACTERS,
        description="Terms with blanks between them, or in quotes; all of them must be there, in whatever case.",
        examples=["hello"],
    )
    words: Flag = Field(False, description="Whether each term must be a whole word.")
    language: Text = Field("", max_length=50, description="Only those in this language, as in `language` of a paste.")
    author: Text = Field("", max_length=150, description="Only those of the person with this user name.")
    tag: Text = Field("", max_length=100, description="Only those with this tag.")
    since: Day | None = Field(None, description="Only those published on this day (UTC) or later.")
    until: Day | None = Field(None, description="Only those published on this day (UTC) or earlier.")
    mine: Flag = Field(False, description="Only your own.")


class LineInfo(BaseModel):
    """A line in which something was found."""

    file: str
    line: int = Field(description="From 1.")
    html: str = Field(description="The line, cut where it is long, as safe HTML, with what was found in `<mark>`.")


class HitInfo(BaseModel):
    """A paste that was found, and where in it."""

    paste: PasteInfo
    title_html: str = Field(description="The title, or the name of the file, as safe HTML with what was found marked.")
    description_html: str = Field(description="The same of the description; empty where nothing was found in it.")
    lines: list[LineInfo] = Field(description="The first lines with what was found.")


@endpoint(
    router,
    "GET",
    "/search",
    scope="paste:read",
    answers={200: Page[HitInfo]},
    example=examples.page(
        {
            "paste": examples.INFO,
            "title_html": "<mark>Hello</mark>",
            "description_html": "",
            "lines": [{"file": "hello.py", "line": 1, "html": "print(&quot;<mark>Hello</mark>&quot;)"}],
        }
    ),
    headers={200: LINK},
)
def search_pastes(
    request: ApiRequest, response: HttpResponse, asked: Annotated[Question, Query()], window: Paging
) -> Page[HitInfo]:
    """Find pastes by their text.

    What everybody may find and your own, the newest first. A page can have fewer pastes than `limit`, even none, and
    a next page all the same: it goes on where this one stopped looking.
    """
    query = search.Query(
        text=asked.q,
        words=asked.words,
        language=asked.language,
        author=asked.author,
        tag=asked.tag,
        since=asked.since,
        until=asked.until,
        mine=asked.mine,
    )
    page = search.find(query=query, viewer=request.viewer, after=window.after, size=window.limit)
    items = [_info(request, hit) for hit in search.show(query=query, pastes=page.pastes)]
    return Page[HitInfo](items=items, next=next_link(request, response, page.next))


def _info(request: ApiRequest, hit: Hit) -> HitInfo:
    return HitInfo(
        paste=answers.info(request, hit.paste),
        title_html=hit.title,
        description_html=hit.description,
        lines=[LineInfo(file=line.name, line=line.number, html=line.html) for line in hit.lines],
    )
