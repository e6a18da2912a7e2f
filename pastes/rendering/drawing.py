"""A card as pixels: the half of :mod:`pastes.rendering.card` that runs in a child process.

The colours are those of the page in daylight: :data:`COLOURS` has the lightness, chroma and hue that the stylesheets
give them. Code is in JetBrains Mono, prose in Noto Sans; what that has no shape for comes from the first of
:data:`FONTS` that has one, and else is a box, as wide as the character would be.
"""

import io
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib import resources
from math import cos, radians, sin

from PIL import Image, ImageColor, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
PAD = 56
SHEET_TOP = 176
GUTTER_PAD = 28

SIZES = ((6, 34, 52), (8, 29, 44), (12, 24, 36))
"""How many lines are written in type of how many pixels, on how many pixels: few and short ones are larger."""

COLOURS = {
    "ground": (0.966, 0.004, 95),
    "sheet": (1.0, 0, 0),
    "line": (0.905, 0.005, 95),
    "ink": (0.24, 0.015, 260),
    "ink-2": (0.44, 0.015, 260),
    "ink-3": (0.51, 0.013, 260),
    "accent": (0.49, 0.115, 172),
    "mark": (0.95, 0.075, 95),
    "warn": (0.47, 0.12, 55),
    "k": (0.47, 0.18, 305),
    "s": (0.44, 0.11, 150),
    "m": (0.47, 0.13, 45),
    "c": (0.48, 0.02, 260),
    "f": (0.47, 0.15, 255),
    "t": (0.45, 0.1, 205),
    "d": (0.49, 0.18, 25),
    "i": (0.46, 0.115, 150),
    "hid": (0.49, 0.18, 25),
    "cut": (0.44, 0.015, 260),
}
"""Lightness, chroma and hue in OKLCH."""

HUES = (
    (0.62, 0.15, 20),
    (0.64, 0.14, 48),
    (0.65, 0.13, 75),
    (0.64, 0.13, 105),
    (0.64, 0.15, 135),
    (0.62, 0.13, 160),
    (0.64, 0.11, 185),
    (0.62, 0.12, 215),
    (0.6, 0.13, 250),
    (0.56, 0.16, 280),
    (0.58, 0.17, 310),
    (0.6, 0.17, 345),
)
"""The same of the languages' dots."""

FONTS = (
    ("fontpkg_jetbrains_mono", "files/JetBrainsMono[wght].ttf"),
    ("fontpkg_source_code_pro", "files/SourceCodePro[wght].ttf"),
    *(("manimgx_fonts", f"Noto{name}[wght].ttf") for name in ("Sans", "SansSymbols", "SansArabic", "SansHebrew")),
    *(("manimgx_fonts", f"NotoSans{name}[wght].ttf") for name in ("Devanagari", "Bengali", "Tamil", "Telugu", "Thai")),
    *(("manimgx_fonts", f"NotoSans{name}[wght].ttf") for name in ("Georgian", "Armenian", "Ethiopic", "Gujarati")),
    *(("manimgx_fonts", f"NotoSans{name}[wght].ttf") for name in ("Gurmukhi", "Kannada", "Khmer", "Lao", "Malayalam")),
    *(("manimgx_fonts", f"NotoSans{name}[wght].ttf") for name in ("Myanmar", "Oriya", "Sinhala")),
    ("manimgx_fonts", "NotoEmoji[wght].ttf"),
)
"""Package and file of each, in the order in which they are asked for the shape of a character."""

CODE, PROSE = 0, 2
"""The numbers of the fonts that are asked first."""

LOOKALIKES = str.maketrans("✗✘✖", "×××")
"""Of what stands in logs of tests and in none of the fonts."""

NOWHERE = "\uffff"
"""Is no character, so what a font draws for it is what it draws for all that it lacks."""

WIDE = frozenset("WF")
"""Take two columns (Unicode Standard Annex 11)."""

PALETTE = [
    "#5d5d5d",
    "#ba1921",
    "#026c44",
    "#626200",
    "#065eb3",
    "#a120a2",
    "#00677f",
    "#1a1a1a",
    "#5e5e5e",
    "#be0b21",
    "#006d44",
    "#626201",
    "#005eb3",
    "#973398",
    "#01677d",
    "#1a1a1a",
]
"""The sixteen colours of a terminal, as ``static/css/terminal.css`` has them on a light page."""

STEPS = (0, 95, 135, 175, 215, 255)
"""Red, green and blue of xterm's other colours, 16 to 231."""

LAST_OF_CUBE = 231
"""Behind it there are greys only."""

DARKEST_GREY = 0.35
"""Of what is white, for greys, which are mirrored on a light page, and for all that would be too bright to be read."""

type Colour = tuple[int, int, int]
type Run = tuple[str, str]
type Font = ImageFont.FreeTypeFont


