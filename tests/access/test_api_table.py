"""Promise 3 for programs: every operation of /api/v1, asked by everybody about every kind of paste."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import AccessToken, Scope, User
from pastes.api.v1.describing import NOTES
from pastes.api.v1.endpoints import operations
from pastes.api.v1.urls import api
from tests.access.api_table import PROGRAMS, READERS, rows_of_pastes, rows_of_the_site
from tests.access.everybody import PASSWORD, Cast, make_cast, undone
from tests.access.table import KINDS
from tests.factories import read_all

pytestmark = pytest.mark.django_db

SENT: dict[str, Any] = {
    "create_paste": {"files": [{"content": "new\n"}]},
    "change_paste": {"title": "Changed"},
    "redact_paste": {"text": "text of alice"},
    "set_expiry": {"expires_in": "1d"},
    "open_paste": {"password": PASSWORD},
    "claim_paste": {"edit_token": "not-the-token"},
    "make_share_link": {},
    "create_comment": {"body": "Well said"},
    "change_comment": {"body": "Better said"},
    "vote_on_comment": {"value": 1},
    "set_discussion": {"open": False},
    "report_paste": {"category": "spam"},
    "report_comment": {"category": "abuse"},
    "mark_notifications_read": {"up_to": 1},
    "set_notification_settings": {"mail": "daily"},
    "change_own_profile": {"name": "Me"},
    "create_webhook": {"name": "bot", "url": "https://bot.example/", "events": ["paste.created"]},
    "change_webhook": {"name": "builder"},
    "create_token": {"name": "mine", "scopes": ["account"]},
    "sign_in": {"username": "nobody", "password": PASSWORD},
    "send_second_factor": {"code": "000000"},
    "sign_in_with_passkey": {"credential": {}},
    "send_second_passkey": {"credential": {}},
    "refresh_tokens": {"refresh_token": "none"},
}
"""The bodies."""

ARGUMENTS: dict[str, dict[str, Any]] = {
    "read_raw_file": {"name": "notes.txt"},
    "list_tagged": {"name": "python"},
    "read_profile": {"name": "alice"},
    "list_pastes_of": {"name": "alice"},
    "list_forks_of": {"name": "alice"},
    "list_stars_of": {"name": "alice"},
    "revoke_token": {"token_id": 2**40},
    "revoke_token_pair": {"pair_id": 1},
    "mark_notification_read": {"notification_id": 1},
}
"""What stands in an operation's address beside the paste, where `STANDARD` has nothing for it."""

QUERIES = {"search_pastes": "?q=notes"}
"""What has to stand behind it."""

STANDARD: dict[str, Any] = {"number": 1, "a": 1, "b": 1}


