"""What the editor asks while somebody writes, as it asks it."""

import re

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from accounts.models import User
from pastes.domain import composing
from pastes.domain.content import NewFile
from pastes.exceptions import TooMany
from pastes.models import Paste, RateCount
from pastes.rendering import detect
from tests.factories import client_for, make_paste, viewer_for
from tests.pages.editor import form

pytestmark = pytest.mark.django_db

RUST = """use std::collections::HashMap;

fn main() {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for word in std::env::args().skip(1) {
        *seen.entry(word).or_insert(0) += 1;
    }
    println!("{seen:?}");
}
"""


def ask(name: str = "", text: str = "", **options: str) -> HttpResponse:
    return client_for().post("/language", {"name": name, "text": text}, headers={"HX-Request": "true"} | options)  # type: ignore[return-value]


def said(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


# The language


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("main.py", "", "Python, recognised"),
        ("", "#!/bin/bash\n", "Bash, recognised"),
        ("a.txt", RUST, "Plain text"),
        ("", "hello", "Plain text"),
        ("", " \n", ""),
    ],
    ids=["by its name", "by its first line", "the name goes first", "too short to tell", "nothing yet"],
)
def test_what_shows_at_once_is_said_without_counting(name: str, text: str, language: str) -> None:
    assert said(ask(name, text)) == language
    assert not RateCount.objects.exists()


def test_a_text_without_a_name_is_read_by_the_model() -> None:
    assert said(ask(text=RUST)) == "Rust, recognised"


def test_it_speaks_the_readers_language() -> None:
    assert said(ask("main.py", **{"Accept-Language": "ru"})) == "Python, определён"
    assert said(ask("a.txt", **{"Accept-Language": "ru"})) == "Обычный текст"


@pytest.mark.parametrize("text", ["\0" * 100, "\ud800" * 3, "x" * 100_000, "<b>" * 40])
def test_any_text_is_answered(text: str) -> None:
    response = client_for().post("/language", {"name": "\0.." * 200, "text": text.encode(errors="replace").decode()})
    assert response.status_code == 200
    assert b"<b>" not in response.content


def test_only_the_beginning_is_looked_at() -> None:
    viewer = viewer_for()
    assert composing.recognise(name="", text="#!/bin/sh\n" + "x" * 10_000_000, viewer=viewer) == "bash"


def test_nothing_is_published_or_kept() -> None:
    response = ask("a.py", "print(1)")
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies
    assert not Paste.objects.exists()


def test_who_asks_the_model_too_often_is_told_nothing_new_until_later(settings: Settings, alice: User) -> None:
    settings.TYPING_RATE = "1/h"
    assert ask(text=RUST).status_code == 200
    again = ask(text=RUST)
    assert (again.status_code, "Retry-After" in again) == (429, True)
    assert said(ask("main.rs", RUST)) == "Rust, recognised"  # what costs nothing goes on
    assert composing.recognise(name="", text=RUST, viewer=viewer_for(alice)) == "rust"  # and so do others
    with pytest.raises(TooMany):
        composing.recognise(name="", text=RUST, viewer=viewer_for(address="127.0.0.1"))


def test_a_child_that_is_busy_with_others_costs_the_answer_and_nothing_else() -> None:
    with detect._reader._free:
        assert said(ask(text=RUST)) == "Plain text"


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_it_takes_questions_only(method: str) -> None:
    assert getattr(client_for(), method)("/language").status_code == 405


# The field for a language, and its one list


def test_the_list_of_languages_stands_on_a_page_once() -> None:
    key = make_paste(files=[NewFile(b"1", f"{number}.py") for number in range(50)]).key
    page = client_for().get(f"/{key}/fork").content.decode()
    assert page.count('<option value="Python">') == 1
    assert page.count('value="Python" list="languages"') == 50
    assert len(page) < 150_000


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Python", "python"),
        (" c++ ", "cpp"),
        ("R", "splus"),
        ("js", "javascript"),
        ("Plain text", "text"),
        ("", "rust"),
    ],
)
def test_a_language_is_chosen_by_its_name(typed: str, stored: str) -> None:
    assert client_for().post("/", form(RUST, language=[typed])).status_code == 303
    assert Paste.objects.get().language == stored


def test_plain_text_is_chosen_in_the_readers_language() -> None:
    sent = form(RUST, language=["обычный текст"])
    assert client_for().post("/", sent, headers={"Accept-Language": "ru"}).status_code == 303
    assert Paste.objects.get().language == "text"


def test_a_language_that_is_none_stays_in_its_field() -> None:
    page = client_for().post("/", form("x", "y", language=["klingon", "py"])).content.decode()
    assert "There is no language “klingon” here" in page
    assert re.findall(r'<input name="language" value="(.*?)"', page) == ["klingon", "Python"]


def test_what_was_recognised_is_a_choice_when_it_is_edited() -> None:
    key = make_paste(text="plain", name="notes.txt").key
    assert 'name="language" value="Plain text"' in client_for().get(f"/{key}/fork").content.decode()
