"""Finding credentials in a text by their shape: keys and tokens that their makers made to be recognised.

Only shapes that ordinary texts practically never have are looked for, and what is plainly an example is none. Most
texts have nothing of the kind, so a kind's pattern runs only where what it cannot do without is there. No pattern goes
back over what it has read, so that the time grows with the text and not faster, whatever somebody sends.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import tokens

REDACTED = "[redacted]"
"""In no language: whoever reads the paste knows the word, and programs can look for it."""

DOTS = "••••"
SHOWN = 4
"""Characters of a token that its author is reminded of it by."""

FEWEST_DIFFERENT = 8
"""Characters in a token made by chance; what has fewer different ones was typed by somebody who needed an example."""

EXAMPLES = (
    "example", "xxxx", "....", "****", "1234567890", "0123456789", "abcdefgh", "placeholder", "redacted", "dummy",
    "changeme", "notareal", "your_", "your-", "yourtoken", "yourkey", "sflkxwrjsmekkf2qt4fwpmejf36pok6y",
)  # fmt: skip
"""In lower case; the last is from the token with which every explanation of JSON Web Tokens begins."""

EXAMPLE_PASSWORDS = frozenset(
    [
        "admin",
        "changeme",
        "dbpass",
        "dbpassword",
        "guest",
        "hunter2",
        "letmein",
        "mypass",
        "mypassword",
        "mysecretpassword",
        "passphrase",
        "passwd",
        "password",
        "password1",
        "postgres",
        "qwerty",
        "rabbitmq",
        "s3cr3t",
        "secret",
        "secret123",
        "string",
        "username",
    ]
)
EXAMPLE_HOST = re.compile(
    r"(?:localhost|host(?:name)?|server|127\.[\d.]+|0\.0\.0\.0|\[::1\]|(?:[a-z0-9-]{1,63}\.){0,5}(?:example(?:\.[a-z]{2,5})?|test|invalid|localhost))"
    r"(?![\w.-])",
    re.IGNORECASE,
)
TEMPLATE = re.compile(r"^[$<%\[(]|[{}\\|…]|\*\*\*|\.\.\.")
"""What stands where a program will write a password, and what a regular expression has there."""

SHORTEST_PASSWORD = 6
SHORTEST = len("://:@x") + SHORTEST_PASSWORD
"""Characters of a text that can have anything in it: most titles and descriptions are empty."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of credential. The group ``value`` of ``pattern`` is what must not be published."""

    code: str
    label: str | Promise
    pattern: re.Pattern[str]
    is_real: Callable[[re.Match[str]], bool]


@dataclass(frozen=True, slots=True)
class Leak:
    """Where a credential stands in a text. ``preview`` is what may be shown of it; ``value`` is for nobody's eyes."""

    kind: Kind
    start: int
    end: int
    preview: str
    value: str = field(repr=False)


def find(text: str, *, known: Container[str] = (), most: int | None = None) -> list[Leak]:
    """The credentials in ``text``, in their order, none inside another.

    Args:
        text: any.
        known: those that are not looked for.
        most: about so many are enough; None is all.
    """
    if len(text) < SHORTEST:
        return []
    new = (leak for leak in _all(text) if leak.value not in known)
    found = sorted(islice(new, most), key=lambda leak: (leak.start, -leak.end))
    result: list[Leak] = []
    for leak in found:
        if not result or leak.start >= result[-1].end:
            result.append(leak)
    return result


def redact(text: str, leaks: Iterable[Leak]) -> str:
    """The text with `REDACTED` in the place of ``leaks``, which are in their order; line ends stay."""
    pieces: list[str] = []
    position = 0
    for leak in leaks:
        value = leak.value
        before, after = (value[: len(value) - len(value.lstrip())], value[len(value.rstrip()) :])
        pieces += [text[position : leak.start], before, REDACTED, after]
        position = leak.end
    return "".join([*pieces, text[position:]])


def _looks_random(match: re.Match[str]) -> bool:
    return is_random(match["value"])


