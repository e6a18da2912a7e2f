"""Promise 3: who gets what, on every address of the site."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from pastes.domain import reminders
from tests.access import gist_table
from tests.access.everybody import PASSWORD, Cast, ask, make_cast
from tests.access.table import EVERYBODY, KINDS, READERS, Row, rows_of_pastes, rows_of_the_site

pytestmark = pytest.mark.django_db

SENT: dict[tuple[str, str], dict[str, Any]] = {
    ("pastes:paste", "POST"): {"password": PASSWORD},
    ("pastes:open", "POST"): {"password": PASSWORD},
    ("pastes:raw", "POST"): {"password": PASSWORD},
    ("pastes:raw_file", "POST"): {"password": PASSWORD},
    ("pastes:download", "POST"): {"password": PASSWORD},
    ("pastes:download_file", "POST"): {"password": PASSWORD},
    ("pastes:document", "POST"): {"password": PASSWORD},
    ("pastes:haste_raw", "POST"): {"password": PASSWORD},
    ("pastes:documents", "POST"): {"content": "new"},
    ("pastes:dpaste", "POST"): {"content": "new"},
    ("pastes:dpaste_without_slash", "POST"): {"content": "new"},
    ("pastes:home", "POST"): {"content": "new", "filename": "new.txt"},
    ("pastes:language", "POST"): {"name": "a.py"},
    ("pastes:fork", "POST"): {"content": "mine now", "filename": "mine.txt"},
    ("pastes:edit", "POST"): {"content": "changed", "filename": "notes.txt", "base": "1"},
    ("pastes:expiry", "POST"): {"expiry": "1d"},
    ("pastes:redact", "POST"): {"text": "text of alice"},
    ("pastes:token", "POST"): {"token": "guessed"},
    ("pastes:shares", "POST"): {"label": "for Carol"},
    ("pastes:star", "POST"): {"on": "1"},
    ("pastes:like", "POST"): {"on": "1"},
    ("pastes:report", "POST"): {"category": "spam"},
    ("pastes:comment_report", "POST"): {"category": "abuse"},
    ("pastes:comments", "POST"): {"body": "Well said"},
    ("pastes:comment_edit", "POST"): {"body": "Better said"},
    ("pastes:comment_vote", "POST"): {"value": "1"},
    ("pastes:discussion", "POST"): {"open": "0"},
    ("accounts:settings", "POST"): {"name": "me"},
    ("accounts:webhooks", "POST"): {"name": "bot", "url": "https://bot.example/", "events": "paste.created"},
    ("accounts:webhook", "POST"): {"name": "bot", "url": "https://bot.example/", "events": "paste.created"},
    ("accounts:tokens", "POST"): {"name": "mine", "scopes": "paste:read", "expiry": "1d"},
}
"""The forms."""

ELSEWHERE = {
    "accounts:revoke_token": "/accounts/tokens/1/revoke",
    "accounts:revoke_pair": "/accounts/tokens/jwt/1/revoke",
    "account_confirm_email": "/accounts/confirm-email/never-sent/",
    "account_reset_password_from_key": "/accounts/password/reset/key/1-never-sent/",
    "mfa_remove_webauthn": "/accounts/2fa/webauthn/keys/1/remove/",
    "mfa_edit_webauthn": "/accounts/2fa/webauthn/keys/1/edit/",
    "openid_connect_login": "/accounts/oidc/none/login/",
    "openid_connect_callback": "/accounts/oidc/none/login/callback/",
    "pastes:stars_feed": "/stars/feed/1.0.forged",
    "pastes:tag": "/tags/python",
    "pastes:profile": "/u/alice",
    "pastes:tag_feed": "/tags/python.atom",
    "pastes:profile_feed": "/u/alice.atom",
    "upload": "/notes.txt",
    "pastes:notification": "/notifications/1",
    "pastes:mail": "/mail/1.forged",
}
"""Addresses with something in them that is not a paste's."""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def routes(resolver: URLResolver | None = None, namespace: str = "", prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every name, and the pattern of its address; the pattern is the name of what has none."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, inner, pattern)
        elif isinstance(entry, URLPattern):
            yield (f"{namespace}{entry.name}" if entry.name else pattern), pattern


def url_of(cast: Cast, row: Row, kind: str = "") -> str:
    if row.route in ELSEWHERE:
        return ELSEWHERE[row.route]
    if any(name == pattern == row.route for name, pattern in routes()):
        return f"/{row.route}"
    if not kind:
        hook, delivery = cast.delivery.webhook_id, cast.delivery.pk
        of_webhooks = {
            "accounts:webhook": [hook],
            "accounts:remove_webhook": [hook],
            "accounts:renew_webhook_secret": [hook],
            "accounts:ping_webhook": [hook],
            "accounts:redeliver_webhook": [hook, delivery],
        }
        return reverse(row.route, args=of_webhooks.get(row.route))
    key = cast.pastes[kind].key
    args: dict[str, list[Any]] = {
        "pastes:part": [key, 0, 1],
        "pastes:paste_as": [key, "py"],
        "pastes:raw_file": [key, "notes.txt"],
        "pastes:download_file": [key, "notes.txt"],
        "pastes:revision": [key, 1],
        "pastes:diff": [key, 1, 1],
        "pastes:compare": [key, cast.pastes["public"].key],
        "pastes:revoke": [key, cast.links[kind]],
        "pastes:shared": [cast.tokens[kind]],
        "pastes:extend": [reminders.token_for(cast.pastes[kind])],
        "pastes:comment": [key, cast.comments[kind]],
        "pastes:comment_edit": [key, cast.comments[kind]],
        "pastes:comment_delete": [key, cast.comments[kind]],
        "pastes:comment_vote": [key, cast.comments[kind]],
        "pastes:comment_report": [key, cast.comments[kind]],
    }
    return reverse(row.route, args=args.get(row.route, [key]))


