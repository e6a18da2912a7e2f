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
from pastes.rendering import detect, pool
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


@pytest.fixture
def model_ready() -> None:
    """The child has loaded the model, which takes longer than an answer may on a machine that is busy with tests."""
    for _ in range(5):
        if detect.detect([("", RUST.encode())]) == ["rust"]:
            break


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


def test_a_text_without_a_name_is_read_by_the_model(model_ready: None) -> None:
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


def test_who_asks_the_model_too_often_is_told_nothing_new_until_later(
    settings: Settings, alice: User, model_ready: None
) -> None:
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


# The preview of Markdown


def look(text: str) -> HttpResponse:
    return client_for().post("/preview", {"text": text, "card": "3"}, headers={"HX-Request": "true"})  # type: ignore[return-value]


def test_markdown_is_shown_as_a_document() -> None:
    page = look("# One\n\n###### Six\n\ntwo\nlines\n\n| a |\n|---|\n| b |\n").content.decode()
    assert '<h2 id="preview-3-one">One</h2>' in page
    assert "Six</h6>" in page
    assert "<p>two\nlines</p>" in page
    assert "<td>b</td>" in page


def test_what_could_run_is_text() -> None:
    page = look("<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b onclick=y>b</b>").content.decode()
    assert not re.search(r"<(script|b)\b|href=.javascript|<[^>]+onclick", page)


def test_a_large_text_is_refused_in_words() -> None:
    assert look("x" * composing.PREVIEW_BYTES).status_code == 200
    response = look("x" * (composing.PREVIEW_BYTES + 1))
    assert response.status_code == 413
    assert said(response) == "There is no preview of more than 100 KiB. It can be published all the same."


def test_markdown_that_cannot_be_shown_in_time_is_refused_in_words() -> None:
    with pool.workers._free, pool.workers._free:  # both children have something else to do
        response = look("# One\n" * 200)
    assert response.status_code == 413
    assert said(response) == "A preview of this would take too long. It can be published all the same."


def test_who_asks_for_previews_too_often_is_told(settings: Settings) -> None:
    settings.TYPING_RATE = "1/h"
    assert look("a").status_code == 200
    response = look("a")
    assert response.status_code == 429
    assert "too often" in said(response)


def test_without_javascript_a_button_shows_it_below_the_text() -> None:
    sent = form("# One\n", "# Two\n", title="T", preview="1", publish=None)
    page = client_for().post("/", sent).content.decode()
    assert page.count("Two</h2>") == 1
    assert "One</h2>" not in page
    assert 'value="T"' in page
    assert not Paste.objects.exists()


def test_without_javascript_it_is_there_when_a_paste_is_edited(alice: User) -> None:
    paste = make_paste(owner=alice, text="# One\n", name="a.md")
    sent = form("# Changed\n", filename=["a.md"], base="1", preview="0", publish=None)
    page = client_for(alice).post(f"/{paste.key}/edit", sent).content.decode()
    assert "Changed</h2>" in page
    assert paste.revisions.count() == 1


# What is refused, for HTMX


def test_a_refused_form_comes_as_a_fragment_without_what_was_typed(alice: User) -> None:
    headers = {"HX-Request": "true"}
    response = client_for(alice).post("/", form("secret text", "more", filename=["", ".."]), headers=headers)
    page = response.content.decode()
    assert response.status_code == 422
    assert "<html" not in page
    assert "secret text" not in page
    assert 'id="card-1-errors" data-card-errors hx-swap-oob="true"><li>' in page


def test_what_is_published_leads_on_by_a_header_for_htmx() -> None:
    response = client_for().post("/", form("x"), headers={"HX-Request": "true"})
    paste = Paste.objects.get()
    assert (response.status_code, response["HX-Redirect"]) == (200, f"/{paste.key}?published=1")
    assert "edit_token" in response.cookies


def test_a_fork_and_a_revision_do_too(alice: User) -> None:
    paste, browser, headers = make_paste(owner=alice), client_for(alice), {"HX-Request": "true"}
    assert browser.post(f"/{paste.key}/fork", form("y"), headers=headers)["HX-Redirect"].endswith("?published=1")
    saved = browser.post(f"/{paste.key}/edit", form("changed", base="1"), headers=headers)
    assert saved["HX-Redirect"] == f"/{paste.key}"
    again = browser.post(f"/{paste.key}/edit", form("by another tab", base="1"), headers=headers)
    page = again.content.decode()
    assert again.status_code == 409
    assert 'id="base" name="base" value="2" hx-swap-oob="true"' in page
    assert "changed" in page
