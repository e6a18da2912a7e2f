"""Promise 3 for programs that speak GitHub's Gist interface."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tokens
from accounts.models import AccessToken, Scope, User
from pastes.models import Revision
from tests.access.everybody import Cast, make_cast, undone
from tests.access.gist_table import PROGRAMS, rows_of_gists, rows_of_the_interface
from tests.access.table import KINDS, Row

pytestmark = pytest.mark.django_db

SENT: dict[tuple[str, str], Any] = {
    ("gist:gist", "PATCH"): {"files": {"notes.txt": {"content": "changed"}}},
    ("gist:gist", "POST"): {"files": {"notes.txt": {"content": "changed"}}},
    ("gist:gists", "POST"): {"files": {"new.txt": {"content": "new"}}},
    ("gist:comments", "POST"): {"body": "Well said"},
    ("gist:comment", "PATCH"): {"body": "Better said"},
    ("gist:graphql", "POST"): {"query": "query UserCurrent{viewer{login}}"},
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Who is there, their tokens, and the version of each paste's only revision."""

    cast: Cast
    tokens: dict[str, str]
    versions: dict[str, str]

    def ask(self, who: str, method: str, url: str, sent: Any) -> int:
        """The status that one of them gets; the database is afterwards as it was."""
        token = self.tokens.get(who)
        headers = {"Authorization": f"token {token}"} if token else {}
        data = json.dumps(sent) if sent else ""
        with undone():
            response = Client().generic(method, url, data, content_type="application/json", headers=headers)
        return int(response.status_code)

    def url_of(self, row: Row, kind: str = "") -> str:
        args: list[Any] = [self.cast.pastes[kind].key] if kind else []
        extra: dict[str, list[Any]] = {
            "gist:person": ["alice"],
            "gist:gists_of_person": ["alice"],
            "gist:comment": [self.cast.comments.get(kind)],
            "gist:revision": [self.versions.get(kind)],
        }
        return reverse(row.route, args=args + extra.get(row.route, []))


def token_of(user: User, *scopes: Scope) -> str:
    return tokens.create(user=user, name="t", scopes=scopes)[1]


@pytest.fixture
def stage() -> Stage:
    cast = make_cast()
    both = (Scope.GIST_READ, Scope.GIST_WRITE)
    given = {
        "owner": token_of(cast.alice, *both),
        "stranger": token_of(cast.bob, *both),
        "staff": token_of(User.objects.get(username="sam"), *both),
        "reader": token_of(cast.alice, Scope.GIST_READ),
        "other": token_of(cast.alice, Scope.PASTE_READ, Scope.PASTE_WRITE, Scope.ACCOUNT),
        "expired": token_of(cast.alice, *both),
    }
    AccessToken.objects.filter(pk=AccessToken.objects.latest("pk").pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    versions = {kind: Revision.objects.get(paste=paste).version for kind, paste in cast.pastes.items()}
    return Stage(cast, given, versions)


@pytest.mark.parametrize("kind", KINDS)
def test_it_answers_every_program_about_every_kind_of_paste(stage: Stage, kind: str) -> None:
    wrong = []
    for row in rows_of_gists():
        for who in PROGRAMS[row.who]:
            got = stage.ask(who, row.method, stage.url_of(row, kind), SENT.get((row.route, row.method)))
            if got != row.expected[kind]:
                wrong.append(f"{row}: {who} got {got}, not {row.expected[kind]}")
    assert wrong == []


def test_it_answers_every_program_elsewhere(stage: Stage) -> None:
    wrong = []
    for row in rows_of_the_interface():
        for who, expected in row.expected.items():
            got = stage.ask(who, row.method, stage.url_of(row), SENT.get((row.route, row.method)))
            if got != expected:
                wrong.append(f"{row}: {who} got {got}, not {expected}")
    assert wrong == []


def test_it_lets_no_token_pass_that_ended_or_is_for_something_else(stage: Stage) -> None:
    rows = [(row, kind) for row in rows_of_gists() for kind in ("public", "private")]
    wrong = []
    for row, kind in [*rows, *((row, "") for row in rows_of_the_interface())]:
        url, sent = stage.url_of(row, kind), SENT.get((row.route, row.method))
        if (got := stage.ask("expired", row.method, url, sent)) != 401:
            wrong.append(f"{row}: expired got {got}")
        whoever = row.route in {"gist:root", "gist:root_slash", "gist:user", "gist:graphql"}
        if (got := stage.ask("other", row.method, url, sent)) != (200 if whoever else 403):
            wrong.append(f"{row}: other got {got}")
    assert wrong == []


def test_it_lets_nobody_pass_whose_account_is_switched_off(stage: Stage) -> None:
    User.objects.filter(pk=stage.cast.alice.pk).update(is_active=False)
    for row in rows_of_gists():
        assert stage.ask("owner", row.method, stage.url_of(row, "public"), SENT.get((row.route, row.method))) == 401
