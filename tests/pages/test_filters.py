"""How templates write moments, sizes, languages and the editor's errors."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.utils import translation

from pastes import units
from pastes.templatetags import pastes as tags


def test_a_moment_is_absolute_and_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    html = tags.moment(datetime(2026, 11, 24, 3, 20, 5, tzinfo=tokyo))
    assert html == ('<time datetime="2026-11-23T18:20:05+00:00" data-relative>2026-11-23 18:20 UTC</time>')
    assert tags.moment(datetime(2026, 11, 23, 18, 20, 5, tzinfo=UTC)) == html


def test_no_moment_is_nothing() -> None:
    assert tags.moment(None) == ""


@pytest.mark.parametrize(
    ("count", "english", "russian", "unit"),
    [
        (0, "0", "0", 0),
        (612, "612", "612", 0),
        (1024, "1", "1", 1),
        (1234, "1.2", "1,2", 1),
        (512 * 1024, "512", "512", 1),
        (10 * 1024**2, "10", "10", 2),
        (1024**4, "1024", "1024", 3),
    ],
)
def test_a_size_is_written_as_its_readers_write_numbers(count: int, english: str, russian: str, unit: int) -> None:
    for language, number in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert units.size(count) == f"{number}\N{NO-BREAK SPACE}{units.unit_names().split()[unit]}"


def test_languages_have_names_and_colours_and_plain_text_has_none() -> None:
    assert tags.language_name("python") == "Python"
    assert tags.language_name("") == tags.language_name("text") == "Plain text"
    assert tags.hue("") == tags.hue("text") == ""
    assert tags.hue("python") in {f"hue-{number}" for number in range(12)}


@pytest.mark.parametrize(("lines", "name"), [(0, "digits-1"), (9, "digits-1"), (10, "digits-2"), (10**9, "digits-8")])
def test_line_numbers_get_the_room_they_need(lines: int, name: str) -> None:
    assert tags.digits(lines) == name


def test_the_chosen_language_is_selected_once_and_none_is_offered_twice() -> None:
    html = tags.language_options("c")
    assert html.count(" selected") == 1
    assert '<option value="c" selected>' in html
    values = [piece.split('"')[0] for piece in html.split('value="')[1:]]
    assert len(values) == len(set(values)) > 400
    assert " selected" not in tags.language_options('"><script>')


def test_the_common_languages_exist() -> None:
    html = tags.language_options()
    assert all(f'value="{alias}"' in html for alias in tags.COMMON_LANGUAGES)


@dataclass
class Card:
    """A card as the editor's template sees it."""

    name: str = ""
    errors: list[str] = field(default_factory=list)


def test_errors_of_cards_are_found_by_number_or_name() -> None:
    cards = [Card(), Card(errors=["empty"]), Card("a.py", ["long", "strange"])]
    assert tags.card_errors(cards) == [(1, "File 2", "empty"), (2, "a.py", "long"), (2, "a.py", "strange")]
    assert tags.card_errors(None) == []
