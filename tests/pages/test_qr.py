"""A paste's address as a QR code: read back as a phone reads it."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno
import zxingcpp
from PIL import Image, ImageDraw
from pytest_django import Settings

from accounts.models import User
from pastes.domain import sharing
from tests.factories import client_for, make_paste, publish, viewer_for

pytestmark = pytest.mark.django_db

SITE = "https://paste.example.org"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def svg(key: str, query: str = "") -> str:
    response = client_for().get(f"/{key}/qr.svg{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    return response.text


def painted(text: str) -> Image.Image:
    """The drawing as pixels: its ground, and its strokes from left to right."""
    root = ET.fromstring(text)  # noqa: S314 # the site's own
    size, scale = int(root.attrib["width"]), 8
    picture = Image.new("L", (size, size), 127)
    pen = ImageDraw.Draw(picture)
    light, dark = root.findall(".//{http://www.w3.org/2000/svg}path")
    assert (light.attrib["fill"], dark.attrib["stroke"]) == ("#fff", "#000")
    pen.rectangle((0, 0, size, size), fill=255)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", dark.attrib["d"]):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            box = (x * scale, (y - 0.5) * scale, (x + values[0]) * scale - 1, (y + 0.5) * scale - 1)
            pen.rectangle(box, fill=0)
            x += values[0]
        else:
            x, y = values if command == "M" else (x + values[0], y + values[1])
    return picture


def said(text: str) -> str:
    [code] = zxingcpp.read_barcodes(painted(text))
    return str(code.text)


def test_a_phone_reads_the_public_address() -> None:
    key = make_paste().key
    assert said(svg(key)) == f"{SITE}/{key}"


def test_a_phone_reads_the_lines() -> None:
    key = make_paste(text="a\n" * 30).key
    assert said(svg(key, "?lines=10-20")) == f"{SITE}/{key}?line=10-20"


def test_it_is_the_code_that_others_make() -> None:
    key = make_paste().key
    own = painted(svg(key))
    matrix = segno.make(f"{SITE}/{key}", error="m", micro=False).matrix
    read = [
        [int(own.getpixel(((x + 4) * 8 + 4, (y + 4) * 8 + 4)) == 0) for x in range(len(matrix))]
        for y in range(len(matrix))
    ]
    assert read == [list(row) for row in matrix]


def test_it_holds_no_style_that_a_policy_would_take_away() -> None:
    text = svg(make_paste().key)
    assert "style" not in text
    assert "class" not in text


def test_a_private_one_is_for_its_author(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, visibility="private")
    assert client_for().get(f"/{paste.key}/qr.svg").status_code == 404
    assert client_for(bob).get(f"/{paste.key}/qr.svg").status_code == 404
    response = client_for(alice).get(f"/{paste.key}/qr.svg")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_a_guest_has_a_secret_link_and_no_code(alice: User) -> None:
    paste = make_paste(owner=alice, visibility="private")
    guest = client_for()
    guest.cookies["share_token"] = sharing.make(paste=paste, viewer=viewer_for(alice))[1]
    assert guest.get(f"/{paste.key}").status_code == 200
    assert guest.get(f"/{paste.key}/qr.svg").status_code == 403


def test_an_author_without_an_account_has_one_too() -> None:
    published = publish(visibility="private")
    headers = {"X-Edit-Token": published.edit_token}
    assert client_for().get(f"/{published.paste.key}/qr.svg", headers=headers).status_code == 200


def test_it_may_be_kept_and_is_asked_about() -> None:
    assert client_for().get(f"/{make_paste().key}/qr.svg")["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("query", ["?lines=x", "?file=0", "?revision=-1"])
def test_it_says_what_cannot_be_read(query: str) -> None:
    assert client_for().get(f"/{make_paste().key}/qr.svg{query}").status_code == 422
