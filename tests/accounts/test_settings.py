"""/accounts/settings: the form, and the frame it stands in."""

import pytest
from django.test import Client

from accounts import preferences
from accounts.forms import ProfileForm
from accounts.models import User
from tests.accounts.cast import sign_in

URL = "/accounts/settings"


def test_it_shows_the_form_and_the_menu(alice: User) -> None:
    html = sign_in(alice).get(URL).content.decode()
    assert f'<a href="{URL}" aria-current="page">' in html
    for name in ("name", "language", "theme"):
        assert f'name="{name}"' in html
    assert "/accounts/3rdparty/" not in html, "nothing can be connected"


def test_it_is_not_for_strangers(client: Client, db: None) -> None:
    assert client.get(URL).headers["Location"].startswith("/accounts/login/")


def test_the_form_keeps_name_language_and_theme(alice: User) -> None:
    form = ProfileForm({"name": "Алиса Л.", "language": "ru", "theme": "dark"}, instance=alice)
    assert form.is_valid(), form.errors
    form.save()
    alice.refresh_from_db()
    assert (alice.display_name, alice.language, alice.theme) == ("Алиса Л.", "ru", "dark")


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"theme": "pink"}, {"name": "x" * 81}, {"name": "\0"}])
def test_the_form_refuses_what_there_is_not(alice: User, wrong: dict[str, str]) -> None:
    assert not ProfileForm({"name": "", "language": "", "theme": ""} | wrong, instance=alice).is_valid()


def test_languages_are_called_by_their_own_names() -> None:
    assert dict(ProfileForm().fields["language"].choices)["ru"] == "Русский"  # type: ignore[attr-defined]


def test_what_the_account_leaves_open_is_open_again(alice: User) -> None:
    session = sign_in(alice).session
    alice.language, alice.theme = "ru", "dark"
    preferences.carry(user=alice, session=session)
    assert (session["language"], session["theme"]) == ("ru", "dark")
    alice.language = alice.theme = ""
    preferences.carry(user=alice, session=session)
    assert "language" not in session
    assert "theme" not in session
