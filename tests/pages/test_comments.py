"""Talking about a paste: on its page, on pages of the discussion, and in the fragments that HTMX asks for."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from pastes.domain import discussion, publishing
from pastes.models import Comment, CommentVote, Paste
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text="one\ntwo\nthree\n", name="notes.txt")


@pytest.fixture
def comment(paste: Paste, bob: User) -> Comment:
    """Bob's."""
    return discussion.create(paste=paste, viewer=viewer_for(bob), body="First *words*")


def say(client: Client, paste: Paste, body: str = "Well said", **form: str | int) -> Comment:
    """Write a comment without JavaScript."""
    response = client.post(f"/{paste.key}/comments", {"body": body, **form})
    assert response.status_code == 303, response.text
    made = Comment.objects.latest("pk")
    assert response["Location"] == f"/{paste.key}/comments/{made.pk}#comment-{made.pk}"
    return made


def write_many(paste: Paste, author: User, *, threads: int, replies: int) -> None:
    """All replies answer the first thread."""
    roots = Comment.objects.bulk_create(
        Comment(paste=paste, author=author, body="x", html="<p>x</p>") for _ in range(threads)
    )
    Comment.objects.bulk_create(
        Comment(paste=paste, author=author, body="y", html="<p>y</p>", root=roots[0], parent=roots[0], depth=1)
        for _ in range(replies)
    )
    Paste.objects.filter(pk=paste.pk).update(comments=Comment.objects.filter(paste=paste).count())


