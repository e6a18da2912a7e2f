"""The views of a file: documents, tables and code, each at an address of its own that works without a script."""

import re
from html import unescape

import pytest

from accounts.models import User
from pastes import cache
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste
from pastes.rendering import documents
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

README = "# Title\n\nSome *text*.\n\n## Part\n"
NUMBERS = "name,square\n" + "".join(f"n{n},{n * n}\n" for n in range(1, 1_201))


def page_of(paste: Paste, address: str = "") -> str:
    response = client_for().get(f"/{paste.key}{address}")
    assert response.status_code == 200
    return response.text


def tabs(html: str) -> dict[str, str]:
    found = re.findall(r'<a id="tab-\d+-(\w+)" href="([^"]+)"', html)
    return {name: unescape(url) for name, url in found}


def test_a_document_is_opened_as_one_and_leads_to_its_code() -> None:
    paste = make_paste(text=README, name="README.md")
    html = page_of(paste)
    assert '<h2 id="doc-title">Title</h2>' in html
    assert 'class="l"' not in html
    assert tabs(html) == {"rendered": f"/{paste.key}", "code": f"/{paste.key}?view=code"}
    assert re.search(r'id="tab-1-rendered"[^>]* aria-current="page"', html)
    code = client_for().get(tabs(html)["code"]).text
    assert 'id="L5"' in code
    assert 'id="doc-title"' not in code
    assert re.search(r'id="tab-1-code"[^>]* aria-current="page"', code)


def test_lines_are_asked_for_in_code_whatever_the_view() -> None:
    paste = make_paste(text=README, name="README.md")
    for address in ("?line=3", "?view=rendered&line=3", "?view=code"):
        assert 'id="L3"' in page_of(paste, address)


def test_a_table_is_opened_as_one_and_its_rows_lead_to_their_lines() -> None:
    paste = make_paste(text='a,b\n"x\ny",1\nlast,2\n', name="a.csv")
    html = page_of(paste)
    assert re.findall(r"<th [^>]*>([^<]+)</th>", html) == ["a", "b"]
    links = [unescape(url) for url in re.findall(r'class="at"><a href="([^"]+)"', html)]
    assert links == ["?view=code&line=2#L2", "?view=code&line=4#L4"]
    assert 'id="L4"' in page_of(paste, links[1].partition("#")[0])


def test_the_rows_of_a_long_table_follow_by_links_each_once() -> None:
    paste = make_paste(text=NUMBERS, name="a.csv")
    html, seen = page_of(paste), []
    for _ in range(5):
        seen += re.findall(r">(n\d+)</td>", html)
        more = re.search(r'class="more"><td[^>]*><a class="link" href="([^"]+)"', html)
        if not more:
            break
        html = client_for().get(unescape(more[1])).text
    assert seen == [f"n{n}" for n in range(1, 1_201)]
    assert "To the first rows" in html


@pytest.mark.parametrize("row", ["0", "-1", "x", "99999999", "9" * 30])
def test_it_bears_every_row(row: str) -> None:
    paste = make_paste(text=NUMBERS, name="a.csv")
    assert "</table>" in page_of(paste, f"?view=table&row={row}")


@pytest.mark.parametrize("view", ["", "nothing", "table", "<script>"])
def test_a_view_that_a_file_does_not_have_is_its_first(view: str) -> None:
    assert '<h2 id="doc-title">' in page_of(make_paste(text=README, name="a.md"), f"?view={view}")
    code = page_of(make_paste(text="x = 1\n", name="a.py"), f"?view={view}")
    assert 'id="L1"' in code
    assert tabs(code) == {}


def test_each_file_has_its_view_and_ids_of_its_own() -> None:
    paste = make_paste(
        files=[NewFile(README.encode(), "a.md"), NewFile(README.encode(), "b.md"), NewFile(b"x,y\n1,2\n", "c.csv")]
    )
    html = page_of(paste)
    assert '<h2 id="doc-title">' in html
    assert '<h2 id="F2-doc-title">' in html
    assert 'href="?view=code&amp;file=3&amp;line=2#F3-L2"' in html
    assert len(re.findall(r'id="[^"]+"', html)) == len(set(re.findall(r'id="[^"]+"', html)))
    second = page_of(paste, "?view=code&file=2")
    assert '<h2 id="doc-title">' in second
    assert 'id="F2-L1"' in second


def test_a_document_that_is_too_large_is_text_and_says_so() -> None:
    paste = make_paste(text="word " * (documents.LONGEST // 5 + 1) + "\n", name="a.md")
    html = page_of(paste)
    assert "Shown as text: the file is too large for its other view" in html
    assert 'id="L1"' in html


def test_the_views_of_an_older_revision_are_its_own(alice: User) -> None:
    paste = make_paste(owner=alice, text=README, name="a.md")
    draft = Draft(files=[NewFile(b"# New\n", "a.md")])
    publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(paste.owner))
    html = page_of(paste, "/revisions/1")
    assert '<h2 id="doc-title">' in html
    assert tabs(html)["code"] == f"/{paste.key}/revisions/1?view=code"


def test_an_extension_in_the_address_decides_the_view() -> None:
    paste = make_paste(text=README, name="notes.txt")
    assert 'id="L1"' in page_of(paste)
    html = page_of(paste, ".md")
    assert '<h2 id="doc-title">' in html
    assert tabs(html)["code"] == f"/{paste.key}.md?view=code"
    assert 'id="L1"' in page_of(make_paste(text=README, name="a.md"), ".txt")


def test_a_document_that_opens_once_has_its_text_below() -> None:
    paste = make_paste(text=README, name="a.md", burn=True)
    html = client_for().post(f"/{paste.key}/open").text
    assert '<h2 id="doc-title">' in html
    assert 'id="L5"' in html
    assert tabs(html) == {}


def test_what_opens_once_is_never_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(cache, "keep_fragment", lambda name, *_, **__: kept.append(name))
    for name, text in (("a.md", README), ("a.csv", NUMBERS)):
        client_for().post(f"/{make_paste(text=text, name=name, burn=True).key}/open")
    assert kept == []


def test_a_picture_is_its_source_and_the_page_says_why() -> None:
    html = page_of(make_paste(text='<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>\n', name="a.svg"))
    assert "an SVG file can carry scripts" in html
    assert "<svg xmlns=" not in html
    assert "<img" not in html


@pytest.mark.parametrize("name", ["a.md", "a.csv", "a.tsv", "a.log"])
def test_nothing_runs_in_any_view(name: str) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>\t,\n\x1b[31m</pre><script>alert(3)</script>\n'
    paste = make_paste(text=evil * 3, name=name)
    for address in ("", "?view=code", "?view=rendered", "?view=table"):
        html = page_of(paste, address)
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_terminal_output_has_the_sheet_of_its_colours_and_other_text_has_not() -> None:
    html = page_of(make_paste(text="\x1b[1;31mred\x1b[0m\n", name="build.log"))
    assert '<span class="bo a1">red</span>' in html
    assert "css/terminal.css" in html
    assert "css/terminal.css" not in page_of(make_paste(text="red\n", name="build.log"))
    assert client_for().get(f"/{make_paste(text=chr(27) + '[31mx', name='a.log').key}/raw").content == b"\x1b[31mx"
