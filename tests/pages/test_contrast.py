"""Whoever reads can tell the words from what they stand on: the colours of the style sheets, in both themes."""

import re
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest
from coloraide import Color

STYLES = Path(__file__).resolve().parents[2] / "static" / "css"
TEXT = 4.5
"""Contrast of words with their ground (WCAG 2.2, 1.4.3)."""
SHAPES = 3.0
"""Contrast of what shows that something can be used, or has the focus (1.4.11)."""
MUCH = 7.0
"""Contrast for whoever asks the device for more (1.4.6)."""
PAIR = r"light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)"

GROUNDS = ("ground", "sheet", "sunken")
WASHES = ("mark", "accent-wash", "warn-wash", "danger-wash")


def pairs(source: str) -> dict[str, tuple[str, str]]:
    """The custom properties of a sheet that are a colour in the light and one in the dark."""
    return {name: (light, dark) for name, light, dark in re.findall(rf"--([a-z0-9-]+): {PAIR}", source)}


TOKENS_SHEET = (STYLES / "tokens.css").read_text()
PLAIN, ASKED_FOR_MORE = TOKENS_SHEET.split("@media (prefers-contrast: more)")
TOKENS = pairs(PLAIN)
MORE = {f"more {name}": pair for name, pair in pairs(ASKED_FOR_MORE).items()}
CODE_SHEET = (STYLES / "code.css").read_text()
CODE = {name: (light, dark) for name, light, dark in re.findall(rf"\.([a-z]{{1,2}}) {{ color: {PAIR}", CODE_SHEET)}
MARKS = re.findall(rf"mark {{[^}}]*background: {PAIR}", CODE_SHEET)
CHANGED = {f"mark {place}": pair for place, pair in enumerate(MARKS)}
HUES = {f"hue {place}": (hue, hue) for place, hue in enumerate(re.findall(r"--hue: (oklch\([^)]*\))", CODE_SHEET))}
COLOURS = TOKENS | MORE | CODE | CHANGED | HUES

THEMES = pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])


def too_faint(words: Iterable[str], grounds: Iterable[str], theme: int, *, least: float = TEXT) -> dict[str, float]:
    """Which of the tokens ``words`` cannot be told from which of ``grounds``, with the ratio that WCAG defines."""
    ratios = {
        f"{one} on {ground}": Color(COLOURS[one][theme]).contrast(COLOURS[ground][theme], method="wcag21")
        for one, ground in product(words, grounds)
    }
    return {pair: ratio for pair, ratio in ratios.items() if ratio < least}


@THEMES
def test_words_can_be_read_on_everything(theme: int) -> None:
    assert too_faint(["ink", "ink-2"], GROUNDS + WASHES, theme) == {}


@THEMES
def test_quiet_and_coloured_words_can_be_read_on_every_plain_ground(theme: int) -> None:
    assert too_faint(["ink-3", "accent", "warn", "danger"], GROUNDS, theme) == {}


@THEMES
@pytest.mark.parametrize("colour", ["accent", "warn", "danger"])
def test_a_colour_can_be_read_on_its_own_wash(colour: str, theme: int) -> None:
    assert too_faint([colour], [f"{colour}-wash"], theme) == {}


@THEMES
def test_full_buttons_can_be_read(theme: int) -> None:
    assert too_faint(["accent-ink"], ["accent", "danger"], theme) == {}


@THEMES
def test_every_colour_of_code_can_be_read_wherever_code_stands(theme: int) -> None:
    assert too_faint(CODE, GROUNDS + WASHES, theme) == {}


@THEMES
def test_what_changed_within_a_line_can_be_read(theme: int) -> None:
    assert too_faint(["ink", *CODE], CHANGED, theme) == {}


@THEMES
def test_what_can_be_used_or_has_the_focus_stands_out(theme: int) -> None:
    assert too_faint(["focus", "line-strong"], GROUNDS, theme, least=SHAPES) == {}


@THEMES
def test_the_dots_of_languages_can_be_seen(theme: int) -> None:
    assert too_faint(HUES, ["ground", "sheet"], theme, least=SHAPES) == {}


@THEMES
def test_whoever_asks_for_more_contrast_gets_it(theme: int) -> None:
    words = [f"more {name}" for name in ("ink", "ink-2", "ink-3", "accent", "warn", "danger")]
    assert too_faint(words, GROUNDS, theme, least=MUCH) == {}


def test_all_the_colours_were_found() -> None:
    assert {"ground", "ink", "accent", "danger-wash", "focus"} <= TOKENS.keys()
    assert set("ksmcftdi") <= CODE.keys()
    assert (len(CHANGED), len(HUES)) == (2, 12)


def test_the_admin_and_the_manifest_have_the_colours_of_the_site() -> None:
    views = (STYLES.parents[1] / "pastebin" / "views.py").read_text()
    base = (STYLES.parents[1] / "templates" / "base.html").read_text()
    assert pairs((STYLES / "admin.css").read_text())["accent"] == TOKENS["accent"]
    assert f'ACCENT = "{hexadecimal("accent", 0)}"' in views
    assert f'GROUND = "{hexadecimal("ground", 0)}"' in views
    assert f'content="{hexadecimal("sheet", 0)}" media="(prefers-color-scheme: light)"' in base
    assert f'content="{hexadecimal("sheet", 1)}" media="(prefers-color-scheme: dark)"' in base


def hexadecimal(token: str, theme: int) -> str:
    """A token as ``#rrggbb``."""
    return Color(TOKENS[token][theme]).convert("srgb").clip().to_string(hex=True, compress=False)
