"""How the site is marked, and the page of all its pieces."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.factories import client_for

pytestmark = pytest.mark.django_db


def test_the_page_of_all_pieces_is_for_staff(alice: User) -> None:
    missing = client_for(alice).get("/help/nothing")
    assert client_for(alice).get("/help/style").status_code == missing.status_code == 404
    assert client_for().get("/help/style").status_code == 404
    alice.is_staff = True
    alice.save()
    page = client_for(alice).get("/help/style").content.decode()
    pieces = [
        "button primary danger",
        "chip burn",
        "notice warning",
        "field wrong",
        "errorlist",
        "empty",
        "diff",
        "said",
    ]
    for piece in pieces:
        assert piece in page, piece


def test_the_manifest_has_the_sites_name_and_pictures(settings: Settings) -> None:
    settings.SITE_NAME = "Clippings"
    answer = client_for().get("/site.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    about = answer.json()
    assert about["name"] == "Clippings"
    assert {icon["sizes"] for icon in about["icons"]} == {"any", "192x192", "512x512"}
    assert '<link rel="manifest" href="/site.webmanifest">' in client_for().get("/").content.decode()


def test_plain_text_has_a_picture_in_its_tab() -> None:
    assert client_for().get("/favicon.ico").headers["Location"] == "/static/icons/favicon.ico"


def test_the_operators_own_mark_takes_the_place_of_ours(settings: Settings) -> None:
    settings.SITE_LOGO = "https://paste.example/logo.svg"
    page = client_for().get("/").content.decode()
    assert '<link rel="icon" href="https://paste.example/logo.svg">' in page
    assert "mark.svg" not in page
    assert client_for().get("/favicon.ico").headers["Location"] == settings.SITE_LOGO
    assert [icon["src"] for icon in client_for().get("/site.webmanifest").json()["icons"]] == [settings.SITE_LOGO]
