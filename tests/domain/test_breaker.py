"""A store that keeps failing is not asked for a while, by nobody but one who tries."""

from collections.abc import Callable

import pytest

from pastes import storage
from pastes.breaker import Breaker
from pastes.exceptions import Unavailable


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, seconds=5, clock=clock)


def fail(breaker: Breaker, times: int) -> list[bool]:
    return [breaker.failed() for _ in range(times)]


def test_it_lets_everybody_pass_until_there_were_so_many_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.worked()
    assert fail(breaker, 2) == [False, False]
    assert breaker.lets_pass()
    assert fail(breaker, 1) == [True], "it says once that it closes"
    assert not breaker.lets_pass()


def test_after_some_seconds_one_may_try(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 5
    assert breaker.lets_pass()
    assert not breaker.lets_pass(), "the others wait for how it goes"
    breaker.worked()
    assert breaker.lets_pass()
    assert breaker.lets_pass()


def test_when_the_try_fails_the_seconds_begin_anew(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 5
    assert breaker.lets_pass()
    assert fail(breaker, 1) == [False]
    clock.now += 4.9
    assert not breaker.lets_pass()
    clock.now += 0.2
    assert breaker.lets_pass()


def test_who_tries_and_never_says_how_it_went_does_not_shut_it_for_good(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 5
    assert breaker.lets_pass()
    clock.now += 5
    assert breaker.lets_pass()


class TestStorage:
    """The store behind it."""

    @pytest.mark.usefixtures("store_down")
    def test_a_store_that_failed_five_times_is_not_asked_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for _again in range(5):
            with pytest.raises(Unavailable):
                storage.get("ab/object", size=10)
        asked: list[str] = []
        monkeypatch.setattr("pastes.storage._store", _write_down(asked))
        before = storage.failures.get("refused", 0)
        with pytest.raises(Unavailable):
            storage.get("ab/object", size=10)
        assert asked == []
        assert storage.failures["refused"] == before + 1

    @pytest.mark.usefixtures("store_full_after_one")
    def test_a_store_that_takes_nothing_can_still_be_read(self) -> None:
        storage.put("ab/first", b"text")
        for _again in range(6):
            with pytest.raises(Unavailable):
                storage.put("ab/second", b"text")
        assert storage.get("ab/first", size=4) == b"text"


def _write_down(asked: list[str]) -> Callable[[], None]:
    return lambda: asked.append("asked")
