"""The picture of a paste's lines, which sites show beside a link to it; and the words in the head of its page."""

import io
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image, ImageColor
from pytest_django import Settings

from accounts.models import User
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste
from pastes.rendering import card, drawing
from tests.access.everybody import PASSWORD
from tests.factories import client_for, make_paste, make_user, viewer_for
from tests.rendering.work import hang

pytestmark = pytest.mark.django_db

SITE = "https://paste.example.org"
CODE = "".join(f"def step_{number}():\n    return {number}\n" for number in range(1, 31))
CSS = Path(__file__).resolve().parents[2] / "static" / "css"


def picture(key: str, query: str = "") -> Image.Image:
    response = client_for().get(f"/{key}/card.png{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(response.content)) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (1200, 630))
        return image.convert("RGB")


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _count, colour in image.getcolors(2**24) or [] if isinstance(colour, tuple)}


class TestPicture:
    def test_it_has_the_size_that_sites_expect_and_the_colours_of_the_page(self) -> None:
        found = colours(picture(make_paste(text=CODE, name="steps.py").key))
        for name in ("ground", "sheet", "ink", "accent", "k", "f", "m"):
            assert drawing.colour(name) in found, name
        assert drawing.colour("mark") not in found

    def test_it_has_the_colours_of_a_terminal(self) -> None:
        found = colours(
            picture(make_paste(text="\x1b[31mred\x1b[0m \x1b[38;5;250mpale\x1b[0m\n", name="build.log").key)
        )
        assert ImageColor.getrgb(drawing.PALETTE[1]) in found

    def test_it_marks_the_lines_that_are_asked_for(self) -> None:
        key = make_paste(text=CODE, name="steps.py").key
        whole, some, others = picture(key), picture(key, "?lines=10-12"), picture(key, "?lines=20-22")
        assert drawing.colour("mark") in colours(some)
        assert len({image.tobytes() for image in (whole, some, others)}) == 3

    def test_few_and_short_lines_are_larger(self) -> None:
        key = make_paste(text="x = 1\n" * 5 + "y" * 70 + "\n" + "z = 2\n" * 20, name="a.py").key
        heights = [marked_height(picture(key, f"?lines={lines}")) for lines in ("4", "1-4", "1-9", "6")]
        assert heights == [52, 4 * 52, 9 * 36, 36]

    def test_it_draws_cyrillic_letters_and_not_boxes(self) -> None:
        shapes = {card_of_character(character) for character in "жшяЮїλ→│✓✗●"}
        assert len(shapes) == 11
        assert card_of_character("\U000e1234") not in shapes

    @pytest.mark.parametrize("text", ["שלום", "नमस्ते", "😀", "สวัสดี", "中文", "\u202e\u0007", "e\u0301"])
    def test_it_draws_what_its_own_font_lacks(self, text: str) -> None:
        drawn = picture(make_paste(text=f"{text}\n", name="a.txt", title=text).key)
        assert drawn.tobytes() != picture(make_paste(text="\n\n", name="a.txt").key).tobytes()

    def test_it_ends_long_lines_at_its_edge(self) -> None:
        image = picture(make_paste(text="W" * 9_000 + "\n", name="a.txt", title="T" * 200).key)
        edge = image.crop((drawing.WIDTH - drawing.PAD + 2, drawing.SHEET_TOP, drawing.WIDTH, drawing.HEIGHT))
        assert colours(edge) == {drawing.colour("ground")}

    @pytest.mark.parametrize("data", [b"\0\1\2", b"\n", b"\t\tx\r\n", b"\xff\xfea\0"])
    def test_it_bears_every_file(self, data: bytes) -> None:
        picture(make_paste(text=data, name="a.txt").key)

    def test_it_shows_the_file_that_is_asked_for(self) -> None:
        key = make_paste(files=[NewFile(b"one\n", "one.txt"), NewFile(b"two\n", "two.txt")]).key
        assert picture(key).tobytes() != picture(key, "?file=2").tobytes()

    def test_it_is_drawn_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        key = make_paste(text=CODE, name="steps.py").key
        picture(key)
        monkeypatch.setattr(card, "png", None)
        picture(key)

    def test_it_is_not_sent_again_to_whoever_has_it(self, alice: User) -> None:
        paste = make_paste(owner=alice, text=CODE, name="a.py")
        first = client_for().get(f"/{paste.key}/card.png")
        assert first["Cache-Control"] == "no-cache"
        known = {"if-none-match": first["ETag"]}
        assert client_for().get(f"/{paste.key}/card.png", headers=known).status_code == 304
        assert client_for().get(f"/{paste.key}/card.png?lines=3", headers=known).status_code == 200
        draft = Draft(files=[NewFile(b"other\n", "a.py")])
        publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
        assert client_for().get(f"/{paste.key}/card.png", headers=known).status_code == 200

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"visibility": "private"}, 404),
            ({"expires_at": timezone.now() - timedelta(seconds=1)}, 404),
            ({"deleted_at": timezone.now()}, 404),
            ({"hidden_at": timezone.now()}, 404),
            ({"password": "hash"}, 403),
            ({"burn": True}, 403),
            ({"encrypted": True}, 403),
        ],
        ids=["private", "expired", "deleted", "hidden", "password", "burn", "encrypted"],
    )
    def test_it_is_gone_at_once_from_every_cache(self, change: dict[str, Any], status: int) -> None:
        paste = make_paste(owner=make_user("carol"), text=CODE, name="a.py")
        etag = client_for().get(f"/{paste.key}/card.png")["ETag"]
        Paste.objects.filter(pk=paste.pk).update(**change)
        for headers in ({}, {"if-none-match": etag}):
            for client in (client_for(), client_for(paste.owner)):
                response = client.get(f"/{paste.key}/card.png", headers=headers)
                assert response.status_code == status
                assert "no-store" in response["Cache-Control"]

    def test_it_has_a_limit_on_how_many_are_drawn(self, settings: Settings) -> None:
        settings.CARD_RATE = "2/h"
        key = make_paste(text=CODE, name="a.py").key
        assert [client_for().get(f"/{key}/card.png?lines={n}").status_code for n in (1, 2, 3)] == [200, 200, 429]
        assert client_for().get(f"/{key}/card.png?lines=1").status_code == 200, "it is there already"

    def test_it_says_so_where_it_cannot_be_drawn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        key = make_paste(text=CODE, name="a.py").key
        monkeypatch.setattr(card, "draw", hang)
        monkeypatch.setattr(card, "DEADLINE_SECONDS", 0.2)
        response = client_for().get(f"/{key}/card.png")
        assert response.status_code == 503
        assert response["Retry-After"]

    @pytest.mark.parametrize("query", ["?lines=x", "?file=0", "?theme=pink"])
    def test_it_says_what_cannot_be_read(self, query: str) -> None:
        assert client_for().get(f"/{make_paste().key}/card.png{query}").status_code == 422

    def test_it_works_without_a_cache(self, settings: Settings) -> None:
        settings.CACHES = settings.CACHES | {"hot": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        caches.close_all()
        picture(make_paste(text=CODE, name="a.py").key)


def marked_height(image: Image.Image) -> int:
    """How many pixels the marked lines are high."""
    edge = [image.getpixel((drawing.PAD + 5, y)) for y in range(drawing.HEIGHT)]
    return edge.count(drawing.colour("warn"))


def card_of_character(character: str) -> bytes:
    """What the picture has where a character stands."""
    lines = [[("", character)]]
    facts: dict[str, Any] = {"title": "", "language": "", "hue": None, "facts": (), "site": "", "mark": False}
    data = drawing.draw(**facts, lines=lines, first=1, total=1, marked=(0, 0))
    with Image.open(io.BytesIO(data)) as image:
        return image.crop((120, drawing.SHEET_TOP + 20, 200, drawing.SHEET_TOP + 74)).tobytes()


def test_its_colours_are_those_of_the_stylesheets() -> None:
    tokens = (CSS / "tokens.css").read_text()
    code = (CSS / "code.css").read_text()
    for name, colour in drawing.COLOURS.items():
        if name in {"ground", "hid", "cut"}:
            continue  # a little darker than the page, on which it has no frame; and colours of others
        found = re.search(rf"--{name}: light-dark\(oklch\(([^)]*)\)", tokens)
        found = found or re.search(rf"\.{name} {{ color: light-dark\(oklch\(([^)]*)\)", code)
        assert found, name
        lightness, chroma, hue = found[1].replace("%", "").split()
        assert (float(lightness) / 100, float(chroma), float(hue)) == pytest.approx(colour), name
    terminal = (CSS / "terminal.css").read_text()
    for number, colour_of_terminal in enumerate(drawing.PALETTE):
        light = re.search(rf"\.a{number}\b[^{{]*{{ --on: light-dark\(#([0-9a-f]+),", terminal)
        assert light, number
        assert f"#{light[1]}" == colour_of_terminal, number
    hues = re.findall(r"\.hue-\d+ { --hue: oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", code)
    flat = [number for hue in drawing.HUES for number in hue]
    assert [value for a, b, c in hues for value in (float(a) / 100, float(b), float(c))] == pytest.approx(flat)


class TestHead:
    """What the page says to sites that show links (https://ogp.me)."""

    @pytest.fixture(autouse=True)
    def site(self, settings: Settings) -> None:
        settings.SITE_URL = SITE

    def head(self, address: str, user: User | None = None) -> dict[str, str]:
        html = client_for(user).get(address).text
        found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+|description)" content="([^"]*)"', html)
        canonical = re.findall(r'<link rel="canonical" href="([^"]*)"', html)
        return {name: unescape(text) for name, text in found} | {"canonical": "".join(canonical)}

    def test_it_says_what_the_paste_is(self) -> None:
        key = make_paste(text='x = "<b>"\ny = 2\n', name="a.py", title='A "title"').key
        head = self.head(f"/{key}")
        assert head["og:title"] == 'A "title"'
        assert head["og:description"] == head["description"] == 'Python, 2 lines: x = "<b>" y = 2'
        assert head["og:url"] == head["canonical"] == f"{SITE}/{key}"
        assert head["og:image"] == f"{SITE}/{key}/card.png?revision=1"
        assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630")
        assert head["og:image:alt"]
        assert head["og:site_name"] == "Pastebin"
        assert head["twitter:card"] == "summary_large_image"

    def test_it_says_which_lines_a_link_means(self) -> None:
        key = make_paste(text=CODE, name="a.py").key
        head = self.head(f"/{key}?line=10-12")
        assert head["og:title"] == "a.py, lines 10–12"
        assert head["og:image"] == f"{SITE}/{key}/card.png?lines=10-12&revision=1"
        assert head["og:url"] == f"{SITE}/{key}?line=10-12"
        assert head["canonical"] == f"{SITE}/{key}"
        assert self.head(f"/{key}?line=10")["og:title"] == "a.py, line 10"
        assert self.head(f"/{key}?line=999")["og:title"] == "a.py"

    def test_the_picture_it_names_is_there(self) -> None:
        key = make_paste(text=CODE, name="a.py").key
        picture(key, self.head(f"/{key}?line=10-12")["og:image"].removeprefix(f"{SITE}/{key}/card.png"))

    def test_it_takes_nothing_from_the_request(self, settings: Settings) -> None:
        """The page is kept for everybody: one reader's name for the site must not be all others'."""
        settings.ALLOWED_HOSTS = ["*"]
        key = make_paste(text=CODE, name="a.py").key
        for site in (SITE, ""):
            settings.SITE_URL = site
            caches["hot"].clear()
            html = client_for().get(f"/{key}", headers={"host": "evil.example"}).text
            assert "evil.example" not in html
            assert f'content="{site}/{key}/card.png?revision=1"' in html

    @pytest.mark.parametrize(
        "draft",
        [{"visibility": "private"}, {"password": PASSWORD}, {"burn": True}, {"max_views": 2}],
        ids=["private", "password", "burn", "views"],
    )
    def test_it_says_nothing_of_what_is_not_for_everybody(self, alice: User, draft: dict[str, Any]) -> None:
        paste = make_paste(owner=alice, text="a secret\n", name="secret.txt", title="Hush", **draft)
        for user in (None, alice):
            assert self.head(f"/{paste.key}", user) == {"canonical": ""}

    def test_it_hides_nothing(self) -> None:
        """Characters that nobody sees could make the words of another site's page read differently."""
        head = self.head(f"/{make_paste(text='a\u202eb\n', name='a.py', title='c\u202ed').key}")
        assert (head["og:title"], head["og:description"]) == ("cd", "Python, 1 line: ab")

    def test_it_costs_no_query(self) -> None:
        key = make_paste(text=CODE, name="a.py").key
        caches["hot"].clear()
        with CaptureQueriesContext(connection) as asked:
            client_for().get(f"/{key}")
        assert sum("pastes_file" in query["sql"] for query in asked) == 1