class TestWithoutJavaScript:
    def test_a_comment_stands_under_the_paste_for_everybody(self, paste: Paste, bob: User) -> None:
        client_for().get(f"/{paste.key}")  # kept in the hot cache without it
        comment = say(client_for(bob), paste, "It *works*")
        page = client_for().get(f"/{paste.key}").text
        assert f'id="comment-{comment.pk}"' in page
        assert "<p>It <em>works</em></p>" in page
        assert "1 comment<" in page

    def test_the_form_holds_its_token(self, paste: Paste, bob: User) -> None:
        browser = client_for(bob, csrf=True)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(f"/{paste.key}").text)
        assert token
        assert browser.post(f"/{paste.key}/comments", {"body": "forged"}).status_code == 403
        say(browser, paste, csrfmiddlewaretoken=token[1])

    def test_the_page_of_nobody_in_particular_is_the_same_for_all(self, paste: Paste, comment: Comment) -> None:
        for address in (f"/{paste.key}", f"/{paste.key}/comments", f"/{paste.key}/comments/{comment.pk}"):
            pages = [client_for(csrf=True).get(address) for _ in range(2)]
            assert pages[0].content == pages[1].content
            assert "csrfmiddlewaretoken" not in pages[0].text
            assert "Sign in to comment" in pages[0].text or "/comments/" in address

    def test_replying_is_a_page_of_its_own(self, paste: Paste, comment: Comment, alice: User) -> None:
        address = f"/{paste.key}/comments/{comment.pk}?reply=1"
        assert address in client_for(alice).get(f"/{paste.key}").text
        page = client_for(alice).get(address).text
        assert "First <em>words</em>" in page
        assert f'name="parent" value="{comment.pk}"' in page
        reply = say(client_for(alice), paste, "Indeed", parent=comment.pk)
        assert (reply.parent_id, reply.root_id, reply.depth) == (comment.pk, comment.pk, 1)

    def test_its_author_edits_it(self, paste: Paste, comment: Comment, bob: User) -> None:
        browser, address = client_for(bob), f"/{paste.key}/comments/{comment.pk}/edit"
        assert "First *words*</textarea>" in browser.get(address).text
        assert browser.post(address, {"body": "Last words"}).status_code == 303
        page = browser.get(f"/{paste.key}").text
        assert "<p>Last words</p>" in page
        assert "edited" in page

    def test_its_author_deletes_it_after_being_asked(self, paste: Paste, comment: Comment, bob: User) -> None:
        browser, address = client_for(bob), f"/{paste.key}/comments/{comment.pk}/delete"
        assert "Delete comment" in browser.get(address).text
        comment.refresh_from_db()
        assert comment.deleted is None
        for _twice in range(2):
            assert browser.post(address).status_code == 303
        thread = browser.get(f"/{paste.key}/comments/{comment.pk}").text
        assert "words" not in thread
        assert "What stood here was deleted." in thread
        assert browser.get(f"/{paste.key}/comments/{comment.pk}/edit").status_code == 410

    def test_a_vote_is_a_form_with_the_wanted_state(self, paste: Paste, comment: Comment, alice: User) -> None:
        browser, address = client_for(alice), f"/{paste.key}/comments/{comment.pk}/vote"
        for _twice in range(2):
            assert browser.post(address, {"value": "1"})["Location"].endswith(f"#comment-{comment.pk}")
        comment.refresh_from_db()
        assert (comment.ups, comment.downs) == (1, 0)
        up, down = re.findall(r'name="value" value="(-?\d)" aria-pressed="(\w+)"', browser.get(f"/{paste.key}").text)
        assert (up, down) == (("0", "true"), ("-1", "false"))
        browser.post(address, {"value": "0"})
        assert not CommentVote.objects.exists()

    def test_people_without_an_account_come_back_to_what_they_wanted(self, paste: Paste, comment: Comment) -> None:
        base = f"/{paste.key}/comments"
        wanted = {
            ("GET", f"{base}/{comment.pk}?reply=1"): f"{base}/{comment.pk}?reply=1",
            ("GET", f"{base}?first=1&last=2"): f"{base}?first=1&last=2",
            ("POST", base): base,
            ("POST", f"{base}/{comment.pk}/vote"): f"{base}/{comment.pk}/vote?value=-1",
            ("POST", f"{base}/{comment.pk}/edit"): f"{base}/{comment.pk}/edit",
        }
        for (method, address), back in wanted.items():
            client = client_for()
            response = client.get(address) if method == "GET" else client.post(address, {"value": "-1", "body": "x"})
            assert response.status_code == 303
            login = client.get(response["Location"])
            assert login.context["redirect_field_value"] == back

    def test_who_came_back_to_vote_presses_one_button(self, paste: Paste, comment: Comment, alice: User) -> None:
        page = client_for(alice).get(f"/{paste.key}/comments/{comment.pk}/vote?value=-1").text
        assert 'name="value" value="-1"' in page
        assert not CommentVote.objects.exists(), "GET changes nothing"

    def test_the_author_of_the_paste_closes_the_discussion(
        self, paste: Paste, comment: Comment, alice: User, bob: User
    ) -> None:
        client_for().get(f"/{paste.key}")
        for _twice in range(2):
            response = client_for(alice).post(f"/{paste.key}/discussion", {"open": "0"})
            assert (response.status_code, response["Location"]) == (303, f"/{paste.key}#comments")
        for client in (client_for(), client_for(bob)):
            page = client.get(f"/{paste.key}").text
            assert "The author has closed this discussion." in page
            assert "<textarea" not in page
            assert "/vote" not in page
        client_for(alice).post(f"/{paste.key}/discussion", {"open": "1"})
        assert "<textarea" in client_for(bob).get(f"/{paste.key}").text
        assert f"/{comment.pk}/vote" in client_for(alice).get(f"/{paste.key}").text

    def test_an_order_is_chosen_by_address_and_remembered_for_people(self, paste: Paste, bob: User) -> None:
        for body in ("older", "newer"):
            discussion.create(paste=paste, viewer=viewer_for(bob), body=body)
        Comment.objects.filter(body="older").update(score=0.5)

        def order(client: Client, query: str = "") -> list[str]:
            return re.findall(r"<p>(older|newer)</p>", client.get(f"/{paste.key}{query}").text)

        assert order(client_for()) == ["older", "newer"]
        assert order(client_for(), "?comments=newest") == ["newer", "older"]
        assert order(client_for(), "?comments=nonsense") == ["older", "newer"]
        browser = client_for(bob)
        target = f"/{paste.key}#comments"
        response = browser.post("/preferences", {"comment_order": "newest", "next": target})
        assert (response.status_code, response["Location"]) == (303, target)
        assert order(browser) == ["newer", "older"]
        other = make_paste()
        assert 'value="newest" aria-pressed="true"' not in browser.get(f"/{other.key}").text, "nothing to order yet"
        bob.refresh_from_db()
        assert bob.comment_order == "newest"

    def test_more_is_a_page_away(self, paste: Paste, alice: User) -> None:
        write_many(paste, alice, threads=27, replies=1_052)
        page = client_for().get(f"/{paste.key}").text
        assert page.count('class="thread"') == 25
        more = re.search(r'<a class="button" rel="next nofollow" href="([^"]+)"', page)
        assert more
        assert client_for().get(more[1].replace("&amp;", "&")).text.count('class="thread"') == 2
        # The thread with the answers is the oldest, and so the last.
        oldest = client_for().get(f"/{paste.key}?comments=oldest").text
        replies = re.search(r'<a class="link" rel="nofollow" href="([^"]+)">1,002 more replies</a>', oldest)
        assert replies
        assert client_for().get(replies[1]).text.count("<article") == 51

    def test_lines_are_chosen_in_the_form(self, paste: Paste, bob: User) -> None:
        browser = client_for(bob)
        page = browser.get(f"/{paste.key}/comments?file=notes.txt&first=2&last=3&revision=1").text
        assert 'name="first" id="form-new-first" value="2"' in page
        assert 'name="revision" value="1"' in page
        say(browser, paste, "These", first=2, last=3, file="notes.txt", revision=1)
        page = client_for().get(f"/{paste.key}").text
        assert f'<a class="link" href="/{paste.key}#L2-L3">' in page

    def test_lines_that_are_gone_are_quoted(self, paste: Paste, bob: User) -> None:
        say(client_for(bob), paste, "These", first=2)
        Comment.objects.update(current_file="", current_first=None, current_last=None, quote="tw\u202eo <b>")
        page = client_for().get(f"/{paste.key}").text
        assert "Outdated" in page
        assert 'tw<span class="hid" title="U+202E">[U+202E]</span>o &lt;b&gt;</pre>' in page


