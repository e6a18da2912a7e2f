"""A mail server that does not answer holds nobody up for long, and fails no page."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from accounts.adapter import MAIL_FAILED
from accounts.models import User
from pastebin import mail
from pastes.breaker import Breaker
from tests.factories import client_for, make_user
from tests.services.mail import mail_server
from tests.services.process import LOOPBACK

pytestmark = pytest.mark.django_db

TIMEOUT = 0.5


@pytest.fixture(autouse=True)
def breaker(monkeypatch: pytest.MonkeyPatch) -> Breaker:
    fresh = Breaker(failures=1, seconds=0.5)
    monkeypatch.setattr(mail, "breaker", fresh)
    return fresh


def send_to(settings: Settings, port: int) -> None:
    options = {"host": LOOPBACK, "port": port, "timeout": TIMEOUT}
    settings.MAILERS = {"default": {"BACKEND": "pastebin.mail.EmailBackend", "OPTIONS": options}}


@pytest.fixture
def hanging(settings: Settings) -> Iterator[None]:
    """A server that takes connections and says nothing."""
    with closing(socket.create_server((LOOPBACK, 0))) as server:
        send_to(settings, server.getsockname()[1])
        yield


def seconds_of_sending() -> float:
    began = time.monotonic()
    with pytest.raises(OSError):  # noqa: PT011 # smtplib raises any of them
        EmailMessage("Subject", "Body", to=["alice@example.org"]).send()
    return time.monotonic() - began


@pytest.mark.usefixtures("hanging")
def test_only_the_first_waits_for_it() -> None:
    assert seconds_of_sending() >= TIMEOUT
    assert seconds_of_sending() < TIMEOUT / 2


def test_it_is_found_again_by_itself(settings: Settings, breaker: Breaker) -> None:
    with mail_server() as server:
        send_to(settings, server.port)
        breaker.failed()
        assert seconds_of_sending() < TIMEOUT
        time.sleep(0.6)
        EmailMessage("Subject", "Body", to=["alice@example.org"]).send()
        EmailMessage("Subject", "Body", to=["alice@example.org"]).send()
        assert len(server.mails) == 2


@pytest.mark.usefixtures("hanging")
def test_who_signs_up_has_an_account_and_is_told_that_no_mail_came() -> None:
    fields = {
        "username": "alice",
        "email": "alice@example.org",
        "password1": "w8-for-it-now",
        "password2": "w8-for-it-now",
    }
    answer = client_for().post("/accounts/signup/", fields, follow=True)
    assert answer.status_code == 200
    assert str(MAIL_FAILED) in answer.text
    assert User.objects.filter(username="alice").exists()


@pytest.mark.usefixtures("hanging")
def test_who_forgot_a_password_is_told_so_too() -> None:
    make_user("alice")
    answer = client_for().post("/accounts/password/reset/", {"email": "alice@example.org"}, follow=True)
    assert answer.status_code == 200
    assert str(MAIL_FAILED) in answer.text
