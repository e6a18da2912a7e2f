"""Who is told of what, how often, and the number in the bar, which is that of the rows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes.domain import discussion, expiry, notifications, reminders
from pastes.domain.notifications import Kind
from pastes.models import Comment, Notification, Paste
from tests.factories import make_paste, make_user, viewer_for
from tests.parallel import at_once

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def say(paste: Paste, user: User, body: str = "Well done.", *, to: Comment | None = None) -> Comment:
    """Let somebody comment, or answer a comment."""
    return discussion.create(paste=paste, viewer=viewer_for(user), body=body, parent_id=to.pk if to else None)


def told(user: User) -> list[str]:
    """The kinds of what somebody was told, the oldest first; the number in the bar must agree."""
    rows = Notification.objects.filter(user=user).order_by("pk")
    assert unread(user) == rows.filter(read_at=None).count()
    return list(rows.values_list("kind", flat=True))


def unread(user: User) -> int:
    return User.objects.get(pk=user.pk).unread


def tell(user: User, event: str = "something") -> None:
    notifications.tell(users=[user], kind=Kind.MODERATION, event=event)


@pytest.mark.django_db
class TestComments:
    def test_the_owner_hears_of_a_comment_and_its_author_of_a_reply(self, alice: User, bob: User) -> None:
        paste = make_paste(owner=alice)
        first = say(paste, bob)
        say(paste, alice, "Thank you.", to=first)
        assert (told(alice), told(bob)) == ([Kind.COMMENT], [Kind.REPLY])

    def test_nobody_hears_of_their_own_words(self, alice: User) -> None:
        paste = make_paste(owner=alice)
        say(paste, alice, "Me again, @alice.", to=say(paste, alice))
        assert told(alice) == []

    @pytest.mark.parametrize(
        ("names", "kind"),
        [({"owner", "parent"}, Kind.REPLY), ({"owner"}, Kind.COMMENT), (set(), Kind.MENTION)],
        ids=["answered on an own paste", "named on an own paste", "named"],
    )
    def test_one_comment_tells_somebody_once_for_the_first_reason(
        self, alice: User, bob: User, names: set[str], kind: str
    ) -> None:
        paste = make_paste(owner=alice if "owner" in names else make_user("carol"))
        parent = say(paste, alice) if "parent" in names else None
        say(paste, bob, "What do you think, @Alice?", to=parent)
        assert told(alice) == [kind]

    def test_changing_a_comment_tells_only_whom_it_names_anew(self, alice: User, bob: User) -> None:
        carol, paste = make_user("carol"), make_paste(owner=alice)
        comment = say(paste, bob, "See @alice")
        for body in ("See @alice and @carol", "See @alice, @carol and @bob"):
            discussion.edit(comment=comment, viewer=viewer_for(bob), body=body)
        assert [told(person) for person in (alice, bob, carol)] == [[Kind.COMMENT], [], [Kind.MENTION]]

    def test_whoever_cannot_read_the_paste_hears_nothing(self, alice: User, bob: User) -> None:
        private = make_paste(owner=alice, visibility="private")
        protected = make_paste(owner=alice, password="open sesame")
        for paste in (private, protected):
            say(paste, alice, "See @bob")
        assert told(bob) == []

    def test_whoever_has_opened_a_protected_paste_can_be_named_there(self, alice: User, bob: User) -> None:
        paste = make_paste(owner=alice, password="open sesame")
        Comment.objects.create(paste=paste, author=bob, body="I know the password")
        say(paste, alice, "So you do, @bob")
        assert told(bob) == [Kind.MENTION]

    def test_an_account_that_is_off_hears_nothing(self, alice: User, bob: User) -> None:
        User.objects.filter(pk=alice.pk).update(is_active=False)
        say(make_paste(owner=alice), bob)
        assert told(alice) == []

    def test_it_asks_as_often_for_twenty_names_as_for_two_and_tells_no_more(self, alice: User, bob: User) -> None:
        people = [make_user(f"person{number:02}").username for number in range(25)]
        paste = make_paste(owner=alice)
        few, many = (Comment.objects.create(paste=paste, author=bob, body="Hello all") for _ in range(2))
        counts = []
        for comment, names in ((few, people[:2]), (many, people)):
            with CaptureQueriesContext(connection) as queries:
                notifications.commented(comment=comment, mentioned=names)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 8
        assert Notification.objects.filter(comment=many, kind=Kind.MENTION).count() == notifications.MOST_MENTIONS


@pytest.mark.django_db
class TestTheNumber:
    def test_one_event_is_told_once(self, alice: User) -> None:
        tell(alice)
        tell(alice)
        assert told(alice) == [Kind.MODERATION]

    def test_reading_again_changes_nothing(self, alice: User) -> None:
        for event in ("one", "two", "three"):
            tell(alice, event)
        second = Notification.objects.get(event="two")
        assert [notifications.mark_read(user=alice, only=second.pk) for _ in range(2)] == [1, 0]
        assert unread(alice) == 2
        assert notifications.mark_read(user=alice, up_to=second.pk) == 1
        assert list(Notification.objects.filter(read_at=None).values_list("event", flat=True)) == ["three"]

    def test_nobody_reads_for_somebody_else(self, alice: User, bob: User) -> None:
        tell(alice)
        row = Notification.objects.get()
        assert notifications.mark_read(user=bob, only=row.pk) == 0
        assert unread(alice) == 1

    def test_it_goes_down_with_what_a_deleted_paste_was_about(self, alice: User, bob: User) -> None:
        paste, kept = make_paste(owner=alice), make_paste(owner=alice)
        first = say(paste, bob)
        say(paste, alice, to=first)
        say(kept, bob)
        notifications.mark_read(user=alice, event=f"comment:{first.pk}")
        assert (unread(alice), unread(bob)) == (1, 1)
        expiry.destroy([paste.pk])
        assert (told(alice), told(bob)) == ([Kind.COMMENT], [])

    def test_it_forgets_what_is_older_than_ninety_days(self, alice: User) -> None:
        for event, age in (("old", 91 * DAY), ("older", 100 * DAY), ("new", 89 * DAY)):
            tell(alice, event)
            Notification.objects.filter(event=event).update(created=NOON - age)
        assert notifications.forget(at=NOON, batch=1) == 2
        assert told(alice) == [Kind.MODERATION]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_the_number_is_that_of_the_rows_whatever_happens_at_the_same_moment(self, alice: User) -> None:
        for number in range(8):
            tell(alice, f"before:{number}")
        rows = list(Notification.objects.order_by("pk"))
        calls: list[Callable[[], object]] = []
        for number in range(6):
            calls += [
                lambda number=number: tell(alice, f"event:{number // 2}"),  # type: ignore[misc] # bound now
                lambda number=number: notifications.mark_read(user=alice, only=rows[number // 2].pk),  # type: ignore[misc]
            ]
        calls += [lambda: notifications.mark_read(user=alice, up_to=rows[5].pk)] * 2
        results = at_once(calls)
        assert [result for result in results if isinstance(result, Exception)] == []
        assert len(told(alice)) == 11
        assert unread(alice) == 5


@pytest.mark.django_db
class TestReminders:
    def expiring(self, owner: User | None, *, left: timedelta, age: timedelta = 10 * DAY) -> Paste:
        """A paste that has lived for ``age`` at noon, with ``left`` to go."""
        paste = make_paste(owner=owner, name="log.txt", expires_at=NOON + 400 * DAY)
        Paste.objects.filter(pk=paste.pk).update(expires_at=NOON + left, created=NOON - age, updated=NOON - age)
        paste.refresh_from_db()
        return paste

    def test_it_tells_the_author_once_a_day_before(self, alice: User) -> None:
        self.expiring(alice, left=23 * HOUR)
        for _twice in range(2):
            reminders.remind(at=NOON)
        assert told(alice) == [Kind.EXPIRY]

    def test_it_tells_of_none_that_is_over_or_far_or_was_to_be_short_or_has_no_author(self, alice: User) -> None:
        self.expiring(alice, left=-HOUR)
        self.expiring(alice, left=25 * HOUR)
        self.expiring(alice, left=23 * HOUR, age=24 * HOUR)
        self.expiring(None, left=23 * HOUR)
        deleted = self.expiring(alice, left=23 * HOUR)
        Paste.objects.filter(pk=deleted.pk).update(deleted_at=NOON)
        reminders.remind(at=NOON)
        assert told(alice) == []

    def test_it_tells_nobody_of_an_end_they_have_just_chosen(self, alice: User) -> None:
        paste = self.expiring(alice, left=23 * HOUR)
        Paste.objects.filter(pk=paste.pk).update(updated=NOON - HOUR)
        reminders.remind(at=NOON)
        assert told(alice) == []

    def test_it_gets_through_many_in_small_batches(self, alice: User, bob: User) -> None:
        for owner in (alice, bob, alice, bob, alice):
            self.expiring(owner, left=HOUR)
        assert reminders.remind(at=NOON, batch=2) == 5
        assert (len(told(alice)), len(told(bob))) == (3, 2)

    def test_a_token_keeps_the_paste_longer_once(self, alice: User) -> None:
        paste = self.expiring(alice, left=HOUR)
        reminders.remind(at=NOON)
        token = reminders.token_for(paste)
        for _twice in range(2):
            reminders.extend(token=token, at=NOON)
        paste.refresh_from_db()
        assert paste.expires_at == NOON + HOUR + reminders.LONGER
        assert unread(alice) == 0
        assert not reminders.find_by_token(token, at=NOON).is_open

    def test_it_tells_again_of_the_new_end(self, alice: User) -> None:
        paste = self.expiring(alice, left=HOUR)
        reminders.remind(at=NOON)
        reminders.extend(token=reminders.token_for(paste), at=NOON)
        reminders.remind(at=NOON + reminders.LONGER)
        assert told(alice) == [Kind.EXPIRY, Kind.EXPIRY]


@pytest.mark.django_db(transaction=True)
def test_a_token_that_is_used_by_many_at_once_counts_once(alice: User) -> None:
    paste = make_paste(owner=alice, expires_at=datetime.now(UTC) + HOUR)
    token = reminders.token_for(paste)
    results = at_once([lambda: reminders.extend(token=token)] * 6)
    assert [result for result in results if isinstance(result, Exception)] == []
    end = paste.expires_at
    paste.refresh_from_db()
    assert end is not None
    assert paste.expires_at == end + reminders.LONGER