def is_random(value: str) -> bool:
    """Whether a token looks made by chance, and not written as an example."""
    folded = value.casefold()
    return len(set(value[4:])) >= FEWEST_DIFFERENT and not any(word in folded for word in EXAMPLES)


def _has_digits(match: re.Match[str]) -> bool:
    return is_random(match["value"]) and any(character.isdigit() for character in match["value"])


def _is_key(match: re.Match[str]) -> bool:
    """Whether a private key has a body, and not only the words around it."""
    return bool(KEY_LINE.search(match["value"])) and len(set(match["value"])) > 2 * FEWEST_DIFFERENT


def _is_own(match: re.Match[str]) -> bool:
    return tokens.looks_like_one(match["value"])


def _is_password(match: re.Match[str]) -> bool:
    user, password = match["user"], match["value"]
    folded = password.casefold()
    return (
        len(password) >= SHORTEST_PASSWORD
        and len(set(folded)) > 3
        and folded not in EXAMPLE_PASSWORDS
        and folded != user.casefold()
        and not TEMPLATE.search(password)
        and not TEMPLATE.search(user)
        and not any(word in folded for word in EXAMPLES)
        and not any(word in folded for word in ("password", "passwd"))
        and not EXAMPLE_HOST.match(match.string, match.end())
    )


KEY_LINE = re.compile(r"[A-Za-z0-9+/]{40}")
NEAR = 300
"""Characters around the name of a key in which its other half is looked for."""


def _token(
    code: str, label: str | Promise, start: str, rest: str, is_real: Callable[[re.Match[str]], bool] = _looks_random
) -> Kind:
    """A token that begins with ``start`` and goes on with ``rest``, and is no part of a longer word.

    What stands before ``start`` is looked at behind it: a pattern is found fastest when it begins with characters.
    """
    width = len(re.sub(r"\[[^]]*\]|\\.", ".", start))
    whole = rf"(?P<value>{start}(?<![A-Za-z0-9]{'.' * width}){rest})(?![A-Za-z0-9])"
    return Kind(code, label, re.compile(whole), is_real)


