"""Comments, threads and votes, whoever asks for them."""

from datetime import timedelta
from math import isclose

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import CommentOrder, User
from pastes.domain import discussion, expiry, publishing, threads, voting
from pastes.domain.anchors import Anchor
from pastes.exceptions import Closed, Forbidden, Gone, Invalid, Locked, NotFound, TooMany
from pastes.models import Comment, CommentVote, Notification, Paste
from tests.factories import make_paste, make_user, viewer_for
from tests.parallel import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text="one\ntwo\nthree\n", name="notes.txt")


def say(paste: Paste, user: User | None, body: str = "Well said", *, to: Comment | None = None) -> Comment:
    return discussion.create(paste=paste, viewer=viewer_for(user), body=body, parent_id=to.pk if to else None)


def write_many(paste: Paste, author: User, count: int, **fields: object) -> list[Comment]:
    """Rows without the way through `create`, which takes a while."""
    rows = [Comment(paste=paste, author=author, body="x", html="<p>x</p>", **fields) for _ in range(count)]
    Paste.objects.filter(pk=paste.pk).update(comments=count)
    return Comment.objects.bulk_create(rows)


class TestWriting:
    def test_it_is_counted_rendered_and_placed_in_its_thread(self, paste: Paste, alice: User, bob: User) -> None:
        first = say(paste, bob, "Hello *@alice*")
        reply = say(paste, alice, "Hello", to=first)
        deeper = say(paste, bob, "Well", to=reply)
        assert first.html == (
            '<p>Hello <em><a href="/u/alice" class="mention" rel="nofollow ugc noopener">@alice</a></em></p>\n'
        )
        assert [(row.root_id, row.depth) for row in (first, reply, deeper)] == [(None, 0), (first.pk, 1), (first.pk, 2)]
        paste.refresh_from_db()
        assert paste.comments == 3

    def test_it_tells_those_whom_it_concerns(self, paste: Paste, alice: User, bob: User) -> None:
        first = say(paste, bob)
        say(paste, alice, "Thank you", to=first)
        kinds = Notification.objects.order_by("pk").values_list("user__username", "kind")
        assert list(kinds) == [("alice", "comment"), ("bob", "reply")]

    @pytest.mark.parametrize("body", ["", "  \n\t ", "x" * 10_001, "a\0b", "a\ud800b"])
    def test_it_refuses_what_is_no_comment(self, paste: Paste, bob: User, body: str) -> None:
        with pytest.raises(Invalid) as refused:
            say(paste, bob, body)
        assert refused.value.errors["body"]
        assert not Comment.objects.exists()

    def test_it_takes_as_much_as_the_limit_says_and_line_ends_as_one_character(self, paste: Paste, bob: User) -> None:
        assert len(say(paste, bob, "x\r\n" * 4_999 + "yy").body) == 10_000

    def test_it_is_for_people_with_an_account_who_can_read_the_paste(self, alice: User, bob: User) -> None:
        secret = make_paste(owner=alice, password="open sesame")
        with pytest.raises(Forbidden):
            say(make_paste(), None)
        with pytest.raises(Locked):
            say(secret, bob)
        with pytest.raises(Forbidden):
            say(make_paste(owner=alice, burn=True), alice)
        say(secret, alice)

    def test_it_ends_where_the_discussion_was_closed(self, paste: Paste, alice: User, bob: User) -> None:
        comment = say(paste, bob)
        with pytest.raises(Forbidden):
            discussion.set_open(paste=paste, viewer=viewer_for(bob), open=False)
        for _twice in range(2):
            discussion.set_open(paste=paste, viewer=viewer_for(alice), open=False)
        with pytest.raises(Closed):
            say(paste, bob, "One more")
        with pytest.raises(Closed):
            discussion.edit(comment=comment, viewer=viewer_for(bob), body="Another")
        discussion.delete(comment=comment, viewer=viewer_for(bob))
        discussion.set_open(paste=paste, viewer=viewer_for(alice), open=True)
        say(paste, bob, "Open again")

    def test_it_finds_no_paste_that_vanished_while_somebody_wrote(self, paste: Paste, alice: User, bob: User) -> None:
        found = Paste.objects.get(pk=paste.pk)
        publishing.remove(paste=paste, viewer=viewer_for(alice))
        with pytest.raises(NotFound):
            say(found, bob)
        expiry.destroy([paste.pk])
        with pytest.raises(NotFound):
            say(found, bob)

    def test_it_answers_no_comment_that_is_gone_or_elsewhere(self, paste: Paste, alice: User, bob: User) -> None:
        comment = say(paste, bob)
        with pytest.raises(NotFound):
            say(make_paste(), alice, to=comment)
        discussion.delete(comment=comment, viewer=viewer_for(bob))
        with pytest.raises(Gone):
            say(paste, alice, to=comment)

    def test_the_same_words_within_a_minute_are_one_comment(self, paste: Paste, bob: User) -> None:
        first = say(paste, bob, "Twice")
        assert say(paste, bob, "Twice") == first
        later = timezone.now() + timedelta(seconds=61)
        assert discussion.create(paste=paste, viewer=viewer_for(bob), body="Twice", at=later) != first
        lines = Anchor(revision=1, file_name="notes.txt", first=1, last=2)
        on_lines = discussion.create(paste=paste, viewer=viewer_for(bob), body="Twice", anchor=lines)
        assert on_lines != first
        assert (on_lines.file_name, on_lines.first_line, on_lines.current_last) == ("notes.txt", 1, 2)
        paste.refresh_from_db()
        assert paste.comments == 3

    def test_it_refuses_lines_that_are_not_there(self, paste: Paste, bob: User) -> None:
        for anchor in (Anchor(1, "notes.txt", 3, 9), Anchor(1, "other.txt", 1, 1), Anchor(7, "notes.txt", 1, 1)):
            with pytest.raises(Invalid):
                discussion.create(paste=paste, viewer=viewer_for(bob), body="What?", anchor=anchor)
        assert not Comment.objects.exists()

    def test_it_is_limited(self, paste: Paste, bob: User, settings: Settings) -> None:
        settings.COMMENT_RATE = "2/h"
        say(paste, bob, "1")
        say(paste, bob, "2")
        with pytest.raises(TooMany):
            say(paste, bob, "3")

    def test_it_takes_no_blocked_words(self, paste: Paste, bob: User, settings: Settings) -> None:
        settings.BLOCKED_WORDS = ["casino"]
        with pytest.raises(Forbidden):
            say(paste, bob, "Best CASINO in town")
        comment = say(paste, bob)
        with pytest.raises(Forbidden):
            discussion.edit(comment=comment, viewer=viewer_for(bob), body="Casino")


