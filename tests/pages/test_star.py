"""Starring and liking: with one button on the page of a paste, by a form or HTMX, and back to it after signing in."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from pastes.models import Paste
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
KINDS = ["star", "like"]


def counts(paste: Paste) -> dict[str, int]:
    paste.refresh_from_db()
    return {"star": paste.stars, "like": paste.likes}


def button(html: str, kind: str, paste: Paste) -> str:
    """The button's tag and what it says."""
    found = re.search(rf'<button[^>]*id="{kind}-{paste.key}"[^>]*>.*?</button>', html, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_form_that_leads_back_to_the_paste(alice: User, bob: User, kind: str) -> None:
    paste = make_paste(owner=alice)
    browser = client_for(bob, csrf=True)
    page = browser.get(f"/{paste.key}").text
    assert 'aria-pressed="false"' in button(page, kind, paste)
    for on, count in (("1", 1), ("1", 1), ("0", 0), ("0", 0)):
        token = browser.cookies["csrftoken"].value
        response = browser.post(f"/{paste.key}/{kind}", {"on": on, "csrfmiddlewaretoken": token})
        assert (response.status_code, response["Location"]) == (303, f"/{paste.key}")
        assert counts(paste)[kind] == count
        page = browser.get(f"/{paste.key}").text
        assert f'aria-pressed="{"true" if count else "false"}"' in button(page, kind, paste)
        assert ("given by 1 person" in page) == bool(count)
    assert sum(counts(paste).values()) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_htmx_gets_the_button_as_the_page_draws_it(bob: User, kind: str) -> None:
    paste = make_paste()
    browser = client_for(bob)
    fragment = browser.post(f"/{paste.key}/{kind}", {"on": "1"}, headers=HTMX)
    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert 'name="on" value="0"' in fragment.text
    assert button(fragment.text, kind, paste) == button(browser.get(f"/{paste.key}").text, kind, paste)
    back = browser.post(f"/{paste.key}/{kind}", {"on": "0"}, headers=HTMX).text
    assert 'aria-pressed="false"' in back
    assert 'name="on" value="1"' in back


@pytest.mark.parametrize("on", ["", "2", "true", "-1", "x" * 10_000, None])
def test_it_refuses_what_is_neither_on_nor_off(bob: User, on: str | None) -> None:
    paste = make_paste()
    response = client_for(bob).post(f"/{paste.key}/star", {} if on is None else {"on": on})
    assert response.status_code == 422
    assert "Nothing was changed" in response.text
    assert counts(paste)["star"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_count_is_for_everybody_on_the_next_request(
    bob: User, kind: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """The page that anonymous readers share is dropped before the answer is sent."""
    paste = make_paste()
    reader = client_for()
    for on in ("1", "0"):
        before = reader.get(f"/{paste.key}").text
        with django_capture_on_commit_callbacks(execute=True):
            client_for(bob).post(f"/{paste.key}/{kind}", {"on": on})
        after = reader.get(f"/{paste.key}").text
        assert ("given by" in before, "given by" in after) == (on == "0", on == "1")


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_not_signed_in_is_led_there_and_back_to_what_they_wanted(bob: User, kind: str) -> None:
    paste = make_paste(title="Worth keeping")
    bob.set_password("a long password")
    bob.save()
    browser = client_for()
    page = browser.get(f"/{paste.key}").text
    assert f'href="/{paste.key}/{kind}?on=1"' in page
    response = browser.get(f"/{paste.key}/{kind}?on=1")
    assert response.status_code == 303
    assert response["Location"] == f"/accounts/login/?next=%2F{paste.key}%2F{kind}%3Fon%3D1"
    form = {"login": "bob", "password": "a long password", "next": f"/{paste.key}/{kind}?on=1"}
    response = browser.post("/accounts/login/", form)
    assert response["Location"] == f"/{paste.key}/{kind}?on=1"
    asking = browser.get(response["Location"])
    assert "Worth keeping" in asking.text
    assert 'name="on" value="1"' in asking.text
    assert counts(paste)[kind] == 0, "GET changes nothing"
    response = browser.post(f"/{paste.key}/{kind}", {"on": "1"})
    assert response["Location"] == f"/{paste.key}"
    assert counts(paste)[kind] == 1


def test_a_form_sent_after_the_session_ended_is_led_to_sign_in_too() -> None:
    paste = make_paste()
    login = f"/accounts/login/?next=%2F{paste.key}%2Fstar%3Fon%3D0"
    plain = client_for().post(f"/{paste.key}/star", {"on": "0"})
    assert (plain.status_code, plain["Location"]) == (303, login)
    htmx = client_for().post(f"/{paste.key}/star", {"on": "0"}, headers=HTMX)
    assert (htmx.status_code, htmx["HX-Redirect"]) == (200, login)


def test_the_page_all_share_holds_nothing_of_a_person() -> None:
    html = client_for().get(f"/{make_paste().key}").text
    assert "csrfmiddlewaretoken" not in html
    assert "aria-pressed" not in html.split("<main")[1].split("</main")[0].split("</h1>")[1].split("<article")[0]


def test_a_browser_that_can_edit_but_is_nobody_gets_the_links() -> None:
    """Whoever published without an account has a page of their own, and no list of stars."""
    browser = Client(headers={"accept": "text/html"})
    address = browser.post("/", {"content": "mine", "filename": "a.txt"})["Location"].partition("?")[0]
    assert f'href="{address}/star?on=1"' in browser.get(address).text


@pytest.mark.parametrize("draft", [{"burn": True}, {"max_views": 2}])
def test_what_is_read_only_so_often_has_no_buttons(alice: User, bob: User, draft: dict[str, Any]) -> None:
    paste = make_paste(owner=alice, **draft)
    assert f"/{paste.key}/star" not in client_for(alice).get(f"/{paste.key}").text
    for response in (
        client_for(bob).post(f"/{paste.key}/star", {"on": "1"}),
        client_for(bob).get(f"/{paste.key}/like?on=1"),
    ):
        assert response.status_code == 403
        assert "takes no stars and likes" in response.text
    assert Paste.objects.filter(pk=paste.pk, opens=0).exists()


def test_anothers_private_paste_is_not_there(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, visibility="private")
    for client in (client_for(), client_for(bob)):
        assert client.get(f"/{paste.key}/star?on=1").status_code == 404
        assert client.post(f"/{paste.key}/star", {"on": "1"}).status_code == 404
    assert counts(paste)["star"] == 0


def test_too_often_is_said_with_when_it_works_again(bob: User, settings: Settings) -> None:
    settings.REACTION_RATE = "1/h"
    paste = make_paste()
    browser = client_for(bob)
    browser.post(f"/{paste.key}/star", {"on": "1"})
    response = browser.post(f"/{paste.key}/like", {"on": "1"})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert counts(paste) == {"star": 1, "like": 0}


def test_a_foreign_page_cannot_star_in_somebodys_name(bob: User) -> None:
    paste = make_paste()
    assert client_for(bob, csrf=True).post(f"/{paste.key}/star", {"on": "1"}).status_code == 403
    assert counts(paste)["star"] == 0
