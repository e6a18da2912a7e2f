"""The Share page: every way to pass a paste on, for the lines that are chosen, with JavaScript and without."""

import re
from html import unescape
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from pastes.domain import sharing
from pastes.domain.content import NewFile
from tests.access.everybody import PASSWORD
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

SITE = "https://paste.example.org"
STEPS = "a step\n" * 30


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def ways(key: str, query: str = "", *, user: User | None = None, status: int = 200) -> dict[str, str]:
    """What the page has to copy, by the name of the way."""
    response = client_for(user).get(f"/{key}/share{query}")
    assert response.status_code == status
    found = re.findall(r'<code [^>]*id="share-(\w+)"[^>]*>([^<]*)</code>', response.text)
    return {name: unescape(text) for name, text in found}


def test_it_has_every_way() -> None:
    key = make_paste(text=STEPS, name="steps.txt", title="How [to] go_on").key
    assert ways(key) == {
        "address": f"{SITE}/{key}",
        "text": f"How [to] go_on: {SITE}/{key}",
        "markdown": rf"[How \[to\] go\_on]({SITE}/{key})",
        "html": f'<a href="{SITE}/{key}">How [to] go_on</a>',
        "bbcode": f"[url={SITE}/{key}]How (to) go_on[/url]",
        "frame": f'<iframe src="{SITE}/{key}/embed" title="How [to] go_on" width="100%" height="584" frameborder="0"'
        ' loading="lazy"></iframe>',
        "script": f'<script src="{SITE}/{key}/embed.js" data-title="How [to] go_on" async></script>',
    }


def test_it_goes_by_what_is_chosen() -> None:
    files = [NewFile(STEPS.encode(), "one.txt"), NewFile(STEPS.encode(), "two.txt")]
    key = make_paste(files=files).key
    found = ways(key, "?file=2&lines=10-12&theme=dark")
    assert found["address"] == f"{SITE}/{key}?file=2&line=10-12"
    assert f'src="{SITE}/{key}/embed?file=2&amp;lines=10-12&amp;theme=dark"' in found["frame"]
    assert 'height="144"' in found["frame"]
    assert found["text"].startswith("two.txt, lines 10–12: ")
    html = client_for().get(f"/{key}/share?file=2&lines=10-12&theme=dark").text
    assert f"/{key}/qr.svg?file=2&amp;lines=10-12" in html
    assert '<option value="2" selected>two.txt' in html
    assert '<option value="dark" selected>' in html


def test_a_title_stays_a_title() -> None:
    key = make_paste(title='"><script>alert(1)</script>').key
    found = ways(key)
    assert "<script>" not in found["html"].replace("<script src", "")
    assert "<script>alert" not in client_for().get(f"/{key}/share").text
    assert "&lt;script&gt;" in found["frame"]


@pytest.mark.parametrize(
    ("query", "message"),
    [("?lines=some", "Write lines like 10-20."), ("?lines=99", "no such line"), ("?file=9", "no such file")],
)
def test_it_says_what_is_wrong_and_keeps_the_rest(query: str, message: str) -> None:
    key = make_paste(text=STEPS).key
    assert ways(key, query, status=422)["address"] == f"{SITE}/{key}"
    assert message in client_for().get(f"/{key}/share{query}").text


def test_htmx_gets_what_stands_in_the_dialog_and_what_is_wrong_in_it() -> None:
    key = make_paste(text=STEPS).key
    for query in ("", "?lines=99"):
        response = client_for().get(f"/{key}/share{query}", headers={"hx-request": "true"})
        assert response.status_code == 200
        assert "<html" not in response.text
        assert 'class="share-ways"' in response.text


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        ({"visibility": "private"}, "opens for you only"),
        ({"password": PASSWORD}, "asked for the password"),
        ({"burn": True}, "opens only so often"),
        ({"visibility": "unlisted"}, "in no list"),
    ],
    ids=["private", "password", "burn", "unlisted"],
)
def test_it_says_who_can_open_the_address(alice: User, draft: dict[str, Any], message: str) -> None:
    paste = make_paste(owner=alice, **draft)
    assert message in client_for(alice).get(f"/{paste.key}/share").text


def test_it_names_nothing_of_a_text_behind_a_gate() -> None:
    key = make_paste(files=[NewFile(b"x", "secret.txt"), NewFile(b"y", "other.txt")], password=PASSWORD).key
    html = client_for().get(f"/{key}/share?file=2").text
    assert ways(key) == {"address": f"{SITE}/{key}"}
    assert "secret.txt" not in html
    assert "other.txt" not in html


def test_an_author_finds_the_way_to_secret_links_and_a_guest_nothing(alice: User) -> None:
    paste = make_paste(owner=alice, visibility="private")
    assert f'href="/{paste.key}/shares"' in client_for(alice).get(f"/{paste.key}/share").text
    guest = client_for()
    guest.cookies["share_token"] = sharing.make(paste=paste, viewer=viewer_for(alice))[1]
    assert guest.get(f"/{paste.key}/share").status_code == 403
    assert f"/{paste.key}/share" not in guest.get(f"/{paste.key}").text


def test_it_is_on_the_page_of_the_paste() -> None:
    key = make_paste().key
    assert f'href="/{key}/share"' in client_for().get(f"/{key}").text
