"""What arrives in people's mailboxes: when they want it, in their language, once, and never to the wrong address."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as policy
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Mail, User
from pastes import tasks
from pastes.domain import discussion, notifications, reminders
from pastes.models import Comment, Notification, Paste
from tests.factories import client_for, make_paste, make_user, viewer_for

pytestmark = pytest.mark.django_db

SITE = "https://paste.example.org"

type Commit = Callable[[], AbstractContextManager[object]]
"""Runs, at its end, the tasks that were enqueued in it."""


@pytest.fixture(autouse=True)
def site_url(settings: Settings) -> None:
    """Let the site know where it is: without that it sends no mails."""
    settings.SITE_URL = SITE


@pytest.fixture
def commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Commit:
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def alice(db: None) -> User:
    return confirmed("alice")


def confirmed(name: str, **fields: object) -> User:
    """Somebody whose address is known to be theirs."""
    user = make_user(name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def wants(user: User, mail: Mail) -> None:
    User.objects.filter(pk=user.pk).update(mail=mail)


def say(paste: Paste, user: User, body: str = "Well done.") -> Comment:
    return discussion.create(paste=paste, viewer=viewer_for(user), body=body)


def about_to_expire(owner: User) -> Paste:
    now = timezone.now()
    paste = make_paste(owner=owner, name="build.log", expires_at=now + timedelta(hours=20))
    Paste.objects.filter(pk=paste.pk).update(created=now - timedelta(days=9), updated=now - timedelta(days=9))
    return paste


class TestAtOnce:
    def test_it_says_who_said_what_and_where(
        self, alice: User, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        paste = make_paste(owner=alice, title="Deploy notes")
        with commit():
            comment = say(paste, bob, "Line 3 is <wrong> & more.\n\nSee *there*.")
        [mail] = mailoutbox
        assert mail.to == ["alice@example.org"]
        assert mail.subject == "[Pastebin] bob commented on “Deploy notes”"
        address = f"{SITE}/{paste.key}/comments/{comment.pk}#comment-{comment.pk}"
        head, _, foot = str(mail.body).partition("\n-- \n")
        assert head == (
            "Hello alice,\n\nbob commented on “Deploy notes”:\n\n"
            f"> Line 3 is <wrong> & more.\n>\n> See *there*.\n\n{address}\n"
        )
        assert re.fullmatch(r"Pastebin\nhttps://paste.example.org/\n.*\nhttps://paste.example.org/mail/\S+\n", foot)

    def test_a_mail_program_finds_how_to_end_them(
        self, alice: User, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        with commit():
            say(make_paste(owner=alice), bob)
        [mail] = mailoutbox
        assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = mail.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(SITE)
        client_for(browser=False).post(address, {"List-Unsubscribe": "One-Click"})
        with commit():
            say(make_paste(owner=alice), bob)
        assert len(mailoutbox) == 1

    def test_names_and_texts_of_others_stay_in_their_places(
        self, alice: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        mallory = make_user("mallory")
        User.objects.filter(pk=mallory.pk).update(name="Mallory\r\nBcc: all@example.org\u202e")
        with commit():
            say(make_paste(owner=alice, title="A\u2028B" + "x" * 190), mallory, "\u202eone\r\ntwo " + "y" * 5_000)
        [mail] = mailoutbox
        parsed = message_from_bytes(mail.message().as_bytes(), policy=policy)
        assert parsed["Bcc"] is None
        assert parsed["To"] == "alice@example.org"
        assert "Mallory Bcc: all@example.org commented on" in mail.subject
        assert len(mail.subject) < 250
        body = str(mail.body)
        assert "\n> one\n> two\n> yyy" in body
        assert len(body) < 2_000
        for hidden in ("\u202e", "\u2028"):
            assert hidden not in mail.subject + body

    def test_it_speaks_the_language_of_its_reader(
        self, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        olga = confirmed("olga", language="ru")
        with commit():
            say(make_paste(owner=olga), bob)
        assert str(mailoutbox[0].body).startswith("Здравствуйте, olga")

    @pytest.mark.parametrize("reason", ["off", "daily", "unconfirmed", "second address", "no account", "no SITE_URL"])
    def test_it_sends_none_to_whoever_does_not_want_or_get_one(
        self, alice: User, bob: User, commit: Commit, mailoutbox: list[EmailMessage], settings: Settings, reason: str
    ) -> None:
        match reason:
            case "off" | "daily":
                wants(alice, Mail(reason))
            case "unconfirmed":
                EmailAddress.objects.update(verified=False)
            case "second address":
                EmailAddress.objects.update(primary=False)
            case "no account":
                User.objects.filter(pk=alice.pk).update(is_active=False)
            case _:
                settings.SITE_URL = ""
        with commit():
            say(make_paste(owner=alice), bob)
        tasks.mail_overdue()
        assert mailoutbox == []

    def test_it_sends_none_about_what_is_read_or_gone_meanwhile(
        self, alice: User, bob: User, mailoutbox: list[EmailMessage]
    ) -> None:
        paste, gone = make_paste(owner=alice), make_paste(owner=alice)
        say(paste, bob)
        say(gone, bob)
        notifications.mark_read(user=alice, only=Notification.objects.get(paste=paste).pk)
        Paste.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
        tasks.mail_notifications(list(Notification.objects.values_list("pk", flat=True)))
        assert mailoutbox == []

    def test_a_task_that_runs_twice_sends_one(self, alice: User, bob: User, mailoutbox: list[EmailMessage]) -> None:
        say(make_paste(owner=alice), bob)
        ids = list(Notification.objects.values_list("pk", flat=True))
        assert [tasks.mail_notifications(ids) for _twice in range(2)] == [1, 0]
        assert len(mailoutbox) == 1


class TestFailures:
    @pytest.fixture
    def waiting(self, alice: User, bob: User) -> list[int]:
        """The ids of two mails that should be out."""
        for _ in range(2):
            say(make_paste(owner=alice), bob)
        Notification.objects.update(created=timezone.now() - timedelta(minutes=10))
        return list(Notification.objects.order_by("pk").values_list("pk", flat=True))

    def fail(self, monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[int]:
        """Let the mail server fail so, every time; gives the list in which each time leaves a mark."""
        times: list[int] = []

        def send_messages(backend: EmailBackend, messages: object) -> int:
            times.append(1)
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
        return times

    @pytest.mark.parametrize(
        "error",
        [
            SMTPServerDisconnected("gone"),
            ConnectionRefusedError(),
            TimeoutError(),
            SMTPRecipientsRefused({"alice@example.org": (451, b"later")}),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_what_could_not_be_sent_is_sent_later(
        self, waiting: list[int], mailoutbox: list[EmailMessage], error: Exception
    ) -> None:
        with pytest.MonkeyPatch.context() as patch:
            times = self.fail(patch, error)
            assert tasks.mail_notifications(waiting) == 0
            assert len(times) == 1, "a server that is away is not asked for each mail"
        assert tasks.mail_overdue() == 2
        assert tasks.mail_overdue() == 0
        assert len(mailoutbox) == 2

    @pytest.mark.parametrize(
        "error",
        [SMTPRecipientsRefused({"alice@example.org": (550, b"no such user")}), SMTPDataError(554, b"no")],
        ids=["recipient", "text"],
    )
    def test_what_is_refused_for_good_is_not_sent_again(
        self, waiting: list[int], caplog: pytest.LogCaptureFixture, error: Exception
    ) -> None:
        with pytest.MonkeyPatch.context() as patch:
            times = self.fail(patch, error)
            assert tasks.mail_notifications(waiting) == 0
            assert len(times) == 2, "the next one may be for somebody else"
        assert tasks.mail_overdue() == 0
        assert "mail_refused" in caplog.text
        assert "alice@example.org" not in caplog.text

    @pytest.mark.usefixtures("waiting")
    def test_it_gives_up_after_a_day(self) -> None:
        Notification.objects.update(created=timezone.now() - timedelta(hours=25))
        assert tasks.mail_overdue() == 0
        Notification.objects.update(created=timezone.now() - timedelta(hours=23))
        assert tasks.mail_overdue() == 2


class TestDaily:
    @pytest.fixture
    def alice(self) -> User:
        return confirmed("alice", mail=Mail.DAILY)

    def test_it_is_one_mail_with_all_of_it_and_comes_once(
        self, alice: User, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        paste = make_paste(owner=alice, title="Deploy notes")
        say(paste, bob, "One")
        say(paste, bob, "Two")
        for _twice in range(2):
            with commit():
                tasks.mail_digests()
        [mail] = mailoutbox
        assert mail.subject == "[Pastebin] 2 notifications"
        body = str(mail.body)
        assert body.count("* bob commented on “Deploy notes”:\n> ") == 2
        assert body.index("> One") < body.index("> Two")
        assert body.count(f"{SITE}/{paste.key}/comments/") == 2

    def test_a_single_thing_is_told_as_at_once(
        self, alice: User, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        say(make_paste(owner=alice, title="Deploy notes"), bob)
        with commit():
            tasks.mail_digests()
        assert mailoutbox[0].subject == "[Pastebin] bob commented on “Deploy notes”"

    def test_what_is_read_or_old_is_in_none(
        self, alice: User, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        paste = make_paste(owner=alice)
        say(paste, bob, "Read")
        notifications.mark_read(user=alice)
        say(paste, bob, "Old")
        Notification.objects.filter(read_at=None).update(created=timezone.now() - timedelta(days=3))
        with commit():
            assert tasks.mail_digests() == 0
        assert mailoutbox == []

    def test_what_could_not_be_sent_is_in_the_next(
        self, alice: User, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        say(make_paste(owner=alice), bob)
        with pytest.MonkeyPatch.context() as patch:
            TestFailures().fail(patch, ConnectionRefusedError())
            with commit():
                tasks.mail_digests()
        assert mailoutbox == []
        with commit():
            tasks.mail_digests()
        assert len(mailoutbox) == 1

    def test_many_people_get_theirs_in_bounded_tasks(
        self, bob: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        people = [confirmed(f"person{number}", mail=Mail.DAILY) for number in range(23)]
        for user in people:
            notifications.tell(users=[user], kind=notifications.Kind.MODERATION, event="one", actor=bob)
        with commit():
            assert tasks.mail_digests() == 23
        assert {mail.to[0] for mail in mailoutbox} == {user.email for user in people}


class TestExpiry:
    @pytest.mark.parametrize("mail", [Mail.AT_ONCE, Mail.DAILY])
    def test_it_comes_at_once_for_a_daily_one_might_be_too_late(
        self, alice: User, commit: Commit, mailoutbox: list[EmailMessage], mail: Mail
    ) -> None:
        wants(alice, mail)
        paste = about_to_expire(alice)
        with commit():
            tasks.remind_expiring()
        [sent] = mailoutbox
        assert sent.subject == "[Pastebin] “build.log” is about to expire"
        body = str(sent.body)
        assert f"your paste “build.log” expires on {paste.expires_at:%Y-%m-%d %H:%M} UTC." in body
        address = re.search(rf"{SITE}(/extend/\S+)\n", body)
        assert address
        client = client_for()
        assert "Keep it 30 days longer" in client.get(address[1]).text
        client.post(address[1])
        end = paste.expires_at
        paste.refresh_from_db()
        assert end is not None
        assert paste.expires_at == end + reminders.LONGER

    def test_it_comes_to_nobody_who_wants_none_or_has_kept_the_paste(
        self, alice: User, commit: Commit, mailoutbox: list[EmailMessage]
    ) -> None:
        kept = about_to_expire(alice)
        tasks.remind_expiring()
        reminders.extend(token=reminders.token_for(kept))
        wants(alice, Mail.OFF)
        about_to_expire(alice)
        with commit():
            tasks.remind_expiring()
        tasks.mail_notifications(list(Notification.objects.values_list("pk", flat=True)))
        assert mailoutbox == []