class TestChanging:
    def test_its_author_edits_it_and_that_is_marked(self, paste: Paste, alice: User, bob: User) -> None:
        comment = say(paste, bob)
        same = discussion.edit(comment=comment, viewer=viewer_for(bob), body="Well said\n")
        assert same.edited is None
        changed = discussion.edit(comment=comment, viewer=viewer_for(bob), body="*Better* said")
        assert changed.edited is not None
        assert changed.html == "<p><em>Better</em> said</p>\n"
        with pytest.raises(Forbidden):
            discussion.edit(comment=comment, viewer=viewer_for(alice), body="Worse")

    def test_deleting_erases_the_words_and_keeps_the_place(self, paste: Paste, alice: User, bob: User) -> None:
        comment = say(paste, bob)
        reply = say(paste, alice, "Indeed", to=comment)
        with pytest.raises(Forbidden):
            discussion.delete(comment=comment, viewer=viewer_for(alice))
        for _twice in range(2):
            gone = discussion.delete(comment=comment, viewer=viewer_for(bob))
            assert (gone.body, gone.html, gone.deleted is None) == ("", "", False)
        paste.refresh_from_db()
        assert paste.comments == 1
        thread = threads.thread(comment=discussion.find_comment(paste=paste, comment_id=reply.pk), viewer=viewer_for())
        assert [entry.comment.pk for entry in (thread.first, *thread.replies)] == [comment.pk, reply.pk]
        with pytest.raises(Gone):
            discussion.edit(comment=comment, viewer=viewer_for(bob), body="Back")

    def test_all_comments_can_be_rendered_anew(self, paste: Paste, bob: User) -> None:
        comment, gone = say(paste, bob, "*x*"), say(paste, bob, "y")
        discussion.delete(comment=gone, viewer=viewer_for(bob))
        Comment.objects.update(html="old")
        assert discussion.render_all(dry_run=True) == discussion.render_all() == 1
        comment.refresh_from_db()
        gone.refresh_from_db()
        assert (comment.html, gone.html) == ("<p><em>x</em></p>\n", "old")


