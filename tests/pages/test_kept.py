"""Pieces of templates that are rendered once are those that would be rendered again."""

import pytest
from django.template import Context, Engine
from django.utils import translation
from pytest_django import Settings

from accounts.models import User
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db


def test_a_piece_is_rendered_once_for_each_language_and_value() -> None:
    engine = Engine(libraries={"kept": "pastes.templatetags.kept", "i18n": "django.templatetags.i18n"})
    template = engine.from_string(
        "{% load kept i18n %}{% kept a %}{{ a }}{{ b }} {% translate 'Search' %}{% endkept %}"
    )

    def rendered(language: str, a: object, b: str) -> str:
        with translation.override(language):
            return template.render(Context({"a": a, "b": b}))

    assert rendered("en", 1, "first") == "1first Search"
    assert rendered("en", 1, "second") == "1first Search"
    assert rendered("en", 2, "second") == "2second Search"
    assert rendered("ru", 1, "third") == "1third Поиск"
    for number in range(1000):  # what nobody expected so many of is rendered each time
        assert rendered("en", f"n{number}", "b").startswith(f"n{number}b")
    assert rendered("en", "n999", "c").startswith("n999c")


def test_the_frame_is_each_pages_own(alice: User, settings: Settings) -> None:
    paste = make_paste(owner=alice)
    places = ["/recent", f"/{paste.key}", "/popular", "/recent", "/search", "/"]
    for path in places * 2:
        html = client_for().get(path).text
        bar = html.partition("</header>")[0]
        assert (' aria-current="page"' in bar) == (path != f"/{paste.key}")
        assert f'name="next" value="{path}"' in html
        assert ("<form" in bar) == (path != "/search")
        assert "Sign in" in html
        assert "alice" in client_for(alice).get(path).text
    assert "Поиск" in client_for().get("/recent", headers={"accept-language": "ru"}).text
    settings.SITE_NAME = "Other"
    assert "<span>Other</span>" in client_for(alice).get("/recent").text