class TestRefused:
    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ({"body": "   "}, "Write something first."),
            ({"body": "x" * 10_001}, "A comment can have 10,000 characters at most; this one has 10,001."),
            ({"body": "keep me", "first": 3, "last": 9}, "line"),
            ({"body": "keep me", "first": "x"}, "Enter a whole number."),
            ({"body": "keep me", "first": 1, "revision": 9}, "There is no revision 9 of this paste."),
            ({"body": "keep me\0"}, "Null characters are not allowed."),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
    def test_it_says_why_and_keeps_the_text(
        self, paste: Paste, bob: User, headers: dict[str, str], sent: dict[str, str | int], sentence: str
    ) -> None:
        response = client_for(bob).post(f"/{paste.key}/comments", sent, headers=headers)
        assert response.status_code == 422
        assert sentence in response.text
        kept = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", response.text, re.DOTALL)
        assert kept
        assert kept[1].strip() == str(sent["body"]).strip()
        assert ("<html" in response.text) is not bool(headers)
        assert not Comment.objects.exists()

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
    def test_a_closed_discussion_and_a_deleted_comment_keep_the_text(
        self, paste: Paste, comment: Comment, alice: User, bob: User, headers: dict[str, str]
    ) -> None:
        discussion.delete(comment=comment, viewer=viewer_for(bob))
        sent = {"body": "keep me", "parent": comment.pk}
        answer = client_for(bob).post(f"/{paste.key}/comments", sent, headers=headers)
        assert answer.status_code == 410
        assert "keep me</textarea>" in answer.text
        assert "This comment was deleted." in answer.text
        discussion.set_open(paste=paste, viewer=viewer_for(alice), open=False)
        answer = client_for(bob).post(f"/{paste.key}/comments", {"body": "keep me"}, headers=headers)
        assert answer.status_code == 403
        assert "keep me</textarea>" in answer.text
        assert "closed this discussion" in answer.text

    def test_a_vanished_paste_gives_the_text_back(self, paste: Paste, alice: User, bob: User) -> None:
        publishing.remove(paste=paste, viewer=viewer_for(alice))
        answer = client_for(bob).post(f"/{paste.key}/comments", {"body": "keep me"})
        assert answer.status_code == 404
        assert "keep me</textarea>" in answer.text

    def test_too_often_says_when_to_come_back(self, paste: Paste, bob: User, settings: Settings) -> None:
        settings.COMMENT_RATE = "1/h"
        say(client_for(bob), paste)
        answer = client_for(bob).post(f"/{paste.key}/comments", {"body": "again"})
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0
        assert "again</textarea>" in answer.text

    def test_votes_that_are_none(self, paste: Paste, comment: Comment, alice: User, bob: User) -> None:
        address = f"/{paste.key}/comments/{comment.pk}/vote"
        for value in ("2", "", "up"):
            assert client_for(alice).post(address, {"value": value}).status_code == 422
        own = client_for(bob).post(address, {"value": "1"})
        assert own.status_code == 403
        assert "You cannot vote on your own comment." in own.text

    def test_no_comment_is_reached_through_another_paste(self, comment: Comment, bob: User) -> None:
        """Promise 5."""
        other = make_paste(owner=bob)
        browser = client_for(bob)
        for tail in ("", "/edit", "/delete", "/vote", "/report"):
            assert browser.get(f"/{other.key}/comments/{comment.pk}{tail}").status_code == 404, tail
        for tail, sent in (("/edit", {"body": "x"}), ("/delete", {}), ("/vote", {"value": "1"})):
            assert browser.post(f"/{other.key}/comments/{comment.pk}{tail}", sent).status_code == 404, tail
        answer = browser.post(f"/{other.key}/comments", {"body": "x", "parent": comment.pk})
        assert answer.status_code == 404
        comment.refresh_from_db()
        assert (comment.deleted, comment.edited, Comment.objects.count()) == (None, None, 1)