class TestVoting:
    def test_a_vote_is_what_was_wanted_last(self, paste: Paste, alice: User, bob: User) -> None:
        comment = say(paste, bob)
        for value, counted in ((1, (1, 0)), (1, (1, 0)), (-1, (0, 1)), (0, (0, 0)), (0, (0, 0))):
            voted = voting.vote(comment=comment, viewer=viewer_for(alice), value=value)
            assert (voted.ups, voted.downs) == counted
        assert not CommentVote.objects.exists()

    def test_nobody_votes_on_their_own_or_on_what_is_gone(self, paste: Paste, alice: User, bob: User) -> None:
        comment = say(paste, bob)
        with pytest.raises(Forbidden):
            voting.vote(comment=comment, viewer=viewer_for(bob), value=1)
        with pytest.raises(Forbidden):
            voting.vote(comment=comment, viewer=viewer_for(), value=1)
        discussion.delete(comment=comment, viewer=viewer_for(bob))
        with pytest.raises(Gone):
            voting.vote(comment=comment, viewer=viewer_for(alice), value=1)
        assert not CommentVote.objects.exists()

    def test_a_closed_discussion_takes_no_votes_and_keeps_those_it_has(
        self, paste: Paste, alice: User, bob: User
    ) -> None:
        carol = User.objects.create_user("carol")
        comment = say(paste, bob)
        voting.vote(comment=comment, viewer=viewer_for(carol), value=1)
        discussion.set_open(paste=paste, viewer=viewer_for(alice), open=False)
        for who, value in ((alice, 1), (carol, 0)):
            with pytest.raises(Closed):
                voting.vote(comment=comment, viewer=viewer_for(who), value=value)
        comment.refresh_from_db()
        assert (comment.ups, CommentVote.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        ("ups", "downs", "score"),
        # Worked out by hand from the formula, to four places.
        [(0, 0, 0), (1, 0, 0.2065), (0, 1, 0), (3, 0, 0.4385), (90, 10, 0.8256), (600, 400, 0.5693)],
    )
    def test_the_score_is_wilsons_lower_bound(self, ups: int, downs: int, score: float) -> None:
        assert isclose(voting.score(ups=ups, downs=downs), score, abs_tol=0.00005)

    @pytest.mark.django_db(transaction=True)
    def test_fifty_votes_at_once_are_counted_exactly(self, paste: Paste, bob: User) -> None:
        comment = say(paste, bob)
        viewers = [viewer_for(make_user(f"voter{number}")) for number in range(50)]
        values = [-1 if number % 5 == 0 else 1 for number in range(50)]
        calls = [
            lambda viewer=viewer, value=value: voting.vote(comment=comment, viewer=viewer, value=value)
            for viewer, value in zip(viewers, values, strict=True)
        ]
        assert not [result for result in at_once(calls) if isinstance(result, Exception)]
        comment.refresh_from_db()
        assert (comment.ups, comment.downs) == (40, 10)
        assert isclose(comment.score, voting.score(ups=40, downs=10))

    @pytest.mark.django_db(transaction=True)
    def test_comments_at_once_are_counted_and_a_double_click_is_one(self, paste: Paste, bob: User) -> None:
        first = say(paste, bob, "first")
        calls = [lambda: say(paste, bob, "the same", to=first)] * 10 + [lambda: say(paste, bob, "own")] * 5
        results = at_once(calls)
        assert not [result for result in results if isinstance(result, Exception)]
        paste.refresh_from_db()
        assert paste.comments == Comment.objects.count() == 3


