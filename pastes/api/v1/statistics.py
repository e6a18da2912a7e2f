"""What an author sees of the readers of a paste."""

from datetime import date
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import BaseModel, Field

from pastes.api.v1 import answers, examples
from pastes.api.v1.door import ApiRequest
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paste_schemas import PasteInfo
from pastes.api.v1.schemas import Key
from pastes.domain import access, statistics

router = Router(tags=["Statistics"])

Span = Literal["30", "90", "365"]
"""`statistics.SPANS`; a test holds the two together."""


class DayInfo(BaseModel):
    """How often a paste was seen on a day."""

    day: date = Field(description="In UTC.")
    views: int


class SourceInfo(BaseModel):
    """How many readers came from another site."""

    host: str | None = Field(description="Null is all other sites together.")
    views: int


class StatisticsInfo(BaseModel):
    """The numbers of a paste."""

    days: list[DayInfo] = Field(description="Every day that was asked for, the first one first.")
    views: int = Field(description="On all these days.")
    sources: list[SourceInfo] = Field(description="Since the paste was published; the most frequent first.")
    forks: list[PasteInfo] = Field(description="The newest 50 of those that you can find.")
    fork_count: int = Field(description="How many of these there are in all.")


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/statistics",
    scope="paste:read",
    answers={200: StatisticsInfo},
    fails=(404,),
    example={
        "days": [{"day": "2026-11-24", "views": 5}],
        "views": 5,
        "sources": [{"host": "news.example", "views": 3}],
        "forks": [examples.INFO],
        "fork_count": 1,
    },
)
def read_statistics(
    request: ApiRequest,
    key: Key,
    days: Annotated[Span, Query(description="How many days back, today included.")] = "30",
) -> StatisticsInfo:
    """Read the statistics of your paste.

    Readers by day and by the site they come from. No address of a reader is kept.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    found = statistics.gather(paste=paste, viewer=request.viewer, span=int(days))
    return StatisticsInfo(
        days=[DayInfo(day=day.day, views=day.views) for day in found.days],
        views=found.views,
        sources=[SourceInfo(host=None if one.other else one.host, views=one.views) for one in found.sources],
        forks=[answers.info(request, fork) for fork in found.forks],
        fork_count=found.fork_count,
    )