class TestFragments:
    def test_a_new_comment_comes_with_an_empty_form_and_the_count(self, paste: Paste, bob: User) -> None:
        sent = {"body": "Well said"}
        answer = client_for(bob).post(f"/{paste.key}/comments", sent, headers=HTMX | {"HX-Trigger": "form-new"})
        comment = Comment.objects.get()
        assert answer.status_code == 200
        assert '<form class="form write" id="form-new"' in answer.text
        assert "Well said</textarea>" not in answer.text
        assert '<ol hx-swap-oob="afterbegin:#threads">' in answer.text
        assert f'id="comment-{comment.pk}"' in answer.text
        assert '<span id="comment-count" hx-swap-oob="true">1 comment</span>' in answer.text
        assert answer["HX-Trigger-After-Settle"] == f'{{"comment-posted": {{"id": {comment.pk}}}}}'

    def test_a_reply_comes_to_what_it_answers(self, paste: Paste, comment: Comment, alice: User) -> None:
        browser = client_for(alice)
        form = browser.get(f"/{paste.key}/comments/{comment.pk}?reply=1", headers=HTMX).text
        assert form.lstrip().startswith("<form")
        assert f'id="form-reply-{comment.pk}"' in form
        answer = browser.post(f"/{paste.key}/comments", {"body": "Yes", "parent": comment.pk}, headers=HTMX).text
        assert f'hx-swap-oob="afterend:#comment-{comment.pk}"' in answer
        assert '<form class="form write"' not in answer

    def test_edits_and_votes_come_in_place(self, paste: Paste, comment: Comment, alice: User, bob: User) -> None:
        base = f"/{paste.key}/comments/{comment.pk}"
        changed = client_for(bob).post(f"{base}/edit", {"body": "Changed"}, headers=HTMX).text
        assert changed.lstrip().startswith("<article")
        voted = client_for(alice).post(f"{base}/vote", {"value": "-1"}, headers=HTMX).text
        assert f'<form class="votes num" id="votes-{comment.pk}"' in voted
        assert 'value="0" aria-pressed="true"' in voted
        deleted = client_for(bob).post(f"{base}/delete", headers=HTMX).text
        assert "What stood here was deleted." in deleted
        assert '<span id="comment-count" hx-swap-oob="true">Comments</span>' in deleted

    def test_the_next_threads_and_the_whole_section(self, paste: Paste, alice: User) -> None:
        write_many(paste, alice, threads=27, replies=0)
        section = client_for().get(f"/{paste.key}/comments?comments=oldest", headers=HTMX).text
        assert section.lstrip().startswith("<section")
        after = Comment.objects.filter(parent=None).order_by("pk")[24].pk
        rest = client_for().get(f"/{paste.key}/comments?comments=oldest&after={after}", headers=HTMX).text
        assert rest.lstrip().startswith("<li")
        assert rest.count("<article") == 2

    def test_a_form_for_lines_comes_alone(self, paste: Paste, bob: User) -> None:
        form = client_for(bob).get(f"/{paste.key}/comments?first=2&last=3&revision=1", headers=HTMX).text
        assert form.lstrip().startswith("<form")
        assert 'id="form-lines"' in form
        sent = {"body": "These", "first": 2, "last": 3, "revision": 1, "file": "notes.txt"}
        answer = client_for(bob).post(f"/{paste.key}/comments", sent, headers=HTMX | {"HX-Trigger": "form-lines"}).text
        assert '<form class="form write"' not in answer
        assert "Lines 2–3" in answer

    def test_who_was_signed_out_keeps_the_text(self, paste: Paste) -> None:
        answer = client_for().post(f"/{paste.key}/comments", {"body": "keep me"}, headers=HTMX)
        assert answer.status_code == 403
        assert "keep me</textarea>" in answer.text
        assert "Sign in, and send it again." in answer.text