@dataclass(frozen=True, slots=True)
class Stage:
    """Who is there, and their tokens; ``operations`` has method and path by id."""

    cast: Cast
    tokens: dict[str, str]
    operations: dict[str, tuple[str, str]]

    def ask(self, who: str, operation: str, kind: str = "") -> int:
        """The status that one of them gets; the database is afterwards as it was."""
        return int(self.send(who, operation, kind).status_code)

    def send(self, who: str, operation: str, kind: str = "", *, key: str = "") -> Any:
        """The answer; ``key`` is of another paste than that of the kind, whose links and comments are asked for."""
        method, path = self.operations[operation]
        token = self.tokens.get(who)
        headers = {"If-Match": "*"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = json.dumps(SENT[operation]) if operation in SENT else ""
        address = self._address(path, operation, kind, key)
        with undone():
            response = Client().generic(method, address, data, content_type="application/json", headers=headers)
            read_all(response)
        return response

    def _address(self, path: str, operation: str, kind: str, key: str) -> str:
        values = STANDARD | ARGUMENTS.get(operation, {})
        values |= {"webhook_id": self.cast.delivery.webhook_id, "delivery_id": self.cast.delivery.pk}
        if kind:
            values |= {
                "key": key or self.cast.pastes[kind].key,
                "other": self.cast.pastes["public"].key,
                "link_id": self.cast.links[kind],
                "comment_id": self.cast.comments[kind],
            }
        return re.sub(r"{(?:\w+:)?(\w+)}", lambda found: str(values[found[1]]), path) + QUERIES.get(operation, "")


def token_of(user: User, *scopes: Scope) -> str:
    """A new token of somebody."""
    return tokens.create(user=user, name="a program", scopes=scopes)[1]


@pytest.fixture
def stage() -> Stage:
    cast = make_cast()
    sam = User.objects.get(username="sam")
    people = {"stranger": cast.bob, "owner": cast.alice, "staff": sam}
    return Stage(cast, {who: token_of(user, *Scope) for who, user in people.items()}, addresses())


def without_id(response: Any) -> Any:
    """Status and body, without the number that every request has for itself."""
    return response.status_code, {**response.json(), "request_id": ""}


def addresses() -> dict[str, tuple[str, str]]:
    """Method and path of every operation, by its id."""
    return {
        str(operation.operation_id): (operation.methods[0], f"/api/v1{operation.path}") for operation in operations(api)
    }


def scopes() -> dict[str, Scope]:
    """The scope that each operation takes."""
    return {
        str(operation.operation_id): Scope((operation.openapi_extra or {})[NOTES]["scope"])
        for operation in operations(api)
    }


def test_it_has_a_row_for_every_operation() -> None:
    assert {row.operation for row in [*rows_of_pastes(), *rows_of_the_site()]} == set(addresses())


@pytest.mark.parametrize("kind", KINDS)
def test_it_answers_every_program_about_every_kind_of_paste(stage: Stage, kind: str) -> None:
    wrong = [
        f"{row}: {who} got {answer}, not {row.expected[kind]}"
        for row in rows_of_pastes()
        for who in READERS[row.who]
        if (answer := stage.ask(who, row.operation, kind)) != row.expected[kind]
    ]
    assert wrong == []


def test_it_answers_about_a_strangers_private_paste_as_about_none(stage: Stage) -> None:
    """Promise 4: not a word of the answer differs."""
    of_pastes = {row.operation for row in rows_of_pastes()}
    for operation in of_pastes:
        for who in ("anonymous", "stranger"):
            hers, nobodys = (stage.send(who, operation, "private", key=key) for key in ("", "4uHWvJzRkGm"))
            assert without_id(hers) == without_id(nobodys), (operation, who)


def test_it_reaches_nothing_of_one_paste_through_another(stage: Stage) -> None:
    """Promise 5: the comments and links of one are not there at the address of another, whoever asks."""
    through = stage.cast.pastes["public"].key
    inside = {name for name, (_method, path) in stage.operations.items() if re.search("comment_id|link_id", path)}
    for operation in inside - {"revoke_share_link"}:  # which is answered alike whether or not there is such a link
        for who in ("stranger", "owner"):
            assert stage.ask(who, operation, "unlisted") != 404, (operation, who)
            assert stage.send(who, operation, "unlisted", key=through).status_code == 404, (operation, who)


def test_it_answers_every_program_about_everything_else(stage: Stage) -> None:
    wrong = [
        f"{row}: {who} got {answer}, not {row.expected[who]}"
        for row in rows_of_the_site()
        for who in PROGRAMS
        if (answer := stage.ask(who, row.operation)) != row.expected[who]
    ]
    assert wrong == []


def test_it_refuses_an_expired_token_everywhere(stage: Stage) -> None:
    AccessToken.objects.filter(user=stage.cast.alice).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert {stage.ask("owner", operation, "public") for operation in stage.operations} == {401}


def test_it_refuses_the_token_of_somebody_who_was_deactivated_everywhere(stage: Stage) -> None:
    User.objects.filter(pk=stage.cast.alice.pk).update(is_active=False)
    assert {stage.ask("owner", operation, "public") for operation in stage.operations} == {401}


def test_it_refuses_a_token_with_all_scopes_but_the_one_that_is_needed(stage: Stage) -> None:
    needed = scopes()
    for scope in set(needed.values()):
        stage.tokens["owner"] = token_of(stage.cast.alice, *(set(Scope) - {scope}))
        asked = [operation for operation in needed if needed[operation] == scope]
        assert {stage.ask("owner", operation, "public") for operation in asked} == {403}, scope


def test_it_lets_a_read_only_token_read_and_not_write(stage: Stage) -> None:
    stage.tokens["owner"] = token_of(stage.cast.alice, Scope.PASTE_READ)
    assert stage.ask("owner", "read_paste", "private") == 200
    assert stage.ask("owner", "change_paste", "private") == 403
