"""Long files come in parts: bounded pages, every line exactly once, and links to any line."""

import re
from itertools import pairwise

import pytest

from accounts.models import User
from pastes import conf
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import File, Paste
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

LINE = re.compile(r'<span class="l" id="((?:F\d+-)?)L(\d+)">')


def lines_of(html: str, anchor: str = "") -> list[int]:
    return [int(number) for found, number in LINE.findall(html) if found == anchor]


@pytest.fixture
def long(alice: User) -> Paste:
    """12,345 lines in seven parts, the last without a line end."""
    return make_paste(owner=alice, text="\n".join(f"line {n}" for n in range(1, 12_346)), name="long.txt")


def test_it_opens_the_largest_paste_with_a_bounded_page(alice: User) -> None:
    size = conf.limits_for(alice).bytes
    text = "".join(f"2026-11-23T12:00:{n % 60:02} INFO line {n:>8}\n" for n in range(300_000))[: size - 1] + "\n"
    paste = make_paste(owner=alice, text=text, name="big.txt")
    html = client_for().get(f"/{paste.key}").text
    assert File.objects.get().size == size
    assert len(html) < 1_000_000
    assert lines_of(html) == list(range(1, 2_001))


def test_it_covers_every_line_once_when_the_parts_are_followed(long: Paste) -> None:
    client, seen = client_for(), []
    html = client.get(f"/{long.key}").text
    for _ in range(20):
        seen += lines_of(html)
        following = re.search(r'class="more next" hx-get="([^"]+)"', html)
        if not following:
            break
        html = client.get(following[1]).text
    assert seen == list(range(1, 12_346))


def test_it_covers_every_line_once_by_links_without_javascript(long: Paste) -> None:
    client, seen = client_for(), []
    html = client.get(f"/{long.key}").text
    for _ in range(20):
        seen += lines_of(html)
        following = re.search(r'class="more next".*?<a href="([^"#]+)', html, re.DOTALL)
        if not following:
            break
        html = client.get(following[1]).text
    assert seen == list(range(1, 12_346))


def test_it_leads_back_to_earlier_lines(long: Paste) -> None:
    client = client_for()
    html = client.get(f"/{long.key}?line=12345").text
    assert lines_of(html) == list(range(12_001, 12_346))
    back = re.search(r'class="more previous"><a href="[^"]+" hx-get="([^"]+)"', html)
    assert back
    assert lines_of(client.get(back[1]).text)[-1] == 12_000


@pytest.mark.parametrize("line", [1, 2_000, 2_001, 7_777, 12_345])
def test_it_shows_the_line_that_is_asked_for(long: Paste, line: int) -> None:
    html = client_for().get(f"/{long.key}?line={line}").text
    assert f'id="L{line}"' in html
    assert f"line {line}\n" in html
    assert all(later == earlier + 1 for earlier, later in pairwise(lines_of(html)))


@pytest.mark.parametrize("line", ["0", "99999", "-1", "x", "", "9" * 30, "٣"])
def test_it_bears_every_other_line(long: Paste, line: str) -> None:
    assert client_for().get(f"/{long.key}", {"line": line}).status_code == 200


@pytest.mark.parametrize("tail", ["0/0", "0/8", "1/1", "0/999999999999999999999"])
def test_it_has_no_part_beyond_the_file(long: Paste, tail: str) -> None:
    assert client_for().get(f"/{long.key}/lines/{tail}").status_code == 404


def test_it_cuts_a_line_without_an_end_and_says_so() -> None:
    paste = make_paste(text="x" * 400_000, name="one.txt")
    html = client_for().get(f"/{paste.key}").text
    assert len(html) < 60_000
    assert "1 very long line is cut here; raw has all of it." in html


def test_it_gives_the_lines_of_each_file_addresses_of_their_own() -> None:
    paste = make_paste(files=[NewFile(f"text {n}\n".encode() * 3, f"{n}.txt") for n in range(3)])
    html = client_for().get(f"/{paste.key}").text
    for anchor in ("", "F2-", "F3-"):
        assert lines_of(html, anchor) == [1, 2, 3]
    assert len(re.findall(r'id="[^"]+"', html)) == len(set(re.findall(r'id="[^"]+"', html)))


def test_it_shows_the_line_of_a_later_file() -> None:
    long = "\n".join(f"line {n}" for n in range(1, 5_001)).encode()
    paste = make_paste(files=[NewFile(b"short\n", "a.txt"), NewFile(long, "b.txt")])
    html = client_for().get(f"/{paste.key}?file=2&line=4444").text
    assert lines_of(html) == [1]
    assert 4_444 in lines_of(html, "F2-")
    assert 2_001 in lines_of(client_for().get(f"/{paste.key}/lines/1/2").text, "F2-")


def test_it_folds_files_beyond_what_one_page_holds_and_opens_each_by_a_link() -> None:
    files = [NewFile((f"{n} " + "x" * 98 + "\n").encode() * 1_200, f"{n}.txt") for n in range(4)]
    paste = make_paste(files=files)
    html = client_for().get(f"/{paste.key}").text
    assert len(html) < 800_000
    link = re.search(r'<a class="link" href="([^"#]+)[^"]*">Show this file', html)
    assert link
    assert lines_of(client_for().get(link[1].replace("&amp;", "&")).text, "F3-")


def test_it_links_parts_of_an_older_revision_to_that_revision(long: Paste) -> None:
    draft = Draft(files=[NewFile(b"short now\n", "long.txt")])
    publishing.revise(paste=long, draft=draft, base=1, viewer=viewer_for(long.owner))
    html = client_for().get(f"/{long.key}/revisions/1").text
    following = re.search(r'class="more next" hx-get="([^"]+)"', html)
    assert following
    assert lines_of(client_for().get(following[1]).text)[0] == 2_001
    assert client_for().get(f"/{long.key}/lines/0/2").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("7777", "?line=7777#L7777"),
        ("20-12", "?line=12#L12-L20"),
        ("12–99999", "?line=12#L12-L12345"),
        ("99999", "?line=12345#L12345"),
        ("0", "?line=1#L1"),
        ("somewhere", "?line=1#L1"),
    ],
)
def test_it_goes_to_lines_without_javascript(long: Paste, asked: str, found: str) -> None:
    response = client_for().get(f"/{long.key}", {"to": asked})
    assert (response.status_code, response["Location"]) == (302, f"/{long.key}{found}")
