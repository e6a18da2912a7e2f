"""Promise 9 and the rule for logs: an id in every line, and nothing in any that opens, names or quotes a paste."""

import io
import json
import logging
import logging.config
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import tokens
from accounts.models import Scope, TokenPair, User
from pastebin.logs import logging_config
from pastes import tasks
from pastes.domain import content, mailing, reminders, sharing
from pastes.models import File, Notification, Paste
from tests.access.table import rows_of_pastes
from tests.factories import client_for, publish, viewer_for

pytestmark = pytest.mark.django_db

TEXT = "a text that belongs in no log"
PASSWORD = "a password that belongs in no log"
TITLE = "a title that belongs in no log"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that the site would write at its most talkative, in production's form."""
    stream = io.StringIO()
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in sorted(logging.root.manager.loggerDict))]
    before = [(logger, logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    logging.config.dictConfig(logging_config(form="json", level="DEBUG"))
    (handler,) = (item for item in logging.getLogger().handlers if type(item) is logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    for logger, level, propagate, handlers in before:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers = handlers


def addresses(key: str) -> list[str]:
    args = {
        "pastes:part": [key, 0, 1],
        "pastes:paste_as": [key, "py"],
        "pastes:raw_file": [key, "name-of-a-file.txt"],
        "pastes:download_file": [key, "name-of-a-file.txt"],
        "pastes:revision": [key, 1],
        "pastes:diff": [key, 1, 1],
        "pastes:compare": [key, key],
        "pastes:revoke": [key, 1],
        **{f"pastes:comment{act}": [key, 1] for act in ("", "_edit", "_delete", "_vote", "_report")},
    }
    routes = {row.route for row in rows_of_pastes()} - {"pastes:shared", "pastes:extend", "pastes:delete"}
    return [reverse(route, args=args.get(route, [key])) for route in sorted(routes)]  # type: ignore[arg-type]


def walk(client: Client, key: str) -> None:
    """Every address of a paste, read, written and misused."""
    for url in addresses(key):
        client.get(f"{url}?line=9")
        client.post(url)
    client.put(f"/{key}")
    client.get(f"/{key}/nothing")
    client.get(f"/{key}/raw?revision=9")
    client.post(f"/{key}", {"password": PASSWORD})
    client.get(f"/{key}/raw", headers={"X-Paste-Password": PASSWORD, "Host": "evil.example"})


def test_it_writes_no_secret_address_token_password_or_text_in_any_line(log: io.StringIO, alice: User) -> None:
    published = publish(text=TEXT, name="name-of-a-file.txt", title=TITLE, visibility="unlisted", password=PASSWORD)
    private = publish(owner=alice, text=TEXT, name="name-of-a-file.txt", title=TITLE, visibility="private")
    link, share_token = sharing.make(paste=private.paste, viewer=viewer_for(alice))
    author, guest = client_for(), client_for()
    author.cookies["edit_token"] = published.edit_token
    guest.get(f"/s/{share_token}")
    guest.get(f"/s/{share_token}x")
    for client in (client_for(), author, guest, client_for(alice), Client(enforce_csrf_checks=True)):
        for key in (published.paste.key, private.paste.key):
            walk(client, key)
    client_for(alice).post(f"/{private.paste.key}/shares/{link.pk}/revoke")
    client_for(alice).delete(f"/{private.paste.key}")
    written = log.getvalue()
    assert '"event": "request"' in written
    secrets = {
        "unlisted key": published.paste.key,
        "private key": private.paste.key,
        "edit token": published.edit_token,
        "share token": share_token,
        "text": TEXT,
        "title": TITLE,
        "password": PASSWORD,
        "file name": "name-of-a-file",
        "token hash": link.token_hash,
    }
    leaks = {
        what: next(line for line in written.splitlines() if secret in line)
        for what, secret in secrets.items()
        if secret in written
    }
    assert leaks == {}


def test_it_writes_no_address_and_no_link_of_a_mail(log: io.StringIO, alice: User, settings: Settings) -> None:
    settings.SITE_URL = "https://paste.example.org"
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    now = timezone.now()
    paste = publish(
        owner=alice, text=TEXT, title=TITLE, visibility="unlisted", expires_at=now + timedelta(hours=9)
    ).paste
    Paste.objects.update(created=now - timedelta(days=9), updated=now - timedelta(days=9))
    tasks.remind_expiring()
    tokens = [mailing.token_for(alice), reminders.token_for(paste)]
    tasks.mail_notifications(list(Notification.objects.values_list("pk", flat=True)))
    Notification.objects.update(mailed_at=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", _refuses)
        tasks.mail_notifications(list(Notification.objects.values_list("pk", flat=True)))
    for url in (f"/mail/{tokens[0]}", f"/extend/{tokens[1]}"):
        for method in ("GET", "POST", "PUT"):
            client_for().generic(method, url)
            client_for().generic(method, f"{url}x")
    written = log.getvalue()
    assert "mail_refused" in written
    for secret in (*tokens, alice.email, paste.key, TITLE):
        assert secret not in written


def _refuses(backend: EmailBackend, messages: object) -> int:
    raise SMTPRecipientsRefused({"alice@example.org": (550, b"no such user")})


def test_it_writes_no_token_of_a_program(log: io.StringIO, alice: User) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    row, token = tokens.create(user=alice, name="gadget", scopes=[Scope.PASTE_READ])
    key = publish(owner=alice, text=TEXT, visibility="private").paste.key
    sent = {"username": "alice", "password": PASSWORD}
    meta = Client().post("/api/v1/auth/login", sent, content_type="application/json").json()["meta"]
    for _again in range(3):
        refresh = {"refresh_token": meta["refresh_token"]}
        Client().post("/api/v1/auth/refresh", refresh, content_type="application/json")
        TokenPair.objects.update(refreshed=timezone.now() - timedelta(hours=1))
    basic = b64encode(f"alice:{token}".encode()).decode()
    for value in (f"Bearer {token}", f"token {token}x", f"Basic {basic}", f"Bearer {meta['access_token']}"):
        for method in ("GET", "DELETE"):
            Client().generic(method, f"/{key}", headers={"authorization": value})
    written = log.getvalue()
    assert "refresh_token_reused" in written
    secrets = [token, basic, row.token_hash, PASSWORD, *(str(value) for name, value in meta.items() if "token" in name)]
    assert [secret for secret in secrets if secret in written] == []


def test_it_writes_none_when_things_fail(log: io.StringIO, request: pytest.FixtureRequest) -> None:
    published = publish(text=TEXT, name="name-of-a-file.txt", visibility="unlisted")
    request.getfixturevalue("store_down")
    client = Client(raise_request_exception=False, headers={"accept": "text/html"})
    client.cookies["edit_token"] = published.edit_token
    for tail in ("", "/raw", "/edit", "/diff/1..1"):
        client.get(f"/{published.paste.key}{tail}")
    monkeypatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setattr(content, "read", _fails)
    assert client.get(f"/{published.paste.key}/raw").status_code == 500
    written = log.getvalue()
    assert "object_store_failed" in written
    assert "RuntimeError" in written
    for secret in (published.paste.key, published.edit_token, TEXT):
        assert secret not in written


def _fails(file: File) -> bytes:
    raise RuntimeError


def test_it_has_the_id_of_the_request_in_every_line_of_it(log: io.StringIO) -> None:
    key = publish(text=TEXT, name="a.txt", visibility="unlisted").paste.key
    log.seek(0)
    log.truncate()
    responses = [client_for().get(f"/{key}"), client_for().get("/11111111111"), client_for().post("/recent")]
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {line["request_id"] for line in lines} == {response["X-Request-ID"] for response in responses}
    assert all(line["timestamp"] and line["level"] for line in lines)


def test_it_keeps_only_hashes_in_the_database(alice: User) -> None:
    published = publish(text=TEXT, name="a.txt", password=PASSWORD)
    _link, token = sharing.make(paste=published.paste, viewer=viewer_for(edit_token=published.edit_token))
    rows = [str(row) for row in [*Paste.objects.values(), *published.paste.share_links.values()]]
    for secret in (published.edit_token, token, PASSWORD, "203.0.113.7"):
        assert not any(secret in row for row in rows)
    assert settings.SESSION_COOKIE_HTTPONLY
