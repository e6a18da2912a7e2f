"""Programs that ask the API, with a token of somebody."""

from collections.abc import Iterator
from typing import Any

from django.test import Client

from accounts import tokens
from accounts.models import Scope, User


def as_program(user: User | None, *scopes: str) -> Client:
    """A program with a token of ``user`` (None: with none); of all scopes, unless some are named."""
    if user is None:
        return Client()
    wanted = tokens.scopes_of(scopes) if scopes else list(Scope)
    row, token = tokens.create(user=user, name="test", scopes=wanted)
    tokens.note_use(token=row)  # so that no request needs a query for it
    return Client(headers={"Authorization": f"Bearer {token}"})


def links_of(client: Client, url: str) -> Iterator[list[dict[str, Any]]]:
    """The items of each page of a list, as far as its links lead; the header says what the body says."""
    address: str | None = url
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.content
        body = response.json()
        yield body["items"]
        address = body["next"]
        assert response.get("Link") == (f'<{address}>; rel="next"' if address else None)
