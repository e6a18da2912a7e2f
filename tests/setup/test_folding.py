"""Folded templates make what Django's own make."""

import re
from typing import Any

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import translation
from pytest_django import Settings

from accounts.models import User
from pastebin.folding import Folded, KeyURL, Loader
from pastes import urls
from pastes.urlkeys import address_of
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

PLAIN = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
OWN = re.compile(
    r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|idempotency" value="[^"]+"|<code>[0-9a-f]{16}</code>'
)
"""What is another each time."""


@pytest.fixture
def unfolded(settings: Settings) -> Any:
    """A way to have Django read the templates by itself."""

    def switch() -> None:
        [backend] = settings.TEMPLATES
        options = backend["OPTIONS"] | {"loaders": [("django.template.loaders.cached.Loader", PLAIN)]}
        settings.TEMPLATES = [backend | {"OPTIONS": options}]

    return switch


def pages(user: User | None, paths: list[str]) -> list[str]:
    client = client_for(user)
    found = []
    for path in paths:
        for language in ("en", "ru"):
            answer = client.get(path, headers={"accept-language": language, "hx-request": "false"})
            found.append(OWN.sub("", f"{answer.status_code} {answer.content.decode()}"))
    return found


@pytest.mark.parametrize("who", ["nobody", "author", "reader"])
def test_every_page_is_the_same(who: str, alice: User, bob: User, unfolded: Any) -> None:
    key = make_paste(owner=alice, text="print('hello')\n" * 70, name="notes.py", tags="one two", title="<Notes>").key
    user = {"nobody": None, "author": alice, "reader": bob}[who]
    paths = [
        *("/?x", "/recent?x", "/popular?x", "/search?q=hello", "/tags", "/tags/one", "/u/alice", "/nothing", "/help"),
        *(f"/{key}{end}" for end in ("?x", "/share", "/revisions", "/fork", "/report", "/edit", "/delete", "/1")),
        *("/accounts/login/", "/mine", "/stars", "/notifications"),
    ]
    folded = pages(user, paths)
    unfolded()
    for path, with_it, without in zip([path for path in paths for _ in "er"], folded, pages(user, paths), strict=True):
        assert with_it == without, path


def rendered(text: str, **context: object) -> str:
    loaders = [("pastebin.folding.Loader", [("django.template.loaders.locmem.Loader", {"page": text, "inner": INNER})])]
    builtins = ["django.templatetags.i18n", "django.templatetags.static"]
    options = {"loaders": loaders, "builtins": builtins, "context_processors": []}
    backend = DjangoTemplates({"NAME": "folded", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})
    return backend.get_template("page").render(context, RequestFactory().get("/"))


INNER = "({{ word }}{{ other }})"


def test_what_depends_on_the_language_is_made_for_each() -> None:
    text = '<p>{% translate "Search" %}</p>{% if yes %}{% translate "Search" %}{% endif %}'
    for _ in range(2):
        for language, word in (("en", "Search"), ("ru", "Поиск")):
            with translation.override(language):
                assert rendered(text, yes=True) == f"<p>{word}</p>{word}"


def test_what_depends_on_more_is_made_each_time() -> None:
    for word in ("one", "two"):
        assert rendered('{% include "inner" with other=2 %}', word=word) == f"({word}2)"
        assert rendered('{% include "inner" with word=word only %}', word=word, other=3) == f"({word})"
        assert rendered('{% include "inner" with word="x" only %}', word=word, other=3) == "(x)"
        assert rendered("{% blocktranslate %}{{ word }}{% endblocktranslate %}", word=word) == word
        assert rendered('{% include name with other="!" only %}', name="inner") == "(!)"


@pytest.mark.parametrize("key", ["abcdefghijk", "11111111111", "9f86d081884c7d65", "a-b-ü", "O0Il"])
def test_an_address_is_the_one_of_its_value(key: str) -> None:
    for _ in range(2):
        assert rendered("{% url 'pastes:tag' key %}", key=key) == reverse("pastes:tag", args=[key])


def test_most_of_a_page_is_folded() -> None:
    template = engines["django"].get_template("pastes/paste.html").template  # type: ignore[attr-defined]
    assert any(isinstance(loader, Loader) for loader in template.engine.template_loaders)
    assert len(template.nodelist.get_nodes_by_type(Folded)) > 10
    assert len(template.nodelist.get_nodes_by_type(KeyURL)) >= 2


OF_A_PASTE = [route.name for route in urls.urlpatterns if [*route.pattern.converters] == ["key"]]


@pytest.mark.parametrize("prefix", ["/", "/under/"])
@pytest.mark.parametrize("name", OF_A_PASTE)
def test_an_address_of_a_paste_is_the_one_that_django_makes(name: str, prefix: str) -> None:
    key, before = "1" * 11, get_script_prefix()
    set_script_prefix(prefix)
    try:
        assert address_of(f"pastes:{name}", key) == reverse(f"pastes:{name}", args=[key])
    finally:
        set_script_prefix(before)
