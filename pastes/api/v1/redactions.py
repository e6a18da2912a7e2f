"""Taking a text out of a paste and all its revisions."""

from ninja import Router

from pastes.api.v1 import examples
from pastes.api.v1.door import ApiRequest
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paste_schemas import RedactedPlace, Redaction, RedactionAnswer
from pastes.api.v1.pastes import LIMITED
from pastes.api.v1.schemas import Key
from pastes.domain import access, redacting

router = Router(tags=["Revisions"])


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/redactions",
    scope="paste:write",
    answers={200: RedactionAnswer},
    fails=(404, 409, 413, 422),
    sends={"text": "hunter2", "dry_run": False},
    example=examples.REDACTION,
    headers={200: LIMITED},
)
def redact_paste(request: ApiRequest, key: Key, body: Redaction) -> RedactionAnswer:
    """Remove a text from a paste and its history.

    From every revision, the title, the description and the comments; `[redacted]` stands in its place, and the paste
    keeps its address, comments, stars and links. It ends with a new revision; where the text is not, nothing changes.
    A password that has leaked must be changed in any case: readers, forks and backups may have it.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    act = redacting.find if body.dry_run else redacting.redact
    found = act(paste=paste, viewer=request.viewer, text=body.text)
    return RedactionAnswer(
        done=bool(found.count) and not body.dry_run,
        count=found.count,
        revisions=sorted(found.revisions),
        comments=found.comments,
        forks=found.forks,
        places=[
            RedactedPlace(
                kind=place.kind.value,
                revisions=list(place.revisions),
                file=place.file or None,
                line=place.line or None,
                count=place.count,
                shown=place.shown,
            )
            for place in found.places
        ],
    )
