"""The page of an encrypted paste: what is on it, and what the site leaves alone."""

import json
from html import unescape

import pytest

from accounts.models import User
from pastes.domain import vault
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Highlight, Paste
from tests.api.test_privatebin import document
from tests.factories import client_for, is_kept, publish

pytestmark = pytest.mark.django_db

SENT = document()


def make(owner: User | None = None, *, burn: int = 0) -> tuple[Paste, str]:
    """An encrypted paste and its edit token."""
    sent = SENT | {"adata": [*SENT["adata"][:3], burn]}
    draft = vault.sealed(Draft(files=[NewFile(json.dumps(sent).encode())]))
    fields = {name: getattr(draft, name) for name in ("files", "visibility", "burn", "encrypted")}
    made = publish(owner=owner, **fields)
    return made.paste, made.edit_token


def test_the_page_has_the_document_and_nothing_of_it_is_kept_for_others() -> None:
    paste, _ = make()
    answer = client_for().get(f"/{paste.key}")
    assert SENT["ct"] in unescape(answer.text)
    assert "Encrypted paste" in answer.text
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert not is_kept(f"/{paste.key}")
    assert not Highlight.objects.exists()


def test_without_scripts_the_page_says_what_it_would_take() -> None:
    assert "<noscript>" in client_for().get(f"/{make()[0].key}").text


def test_it_offers_what_makes_sense(alice: User) -> None:
    paste, _ = make(alice)
    theirs, own = (client_for(user).get(f"/{paste.key}").text for user in (None, alice))
    for path in ("edit", "fork", "share", "embed", "comments", "revisions", "star", "card.png", "compare"):
        assert f"/{paste.key}/{path}" not in theirs + own
    for path in ("delete", "expiry", "statistics"):
        assert f"/{paste.key}/{path}" in own
        assert f"/{paste.key}/{path}" not in theirs
    assert f"/{paste.key}/report" in theirs


@pytest.mark.parametrize("path", ["edit", "fork", "comments", "embed", "card.png", "redact"])
def test_it_refuses_the_rest(alice: User, path: str) -> None:
    paste, _ = make(alice)
    assert client_for(alice).get(f"/{paste.key}/{path}").status_code == 403


def test_its_author_may_extend_and_delete_it() -> None:
    paste, token = make()
    client = client_for()
    client.cookies["edit_token"] = token
    assert client.post(f"/{paste.key}/expiry", {"expiry": "1d"}).status_code in {200, 303}
    assert Paste.objects.get().expires_at is not None
    assert client.post(f"/{paste.key}/delete").status_code == 303
    assert client_for().get(f"/{paste.key}").status_code == 404


def test_what_burns_asks_first_and_takes_the_key_along() -> None:
    paste, _ = make(burn=1)
    gate = client_for().get(f"/{paste.key}").text
    assert "This paste can be read once" in gate
    assert "js/fragment" in gate
    assert SENT["ct"] not in unescape(gate)
    assert SENT["ct"] in unescape(client_for().post(f"/{paste.key}/open").text)
    assert not Paste.objects.exists()


def test_lists_of_ones_own_call_it_what_it_is(alice: User) -> None:
    paste, _ = make(alice)
    page = client_for(alice).get("/mine").text
    assert paste.key in page
    assert "Encrypted" in page
    assert SENT["ct"][:20] not in page