def test_it_has_a_row_for_every_route() -> None:
    listed = {row.route for row in [*rows_of_pastes(), *rows_of_the_site(), *gist_table.rows()]}
    # The operations of the API have a table of their own: `test_api_table.py`.
    existing = {
        name for name, pattern in routes() if not pattern.startswith("admin/") and not name.startswith("api-v1")
    }
    assert existing == listed


@pytest.mark.parametrize("kind", KINDS)
def test_it_answers_everybody_about_every_kind_of_paste(cast: Cast, kind: str) -> None:
    answers, expected = {}, {}
    for row in rows_of_pastes():
        sent = SENT.get((row.route, row.method))
        for who in READERS[row.who]:
            answers[f"{row}: {who}"] = ask(cast, who, row.method, url_of(cast, row, kind), sent)
            expected[f"{row}: {who}"] = row.expected[kind]
    assert differences(answers, expected) == []


def test_it_answers_everybody_on_the_other_pages(cast: Cast) -> None:
    answers, expected = {}, {}
    for row in rows_of_the_site():
        sent = SENT.get((row.route, row.method))
        for who in EVERYBODY:
            answers[f"{row}: {who}"] = ask(cast, who, row.method, url_of(cast, row), sent)
            expected[f"{row}: {who}"] = row.expected[who]
    assert differences(answers, expected) == []


def test_it_answers_head_as_it_answers_get(cast: Cast) -> None:
    answers, expected = {}, {}
    for row in rows_of_pastes():
        if row.method == "GET" and "anonymous" in READERS[row.who]:
            for kind in KINDS:
                answers[f"{row}: {kind}"] = ask(cast, "anonymous", "HEAD", url_of(cast, row, kind))
                expected[f"{row}: {kind}"] = row.expected[kind]
    assert differences(answers, expected) == []


def test_an_expired_token_is_refused_wherever_tokens_are_taken(cast: Cast) -> None:
    """Promise 3. What is asked for makes no difference, so one kind of paste stands for all."""
    answers, expected = {}, {}
    for row in [*rows_of_pastes(), *rows_of_the_site()]:
        if row.route.startswith(("pastes:", "upload")):
            kind = "public" if row.who else ""
            answers[str(row)] = ask(cast, "expired token", row.method, url_of(cast, row, kind))
            expected[str(row)] = 401
    assert differences(answers, expected) == []


def test_a_read_only_token_reads_what_its_owner_reads_and_changes_nothing(cast: Cast) -> None:
    """Promise 3. No token opens an account's own pages, and reading pastes is not reading notifications."""
    answers, expected = {}, {}
    for row in rows_of_pastes():
        if row.who != "others":
            for kind in ("private", "deleted") if row.method == "GET" else ("private",):
                answers[f"{row}: {kind}"] = ask(cast, "read-only token", row.method, url_of(cast, row, kind))
                expected[f"{row}: {kind}"] = row.expected[kind] if row.method == "GET" else 403
    for row in rows_of_the_site():
        if row.route.startswith(("pastes:", "accounts:", "upload")):
            answers[str(row)] = ask(cast, "read-only token", row.method, url_of(cast, row))
            expected[str(row)] = (
                row.expected["anonymous"]
                if row.route.startswith("accounts:")
                else row.expected["owner"]
                if row.method == "GET" and row.route != "pastes:notifications"
                else 403
            )
    assert differences(answers, expected) == []


def differences(answers: dict[str, int], expected: dict[str, int]) -> list[str]:
    """What is not as the table says, in words: pytest would shorten two large dictionaries."""
    return [f"{what} got {answers[what]}, not {expected[what]}" for what in expected if answers[what] != expected[what]]


def test_it_lets_nobody_but_staff_into_the_admin(cast: Cast) -> None:
    patterns = {pattern for name, pattern in routes() if pattern.startswith("admin/")}
    open_to_all = {"admin/login/", "admin/logout/"}
    for pattern in sorted(patterns - open_to_all):
        url = "/" + pattern.replace("<path:object_id>", "1").replace("<id>", "1").replace("<path:content_type_id>", "1")
        url = url.replace("^(?P<app_label>", "").replace("(?P<url>.*)$", "anything").partition("|")[0].removesuffix("$")
        for who in ("anonymous", "stranger"):
            assert ask(cast, who, "GET", url) in {302, 404}, (who, url)


@pytest.mark.parametrize("pattern", ["admin/pastes/", "admin/accounts/"])
def test_it_shows_staff_without_permissions_no_table(cast: Cast, pattern: str) -> None:
    tables = {found for name, found in routes() if found.startswith(pattern) and "<" not in found}
    for table in tables:
        assert ask(cast, "staff", "GET", f"/{table}") == 403


def test_it_signs_nobody_in_for_an_address_of_one_paste() -> None:
    """Only the pages of an account ask to sign in; a paste that is not for somebody is not there."""
    assert settings.LOGIN_URL
    assert all(
        302 not in row.expected.values() or row.route in {"pastes:edit", "pastes:shared"} for row in rows_of_pastes()
    )
