"""A paste in a frame on another site: what it shows, to whom, and what it lets that site do."""

import re
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from pastes.domain import previews, publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import View
from tests.access.everybody import PASSWORD
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

STEPS = "".join(f"step {number}\n" for number in range(1, 31))


def frame(key: str, query: str = "", *, user: User | None = None, status: int = 200) -> str:
    response = client_for(user).get(f"/{key}/embed{query}")
    assert response.status_code == status
    return response.text


def numbers(html: str) -> list[int]:
    """The numbers of the lines that a frame shows."""
    return [int(number) for number in re.findall(r'<span class="l" id="(?:F\d+-)?L(\d+)"', html)]


def test_it_shows_a_file_with_the_way_to_its_paste_and_to_its_bytes() -> None:
    paste = make_paste(text=STEPS, name="steps.txt", title="How to")
    html = frame(paste.key)
    assert numbers(html) == list(range(1, 31))
    assert f'href="http://testserver/{paste.key}"' in html
    assert f'href="http://testserver/{paste.key}/raw/steps.txt"' in html
    assert "steps.txt" in html


def test_it_shows_the_lines_that_are_asked_for_by_their_own_numbers() -> None:
    key = make_paste(text=STEPS, name="steps.txt").key
    html = frame(key, "?lines=10-12")
    assert numbers(html) == [10, 11, 12]
    assert "lines 10–12 of 30" in html
    assert f"/{key}?line=10-12" in html
    assert numbers(frame(key, "?lines=L12-L10")) == [10, 11, 12]
    assert numbers(frame(key, "?lines=29-99")) == [29, 30]
    assert numbers(frame(key, "?lines=7")) == [7]


def test_it_shows_lines_over_the_parts_of_a_long_file() -> None:
    key = make_paste(text="a line\n" * 5_000, name="long.txt").key
    assert numbers(frame(key, "?lines=1999-2003")) == [1999, 2000, 2001, 2002, 2003]


def test_it_is_no_longer_than_a_page_can_bear() -> None:
    key = make_paste(text="a line\n" * 5_000, name="long.txt").key
    html = frame(key)
    assert numbers(html) == list(range(1, previews.FRAME_LINES + 1))
    assert "4,500 more lines" in html
    assert len(html) < 100_000


def test_it_shows_the_file_that_is_asked_for() -> None:
    files = [NewFile(b"one\n", "one.txt"), NewFile(b"two\n", "two.txt")]
    html = frame(make_paste(files=files).key, "?file=2")
    assert "two\n" in html
    assert "one\n" not in html
    assert "/raw/two.txt" in html


def test_it_can_stay_at_a_revision(alice: User) -> None:
    paste = make_paste(owner=alice, text="first\n", name="a.txt")
    draft = Draft(files=[NewFile(b"second\n", "a.txt")])
    publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
    assert "second" in frame(paste.key)
    html = frame(paste.key, "?revision=1")
    assert "first" in html
    assert f"/{paste.key}/revisions/1" in html
    assert "/raw/a.txt?revision=1" in html


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_has_the_colours_that_the_site_wants(theme: str) -> None:
    assert f'data-theme="{theme}"' in frame(make_paste().key, f"?theme={theme}")


def test_it_has_the_colours_that_the_reader_wants_otherwise() -> None:
    assert "data-theme" not in frame(make_paste().key)


def test_it_says_what_is_no_text_and_what_is_empty() -> None:
    assert "not text" in frame(make_paste(text=b"\0\1\2", name="a.bin").key)


def test_it_may_be_framed_by_every_site_and_do_nothing_there() -> None:
    response = client_for().get(f"/{make_paste().key}/embed")
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "X-Frame-Options" not in response
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "unsafe" not in policy
    assert not re.search(r"<script(?! src)|<style| style=| on\w+=", response.text)


@pytest.mark.parametrize("address", ["", "/share", "/raw", "/card.png"])
def test_nothing_else_of_a_paste_may_be_framed(address: str) -> None:
    assert client_for().get(f"/{make_paste().key}{address}")["X-Frame-Options"] == "DENY"


def test_it_knows_nobody(alice: User) -> None:
    """Somebody signed in, with a theme of their own, sees what everybody sees; and it gives nobody a cookie."""
    paste = make_paste(owner=alice)
    response = client_for(alice).get(f"/{paste.key}/embed")
    assert response.text == frame(paste.key)
    assert "alice" not in response.text
    assert response.cookies == {}
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("draft", "status"),
    [
        ({"visibility": "private"}, 404),
        ({"password": PASSWORD}, 403),
        ({"burn": True}, 403),
        ({"max_views": 3}, 403),
    ],
    ids=["private", "password", "burn", "views"],
)
def test_it_shows_what_is_not_for_everybody_to_nobody(alice: User, draft: dict[str, Any], status: int) -> None:
    paste = make_paste(owner=alice, text="a secret\n", name="secret.txt", title="Hush", **draft)
    for user in (None, alice):
        response = client_for(user).get(f"/{paste.key}/embed")
        assert response.status_code == status
        for word in ("a secret", "secret.txt", "Hush"):
            assert word not in response.text
        assert "frame-ancestors *" in response["Content-Security-Policy"]
        assert response["Cache-Control"] == "no-store"
        assert (f"http://testserver/{paste.key}" in response.text) == (status == 403)
    paste.refresh_from_db()
    assert paste.opens == 0


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("?lines=some", 400, "address of this frame"),
        ("?lines=" + "1" * 40, 400, "address of this frame"),
        ("?theme=pink", 400, "address of this frame"),
        ("?file=x", 400, "address of this frame"),
        ("?lines=%00", 400, "address of this frame"),
        ("?lines=99", 404, "no such line"),
        ("?file=9", 404, "no such file"),
        ("?revision=9", 404, "no paste"),
    ],
)
def test_it_says_what_is_wrong_where_the_frame_stands(query: str, status: int, message: str) -> None:
    key = make_paste(text=STEPS).key
    html = frame(key, query, status=status)
    assert message in html
    assert (f"http://testserver/{key}" in html) == ("no such" in message), "what is not in it is seen on its page"


def test_it_counts_the_readers_of_other_sites_by_the_site() -> None:
    key = make_paste().key
    for referer in ("", "http://testserver/somewhere", "https://[nonsense"):
        client_for().get(f"/{key}/embed", headers={"referer": referer})
    assert not View.objects.exists()
    client_for().get(f"/{key}/embed", headers={"referer": "https://blog.example/post?user=7"})
    assert View.objects.get().host == "blog.example"


def test_it_stays_out_of_search_engines() -> None:
    assert '<meta name="robots" content="noindex">' in frame(make_paste().key)
    unlisted = client_for().get(f"/{make_paste(visibility='unlisted').key}/embed")
    assert unlisted["X-Robots-Tag"] == "noindex"


def test_it_speaks_the_language_of_its_reader() -> None:
    key = make_paste(text=STEPS).key
    html = client_for().get(f"/{key}/embed?lines=2-3", headers={"accept-language": "ru"}).text
    assert "строки 2–3 из 30" in html
    assert '<html lang="ru">' in html


def test_its_script_is_the_same_for_every_paste_and_tells_of_none() -> None:
    there, nowhere = make_paste().key, "1" * 11
    answers = [client_for().get(f"/{key}/embed.js") for key in (there, nowhere)]
    assert answers[0].content == answers[1].content
    assert answers[0]["Content-Type"] == "text/javascript; charset=utf-8"
    assert answers[0]["Cache-Control"] == "public, max-age=3600"
    assert answers[0]["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert settings.SITE_NAME not in answers[0].text
