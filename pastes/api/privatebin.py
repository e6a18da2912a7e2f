"""PrivateBin's interface at ``/``, for its clients: encrypted pastes in, and out again.

They send ``X-Requested-With: JSONHttpRequest``, call a paste by the hexadecimal spelling of its key, and understand
``{"status": 0, …}``, or 1 with a ``message``, both with status 200 (`says` and `error`, which `pastebin.errors` asks).
"""

import json
import re
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from pastes.domain import access, counting, keys, publishing, reading, vault
from pastes.domain.access import Viewer
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Forbidden, Invalid, NotFound
from pastes.models import Paste
from pastes.urlkeys import address_of
from pastes.views.door import SAFE, password_in, viewer_of

ENDS: Final = {
    "5min": timedelta(minutes=5),
    "10min": timedelta(minutes=10),
    "1hour": timedelta(hours=1),
    "1day": timedelta(days=1),
    "1week": timedelta(weeks=1),
    "1month": timedelta(days=30),
    "1year": timedelta(days=365),
    "never": None,
}

LINK: Final = re.compile(r"(?:pasteid=)?([0-9a-f]{16})=?(?:&.*)?", re.DOTALL)
"""The query of an address that PrivateBin makes. The link to delete something has its token behind the id."""

BY_ACCOUNT: Final = "account"
"""Where there is no token to delete a paste with, because it belongs to an account: clients want one."""

CONTEXT: Final = {
    "@context": {
        "so": "https://schema.org/",
        "pb": "?jsonld=types#",
        "status": {"@type": "so:Integer"},
        "id": {"@type": "so:name"},
        "deletetoken": {"@type": "so:Text"},
        "url": {"@type": "so:URL"},
        "v": {"@type": "so:Integer", "@value": 2},
        "adata": {"@container": "@list"},
        "ct": {"@type": "so:Text"},
        "meta": {"@id": "?jsonld=pastemeta"},
        "comments": {"@container": "@list"},
        "comment_count": {"@type": "so:Integer"},
        "comment_offset": {"@type": "so:Integer"},
    }
}
"""What says in JSON-LD which version of the format is spoken here: clients look at ``v``."""


def says(request: HttpRequest) -> bool:
    """Whether a client of PrivateBin asks. The bare address is the editor for everybody: it is kept for all."""
    if request.path_info != "/":
        return False
    if request.method not in SAFE:
        return request.method == "POST" and _is_program(request)
    return "jsonld" in request.GET or (bool(request.GET) and _is_program(request))


def answer(request: HttpRequest) -> HttpResponseBase:
    """Read, publish or delete.

    Raises:
        Forbidden, Invalid, NotFound, Refused, TooLarge, TooMany, Unavailable: as the verbs.
    """
    if request.method != "POST":
        if "jsonld" in request.GET:
            return JsonResponse(CONTEXT if request.GET["jsonld"] == "paste" else {})
        return _read(request)
    document = vault.read(request.body)
    if "deletetoken" in document:
        return _delete(request, document)
    if "parentid" in document or "pasteid" in document:
        raise Forbidden(_("Encrypted pastes have no comments here."), _("Nothing was published."))
    return _publish(request, document)


def error(*, status: int, text: str) -> HttpResponse:
    """What its clients understand. What is wrong with the site itself keeps its status, for those who watch over it."""
    return JsonResponse({"status": 1, "message": text}, status=status if status >= 500 else 200)


def page_of(request: HttpRequest) -> str:
    """Where a browser finds what one of PrivateBin's links is for; "" when it follows none. It keeps what follows #."""
    match = LINK.fullmatch(request.META.get("QUERY_STRING", ""))
    if match is None:
        return ""
    return address_of("pastes:token" if "deletetoken" in request.GET else "pastes:paste", keys.from_hex(match[1]))


def _is_program(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "JSONHttpRequest"


def _publish(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    meta = document.get("meta")
    choice = meta.get("expire") if isinstance(meta, dict) else None
    if not isinstance(choice, str) or choice not in ENDS:
        raise Invalid({"expire": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(ENDS)}]})
    span = ENDS[choice]
    draft = Draft(files=[NewFile(request.body)], expires_at=timezone.now() + span if span else None)
    idempotency_key = request.headers.get("Idempotency-Key", "")
    published = publishing.create(draft=vault.sealed(draft), viewer=viewer_of(request), idempotency_key=idempotency_key)
    return _done(published.paste, deletetoken=published.edit_token or (BY_ACCOUNT if published.paste.owner_id else ""))


def _read(request: HttpRequest) -> HttpResponse:
    """An encrypted paste. A GET opens what is to be read once, as PrivateBin's does and its clients rely on.

    No link preview sends the header by which this address is found, and no other site can have a browser send it.
    """
    match = LINK.fullmatch(request.META["QUERY_STRING"])
    if match is None:
        raise NotFound
    viewer = viewer_of(request)
    paste = access.find_paste(key=keys.from_hex(match[1]), viewer=viewer)
    if not paste.encrypted:
        raise Forbidden(
            _("This paste is not encrypted."), _("Read it at %(path)s.") % {"path": paste.get_absolute_url()}
        )
    opening = reading.open_paste(
        paste=paste, viewer=viewer, password=password_in(request), confirmed=request.method == "GET"
    )
    if request.method == "GET" and not paste.is_gated:
        counting.count_view(paste=paste, viewer=viewer, agent=request.headers.get("User-Agent", ""))
    meta = {"time_to_live": int((paste.expires_at - timezone.now()).total_seconds())} if paste.expires_at else {}
    rest = {"meta": meta, "comments": [], "comment_count": 0, "comment_offset": 0, "@context": "?jsonld=paste"}
    return _done(paste, **json.loads(opening.read(opening.files[0])), **rest)


def _delete(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    match = LINK.fullmatch(str(document.get("pasteid")))
    if match is None:
        raise NotFound
    viewer = viewer_of(request)
    viewer = Viewer(user=viewer.user, address=viewer.address, edit_token=str(document["deletetoken"]))
    paste = access.find_paste(key=keys.from_hex(match[1]), viewer=viewer)
    publishing.remove(paste=paste, viewer=viewer)
    return _done(paste)


def _done(paste: Paste, **said: Any) -> HttpResponse:
    name = keys.to_hex(paste.key)
    response = HttpResponse(
        json.dumps({"status": 0, "id": name, "url": f"/?{name}", **said}, separators=(",", ":")),
        content_type="application/json",
    )
    response["X-Robots-Tag"] = "noindex"
    return response
