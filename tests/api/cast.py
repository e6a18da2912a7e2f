"""Programs with and without an account, and what they send and get."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts import tokens
from accounts.models import Scope, User


class Program:
    """A client of /api/v1: the token of ``user``, or none."""

    def __init__(self, user: User | None = None, *scopes: Scope, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if user is not None:
            token = tokens.create(user=user, name="a program", scopes=scopes or tuple(Scope))[1]
            self.headers["Authorization"] = f"Bearer {token}"

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Ask for ``/api/v1`` and ``path``; the body is JSON unless it is bytes."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Any = Client().generic(method, f"/api/v1{path}", data, content_type="application/json", headers=sent)
        return answer  # type: ignore[no-any-return]

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Read."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send something new."""
        return self.send("POST", path, body, **headers)

    def publish(self, *contents: str, **fields: Any) -> dict[str, Any]:
        """A new paste, as its answer has it."""
        files = [{"content": text} for text in contents or ("Hello\n",)]
        answer = self.post("/pastes", {"files": files} | fields)
        assert answer.status_code == 201, answer.content
        return as_json(answer)


def as_json(answer: HttpResponse) -> dict[str, Any]:
    """The answer's object."""
    found: dict[str, Any] = json.loads(answer.content)
    return found


def problem(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem details of an answer, which must be these."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    found = as_json(answer)
    assert (found["status"], found["code"], found["type"]) == (status, code, f"/help/api#{code}"), found
    assert found["title"]
    assert found["request_id"] == answer["X-Request-ID"]
    return found
