"""Keys: how they are written, how one is taken, and that nobody gets another's."""

import re

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from pastes.domain import keys
from pastes.models import Key, Paste
from pastes.urlkeys import KEY_PATTERN
from tests.factories import make_paste
from tests.parallel import at_once

NUMBERS = st.integers(0, 2**64 - 1)


def take() -> str | None:
    return Key.objects.take(near=keys.new_value())


@given(NUMBERS)
def test_it_writes_every_number_in_eleven_characters_and_reads_it_back(number: int) -> None:
    key = keys.from_number(number)
    assert re.fullmatch(KEY_PATTERN, key)
    assert int(keys.to_hex(key), 16) == number
    assert keys.from_hex(keys.to_hex(key)) == key


@given(st.tuples(NUMBERS, NUMBERS))
def test_it_orders_keys_like_their_numbers(numbers: tuple[int, int]) -> None:
    assert sorted(map(keys.from_number, numbers)) == [keys.from_number(number) for number in sorted(numbers)]


@pytest.mark.parametrize("text", ["zzzzzzzzzzz", "0OIl0OIl0OI", "k/y"])
def test_it_refuses_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"64 bits|substring"):
        keys.to_hex(text)


@pytest.mark.parametrize("text", ["", "0", "g" * 16, "0" * 17])
def test_it_refuses_what_is_no_hex_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal digits|invalid literal"):
        keys.from_hex(text)


@pytest.mark.django_db
def test_it_takes_a_waiting_key() -> None:
    keys.seed(count=20)
    waiting = set(Key.objects.values_list("value", flat=True))
    taken = {take() for _ in range(20)}
    assert taken == waiting
    assert keys.level() == 0


@pytest.mark.django_db
def test_it_finds_the_last_key_wherever_it_looks_first() -> None:
    Key.objects.add(["11111111111"])  # before whatever random place the search begins at
    assert take() == "11111111111"


@pytest.mark.django_db(transaction=True)
def test_it_gives_the_key_back_when_publishing_fails() -> None:
    keys.seed(count=3)
    with transaction.atomic():
        take()
        assert keys.level() == 2
        transaction.set_rollback(True)
    assert keys.level() == 3


@pytest.mark.django_db
def test_it_takes_none_when_none_waits() -> None:
    assert take() is None


@pytest.mark.django_db
def test_seeding_adds_only_what_is_missing() -> None:
    assert keys.seed(count=5) == 5
    assert keys.seed(count=12) == 7
    assert keys.seed(count=3) == 0
    assert keys.level() == 12


@pytest.mark.django_db(transaction=True)
def test_seeding_goes_on_where_it_was_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "BATCH", 10)
    batches: list[int] = []

    def stop_after_two(count: int) -> None:
        batches.append(count)
        if len(batches) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keys.seed(count=35, progress=stop_after_two)
    assert keys.level() == 20
    assert keys.seed(count=35) == 15


@pytest.mark.django_db
def test_it_tops_up_below_the_low_water_mark_only(settings: Settings) -> None:
    settings.KEYS_LOW_WATER, settings.KEYS_TOP_UP = 10, 5
    keys.seed(count=9)
    assert keys.top_up(dry_run=True) == 5
    assert keys.level() == 9
    assert keys.top_up() == 5
    assert keys.top_up() == 0
    assert keys.level() == 14


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waiting", [100, 20, 0])
def test_eight_publishers_never_get_one_key_twice(waiting: int) -> None:
    keys.seed(count=waiting)
    seeded = set(Key.objects.values_list("value", flat=True))

    results = at_once([lambda: [make_paste(name="a.txt").key for _ in range(5)]] * 8)

    published = [key for result in results if isinstance(result, list) for key in result]
    assert len(published) == len(set(published)) == Paste.objects.count() == 40
    left = set(Key.objects.values_list("value", flat=True))
    assert left == seeded - set(published)
    assert len(seeded & set(published)) == min(waiting, 40)
