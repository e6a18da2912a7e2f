"""Credentials are known by their shape, and examples of them are not taken for any."""

import base64
import hashlib
import random
import time
from collections.abc import Callable

import pytest

from accounts import tokens
from pastes import spotting

BASE62 = tokens.ALPHABET
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
HEX = "0123456789abcdef"


def by_chance(length: int, alphabet: str = BASE62, *, seed: str = "") -> str:
    """The same characters every time. No token stands in this file, so that nobody who scans it finds any."""
    chance = random.Random(f"{seed}{length}{len(alphabet)}")
    return "".join(chance.choice(alphabet) for _character in range(length))


def own_token() -> str:
    body = by_chance(tokens.RANDOM_CHARACTERS)
    return f"{tokens.PREFIX}{body}{tokens._checksum(body)}"


def json_web_token() -> str:
    parts = [base64.urlsafe_b64encode(text).rstrip(b"=").decode() for text in (b'{"alg":"HS256"}', b'{"sub":"alice"}')]
    return ".".join([*parts, by_chance(43)])


def private_key(kind: str = "") -> str:
    body = base64.encodebytes(hashlib.shake_256(b"alice").digest(600)).decode()
    dashes = "-" * 5
    return f"{dashes}BEGIN {kind}PRIVATE KEY{dashes}\n{body}{dashes}END {kind}PRIVATE KEY{dashes}\n"


REAL = {
    "aws_access_key_id": "AK" + "IA" + by_chance(16, BASE32),
    "github_token": "gh" + "p_" + by_chance(36),
    "gitlab_token": "glp" + "at-" + by_chance(20),
    "slack_token": "xo" + "xb-" + by_chance(12, "123456789") + "-" + by_chance(24),
    "slack_webhook": "https://hooks.slack.com/services/" + "/".join(["T0ALICE123", "B0ALICE456", by_chance(24)]),
    "stripe_key": "sk_" + "live_" + by_chance(24),
    "google_api_key": "AI" + "za" + by_chance(35),
    "openai_key": "sk" + "-proj-" + by_chance(60),
    "anthropic_key": "sk" + "-ant-api03-" + by_chance(90),
    "npm_token": "np" + "m_" + by_chance(36),
    "pypi_token": "pyp" + "i-AgE" + by_chance(120),
    "sendgrid_key": "S" + "G." + by_chance(22) + "." + by_chance(43),
    "telegram_bot_token": by_chance(9, "123456789") + ":A" + "A" + by_chance(33),
    "twilio_key": "S" + "K" + by_chance(32, HEX),
    "json_web_token": json_web_token(),
    "access_token": own_token(),
    "private_key": private_key("RSA "),
    "password_in_url": "postgres://alice:" + by_chance(14) + "@db.internal:5432/app",
}
OTHERS = [
    ("aws_access_key_id", "AS" + "IA" + by_chance(16, BASE32)),
    *(("github_token", f"gh{letter}_{by_chance(36)}") for letter in "ousr"),
    ("github_token", "github" + "_pat_" + by_chance(22) + "_" + by_chance(59)),
    *(("slack_token", f"xox{letter}-{by_chance(12, '123456789')}-{by_chance(24)}") for letter in "aprs"),
    ("stripe_key", "rk_" + "live_" + by_chance(24)),
    ("openai_key", "sk" + "-" + by_chance(48)),
    ("private_key", private_key()),
    ("private_key", private_key("OPENSSH ")),
    ("private_key", private_key("EC ").replace("\n", "\\n")),
    ("private_key", private_key("RSA ").partition("-----END")[0]),
    ("password_in_url", "redis://:" + by_chance(20) + "@cache.internal/0"),
    ("password_in_url", "https://alice:" + by_chance(20) + "@git.alice.dev/x.git"),
]

ORDINARY = [
    "AK" + "IAIOSFODNN7EXAMPLE",  # in Amazon's own documentation
    "AK" + "IA" + "X" * 16,
    "gh" + "p_" + "x" * 36,
    "gh" + "p_" + "0" * 36,
    "sk_" + "test_" + by_chance(24),
    "my-task-" + by_chance(40, HEX),
    "npm_config_registry_of_this_whole_organisation=1",
    "https://hooks.slack.com/services/T" + "0" * 8 + "/B" + "0" * 8 + "/" + "X" * 24,
    "postgres://user:password@host/db",
    "postgres://alice:${DB_PASSWORD}@db.internal/app",
    "postgres://alice:<password>@db.internal/app",
    "postgres://alice:********@db.internal/app",
    "postgres://alice:{password}@db.internal/app",
    "postgres://alice:" + by_chance(14) + "@localhost/app",
    "https://alice:" + by_chance(14) + "@example.com/",
    "postgres://application:application@db.internal/app",
    "https://example.org/a:b@c and alice@example.org",
    "cvs://:pserver:anoncvs@cvs.internal:/src",
    "http://[::1]:8000/@alice/http://x:y@z",
    "-----BEGIN " + "PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----",
    "-----BEGIN " + "PUBLIC KEY-----\n" + by_chance(64) + "\n-----END PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----\n" + by_chance(64) + "\n-----END CERTIFICATE-----",
    own_token()[:-1] + "!",
    own_token()[:-6] + "000000",  # its checksum is not right
    ".".join(json_web_token().split(".")[:2]),
    "sha256:" + by_chance(64, HEX),
    "password = hunter2",
    "",
]


