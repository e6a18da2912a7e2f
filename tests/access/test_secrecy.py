"""Promises 4 and 5: what is private looks like nothing at all, and nothing of one paste is reached through another."""

import re
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.models import Scope, User
from pastes.domain import keys, publishing, sharing
from pastes.domain.access import unlock_proof
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste, ShareLink
from tests.access.table import rows_of_pastes
from tests.factories import client_for, make_paste, publish, read_all, viewer_for

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
OWN_TO_A_REQUEST = {"X-Request-ID"}


def addresses(key: str, other: str) -> list[str]:
    """Every address that has a paste's key in it."""
    args: dict[str, list[Any]] = {
        "pastes:part": [key, 0, 1],
        "pastes:paste_as": [key, "py"],
        "pastes:raw_file": [key, "notes.txt"],
        "pastes:download_file": [key, "notes.txt"],
        "pastes:revision": [key, 1],
        "pastes:diff": [key, 1, 1],
        "pastes:compare": [key, other],
        "pastes:revoke": [key, 1],
        **{f"pastes:comment{act}": [key, 1] for act in ("", "_edit", "_delete", "_vote", "_report")},
    }
    routes = {row.route for row in rows_of_pastes()} - {"pastes:shared", "pastes:extend"}
    return [reverse(route, args=args.get(route, [key])) for route in sorted(routes)] + [
        reverse("pastes:compare", args=[other, key])
    ]


def seen(response: HttpResponseBase, key: str) -> tuple[int, dict[str, str], str]:
    """All that a reader sees of an answer, but for the key in it and what differs between any two requests."""
    headers = {name: value for name, value in response.items() if name not in OWN_TO_A_REQUEST}
    body = read_all(response).decode().replace(key, "KEY").replace(response["X-Request-ID"], "ID")
    body = re.sub(r'(X-CSRFToken": ?|csrfmiddlewaretoken" value=)"[^"]*"', "", body)
    return response.status_code, headers, body


@pytest.mark.parametrize(
    ("signed_in", "accept"),
    [(False, "text/html"), (False, "application/json"), (False, "*/*"), (True, "text/html")],
    ids=["page", "json", "text", "Bob"],
)
def test_it_answers_for_a_private_paste_as_for_none(alice: User, bob: User, accept: str, signed_in: bool) -> None:
    private = make_paste(owner=alice, name="notes.txt", visibility="private").key
    public, unused = make_paste(name="notes.txt").key, keys.new_value()
    client = client_for(bob if signed_in else None)
    for here, there in zip(addresses(private, public), addresses(unused, public), strict=True):
        for method in METHODS:
            answers = [
                seen(client.generic(method, url, headers={"accept": accept}), key)
                for url, key in ((here, private), (there, unused))
            ]
            assert answers[0] == answers[1], f"{method} {here}"


def test_it_does_not_tell_by_a_wrong_token_cookie_or_password_that_a_private_paste_is_there(alice: User) -> None:
    private = make_paste(owner=alice, visibility="private", password="open sesame").key
    unused = keys.new_value()
    client = client_for()
    client.cookies.load({"edit_token": "guessed", "share_token": "guessed", "unlocked": "guessed"})
    wrong = {"X-Edit-Token": "guessed", "X-Paste-Password": "guessed"}
    for address in ("/{}", "/{}/raw", "/{}/edit", "/{}/shares"):
        answers = [seen(client.get(address.format(key), headers=wrong), key) for key in (private, unused)]
        assert answers[0] == answers[1], address


def test_a_token_of_somebody_else_finds_a_private_paste_as_little_as_none(alice: User, bob: User) -> None:
    private, unused = make_paste(owner=alice, visibility="private").key, keys.new_value()
    _row, token = tokens.create(user=bob, name="gadget", scopes=list(Scope))
    client = Client(headers={"authorization": f"Bearer {token}"})
    for address in ("/{}", "/{}/raw", "/{}/edit", "/{}/shares", "/{}/statistics"):
        for method in ("GET", "POST", "DELETE"):
            answers = [seen(client.generic(method, address.format(key)), key) for key in (private, unused)]
            assert answers[0] == answers[1], f"{method} {address}"


class TestThingsOfAnotherPaste:
    """Bob may read his own paste, and gets nothing of Alice's by naming it there."""

    @pytest.fixture
    def alices(self, alice: User) -> Paste:
        files = [NewFile(b"secret one", "one.txt"), NewFile(b"secret two", "two.txt")]
        return make_paste(owner=alice, files=files, visibility="private")

    @pytest.fixture
    def bobs(self, bob: User) -> Paste:
        return make_paste(owner=bob, text="mine", name="mine.txt")

    def test_it_revokes_no_link_of_another_paste(self, alices: Paste, bobs: Paste) -> None:
        link, _token = sharing.make(paste=alices, viewer=viewer_for(alices.owner))
        client_for(bobs.owner).post(reverse("pastes:revoke", args=[bobs.key, link.pk]))
        assert ShareLink.objects.filter(pk=link.pk).exists()

    def test_it_opens_only_the_paste_a_share_link_is_for(self, alices: Paste, bobs: Paste) -> None:
        Paste.objects.filter(pk=bobs.pk).update(visibility="private")
        _link, token = sharing.make(paste=alices, viewer=viewer_for(alices.owner))
        client = client_for()
        client.cookies["share_token"] = token
        assert client.get(f"/{alices.key}").status_code == 200
        assert client.get(f"/{bobs.key}").status_code == 404

    def test_it_edits_only_the_paste_an_edit_token_is_for(self) -> None:
        mine, other = publish(name="a.txt"), publish(name="b.txt")
        headers = {"X-Edit-Token": mine.edit_token}
        assert client_for().get(f"/{mine.paste.key}/edit", headers=headers).status_code == 200
        assert client_for().delete(f"/{other.paste.key}", headers=headers).status_code == 403

    def test_it_unlocks_only_the_paste_the_password_was_for(self) -> None:
        one, two = (make_paste(name="a.txt", password="the same") for _ in range(2))
        client = client_for()
        client.cookies["unlocked"] = unlock_proof(one)
        assert client.get(f"/{one.key}/raw").status_code == 200
        assert client.get(f"/{two.key}/raw").status_code == 403

    @pytest.mark.parametrize("tail", ["raw/one.txt", "download/two.txt", "lines/1/1", "revisions/2", "diff/1..2"])
    def test_it_finds_no_file_part_or_revision_of_another(self, alices: Paste, bobs: Paste, tail: str) -> None:
        publishing.revise(
            paste=alices,
            draft=Draft(files=[NewFile(b"changed", "one.txt")], visibility="private"),
            base=1,
            viewer=viewer_for(alices.owner),
        )
        assert client_for(bobs.owner).get(f"/{bobs.key}/{tail}").status_code == 404

    def test_it_finds_nothing_by_numbers_beyond_every_database(self, bobs: Paste) -> None:
        huge = 10**30
        for tail in (f"lines/{huge}/1", f"lines/0/{huge}", f"revisions/{huge}", f"diff/1..{huge}"):
            assert client_for(bobs.owner).get(f"/{bobs.key}/{tail}").status_code == 404, tail
        assert client_for(bobs.owner).post(f"/{bobs.key}/shares/{huge}/revoke").status_code == 303
