"""Whoever reads can tell the words from what they stand on: the colours of the style sheets, in both themes."""

import re
from collections.abc import Iterable
from functools import cache
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

WORDS = ("ink", "ink-2", "ink-3", "accent", "warn", "danger")
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
#: The palette of a terminal by its classes: a0 to a255 for the words, b0 to b255 for what is behind them.
TERMINAL = {
    name: (light, dark)
    for selectors, light, dark in re.findall(
        r"([^{}]+)\{[^}]*?light-dark\((#\w+), (#\w+)\)", (STYLES / "terminal.css").read_text()
    )
    for name in re.findall(r"\.([ab]\d+)\b", selectors)
}
TERMINAL_WORDS = [name for name in TERMINAL if name.startswith("a")]
TERMINAL_GROUNDS = [name for name in TERMINAL if name.startswith("b")]
#: What the admin calls the tokens.
ADMIN = {
    name: TOKENS[token]
    for name, token in re.findall(r"--([a-z-]+): var\(--([a-z0-9-]+)\)", (STYLES / "admin.css").read_text())
    if token in TOKENS
}
COLOURS = ADMIN | TOKENS | MORE | CODE | CHANGED | HUES | TERMINAL

#: Those that take their colours from tokens.css.
SHEETS = sorted({sheet.name for sheet in STYLES.glob("*.css")} - {"tokens.css", "code.css", "terminal.css"})
WHITE_OF_A_QR_CODE = "#fff"
BACKDROPS = ("oklch(0% 0 0 / .35)", "oklch(0% 0 0 / .4)")

THEMES = pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])


@cache
def luminance(name: str, theme: int) -> float:
    """How bright the colour is, as WCAG 2.2 defines it."""
    return Color(COLOURS[name][theme]).luminance()


def contrast(one: str, other: str, theme: int) -> float:
    """The ratio that WCAG 2.2 defines."""
    darker, lighter = sorted(luminance(name, theme) for name in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def too_faint(words: Iterable[str], grounds: Iterable[str], theme: int, *, least: float = TEXT) -> dict[str, float]:
    """Which of the tokens ``words`` cannot be told from which of ``grounds``, with their contrast."""
    ratios = {f"{one} on {ground}": contrast(one, ground, theme) for one, ground in product(words, grounds)}
    return {pair: ratio for pair, ratio in ratios.items() if ratio < least}


@THEMES
def test_words_can_be_read_on_everything(theme: int) -> None:
    assert too_faint(WORDS, GROUNDS + WASHES, theme) == {}


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
def test_every_colour_of_a_terminal_can_be_read_where_it_is_shown_and_on_every_other(theme: int) -> None:
    assert too_faint(TERMINAL_WORDS, (*GROUNDS, "mark", *TERMINAL_GROUNDS), theme) == {}
    assert too_faint(["ink", "ink-2"], TERMINAL_GROUNDS, theme) == {}, "words that are plain, or dim"


@THEMES
@pytest.mark.parametrize("sheet", SHEETS)
def test_what_has_a_ground_of_its_own_can_be_read_on_it(sheet: str, theme: int) -> None:
    for rule in re.findall(r"\{([^{}]*)\}", (STYLES / sheet).read_text()):
        words = re.findall(r"(?<![\w-])color: var\(--([a-z0-9-]+)\)", rule)
        ground = re.findall(r"background(?:-color)?: var\(--([a-z0-9-]+)\)", rule)
        assert too_faint(words, ground, theme) == {}, rule


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_has_no_colour_that_is_not_looked_at_here(sheet: str) -> None:
    source = re.sub(r"/\*.*?\*/|@media print.*", "", (STYLES / sheet).read_text(), flags=re.DOTALL)
    own = re.findall(r": [^;{}]*?(#[0-9a-f]{3,8}\b|\b(?:oklch|rgb|hsl)\([^)]*\))", source)
    assert set(own) <= {WHITE_OF_A_QR_CODE, *BACKDROPS, *TOKENS["accent"]}


@THEMES
def test_what_can_be_used_or_has_the_focus_stands_out(theme: int) -> None:
    assert too_faint(["focus", "line-strong"], GROUNDS, theme, least=SHAPES) == {}


@THEMES
def test_the_dots_of_languages_can_be_seen(theme: int) -> None:
    assert too_faint(HUES, ["ground", "sheet"], theme, least=SHAPES) == {}


@THEMES
def test_whoever_asks_for_more_contrast_gets_it(theme: int) -> None:
    assert too_faint([f"more {name}" for name in WORDS], GROUNDS, theme, least=MUCH) == {}


def test_all_the_colours_were_found() -> None:
    assert {"ground", "ink", "accent", "danger-wash", "focus"} <= TOKENS.keys()
    assert set("ksmcftdi") <= CODE.keys()
    assert (len(CHANGED), len(HUES)) == (2, 12)
    assert TERMINAL.keys() == {f"{kind}{number}" for kind in "ab" for number in range(256)}


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