@pytest.mark.parametrize(("kind", "secret"), [*REAL.items(), *OTHERS])
def test_a_credential_is_found_wherever_it_stands(kind: str, secret: str) -> None:
    for around in ("{}", 'token = "{}"\n', "Привет {} мир", "a\r\nexport KEY={}\r\nb", "<b>{}</b>"):
        found = spotting.find(around.replace("{}", secret))
        assert [leak.kind.code for leak in found] == [kind]


@pytest.mark.parametrize("text", ORDINARY)
def test_examples_and_ordinary_texts_have_none(text: str) -> None:
    assert spotting.find(f'key = "{text}"\n') == []


@pytest.mark.parametrize(("kind", "secret"), [*REAL.items(), *OTHERS])
def test_what_was_redacted_has_none_any_more_and_the_rest_stays(kind: str, secret: str) -> None:
    text = f"first\r\n{secret}\r\nlast"

    redacted = spotting.redact(text, spotting.find(text))

    assert spotting.find(redacted) == []
    assert spotting.REDACTED in redacted
    assert redacted.startswith("first\r\n")
    assert redacted.endswith("last")


def test_a_redacted_private_key_keeps_its_first_and_last_line() -> None:
    key = private_key("RSA ")

    lines = spotting.redact(key, spotting.find(key)).splitlines()

    assert lines == [key.splitlines()[0], spotting.REDACTED, key.splitlines()[-1]]


def test_a_redacted_address_keeps_all_but_the_password() -> None:
    text = REAL["password_in_url"]

    assert spotting.redact(text, spotting.find(text)) == f"postgres://alice:{spotting.REDACTED}@db.internal:5432/app"


def test_the_secret_beside_an_aws_key_is_found_with_it() -> None:
    secret = by_chance(40)
    text = f"[default]\naws_access_key_id = {REAL['aws_access_key_id']}\naws_secret_access_key = {secret}\n"

    found = spotting.find(text)

    assert [leak.kind.code for leak in found] == ["aws_access_key_id", "aws_secret_access_key"]
    assert secret not in spotting.redact(text, found)
    assert spotting.find(f"commit {secret}\n") == [], "alone it could be anything"


def test_what_is_shown_of_a_credential_is_four_characters() -> None:
    for kind, secret in [*REAL.items(), *OTHERS]:
        (leak,) = spotting.find(secret)
        assert leak.value[5:] not in leak.preview, kind
        assert leak.value not in repr(leak), kind


HOSTILE: list[Callable[[int], str]] = [
    lambda size: "gh" + "p_" * (size // 2),
    lambda size: ("gh" + "p_" + "a" * 35 + " ") * (size // 40),
    lambda size: "eyJ" * (size // 3),
    lambda size: "eyJaaaaaaaaaaa." * (size // 15),
    lambda size: "eyJ" + "a" * size,
    lambda size: "-----BEGIN " * (size // 11) + "PRIVATE KEY-----",
    lambda size: "-----BEGIN PRIVATE KEY-----" * (size // 27),
    lambda size: "-----BEGIN PRIVATE KEY-----\n" + "a-" * (size // 2),
    lambda size: "://" + "a" * size + "@",
    lambda size: "://a:" * (size // 5) + "@",
    lambda size: "://a:b@" * (size // 7),
    lambda size: ":" * size + "@://",
    lambda size: "1" * size + ":A" + "A" + "b" * 40,
    lambda size: "sk-" * (size // 3),
    lambda size: "sk" + "-ant-" + "a-" * (size // 2),
    lambda size: "J" * size,
    lambda size: "_" * size,
    lambda size: "_aaaaaaaaaaaaaaaaaaa" * (size // 20),
    lambda size: ("AK" + "IA" + BASE32[:16]) * (size // 20),
    lambda size: f"{REAL['aws_access_key_id']} " * (size // 21),
]


@pytest.mark.parametrize("make", HOSTILE)
def test_no_text_takes_long(make: Callable[[int], str]) -> None:
    text = make(300_000)

    began = time.process_time()
    spotting.find(text)

    assert time.process_time() - began < 1
