"""The OpenAPI document, completed with what `endpoints.endpoint` was told and django-ninja has no words for."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from pastes.api.v1.schemas import Problem

NOTES = "x-notes"
"""Where `endpoint` leaves its notes in the description of an operation, until they are worked in."""

PROBLEM = "application/problem+json"

INTRODUCTION = """\
Whatever people do on the pages of this site, programs do here, by the same rules.

**Who asks.** Send a personal access token, made on your account's page: `Authorization: Bearer pbt_…`. It needs the
scope that the operation names. A pair of tokens (JWT) from `/api/v1/auth/` works as well. Without either you are
anonymous: you can read what everybody can, and publish; the answer then has an edit token, which changes and deletes
the paste when it comes as `X-Edit-Token`. On pages of this site the browser's session counts, with `X-CSRFToken`.

**Errors** are problem details (RFC 9457): `code` is for programs and does not change, `title` and `detail` are for
people, in the language that `Accept-Language` asks for; `errors` says by field what does not fit.

**Lists** have pages: `next` is the address of the next one, in the body and as a `Link` header.

**Limits** are in `RateLimit` and `RateLimit-Policy`; with 429 and 503 `Retry-After` says how many seconds to wait.
"""

TAGS = {
    "Pastes": "Publishing, reading, changing and deleting.",
    "Revisions": "What a paste said before, and what differs.",
    "Share links": "Secret links to what is not for everybody.",
    "Stars and likes": "What people think of a paste, and the list of what you starred.",
    "Comments": "What people say about a paste or its lines, and votes on it.",
    "Reports": "Telling the moderators of what should not be here.",
    "Statistics": "What an author sees of the readers.",
    "Search": "Finding pastes by their text.",
    "Lists": "What everybody finds: the latest, the most popular, by tag.",
    "People": "Who you are, and what people show of themselves.",
    "Notifications": "What happened to your pastes and comments.",
    "Tokens": "What your programs sign in with.",
    "Signing in": "How a program that asks its user for a password gets a pair of tokens (JWT).",
}

SECURITY: Mapping[str, Mapping[str, str]] = {
    "AccessToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A personal access token, or the access token of a pair (JWT).",
    },
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "A browser's session on this site; to change something, with `X-CSRFToken`.",
    },
    "SessionToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session-Token",
        "description": "Of a sign-in that a program has begun; only signing in takes it.",
    },
    "EditToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Edit-Token",
        "description": "Of a paste that was published without an account.",
    },
    "ShareToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Share-Token",
        "description": "The token of a share link, to read the paste it was made for.",
    },
    "PastePassword": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Paste-Password",
        "description": "The password of a paste.",
    },
}

PROBLEMS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_json", "The body of this request is not JSON.", "The body cannot be read."),
    401: ("bad_credentials", "This access token is not valid.", "Nobody knows who asks, or the token does not work."),
    403: ("forbidden", "Only the author can do that.", "You may see it, and not do this."),
    404: (
        "not_found",
        "There is no paste at this address.",
        "Nothing is there, or not for you: the two look alike.",
    ),
    409: ("conflict", "The paste was changed by somebody else while you edited it. Nothing was saved.", "Too late."),
    410: ("gone", "This was deleted.", "It was there, and is gone."),
    412: ("precondition_failed", "The paste was changed since you read it. Nothing was saved.", "Too late."),
    413: ("too_large", "That is more than one paste may hold.", "More bytes or files than the limit, which is named."),
    416: ("range", "There are no such bytes.", "The range begins behind the end."),
    422: ("invalid", "Something in this request does not fit.", "What does not fit is named, field by field."),
    428: ("precondition_required", "A change needs the header If-Match. Nothing was saved.", "If-Match is missing."),
    429: ("too_many_requests", "That was too often in a short time.", "Wait as long as Retry-After says."),
    503: ("unavailable", "The text cannot be read or saved right now.", "Try again when Retry-After says."),
}
"""By status: a code, its title, and what it means here."""

HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Which credentials it takes (RFC 6750)."},
    429: {"Retry-After": "Seconds."},
    503: {"Retry-After": "Seconds."},
}


def complete(document: dict[str, Any]) -> None:
    """Work the operations' notes into an OpenAPI document, and add what they share."""
    document["info"]["description"] = INTRODUCTION
    document["servers"] = [{"url": "/"}]
    used: set[int] = set()
    tags: dict[str, None] = {}
    for operation in operations_in(document):
        notes = operation.pop(NOTES)
        _complete_parameters(operation)
        _complete_answers(operation, notes)
        operation["security"] = _security(notes)
        if "requestBody" in operation and notes["sends"] is not None:
            operation["requestBody"]["content"]["application/json"]["example"] = notes["sends"]
        fails = set(notes["fails"]) | ({400, 413} if "requestBody" in operation else set())
        for status in sorted(fails):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{status}"}
        used |= fails
        tags |= dict.fromkeys(operation.get("tags", []))
    components = document["components"]
    components["schemas"]["Problem"] = Problem.model_json_schema()
    components["responses"] = {str(status): _problem(status) for status in sorted(used)}
    components["securitySchemes"] = {name: dict(scheme) for name, scheme in SECURITY.items()}
    document["tags"] = [{"name": name} | ({"description": TAGS[name]} if name in TAGS else {}) for name in tags]


def operations_in(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The operations of a document."""
    for methods in document["paths"].values():
        yield from methods.values()


def _complete_parameters(operation: dict[str, Any]) -> None:
    """Take the first example of a schema for the parameter: OpenAPI has a map there, where JSON Schema has a list."""
    for parameter in operation["parameters"]:
        if examples := parameter.pop("examples", None):
            parameter["example"] = examples[0]


def _complete_answers(operation: dict[str, Any], notes: dict[str, Any]) -> None:
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    for status, answer in answers.items():
        answer["description"] = HTTPStatus(int(status)).phrase
        if headers := notes["headers"].get(int(status)):
            answer["headers"] = _headers(headers)
        for kind in list(answer.get("content", {})):
            content = answer["content"].pop(kind)
            if notes["example"] is not None:
                content["example"] = notes["example"]
            answer["content"][notes["kind"]] = content
    operation["responses"] = answers


def _security(notes: dict[str, Any]) -> list[dict[str, list[str]]]:
    """Which credentials count; {} is none at all."""
    if notes["security"] is not None:
        return [dict(way) for way in notes["security"]]
    ways: list[dict[str, list[str]]] = [{"AccessToken": [notes["scope"]]}, {"Session": []}]
    if notes["account"]:
        return ways
    return [*ways, {"EditToken": []}, {"ShareToken": []}, {"PastePassword": []}, {}]


def _problem(status: int) -> dict[str, Any]:
    code, title, meaning = PROBLEMS[status]
    example: dict[str, Any] = {
        "type": f"/help/api#{code}",
        "status": status,
        "code": code,
        "title": title,
        "detail": "",
        "request_id": "4f908d2e78a72f12",
    }
    if code == "invalid":
        example["errors"] = {"files.0.content": ["This is missing."]}
    answer: dict[str, Any] = {
        "description": meaning,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if headers := HEADERS.get(status):
        answer["headers"] = _headers(headers)
    return answer


def _headers(described: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in described.items()}
