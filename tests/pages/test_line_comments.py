"""Comments at their lines: on the page, in the parts of long files, on older revisions, and without JavaScript."""

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes.domain import discussion, publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Comment, Paste
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
TEXT = "one\ntwo\nthree\nfour\nfive\n"


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text=TEXT, name="a.txt")


def say(client: Client, paste: Paste, body: str = "Well said", **form: str | int) -> Comment:
    response = client.post(f"/{paste.key}/comments", {"body": body, **form})
    assert response.status_code == 303, response.text
    return Comment.objects.latest("pk")


def save(paste: Paste, text: str) -> None:
    paste.refresh_from_db()
    draft = Draft(files=[NewFile(text.encode(), paste.file_name)])
    publishing.revise(paste=paste, draft=draft, base=paste.revision_count, viewer=viewer_for(paste.owner))


def under(page: str, line: int, anchor: str = "") -> str:
    """What stands between the row of a line and the next row."""
    found = re.search(
        rf'<span class="l" id="{anchor}L{line}">.*?\n</span>(.*?)(?:<span class="l"|</pre>|\Z)', page, re.DOTALL
    )
    assert found
    return found[1]


def test_it_stands_under_its_last_line_and_leads_to_its_thread(paste: Paste, bob: User) -> None:
    client_for().get(f"/{paste.key}")  # kept in the hot cache without it
    comment = say(client_for(bob), paste, "Why **three**?", first=2, last=3)
    say(client_for(bob), paste, "Because", parent=comment.pk)
    shown = under(client_for().get(f"/{paste.key}").text, 3)
    assert f'href="/{paste.key}/comments/{comment.pk}#comment-{comment.pk}"' in shown
    text = " ".join(re.sub("<.*?>", "", shown).split())
    assert text == "Lines 2–3 bob Why **three**? 1 reply"
    assert f'id="comment-{comment.pk}"' in client_for().get(f"/{paste.key}/comments/{comment.pk}").text


def test_it_moves_with_its_lines_and_ends_with_them(paste: Paste, bob: User) -> None:
    say(client_for(bob), paste, first=2, last=3)
    save(paste, f"zero\n{TEXT}")
    page = client_for().get(f"/{paste.key}").text
    assert "Lines 3–4" in under(page, 4)
    assert page.count('class="talk"') == 1
    save(paste, "one\nfive\n")
    page = client_for().get(f"/{paste.key}").text
    assert 'class="talk"' not in page
    assert "Outdated" in page
    assert re.search(r'<pre class="quote"[^>]*>\s*two\nthree', page)


def test_an_older_revision_has_what_was_said_of_it(paste: Paste, bob: User) -> None:
    say(client_for(bob), paste, "Of the first", first=2)
    save(paste, f"zero\n{TEXT}")
    say(client_for(bob), paste, "Of the second", first=1)
    older = client_for().get(f"/{paste.key}/revisions/1").text
    assert "Of the first" in under(older, 2)
    assert "Of the second" not in older
    newer = client_for().get(f"/{paste.key}").text
    assert "Of the first" in under(newer, 3)
    assert "Of the second" in under(newer, 1)


def test_parts_of_long_files_bring_their_own(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, text="".join(f"{n}\n" for n in range(1, 6_001)), name="a.txt")
    for line in (1, 2_000, 2_001, 6_000):
        say(client_for(bob), paste, f"Of {line}", first=line)
    page = client_for().get(f"/{paste.key}").text
    assert "Of 1" in under(page, 1)
    assert "Of 2000" in under(page, 2_000)
    assert page.count('class="talk"') == 2
    second = client_for().get(f"/{paste.key}/lines/0/2", headers=HTMX).text
    assert "Of 2001" in under(second, 2_001)
    assert second.count('class="talk"') == 1
    assert "Of 6000" in under(client_for().get(f"/{paste.key}/lines/0/3", headers=HTMX).text, 6_000)
    assert 'hx-select=".l:not(.fold *), .talk:not(.fold *), .fold, .more.next"' in page


def test_each_file_has_its_own(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, files=[NewFile(TEXT.encode(), "a.txt"), NewFile(TEXT.encode(), "b.txt")])
    say(client_for(bob), paste, "Of b", first=2, file="b.txt")
    page = client_for().get(f"/{paste.key}").text
    assert "Of b" in under(page, 2, "F2-")
    assert not under(page, 2)


def test_several_on_one_line_stand_in_their_order(paste: Paste, bob: User) -> None:
    for body in ("First", "Second"):
        say(client_for(bob), paste, body, first=5)
    assert re.search("First.*Second", under(client_for().get(f"/{paste.key}").text, 5), re.DOTALL)


