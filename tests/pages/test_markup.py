"""What must be true of every page's markup, whatever is on it."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.factories import client_for, make_paste

TEMPLATES = sorted((Path(__file__).parents[2] / "templates").rglob("*.html"))
HEAVIEST_PAGE_BYTES = 60_000
"""Styles and scripts of a paste page and of the editor, compressed."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_what_the_content_security_policy_forbids(path: Path) -> None:
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    for tag in re.findall(r"<[a-z][^>]*>", text):
        assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=", tag), tag
        assert not tag.startswith("<style"), tag
        if tag.startswith("<script"):
            assert re.search(r"\ssrc=|\stype=\"application/json\"", tag), tag


@pytest.mark.django_db
def test_pages_for_nobody_in_particular_are_the_same_each_time_and_hold_no_token() -> None:
    key = make_paste(text="print(1)\n", name="a.py").key
    for address in ("/", "/recent", "/diff", f"/{key}", f"/{key}/revisions"):
        first, second = (client_for(csrf=True).get(address) for _ in range(2))
        assert first.content == second.content, address
        assert b"csrfmiddlewaretoken" not in first.content, address
        assert "csrftoken" not in first.cookies, address


@pytest.mark.django_db
def test_a_text_that_begins_with_an_empty_line_is_edited_as_it_is() -> None:
    """HTML drops the first line break of a text area, so there must be one more."""
    key = make_paste(text="\n\nfirst\n").key
    page = client_for().get(f"/{key}/fork").content.decode()
    assert re.search(r"<textarea[^>]*>\n\n\nfirst\n</textarea>", page)


@pytest.mark.django_db
def test_what_people_write_is_text_everywhere() -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    key = make_paste(text=evil, name="a<b>.txt", title=evil, description=evil).key
    for address in ("/", "/recent", f"/{key}", f"/{key}/revisions", f"/{key}/fork", f"/{key}/diff/1..1"):
        page = client_for().get(address).content.decode()
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["paste", "editor"])
def test_styles_and_scripts_of_the_pages_that_matter_are_light(kind: str) -> None:
    page = client_for().get(f"/{make_paste().key}" if kind == "paste" else "/").content.decode()
    names = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert len(names) > 10
    total = 0
    for name in names:
        found = finders.find(name)
        assert isinstance(found, str), name
        total += len(gzip.compress(Path(found).read_bytes()))
    assert total < HEAVIEST_PAGE_BYTES
