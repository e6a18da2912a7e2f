"""What a paste said before: the list of its revisions, and each of them."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db


def revise(paste: Paste, text: str, message: str = "") -> None:
    paste.refresh_from_db()
    draft = Draft(files=[NewFile(text.encode(), "notes.txt")], message=message)
    publishing.revise(paste=paste, draft=draft, base=paste.revision_count, viewer=viewer_for(paste.owner))


@pytest.fixture
def thrice(alice: User) -> Paste:
    paste = make_paste(owner=alice, text="one\n", name="notes.txt")
    revise(paste, "one\ntwo\n", "adds two")
    revise(paste, "two\n", "removes one")
    return paste


def test_it_lists_all_with_who_and_when_and_why_the_latest_first(thrice: Paste) -> None:
    html = client_for().get(f"/{thrice.key}/revisions").text
    assert html.index("removes one") < html.index("adds two")
    assert html.count("alice") >= 3
    assert html.count("<time datetime=") >= 3
    assert f"/{thrice.key}/diff/2..3" in html


def test_it_shows_each_and_says_that_it_is_not_the_newest(thrice: Paste) -> None:
    client = client_for()
    first = client.get(f"/{thrice.key}/revisions/1")
    assert "This is revision 1, not the newest." in first.text
    assert '<meta name="robots" content="noindex">' in first.text
    assert f"/{thrice.key}/raw?revision=1" in first.text
    latest = client.get(f"/{thrice.key}/revisions/3").text
    assert "not the newest" not in latest
    assert client.get(f"/{thrice.key}/revisions/4").status_code == 404
    assert client.get(f"/{thrice.key}/revisions/0").status_code == 404


def test_it_goes_to_the_difference_of_the_two_that_are_chosen(thrice: Paste) -> None:
    for query in ({"a": 1, "b": 3}, {"a": 3, "b": 1}):
        response = client_for().get(f"/{thrice.key}/revisions", query)
        assert (response.status_code, response["Location"]) == (302, f"/{thrice.key}/diff/1..3")
    assert client_for().get(f"/{thrice.key}/revisions?a=x&b=").status_code == 200


def test_it_asks_the_database_a_constant_number_of_times(
    thrice: Paste, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        client_for().get(f"/{thrice.key}/revisions")
    for n in range(7):
        revise(thrice, f"text {n}\n")
    with django_assert_num_queries(3):
        client_for().get(f"/{thrice.key}/revisions")


def test_it_hides_the_past_of_a_paste_with_a_gate(alice: User) -> None:
    paste = make_paste(owner=alice, text="old secret", name="notes.txt", burn=True)
    for tail in ("revisions", "revisions/1", "diff/1..1"):
        for client in (client_for(), client_for(browser=False)):
            assert "old secret" not in client.get(f"/{paste.key}/{tail}").text
    assert Paste.objects.get().opens == 0
