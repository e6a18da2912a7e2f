"""How many queries each page and each door takes, written down: one more is a decision, not an accident.

Nothing is in the cache. Alice owns the paste, Bob has an account as well: the session and the account are two of the
queries of each, and the session is looked for twice at the address of a paste (`pastebin.signed_in`). ``3/7`` are 3 on
SQLite and 7 on PostgreSQL, which searches in windows. Counted is all that the database is asked, the beginning and the
end of transactions too. (What is done by the worker is not: the task that publishing writes down is one more query, for
which the tests have no row.)
"""

from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.models import User
from pastes import hot, urls
from pastes.domain import discussion, keys, reading
from tests.factories import client_for, make_paste, read_all, viewer_for

pytestmark = pytest.mark.django_db

PAGES = """
path                                 anonymous  Bob  Alice

/                                    1          3    3
/help/clients                        0          2    2
/help/api                            0          2    2
/help/style                          0          2    2
/help/shortcuts                      0          2    2
/recent                              1          3    3
/recent.atom                         1          2    2
/popular                             1          3    3
/popular.atom                        1          2    2
/trending                            1          3    3
/tags                                1          3    3
/tags/python                         1          3    3
/tags/python.atom                    1          2    2
/u/alice                             5          7    7
/u/alice.atom                        2          3    3
/search                              0          2    2
/search?q=hello                      3/7        7/15 7/15
/search.atom?q=hello                 3/7        4/8  4/8
/stars                               0          3    3
/mine                                0          4    4
/notifications                       0          3    3
/diff                                0          2    2
/diff/{key}..{key}                   4          6    6
/oembed?url=http://testserver/{key}  2          3    3
/documents/{key}                     3          5    4
/raw/{key}                           3          5    4
/{quiet}                             2          7    6
/{key}                               5          10   10
/{key}.txt                           5          9    9
/{key}/lines/0/1                     3          4    4
/{key}/raw                           3          5    4
/{key}/raw/a.py                      3          5    4
/{key}/download                      3          5    4
/{key}/download/a.py                 3          5    4
/{key}/edit                          1          3    5
/{key}/delete                        1          3    3
/{key}/redact                        1          3    3
/{key}/token                         1          3    3
/{key}/expiry                        1          3    3
/{key}/star                          1          3    3
/{key}/like                          1          3    3
/{key}/fork                          2          4    4
/{key}/revisions                     3          5    5
/{key}/revisions/1                   5          9    9
/{key}/statistics                    1          3    7
/{key}/diff/1..1                     3          5    5
/{key}/report                        1          3    3
/{key}/comments                      4          7    7
/{key}/comments.atom                 2          3    3
/{key}/comments/{comment}            4          8    8
/{key}/comments/{comment}/report     2          4    4
/{key}/comments/{comment}/edit       2          4    4
/{key}/comments/{comment}/delete     2          4    4
/{key}/share                         3          5    5
/{key}/qr.svg                        1          2    2
/{key}/card.png                      3          5    5
/{key}/embed                         2          3    3
/{key}/embed.js                      0          1    1
/{key}/shares                        1          3    4
/api/v1/pastes/{key}                 3          5    4
"""

ELSEWHERE = {
    "stars_feed": "its address is a secret",
    "notification": "it leads on",
    "mail": "its address is a secret",
    "extend": "its address is a secret",
    "shared": "its address is a secret",
    "comment_vote": "it leads back",
}
"""Routes without a row, and why."""


@dataclass(frozen=True, slots=True)
class Row:
    path: str
    queries: tuple[str, ...]


def rows() -> list[Row]:
    lines = [line.split() for line in PAGES.splitlines()[2:] if line]
    return [Row(path, tuple(numbers)) for path, *numbers in lines]


@pytest.fixture
def addresses(alice: User) -> dict[str, object]:
    """A paste of Alice's as the worker leaves it, with a comment."""
    keys.seed(count=20)
    paste = make_paste(owner=alice, text="hello = 1\n", name="a.py", tags="python")
    reading.keep_highlights(paste.pk)
    comment = discussion.create(paste=paste, viewer=viewer_for(alice), body="A comment")
    quiet = make_paste(owner=alice, text="hello = 1\n", name="a.py")
    reading.keep_highlights(quiet.pk)
    return {"key": paste.key, "comment": comment.pk, "quiet": quiet.key}


def count(client: Client, path: str) -> int:
    caches["hot"].clear()
    hot.clear()
    with CaptureQueriesContext(connection) as captured:
        read_all(client.get(path))
    return len(captured)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.path)
def test_a_page_takes_so_many_queries(row: Row, addresses: dict[str, object], alice: User, bob: User) -> None:
    path = row.path.format(**addresses)
    counted = tuple(str(count(client_for(who), path)) for who in (None, bob, alice))
    of_database = 0 if connection.vendor == "sqlite" else -1
    assert counted == tuple(numbers.split("/")[of_database] for numbers in row.queries)


def test_every_page_has_a_row() -> None:
    paths = [row.path.partition("?")[0].format(key="11111111111", quiet="11111111111", comment=1) for row in rows()]
    there = {resolve(path).url_name for path in paths} | set(ELSEWHERE)
    pages = {route.name for route in urls.urlpatterns if "GET" in getattr(route.callback, "methods", ("GET",))}
    assert pages - there == set()


MORE_ON_SQLITE = 4 if connection.vendor == "sqlite" else 0
"""The rate, the key, and each table, have a statement of their own."""


@pytest.fixture
def near_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of which one is always found at once: who looks at a random place behind the last looks a second time."""
    keys.seed(count=20)
    monkeypatch.setattr(keys, "new_value", lambda: "1" * 11)


@pytest.mark.parametrize(("who", "queries"), [("nobody", 3), ("alice", 6)])
@pytest.mark.parametrize("by", ["PUT", "POST"])
def test_publishing_takes_so_many_queries(by: str, who: str, queries: int, alice: User, near_keys: None) -> None:
    """All rows with the key and the rate, and a transaction's ends; an account has a session, itself and webhooks."""
    client = client_for(alice if who == "alice" else None, browser=False)
    with CaptureQueriesContext(connection) as captured:
        if by == "PUT":
            answer = client.put("/a.py", "hello = 1\n", content_type="text/plain")
        else:
            answer = client.post("/", {"content": "hello = 1\n", "filename": "a.py"})
    assert answer.status_code == 201
    assert len(captured) == queries + MORE_ON_SQLITE


@pytest.mark.real
@pytest.mark.django_db(transaction=True)
def test_without_an_account_publishing_is_one_statement(near_keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.Q_CLUSTER, "sync", False)  # the task is written with the paste
    with CaptureQueriesContext(connection) as captured:
        assert client_for(browser=False).put("/a.py", "hello = 1\n", content_type="text/plain").status_code == 201
    assert len(captured) == 1


def test_publishing_by_the_api_reads_nothing_of_what_it_answers_with(near_keys: None) -> None:
    body = {"files": [{"name": "a.py", "content": "hello = 1\n"}]}
    with CaptureQueriesContext(connection) as captured:
        answer = client_for(browser=False).post("/api/v1/pastes", body, content_type="application/json")
    assert answer.status_code == 201
    assert len(captured) == 3 + MORE_ON_SQLITE
