"""How often: counted in the database, exactly, per account, address, network and window."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from pastes.conf import Rate, parse_rate
from pastes.domain import limits
from pastes.exceptions import TooMany
from pastes.models import RateCount
from tests.parallel import at_once

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def spend(subject: str = "somebody", *, count: int = 3, at: datetime = NOON) -> None:
    limits.spend(what="test", subject=subject, rate=Rate(count=count, seconds=60), at=at)


@pytest.mark.django_db
def test_it_lets_as_many_pass_as_the_rate_says() -> None:
    for _ in range(3):
        spend()
    with pytest.raises(TooMany):
        spend()


@pytest.mark.django_db
def test_it_counts_everybody_apart() -> None:
    for subject in ("alice", "bob"):
        for _ in range(3):
            spend(subject)
    limits.spend(what="other", subject="alice", rate=Rate(count=1, seconds=60), at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(("passed", "left"), [(0, 60), (0.5, 60), (1, 59), (59.999, 1)])
def test_it_says_when_it_works_again(passed: float, left: int) -> None:
    now = NOON + timedelta(seconds=passed)
    spend(count=1, at=now)
    with pytest.raises(TooMany) as refused:
        spend(count=1, at=now)
    assert refused.value.retry_after == left
    spend(count=1, at=now + timedelta(seconds=left))


@pytest.mark.django_db(transaction=True)
def test_it_is_exact_when_all_come_at_once() -> None:
    results = at_once([lambda: spend(count=5)] * 12)
    assert results.count(None) == 5
    assert [type(result) for result in results].count(TooMany) == 7
    assert RateCount.objects.get().count == 12


def subject(address: str) -> str:
    return limits.subject_of(user=AnonymousUser(), address=address)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "", True),
        ("not an address", "192.0.2.1", False),
    ],
)
def test_it_takes_a_subscriber_for_one(one: str, other: str, same: bool) -> None:
    assert (subject(one) == subject(other)) is same


def test_it_keeps_no_address() -> None:
    assert "192.0.2.1" not in subject("192.0.2.1")


def test_it_counts_an_account_wherever_it_is() -> None:
    alice = User(pk=7)
    assert limits.subject_of(user=alice, address="192.0.2.1") == limits.subject_of(user=alice, address="2001:db8::1")


@pytest.mark.parametrize(("text", "seconds"), [("30/s", 1), ("30/m", 60), ("30/h", 3_600), ("30/d", 86_400)])
def test_it_reads_rates(text: str, seconds: int) -> None:
    assert parse_rate(text) == Rate(count=30, seconds=seconds)


@pytest.mark.parametrize("text", ["", "30", "30/w", "x/m", "-1/m", "30/m/m"])
def test_it_refuses_a_rate_it_cannot_read(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="written like 30/m"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "Wait 1 second and"),
        (99, "Wait 99 seconds and"),
        (100, "Wait 2 minutes and"),
        (3_599, "Wait 60 minutes and"),
        (7_201, "Wait 3 hours and"),
        (86_400, "Wait 24 hours and"),
    ],
)
def test_how_long_to_wait_is_said_in_the_unit_in_which_people_wait(seconds: int, said: str) -> None:
    assert said in str(TooMany(retry_after=seconds).advice)