AWS_ID = _token("aws_access_key_id", _("AWS access key ID"), "A[KS]IA", r"[A-Z2-7]{16}")
AWS_SECRET = Kind(
    "aws_secret_access_key",
    _("AWS secret access key"),
    re.compile(r"(?<![A-Za-z0-9/+=])(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"),
    _has_digits,
)
GOOGLE = _token("google_api_key", _("Google API key"), "AIza", r"[A-Za-z0-9_-]{35}")
SENDGRID = _token("sendgrid_key", _("SendGrid key"), r"SG\.", r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")
TWILIO = _token("twilio_key", _("Twilio key"), "SK", r"[0-9a-f]{32}")
TELEGRAM = Kind(
    "telegram_bot_token",
    _("Telegram bot token"),
    re.compile(r"(?:(?<![\w:])|(?<=/bot))(?P<value>\d{8,10}:AA[A-Za-z0-9_-]{33})(?![\w-])"),
    _looks_random,
)
JWT = Kind(
    "json_web_token",
    _("JSON Web Token"),
    re.compile(r"(?P<value>eyJ(?<![\w-]eyJ)[\w-]{10,}+\.eyJ[\w-]{10,}+\.[\w-]{16,}+)", re.ASCII),
    _looks_random,
)
PRIVATE_KEY = Kind(
    "private_key",
    _("private key"),
    re.compile(
        r"-----BEGIN (?P<shown>(?:[A-Z0-9]{1,20} ){0,4}?PRIVATE KEY)(?: BLOCK)?-----"
        r"(?P<value>(?:[^-]++|-(?!----)){1,20000}+(?=-----END)|(?:(?:\s|\\[nr])*+[A-Za-z0-9+/=]{20,}+)++)"
    ),
    _is_key,
)
URL = Kind(
    "password_in_url",
    _("password in a URL"),
    re.compile(r"://(?P<shown>(?P<user>[^\s/?#:@\"'<>`]{0,100}+):)(?P<value>[^\s/?#:@\"'<>`]{1,200}+)@(?=[\w\[])"),
    _is_password,
)
SLACK_HOOK = Kind(
    "slack_webhook",
    _("Slack webhook"),
    re.compile(
        r"://hooks\.slack\.com/(?:services|triggers|workflows)/(?P<value>[A-Z0-9]{8,14}/[A-Z0-9]{8,14}/[A-Za-z0-9]{20,40})"
    ),
    lambda match: is_random(match["value"].rpartition("/")[2]),
)

UNDERSCORE = (
    _token("github_token", _("GitHub token"), "gh[pousr]_", r"[A-Za-z0-9]{36,255}+"),
    _token("github_token", _("GitHub token"), "github_pat_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _token("stripe_key", _("Stripe key"), "[sr]k_live_", r"[A-Za-z0-9]{20,250}+"),
    _token("npm_token", _("npm token"), "npm_", r"[A-Za-z0-9]{36}"),
    _token("access_token", _("access token of this site"), "pbt_", r"[A-Za-z0-9]{49}", _is_own),
)
DASH = (
    _token("gitlab_token", _("GitLab token"), "glpat-", r"[A-Za-z0-9_.-]{20,300}+", _has_digits),
    _token("slack_token", _("Slack token"), "xox[abprs]-", r"[A-Za-z0-9-]{20,250}+", _has_digits),
    _token("anthropic_key", _("Anthropic key"), "sk-ant-", r"[a-z0-9]{3,12}-[A-Za-z0-9_-]{40,250}+", _has_digits),
    _token(
        "openai_key",
        _("OpenAI key"),
        "sk-",
        r"(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,250}+|[A-Za-z0-9]{32,64}+)",
        _has_digits,
    ),
    _token("pypi_token", _("PyPI token"), "pypi-AgE", r"[A-Za-z0-9_-]{50,1000}+"),
)

GATES = (
    (re.compile(r"A(?:KIA|SIA|Iza)[A-Za-z0-9_-]{16}"), (AWS_ID, GOOGLE)),
    (re.compile(r"S(?:G\.[A-Za-z0-9_-]{22}|K[0-9a-f]{32})"), (SENDGRID, TWILIO)),
    (re.compile(r":(?:AA[A-Za-z0-9_-]{33}|//hooks\.slack\.com/)"), (TELEGRAM, SLACK_HOOK)),
    (re.compile(r"J[A-Za-z0-9_-]{10}"), (JWT,)),
    (re.compile(r"_[A-Za-z0-9]{20}"), UNDERSCORE),
    (
        re.compile(
            r"-[A-Za-z0-9]{3}(?:(?<=lpat-...)|(?<=xox[abprs]-...)|(?<=sk-...)(?<![A-Za-z0-9]sk-...)|(?<=pypi-AgE))"
        ),
        DASH,
    ),
)
"""A first look, with what each kind cannot do without. It begins with one character, which Python looks for fastest."""


def _all(text: str) -> Iterator[Leak]:
    for gate, kinds in GATES:
        if gate.search(text):
            for kind in kinds:
                yield from _of(kind, text)
    if "@" in text:
        yield from _of(URL, text)
    if "PRIVATE KEY-----" in text:
        yield from _of(PRIVATE_KEY, text)


def _of(kind: Kind, text: str) -> Iterator[Leak]:
    behind = 0
    for match in kind.pattern.finditer(text):
        if kind.is_real(match):
            yield _leak(kind, match)
            if kind is AWS_ID:
                yield from _other_halves(match, behind)
                behind = match.end() + NEAR


def _other_halves(match: re.Match[str], behind: int) -> Iterator[Leak]:
    """The secret keys that stand near an AWS access key ID, and not before ``behind``; alone they have no shape."""
    for other in AWS_SECRET.pattern.finditer(match.string, max(behind, match.start() - NEAR), match.end() + NEAR):
        if AWS_SECRET.is_real(other):
            yield _leak(AWS_SECRET, other)


def _leak(kind: Kind, match: re.Match[str]) -> Leak:
    shown = match.groupdict().get("shown") or match["value"][:SHOWN]
    return Leak(kind, match.start("value"), match.end("value"), f"{shown}{DOTS}", match["value"])