class TestTheRest:
    EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>[x](javascript:alert(3))'

    def test_what_people_write_is_text_everywhere(self, paste: Paste, bob: User) -> None:
        """Promise 12."""
        bob.name = self.EVIL[:80]
        bob.save()
        comment = say(client_for(bob), paste, self.EVIL, first=1)
        Comment.objects.update(quote=self.EVIL, current_first=None, current_last=None, file_name=self.EVIL)
        base = f"/{paste.key}/comments"
        addresses = [f"/{paste.key}", base, f"{base}/{comment.pk}", f"{base}/{comment.pk}?reply=1"]
        addresses += [f"{base}/{comment.pk}/{act}" for act in ("edit", "delete", "vote")]
        for address in addresses:
            page = client_for(bob).get(address).text
            assert "<script>alert" not in page, address
            assert "<img src=x" not in page, address
            assert 'href="javascript' not in page, address

    def test_a_paste_that_is_read_once_has_no_discussion(self, alice: User) -> None:
        paste = make_paste(owner=alice, burn=True)
        assert 'id="comments"' not in client_for(alice).get(f"/{paste.key}").text
        assert client_for(alice).get(f"/{paste.key}/comments").status_code == 403

    @pytest.mark.usefixtures("comment")
    def test_an_older_revision_shows_none(self, paste: Paste, alice: User) -> None:
        Paste.objects.filter(pk=paste.pk).update(revision_count=2)
        assert 'id="comments"' not in client_for(alice).get(f"/{paste.key}/revisions/1").text

    def test_what_is_private_stays_so(self, alice: User) -> None:
        paste = make_paste(owner=alice, visibility="private")
        discussion.create(paste=paste, viewer=viewer_for(alice), body="secret")
        response = client_for(alice).get(f"/{paste.key}/comments")
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"  # with none its forms would seem to come from nowhere
        assert client_for().get(f"/{paste.key}/comments").status_code == 404

    @pytest.mark.usefixtures("comment")
    def test_a_deleted_account_leaves_its_words(self, paste: Paste, bob: User) -> None:
        bob.delete()
        page = client_for().get(f"/{paste.key}").text
        assert "deleted account" in page
        assert "First <em>words</em>" in page

    def test_many_comments_take_as_many_queries_as_few(self, paste: Paste, alice: User, bob: User) -> None:
        counts = []
        browser = client_for(bob)
        for threads, replies in ((2, 8), (90, 900)):
            write_many(paste, alice, threads=threads, replies=replies)
            thread = Comment.objects.filter(parent=None).earliest("pk")
            sizes = []
            for address in (f"/{paste.key}", f"/{paste.key}/comments", f"/{paste.key}/comments/{thread.pk}"):
                browser.get(address)  # what is cached once is not what is counted
                with CaptureQueriesContext(connection) as queries:
                    assert browser.get(address).status_code == 200
                sizes.append(len(queries))
            counts.append(sizes)
        assert counts[0] == counts[1]