@pytest.mark.parametrize("end", ["deleted", "removed by a moderator"])
def test_nothing_remains_at_the_lines_of_what_was_deleted(paste: Paste, bob: User, end: str) -> None:
    comment = say(client_for(bob), paste, "Regretted", first=2)
    if end == "deleted":
        client_for(bob).post(f"/{paste.key}/comments/{comment.pk}/delete")
    else:
        Comment.objects.filter(pk=comment.pk).update(deleted=comment.created, removed_reason="Rude")
    for address in (f"/{paste.key}?", f"/{paste.key}/revisions/1"):
        page = client_for().get(address).text
        assert 'class="talk"' not in page
        assert "Regretted" not in page


def test_the_name_of_an_account_that_ended_is_not_shown(paste: Paste, bob: User) -> None:
    say(client_for(bob), paste, first=2)
    bob.delete()
    shown = under(client_for().get(f"/{paste.key}").text, 2)
    assert "deleted account" in shown
    assert "bob" not in shown


def test_a_text_that_is_read_once_has_none(alice: User) -> None:
    paste = make_paste(owner=alice, text=TEXT, name="a.txt", burn=True)
    page = client_for(alice).get(f"/{paste.key}").text
    assert "data-comments" not in page
    assert 'id="ask"' not in page


class Rows(HTMLParser):
    """The elements within ``<pre>``, and how deep they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 # the parser gives them
        if tag == "pre" or self.open:
            self.open.append(tag)
            self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open:
            assert self.open.pop() == tag


def test_code_with_comments_stays_valid_and_what_people_write_stays_text(alice: User) -> None:
    evil = '</span></pre><script>alert(1)</script><span class="l" id="L2">\u202e"><img src=x onerror=alert(1)>'
    alice.name = evil[:60]
    alice.save()
    paste = make_paste(owner=alice, text=f"{evil}\n{evil}\n{evil}\n", name="a.txt")
    for line in (1, 2, 3):
        say(client_for(alice), paste, evil, first=line)
    page = client_for().get(f"/{paste.key}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    [code] = re.findall(r'<pre class="code.*?</pre>', page, re.DOTALL)
    assert len(re.findall(r'<span class="l" id="L\d">', code)) == 3
    assert "[U+202E]" in under(page, 1)
    rows = Rows()
    rows.feed(code)
    assert not rows.open
    assert rows.seen == {"pre", "span", "a", "b", "bdi"}
    save(paste, "gone\n")
    page = client_for().get(f"/{paste.key}").text
    assert "Outdated" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_page_says_where_lines_are_commented_on(paste: Paste, bob: User) -> None:
    page = client_for().get(f"/{paste.key}").text
    assert f'data-comments="/{paste.key}/comments?file=a.txt&amp;revision=1"' in page
    assert "data-in-place" not in page
    assert "data-in-place" in client_for(bob).get(f"/{paste.key}").text
    discussion.set_open(paste=paste, viewer=viewer_for(paste.owner), open=False)
    assert "data-comments" not in client_for(bob).get(f"/{paste.key}").text


def test_an_anonymous_reader_is_led_to_sign_in_and_back_to_the_lines(paste: Paste, bob: User) -> None:
    address = f"/{paste.key}/comments?file=a.txt&revision=1&first=3&last=5"
    assert client_for().get(address).status_code in {302, 303}
    page = client_for(bob).get(address).text
    for name, value in (("first", "3"), ("last", "5"), ("revision", "1")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name


def test_what_is_posted_with_htmx_comes_with_its_marker(paste: Paste, bob: User) -> None:
    form = {"body": "Here", "first": 2, "last": 3, "revision": 1, "file": "a.txt"}
    answer = client_for(bob).post(f"/{paste.key}/comments", form, headers=HTMX | {"HX-Trigger": "form-lines"}).text
    assert re.search(r'<template data-margin="L3"><span class="talk" id="talk-\d+">', answer)
    answer = client_for(bob).post(f"/{paste.key}/comments", {"body": "On all of it"}, headers=HTMX).text
    assert "talk" not in answer


@pytest.mark.parametrize("many", [1, 30])
def test_a_page_and_a_part_take_one_query_for_all_of_them(paste: Paste, bob: User, many: int) -> None:
    comment = say(client_for(bob), paste, first=2)
    fields = {field.attname: getattr(comment, field.attname) for field in Comment._meta.concrete_fields}
    Comment.objects.bulk_create(Comment(**fields | {"id": None}) for _ in range(many))
    with CaptureQueriesContext(connection) as captured:
        part = client_for().get(f"/{paste.key}/lines/0/1").text
    assert part.count('class="talk"') == many + 1
    assert len([query for query in captured if "current_first" in query["sql"]]) == 1
