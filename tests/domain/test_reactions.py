"""Stars and likes: counters that agree with the rows whatever happens at once, and the secret address of a feed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from pastes.domain import access, account, moderation, reactions
from pastes.domain.reactions import Kind
from pastes.exceptions import Forbidden, Locked, NotFound, TooMany
from pastes.models import Like, Paste, Star
from tests.factories import client_for, is_kept, make_paste, make_user, viewer_for
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

KINDS = [pytest.param(Star, id="star"), pytest.param(Like, id="like")]


def react(kind: Kind, paste: Paste, user: User | None, *, on: bool = True, **brought: str) -> None:
    reactions.react(kind=kind, paste=paste, viewer=viewer_for(user, **brought), on=on)


def counted(kind: Kind, paste: Paste) -> int:
    """The counter, which must be the number of rows."""
    paste.refresh_from_db()
    count = paste.stars if kind is Star else paste.likes
    assert count == kind._default_manager.filter(paste=paste).count()
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_it_counts_each_person_once_however_often_they_ask(kind: Kind, alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    for user in (alice, bob, bob):
        react(kind, paste, user)
    assert counted(kind, paste) == 2
    for _ in range(2):
        react(kind, paste, bob, on=False)
    assert counted(kind, paste) == 1


def test_stars_and_likes_are_counted_apart(bob: User) -> None:
    paste = make_paste()
    react(Star, paste, bob)
    assert (counted(Star, paste), counted(Like, paste)) == (1, 0)
    assert reactions.given(paste=paste, viewer=viewer_for(bob)) == reactions.Given(star=True, like=False)
    assert reactions.given(paste=paste, viewer=viewer_for()) == reactions.Given()


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_are_fifty() -> None:
    """Promise 23."""
    paste = make_paste()
    people = User.objects.bulk_create([User(username=f"person{n}") for n in range(50)])
    assert at_once([partial(react, Star, paste, user) for user in people]) == [None] * 50
    assert counted(Star, paste) == 50
    mixed = [partial(react, Star, paste, user, on=bool(n % 2)) for n, user in enumerate(people)]
    assert at_once(mixed) == [None] * 50
    assert counted(Star, paste) == 25


@pytest.mark.django_db(transaction=True)
def test_one_person_fifty_times_at_once_is_one(bob: User) -> None:
    """Promise 23."""
    paste = make_paste()
    assert at_once([partial(react, Star, paste, bob)] * 50) == [None] * 50
    assert counted(Star, paste) == 1
    both = [partial(react, Star, paste, bob, on=on) for on in (True, False) * 25]
    assert at_once(both) == [None] * 50
    assert counted(Star, paste) in {0, 1}


@pytest.mark.django_db(transaction=True)
def test_a_moderator_and_its_giver_who_take_a_star_away_at_once_take_one(bob: User) -> None:
    paste = make_paste()
    for _ in range(3):
        react(Star, paste, bob)
        star = Star.objects.get()
        calls: list[Callable[[], object]] = [
            partial(react, Star, paste, bob, on=False),
            partial(moderation.withdraw, reactions=[star]),
            partial(reactions.withdraw, star),
        ]
        assert [result for result in at_once(calls) if isinstance(result, Exception)] == []
        assert counted(Star, paste) == 0


def test_what_an_account_gave_goes_with_it(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    for kind in (Star, Like):
        react(kind, paste, alice)
        react(kind, paste, bob)
    account.remove(user=bob, keep_pastes=False)
    assert (counted(Star, paste), counted(Like, paste)) == (1, 1)


def test_nobody_without_an_account_can(alice: User) -> None:
    with pytest.raises(Forbidden):
        react(Star, make_paste(owner=alice), None)


@pytest.mark.parametrize("draft", [{"burn": True}, {"max_views": 3}])
def test_what_is_read_only_so_often_takes_none(alice: User, bob: User, draft: dict[str, Any]) -> None:
    paste = make_paste(owner=alice, **draft)
    for user in (alice, bob):
        with pytest.raises(Forbidden):
            react(Star, paste, user)
    assert counted(Star, paste) == 0


def test_behind_a_password_only_who_has_shown_it_can(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, password="secret")
    with pytest.raises(Locked):
        react(Star, paste, bob)
    react(Star, paste, bob, unlock_proof=access.unlock_proof(paste))
    react(Star, paste, alice)
    assert counted(Star, paste) == 2


def test_it_is_limited(alice: User, bob: User, settings: Settings) -> None:
    settings.REACTION_RATE = "2/h"
    paste = make_paste()
    for on in (True, False):
        react(Star, paste, bob, on=on)
    with pytest.raises(TooMany):
        react(Like, paste, bob)
    react(Like, paste, alice)


def test_a_paste_that_was_removed_meanwhile_is_not_found(bob: User) -> None:
    paste = make_paste()
    Paste.objects.filter(pk=paste.pk).delete()
    with pytest.raises(NotFound):
        react(Star, paste, bob)


def test_it_changes_how_popular_the_paste_is(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    react(Star, paste, alice)
    assert not Paste.objects.popular().exists(), "one's own star is not popularity"


@pytest.mark.django_db(transaction=True)
def test_the_queue_ranks_it_and_the_page_is_dropped_once_it_is_committed(bob: User) -> None:
    paste = make_paste()
    client_for().get(f"/{paste.key}")
    assert is_kept(f"/{paste.key}")
    react(Star, paste, bob)
    assert not is_kept(f"/{paste.key}")
    paste.refresh_from_db()
    assert paste.popularity > 0
    assert paste.trend > 0
    react(Star, paste, bob, on=False)
    paste.refresh_from_db()
    assert (paste.popularity, paste.trend) == (0, 0)


def test_the_address_of_a_feed_is_its_owners_until_they_make_a_new_one(alice: User, bob: User) -> None:
    token = reactions.feed_token(user=alice)
    assert reactions.feed_token(user=alice) == token != reactions.feed_token(user=bob)
    assert reactions.find_feed_owner(token=token) == alice
    reactions.renew_feed(user=alice)
    with pytest.raises(NotFound):
        reactions.find_feed_owner(token=token)
    assert reactions.find_feed_owner(token=reactions.feed_token(user=alice)) == alice


@pytest.mark.parametrize("token", ["", "1", "1.0", "1.0.x", "..", "\0", "é" * 50, "x" * 10_000])
def test_a_forged_address_is_not_found(alice: User, token: str) -> None:
    with pytest.raises(NotFound):
        reactions.find_feed_owner(token=token)


def test_the_token_of_somebody_cannot_be_made_anothers(alice: User) -> None:
    other = make_user("carol")
    _number, _dot, rest = reactions.feed_token(user=alice).partition(".")
    with pytest.raises(NotFound):
        reactions.find_feed_owner(token=f"{other.pk}.{rest}")


def test_who_is_banned_has_no_feed(alice: User) -> None:
    token = reactions.feed_token(user=alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(NotFound):
        reactions.find_feed_owner(token=token)
