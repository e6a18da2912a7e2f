"""Mails really go out: from a door through the queue and a worker to a mail server."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django_q.models import Failure
from pytest_django import Settings

from accounts.models import Mail, User
from pastes import queue
from pastes.models import Notification
from tests.factories import client_for, make_paste, make_user
from tests.services.mail import MailServer, mail_server
from tests.services.process import wait_until
from tests.services.worker import worker

pytestmark = [pytest.mark.worker]

SITE = "https://paste.example.org"


@pytest.fixture(scope="module")
def mailbox() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def running_worker(django_db_setup: None, mailbox: MailServer) -> Iterator[int]:
    """A worker that knows the site's address and a mail server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_URL", SITE)
        patch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{mailbox.port}")
        with worker(database=str(connection.settings_dict["NAME"])) as pid:
            yield pid


@pytest.fixture(autouse=True)
def site_url(settings: Settings, mailbox: MailServer) -> None:
    settings.SITE_URL = SITE
    mailbox.mails.clear()


def confirmed(name: str, **fields: object) -> User:
    user = make_user(name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def arrived(mailbox: MailServer, count: int) -> None:
    wait_until(lambda: len(mailbox.mails) >= count, seconds=20, what="the mail")
    assert not Failure.objects.exists()


def test_a_comment_is_a_mail_a_moment_later(mailbox: MailServer) -> None:
    paste = make_paste(owner=confirmed("alice"), title="Deploy notes — Ж")
    client_for(make_user("bob")).post(f"/{paste.key}/comments", {"body": "Line 3 is wrong."})
    arrived(mailbox, 1)
    [mail] = mailbox.mails
    assert mail["To"] == "alice@example.org"
    assert mail["Subject"] == "[Pastebin] bob commented on “Deploy notes — Ж”"
    assert mail["List-Unsubscribe"].startswith(f"<{SITE}/mail/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "> Line 3 is wrong." in mail.get_content()
    assert Notification.objects.get().mailed_at is not None


def test_a_daily_mail_comes_when_the_schedule_says(mailbox: MailServer) -> None:
    paste = make_paste(owner=confirmed("alice", mail=Mail.DAILY))
    bob = client_for(make_user("bob"))
    for body in ("One", "Two"):
        bob.post(f"/{paste.key}/comments", {"body": body})
    queue.later("mail_digests")
    arrived(mailbox, 1)
    assert mailbox.mails[0]["Subject"] == "[Pastebin] 2 notifications"
