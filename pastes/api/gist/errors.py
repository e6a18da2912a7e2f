"""Errors in GitHub's shape, with the sentences that its clients go by."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

from pastes.views.door import origin

KNOWN: Mapping[str, tuple[int, str]] = {
    "bad_credentials": (401, "Bad credentials"),
    "unauthorized": (401, "Requires authentication"),
    "missing_scope": (403, "Resource not accessible by personal access token"),
    "not_found": (404, "Not Found"),
    "comment_deleted": (404, "Not Found"),
    "invalid": (422, "Validation Failed"),
}
"""By the code of the domain's error: PyGithub, for one, chooses its exceptions by these words."""


def speaks_gist(request: HttpRequest) -> bool:
    """Whether an address belongs to this interface."""
    return request.path_info.startswith("/api/v3") or request.path_info == "/api/graphql"


def response(request: HttpRequest, *, status: int, code: str, message: str, details: Mapping[str, Any]) -> JsonResponse:
    """One error.

    Args:
        request: what was asked.
        status: of the answer, where `KNOWN` has no other.
        code: of the domain's error.
        message: for people, where `KNOWN` has no other.
        details: ``errors``, the messages by field, if there are any.
    """
    status, message = KNOWN.get(code, (status, message))
    body: dict[str, Any] = {
        "message": message,
        "documentation_url": f"{_origin(request)}/help/clients",
        "status": str(status),
    }
    if "errors" in details:
        resource = "GistComment" if "/comments" in request.path_info else "Gist"
        body["errors"] = [
            {"resource": resource, "field": field, "code": "custom", "message": text}
            for field, texts in details["errors"].items()
            for text in texts
        ]
    return JsonResponse(body, status=status, content_type="application/json; charset=utf-8")


def _origin(request: HttpRequest) -> str:
    """The site's address; nothing where the request names a host that is not the site's, which is an error, too."""
    try:
        return origin(request)
    except Exception:  # noqa: BLE001 # an error while an error is written would be a blank page
        return ""
