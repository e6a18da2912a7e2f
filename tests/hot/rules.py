"""Which requests are answered alike: the table that the site itself and nginx are both tested by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SHARED, OWN = "shared", "own"


@dataclass(frozen=True, slots=True)
class Rule:
    """A request for a public page, and how it is answered: as everybody's, or as its own by Django."""

    name: str
    answer: str
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    query: str = ""


RULES = [
    Rule("plain", SHARED),
    Rule("HEAD", SHARED, method="HEAD"),
    Rule("gzip", SHARED, {"Accept-Encoding": "gzip, deflate, br"}),
    Rule("no-gzip", SHARED, {"Accept-Encoding": "gzip;q=0, identity"}),
    Rule("curl", SHARED, {"Accept": "*/*", "User-Agent": "curl/8.0"}),
    Rule("JSON", SHARED, {"Accept": "application/json"}),
    Rule("forms-cookie", SHARED, {"Cookie": "csrftoken=abc"}),
    Rule("others-cookie", SHARED, {"Cookie": "_ga=GA1.2.3; theme=dark"}),
    Rule("language-cookie", SHARED, {"Cookie": "a=b; django_language=ru"}),
    Rule("if-modified-since-is-not-plain", OWN, {"If-Modified-Since": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    Rule("if-match", OWN, {"If-Match": '"abc"'}),
    Rule("if-unmodified-since", OWN, {"If-Unmodified-Since": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    Rule("range", OWN, {"Range": "bytes=0-9"}),
    Rule("if-range", OWN, {"If-Range": '"abc"'}),
    Rule("query", OWN, query="?line=1"),
    Rule("query-without-a-value", OWN, query="?x"),
    Rule("session", OWN, {"Cookie": "sessionid=of-somebody"}),
    Rule("session-among-others", OWN, {"Cookie": "a=b; sessionid=of-somebody; c=d"}),
    Rule("author", OWN, {"Cookie": "edit_token=abc"}),
    Rule("guest", OWN, {"Cookie": "share_token=abc"}),
    Rule("unlocked", OWN, {"Cookie": "unlocked=abc"}),
    Rule("authorization", OWN, {"Authorization": "Bearer pbt_x"}),
    Rule("empty-authorization", SHARED, {"Authorization": ""}),
    Rule("edit-token", OWN, {"X-Edit-Token": "abc"}),
    Rule("password", OWN, {"X-Paste-Password": "abc"}),
    Rule("htmx", OWN, {"HX-Request": "true"}),
    Rule("post", OWN, method="POST"),
    Rule("put", OWN, method="PUT"),
    Rule("options", OWN, method="OPTIONS"),
    Rule("unknown-host", OWN, {"Host": "evil.example"}),
]

COOKIE = "django_language"

LANGUAGES = [
    # Accept-Language, cookies, and what comes out.
    ("", "", "en"),
    ("ru", "", "ru"),
    ("RU-ru", "", "ru"),
    ("en-GB,en;q=0.5", "", "en"),
    ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "", "ru"),
    ("en-US,en;q=0.9,ru;q=0.8", "", "en"),
    ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "", "en"),
    ("de-DE,de;q=0.9,ru;q=0.8", "", "ru"),
    ("de,en;q=0.3,ru;q=0.8", "", "ru"),
    ("de,ru;q=0.3,en;q=0.8", "", "en"),
    ("en;q=0.3,ru;q=0.8", "", "ru"),
    ("ru;q=1.0, en;q=0.9", "", "ru"),
    ("ru;q=0.000", "", "ru"),
    ("en;q=0,ru;q=0", "", "en"),
    ("de,fr;q=0.5", "", "en"),
    ("*", "", "en"),
    ("*,ru", "", "en"),
    ("ru,*;q=0.1", "", "ru"),
    ("ru;q=2", "", "en"),
    ("ru;;", "", "en"),
    ("ru-", "", "en"),
    ("russian", "", "en"),
    ("rus", "", "en"),
    ("eng,ru;q=0.4", "", "ru"),
    ("ru , en", "", "ru"),
    ("x" * 490 + ",ru", "", "en"),
    ("de," * 170 + "ru", "", "en"),
    ("en", f"{COOKIE}=ru", "ru"),
    ("ru", f"a=b; {COOKIE}=en; c=d", "en"),
    ("ru", f"{COOKIE}=xx", "ru"),
    ("ru", f"{COOKIE}=", "ru"),
    ("en", f"{COOKIE}=ru-RU", "ru"),
    ("en", f'{COOKIE}="ru"', "ru"),
    ("en", f"{COOKIE}=en; {COOKIE}=ru", "ru"),
    ("en", f"my{COOKIE}=ru", "en"),
    ("en", f"{COOKIE.upper()}=ru", "en"),
    ("en", f"x={COOKIE}=ru", "en"),
    ("en", f"x;{COOKIE}=ru", "ru"),
]