class TestReading:
    def bodies(self, page: threads.Page) -> list[str]:
        return [thread.first.comment.body for thread in page.threads]

    def test_it_is_ordered_as_somebody_likes(self, paste: Paste, alice: User, bob: User) -> None:
        for body, ups, downs in (("good", 3, 0), ("bad", 0, 2), ("mixed", 3, 3), ("new", 0, 0)):
            row = say(paste, bob, body)
            score = voting.score(ups=ups, downs=downs)
            Comment.objects.filter(pk=row.pk).update(ups=ups, downs=downs, score=score)
        reader = viewer_for(alice)
        assert self.bodies(threads.page(paste=paste, viewer=reader)) == ["good", "mixed", "new", "bad"]
        for order, bodies in (("newest", "new mixed bad good"), ("oldest", "good bad mixed new")):
            assert self.bodies(threads.page(paste=paste, viewer=reader, order=order)) == bodies.split()

    @pytest.mark.parametrize("order", CommentOrder.values)
    def test_pages_follow_each_other_without_gap_or_repetition(self, paste: Paste, bob: User, order: str) -> None:
        rows = write_many(paste, bob, 9)
        for row, score in zip(rows, (0.5, 0, 0, 0.5, 0.5, 0.1, 0, 0.9, 0.5), strict=True):
            Comment.objects.filter(pk=row.pk).update(score=score)
        whole = threads.page(paste=paste, viewer=viewer_for(), order=order)
        assert whole.after is None
        seen: list[int] = []
        after: int | None = None
        for _page in range(3):
            page = threads.page(paste=paste, viewer=viewer_for(), order=order, after=after, size=3)
            seen += [thread.first.comment.pk for thread in page.threads]
            after = page.after
        assert after is None
        assert seen == [thread.first.comment.pk for thread in whole.threads]

    def test_answers_stand_under_what_they_answer(self, paste: Paste, alice: User, bob: User) -> None:
        first = say(paste, bob, "1")
        a, b = say(paste, alice, "1a", to=first), say(paste, bob, "1b", to=first)
        say(paste, bob, "1a1", to=a)
        say(paste, alice, "1b1", to=b)
        Comment.objects.filter(pk=b.pk).update(score=0.5)
        for order, bodies in (("best", "1b 1b1 1a 1a1"), ("oldest", "1a 1a1 1b 1b1"), ("newest", "1a 1a1 1b 1b1")):
            [thread] = threads.page(paste=paste, viewer=viewer_for(), order=order).threads
            assert [entry.comment.body for entry in thread.replies] == bodies.split()

    def test_a_thousand_nested_replies_are_flat_and_quick(self, paste: Paste, bob: User) -> None:
        [first] = write_many(paste, bob, 1)
        rows = write_many(paste, bob, 1_000, root=first)
        for depth, (above, row) in enumerate(zip([first, *rows], rows, strict=False), start=1):
            row.parent, row.depth = above, depth
        Comment.objects.bulk_update(rows, ["parent", "depth"])
        [thread] = threads.page(paste=paste, viewer=viewer_for()).threads
        assert [entry.comment.pk for entry in thread.replies] == [row.pk for row in rows[: threads.REPLIES]]
        assert (thread.more, thread.after) == (950, rows[49].pk)
        assert [entry.depth for entry in thread.replies] == [1, 2, 3, 4, 5] + [6] * 45
        late = discussion.find_comment(paste=paste, comment_id=rows[-5].pk)
        thread = threads.thread(comment=late, viewer=viewer_for())
        assert [entry.comment.pk for entry in thread.replies] == [row.pk for row in rows[-5:]]
        assert (thread.earlier, thread.after) == (True, None)
        assert thread.replies[0].answers == rows[-6].pk, "which is on another page"
        page = threads.thread(comment=discussion.find_comment(paste=paste, comment_id=first.pk), viewer=viewer_for())
        assert (page.earlier, page.after) == (False, rows[49].pk)

    def test_own_comments_and_votes_are_known(self, paste: Paste, alice: User, bob: User) -> None:
        comment = say(paste, bob)
        voting.vote(comment=comment, viewer=viewer_for(alice), value=-1)
        seen = {
            user: threads.page(paste=paste, viewer=viewer_for(user)).threads[0].first for user in (None, alice, bob)
        }
        assert [(entry.vote, entry.own) for entry in seen.values()] == [(0, False), (-1, False), (0, True)]

    def test_many_comments_take_as_many_queries_as_few(self, paste: Paste, alice: User, bob: User) -> None:
        counts = []
        for size in (10, 990):
            roots = write_many(paste, bob, size // 10)
            write_many(paste, bob, size - len(roots), root=roots[0], parent=roots[0], depth=1)
            with CaptureQueriesContext(connection) as queries:
                page = threads.page(paste=paste, viewer=viewer_for(alice))
                assert [entry.comment.author for thread in page.threads for entry in (thread.first, *thread.replies)]
            counts.append(len(queries))
        assert counts == [3, 3]
