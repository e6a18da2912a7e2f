"""How PostgreSQL finds what lists show, where the shape of a query decides: by an index in the order of the list.

Of few rows it would read them all, whatever the query; so it is asked without that choice, and its plan must not sort.
Which index it takes depends on what it knows of the rows, so there are some, and it is told of them.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes.domain import discovery, profiles, statistics
from pastes.models import Paste
from tests.factories import make_paste, make_user, viewer_for

pytestmark = [pytest.mark.real, pytest.mark.django_db]


@pytest.fixture
def alice() -> User:
    return make_user("alice")


@pytest.fixture
def paste(alice: User) -> Paste:
    found = make_paste(owner=alice, tags="python")
    bob = make_user("bob")
    Paste.objects.bulk_create(
        Paste(key=f"plan{number:07}", owner=bob, visibility=kind, forked_from=found if number % 2 else None)
        for number, kind in enumerate(["public", "unlisted", "private", "unlisted"] * 125)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pastes_paste")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    return found


def plans(ask: Callable[[], object]) -> Iterable[str]:
    """How each query of a function is answered."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            yield "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("paste_listed", lambda **_: discovery.recent()),
        ("paste_listed_language", lambda **_: discovery.recent(language="python")),
        ("tag_once", lambda **_: discovery.recent(tag="python")),
        ("paste_popular", lambda **_: discovery.popular()),
        ("paste_popular", lambda **_: discovery.popular(after=f"{(0.5).hex()}_17")),
        ("paste_trending", lambda **_: discovery.trending()),
        ("paste_owner", lambda alice, **_: discovery.mine(user=alice)),
        ("paste_owner_visibility", lambda alice, **_: discovery.mine(user=alice, visibility="unlisted")),
        ("paste_owner(_forks)?", lambda alice, **_: profiles.forks(person=alice)),
        ("star_list", lambda alice, **_: discovery.starred(user=alice)),
        ("paste_forks", lambda alice, paste: statistics.gather(paste=paste, viewer=viewer_for(alice))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_is_read_off_its_index(index: str, ask: Callable[..., Any], alice: User, paste: Paste) -> None:
    found = [plan for plan in plans(lambda: ask(alice=alice, paste=paste)) if re.search(f"{index} ", plan)]
    assert found
    assert not [plan for plan in found if "Sort" in plan]


def test_a_tag_is_found_before_its_pastes_which_are_then_in_order(paste: Paste) -> None:
    (plan,) = plans(lambda: discovery.recent(tag="python"))
    assert "InitPlan" in plan
    assert "pastes_tag." not in plan, "it is not joined"
