"""Telling the moderators of what should not be here."""

from typing import Annotated, Literal

from ninja import Router, Status
from pydantic import Field

from pastes.api.v1.comment_schemas import CommentId
from pastes.api.v1.door import ApiRequest, password_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.schemas import Key, Sent, Text
from pastes.domain import access, reading, reports

router = Router(tags=["Reports"])

Category = Literal["spam", "secret", "malware", "illegal", "abuse", "other"]
"""`Report.Category`; a test holds the two together."""


class NewReport(Sent):
    """What is wrong with something."""

    category: Category
    text: Annotated[Text, Field(max_length=reports.MOST_TEXT)] = Field(
        "", description="What a moderator should know; needed for `other`."
    )


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/report",
    scope="paste:write",
    answers={204: None},
    fails=(404,),
    sends={"category": "spam", "text": "The same advertising as yesterday."},
)
def report_paste(request: ApiRequest, key: Key, body: NewReport) -> Status[None]:
    """Report a paste to the moderators.

    With an account or without; nobody else learns who did. What you have reported already is not reported twice.
    """
    paste = access.find_paste(key=key, viewer=request.viewer)
    reports.report(paste=paste, viewer=request.viewer, category=body.category, text=body.text)
    return Status(204, None)


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/comments/{int:comment_id}/report",
    scope="paste:write",
    answers={204: None},
    fails=(404,),
    sends={"category": "abuse"},
)
def report_comment(request: ApiRequest, key: Key, comment_id: CommentId, body: NewReport) -> Status[None]:
    """Report a comment to the moderators.

    As `report_paste`.
    """
    paste = access.find_paste(key=key, viewer=request.viewer)
    reading.require_open(paste=paste, viewer=request.viewer, password=password_of(request))
    comment = reports.find_comment(paste=paste, comment_id=comment_id)
    reports.report(paste=paste, comment=comment, viewer=request.viewer, category=body.category, text=body.text)
    return Status(204, None)
