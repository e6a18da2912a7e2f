"""Programs that speak GitHub's Gist interface, and what they make."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts import tokens
from accounts.models import Scope, User

API = "/api/v3"
GISTS = f"{API}/gists"


@dataclass(frozen=True, slots=True)
class Program:
    """A program with somebody's token, or without one."""

    token: str = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """What the site answers to JSON."""
        sent = {"Authorization": f"token {self.token}"} if self.token else {}
        data = "" if body is None else body if isinstance(body, bytes) else json.dumps(body)
        return Client(enforce_csrf_checks=True).generic(
            method, path, data, content_type="application/json", headers=sent | headers
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)


def program_of(user: User, *scopes: Scope) -> Program:
    return Program(tokens.create(user=user, name="t", scopes=scopes or (Scope.GIST_READ, Scope.GIST_WRITE))[1])


def make_gist(program: Program, **body: Any) -> dict[str, Any]:
    sent = {"files": {"hello.py": {"content": "print('hello')\n"}}, "public": True, "description": "A greeting"} | body
    response = program.ask("POST", GISTS, sent)
    assert response.status_code == 201, response.content
    answer: dict[str, Any] = response.json()
    return answer


def contents(gist: dict[str, Any]) -> dict[str, str]:
    return {name: file["content"] for name, file in gist["files"].items()}
