"""Secret links to a private paste."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import reverse
from ninja import Path, Router, Status

from pastes.api.v1 import examples
from pastes.api.v1.door import ApiRequest
from pastes.api.v1.drafting import end_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import Page, Paging, next_link
from pastes.api.v1.paste_schemas import LinkInfo, MadeLink, NewLink
from pastes.api.v1.schemas import Key
from pastes.domain import access, discovery, sharing
from pastes.models import ShareLink
from pastes.views.door import origin

router = Router(tags=["Share links"])

LinkId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The `id` of the link.", example=7)]


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/links",
    scope="paste:read",
    answers={200: Page[LinkInfo]},
    fails=(404, 422),
    example=examples.page(examples.LINK),
)
def list_share_links(request: ApiRequest, response: HttpResponse, key: Key, window: Paging) -> Page[LinkInfo]:
    """List the share links of your paste.

    The newest first, those that have ended as well. Their tokens are not kept.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    after = discovery.number(window.after)
    found, cursor = sharing.page(paste=paste, viewer=request.viewer, after=after, size=window.limit)
    items = [LinkInfo.model_validate(_fields(link)) for link in found]
    return Page[LinkInfo](items=items, next=next_link(request, response, cursor))


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/links",
    scope="paste:write",
    answers={201: MadeLink},
    fails=(400, 404, 422),
    sends={"label": "for Bob", "expires_in": "1w"},
    example=examples.MADE_LINK,
)
def make_share_link(request: ApiRequest, key: Key, body: NewLink) -> Status[MadeLink]:
    """Make a share link.

    Whoever has it may read the paste, private or not, until the link ends or you revoke it. The address is shown once.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    link, token = sharing.make(paste=paste, viewer=request.viewer, label=body.label, expires_at=end_of(body))
    url = origin(request) + reverse("pastes:shared", args=[token])
    return Status(201, MadeLink(**_fields(link), url=url, token=token))


@endpoint(
    router,
    "DELETE",
    "/pastes/{key:key}/links/{int:link_id}",
    scope="paste:write",
    answers={204: None},
    fails=(404, 422),
)
def revoke_share_link(request: ApiRequest, key: Key, link_id: LinkId) -> Status[None]:
    """Revoke a share link.

    At once for everybody who has it. Revoking it again changes nothing.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    sharing.revoke(paste=paste, viewer=request.viewer, link_id=link_id)
    return Status(204, None)


def _fields(link: ShareLink) -> dict[str, Any]:
    return {"id": link.pk, "label": link.label, "created": link.created, "expires_at": link.expires_at}