def draw(
    *,
    title: str,
    language: str,
    hue: int | None,
    facts: Sequence[str],
    site: str,
    mark: bool,
    lines: Sequence[Sequence[Run]],
    first: int,
    total: int,
    marked: tuple[int, int],
) -> bytes:
    """Return a PNG of :data:`WIDTH` by :data:`HEIGHT` pixels. The arguments are those of a card, and its lines."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), colour("ground"))
    pen = ImageDraw.Draw(picture)
    left = _brand(picture, pen, site, mark)
    _write(pen, (PAD, 46), title, 46, colour("ink"), right=left - 40, weight=650)
    _meta(picture, pen, language, hue, facts)
    _sheet(pen, lines, first, total, marked)
    buffer = io.BytesIO()
    picture.save(buffer, "png", compress_level=4)
    return buffer.getvalue()


@cache
def colour(name: str) -> Colour:
    """Return one of :data:`COLOURS` as red, green and blue."""
    return srgb(*COLOURS[name])


def colour_of(classes: str) -> Colour:
    """Return the colour of a piece by its classes, as the highlighter or `pastes.rendering.terminal` gives them."""
    for name in classes.split():
        if name in COLOURS:
            return colour(name)
        if name[0] == "a" and name[1:].isdecimal():
            return _of_terminal(int(name[1:]))
    return colour("ink")


def _of_terminal(number: int) -> Colour:
    """Return a colour of xterm's palette, dark enough to be read on white."""
    if number < len(PALETTE):
        red, green, blue = ImageColor.getrgb(PALETTE[number])[:3]
        return red, green, blue
    if number > LAST_OF_CUBE:
        grey = round(255 * DARKEST_GREY)
        return grey, grey, grey
    number -= len(PALETTE)
    red, green, blue = STEPS[number // 36], STEPS[number // 6 % 6], STEPS[number % 6]
    brightness = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
    factor = min(1.0, DARKEST_GREY / brightness) if brightness else 1.0
    return round(red * factor), round(green * factor), round(blue * factor)


def srgb(lightness: float, chroma: float, hue: float) -> Colour:
    """Return a colour of OKLCH in sRGB (https://bottosson.github.io/posts/oklab/), clipped to what there is."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (_encoded(value) for value in linear)
    return red, green, blue


def _encoded(value: float) -> int:
    value = min(max(value, 0.0), 1.0)
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def _brand(picture: Image.Image, pen: ImageDraw.ImageDraw, site: str, mark: bool) -> int:
    """Draw the site's mark and name at the right, and return where they begin."""
    width = round(_width(site[:40], 28, weight=600))
    left = WIDTH - PAD - width
    _write(pen, (left, 60), site[:40], 28, colour("ink"), right=WIDTH - PAD + 1, weight=600)
    if mark:
        left -= 58
        drawn = _mark(44)
        picture.paste(Image.new("RGB", drawn.size, colour("accent")), (left, 58), drawn)
    return left


@cache
def _mark(size: int) -> Image.Image:
    """The mark of ``templates/_mark.html``, drawn eight times as large and made smaller, which smooths it."""
    unit = size * 8 / 24
    drawn = Image.new("L", (size * 8, size * 8))
    pen = ImageDraw.Draw(drawn)
    bracket = ((8.5, 4), (6, 4), (4, 6), (4, 18), (6, 20), (9, 20))
    other = ((15.5, 4), (18, 4), (20, 6), (20, 18), (18, 20), (15, 20))
    for path in (bracket, other, ((9, 9.5), (15, 9.5)), ((9, 14.5), (12.5, 14.5))):
        points = [(x * unit, y * unit) for x, y in path]
        pen.line(points, fill=255, width=round(2.1 * unit), joint="curve")
        for x, y in points:
            pen.circle((x, y), 1.05 * unit, fill=255)
    return drawn.resize((size, size), Image.Resampling.LANCZOS)


def _meta(picture: Image.Image, pen: ImageDraw.ImageDraw, language: str, hue: int | None, facts: Sequence[str]) -> None:
    """Draw the line below the title: the dot of the language, its name, and the facts."""
    dot = Image.new("L", (160, 160))
    ImageDraw.Draw(dot).circle((80, 80), 79, fill=255)
    fill = colour("ink-3") if hue is None else srgb(*HUES[hue])
    picture.paste(Image.new("RGB", (20, 20), fill), (PAD, 129), dot.resize((20, 20), Image.Resampling.LANCZOS))
    text = " · ".join(part for part in (language, *facts) if part)
    _write(pen, (PAD + 34, 120), text, 26, colour("ink-2"), right=WIDTH - PAD, weight=400)


def _sheet(
    pen: ImageDraw.ImageDraw, lines: Sequence[Sequence[Run]], first: int, total: int, marked: tuple[int, int]
) -> None:
    """Draw the lines on their sheet, which goes on below the picture as the text does."""
    box = (PAD, SHEET_TOP, WIDTH - PAD, HEIGHT + 40)
    pen.rounded_rectangle(box, 18, fill=colour("sheet"), outline=colour("line"), width=2)
    digits = len(str(min(first + len(lines), max(total, 1))))
    size, lead = _type(lines, marked[1] - first + 1 if marked[1] else len(lines), digits)
    column = _column(size)
    left = PAD + GUTTER_PAD + round(column * digits) + GUTTER_PAD
    top = SHEET_TOP + 22
    for number, runs in enumerate(lines[: (HEIGHT - top) // lead + 1], start=first):
        if marked[0] <= number <= marked[1]:
            pen.rectangle((PAD + 2, top, WIDTH - PAD - 2, top + lead - 1), fill=colour("mark"))
            pen.rectangle((PAD + 2, top, PAD + 8, top + lead - 1), fill=colour("warn"))
        baseline = top + lead * 0.7
        numeral = str(number)
        place = left - GUTTER_PAD - column * len(numeral)
        pen.text((place, baseline), numeral, fill=colour("ink-3"), font=_font(CODE, size, 400), anchor="ls")
        _code(pen, (left, baseline), runs, size)
        top += lead
    # What is longer than the sheet is wide ends at its edge.
    pen.rectangle((WIDTH - PAD + 1, SHEET_TOP, WIDTH, HEIGHT), fill=colour("ground"))
    pen.line((WIDTH - PAD - 1, SHEET_TOP + 18, WIDTH - PAD - 1, HEIGHT), fill=colour("line"), width=2)


def _type(lines: Sequence[Sequence[Run]], count: int, digits: int) -> tuple[int, int]:
    """Return the largest type that has room for the first ``count`` lines, and its leading; the smallest for more."""
    longest = max((sum(len(text) for _, text in runs) for runs in lines[:count]), default=0)
    room = WIDTH - 2 * PAD - 3 * GUTTER_PAD
    for most, size, lead in SIZES:
        if count <= most and (digits + longest) * _column(size) <= room:
            return size, lead
    return SIZES[-1][1:]


@cache
def _column(size: int) -> float:
    return _font(CODE, size, 400).getlength("0")


def _code(pen: ImageDraw.ImageDraw, place: tuple[float, float], runs: Sequence[Run], size: int) -> None:
    """Draw one line, each character in its column, up to the edge of the sheet."""
    x, baseline = place
    column = _column(size)
    for name, text in runs:
        for index, piece, columns in _pieces(text):
            if x >= WIDTH - PAD:
                return
            fill = colour_of(name)
            room = column * columns
            if index is None:
                pen.rectangle((x + 2, baseline - size * 0.7, x + room - 3, baseline), outline=colour("ink-3"), width=2)
            else:
                shown = piece[: int((WIDTH - PAD - x) / column) + 1] if not index else piece
                pen.text((x, baseline), shown, fill=fill, font=_font(index, size, 400), anchor="ls")
            x += room


def _pieces(text: str, first: int = CODE) -> Iterator[tuple[int | None, str, int]]:
    """Cut text where the font changes: the font's number (None where none has the character), text and columns."""
    piece, current, columns = "", -1, 0
    for character in text.translate(LOOKALIKES):
        index = _font_of(character, first)
        if piece and index != current:
            yield (current if current >= 0 else None), piece, columns
            piece, columns = "", 0
        piece, current = piece + character, index
        columns += columns_of(character)
    if piece:
        yield (current if current >= 0 else None), piece, columns


def columns_of(character: str) -> int:
    """Return how many columns a character takes in type of one width."""
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in WIDE else 1


@lru_cache(maxsize=4_096)
def _font_of(character: str, first: int) -> int:
    """Return the number of a font that has a shape for a character, ``first`` if it has; -1 for none."""
    if character.isspace() or " " < character <= "~":
        return first
    order: list[int] = [*range(first, len(FONTS)), *range(first)]
    for index in order:
        if bytes(_font(index, 24, 400).getmask(character)) != _nothing(index):
            return index
    return -1


@cache
def _nothing(index: int) -> bytes:
    return bytes(_font(index, 24, 400).getmask(NOWHERE))


@lru_cache(maxsize=128)
def _font(index: int, size: int, weight: int) -> Font:
    """Return one of :data:`FONTS`."""
    package, name = FONTS[index]
    # Readers must see the characters that are there: the plain layout makes no ligatures of code.
    layout = ImageFont.Layout.BASIC if index < PROSE else None
    font = ImageFont.truetype(str(resources.files(package) / name), size, layout_engine=layout)
    font.set_variation_by_axes([weight])
    return font


def _width(text: str, size: int, *, weight: int) -> float:
    pieces = _pieces(text, PROSE)
    return sum(_font(_or_box(index), size, weight).getlength(piece) for index, piece, _columns in pieces)


def _or_box(index: int | None) -> int:
    """What no font has is a box of the first."""
    return PROSE if index is None else index


def _write(
    pen: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    size: int,
    fill: Colour,
    *,
    right: int,
    weight: int,
) -> None:
    """Draw one line of prose from the left, ended by an ellipsis where it would go beyond ``right``."""
    x, top = place
    if x + _width(text, size, weight=weight) > right:
        while text and x + _width(text + "…", size, weight=weight) > right:
            text = text[:-1]
        text = text.rstrip() + "…"
    baseline = top + size
    place_x: float = x
    for index, piece, _columns in _pieces(text, PROSE):
        font = _font(_or_box(index), size, weight)
        pen.text((place_x, baseline), piece, fill=fill, font=font, anchor="ls")
        place_x += font.getlength(piece)
