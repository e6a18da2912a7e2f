"""Any two pastes side by side: only what the reader may read on both."""

import pytest

from accounts.models import User
from pastes.models import Paste
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db


@pytest.fixture
def left() -> Paste:
    return make_paste(text="shared\nleft\n", name="a.txt", title="Left")


@pytest.fixture
def right() -> Paste:
    return make_paste(text="shared\nright\n", name="b.txt", title="Right")


def test_it_compares_two_pastes(left: Paste, right: Paste) -> None:
    html = client_for().get(f"/diff/{left.key}..{right.key}").text
    assert "Left" in html
    assert "Right" in html
    assert '<tr class="added">' in html


def test_it_takes_keys_and_whole_addresses(left: Paste, right: Paste) -> None:
    for a, b in ((left.key, right.key), (f" http://testserver/{left.key}#L3 ", f"https://x.test/{right.key}/raw?a=1")):
        response = client_for().get("/diff", {"a": a, "b": b})
        assert (response.status_code, response["Location"]) == (302, f"/diff/{left.key}..{right.key}")


def test_it_asks_again_when_something_is_no_address(left: Paste) -> None:
    response = client_for().get("/diff", {"a": left.key, "b": "nothing <b>"})
    assert response.status_code == 422
    assert left.key in response.text
    assert "Each side needs the address of a paste" in response.text
    assert "nothing <b>" not in response.text


def test_it_asks_for_the_other_side_without_complaint(left: Paste) -> None:
    response = client_for().get("/diff", {"a": left.key})
    assert response.status_code == 200
    assert "Each side needs" not in response.text


def test_it_shows_nothing_that_one_of_the_two_hides(left: Paste, alice: User) -> None:
    hidden = {
        404: make_paste(owner=alice, text="secret", name="s.txt", visibility="private"),
        403: make_paste(owner=alice, text="secret", name="s.txt", password="open sesame"),
    }
    for status, paste in hidden.items():
        for pair in (f"{left.key}..{paste.key}", f"{paste.key}..{left.key}"):
            for query in ("", "?patch"):
                response = client_for().get(f"/diff/{pair}{query}")
                assert response.status_code == status
                assert "secret" not in response.text
        assert client_for(alice).get(f"/diff/{left.key}..{paste.key}").status_code == 200
