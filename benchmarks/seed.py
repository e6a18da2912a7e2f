"""What the cases need to be there: pastes and an account, made through the site's own door, as people make them."""

import graphlib
import re
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.stack import Stack
from tests.services import production

COLD_PASTES = 400
"""Pastes that are read in turn while the cache is emptied, each with a text of its own: equal texts share what is
highlighted."""

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
"""What a browser accepts; who does not is taken for a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What there is.

    Attributes:
        text: real code of about 10 kB, with ``@number@`` in its first line.
        hot: the address of one paste, from ``/`` on.
        cold: addresses of others.
        cookie: what a signed-in browser sends.
        page: the hot page as an anonymous reader gets it.
        packed: the same as it is sent to a reader who takes gzip.
        note: the address of the row that the baseline project reads.
    """

    text: bytes
    hot: str
    cold: Sequence[str]
    cookie: str
    page: bytes
    packed: bytes
    note: str


def seed(stack: Stack, *, cold: int = COLD_PASTES) -> Seeded:
    """Publish, ``cold`` pastes that are read in turn among it, sign up, and look at the hot page.

    Raises:
        httpx.HTTPError: the site did not do what was asked.
    """
    text = b"# @number@\n" + Path(graphlib.__file__).read_bytes()
    with httpx.Client(base_url=stack.web, timeout=30) as client, ThreadPoolExecutor(8) as threads:
        texts = [text.replace(b"@number@", b"seed %d" % number) for number in range(cold + 1)]
        hot, *others = threads.map(lambda body: _publish(client, body), texts)
        # What the worker does in the next second.
        production.run(["python", "manage.py", "index_pastes"], stack.environment)
        # The first answer is the page as it was made, the second as it was kept.
        client.get(hot, headers={"Accept": BROWSER}).raise_for_status()
        page = client.get(hot, headers={"Accept": BROWSER, "Accept-Encoding": "identity"}).raise_for_status()
        list(threads.map(lambda path: client.get(path, headers={"Accept": BROWSER}).raise_for_status(), others))
        with client.stream("GET", hot, headers={"Accept": BROWSER, "Accept-Encoding": "gzip"}) as packed:
            packed_bytes = b"".join(packed.iter_raw())
    return Seeded(
        text=text,
        hot=hot,
        cold=others,
        cookie=_sign_up(stack.web),
        page=page.content,
        packed=packed_bytes,
        note=_add_note(stack.bare, texts[0]),
    )


def _publish(client: httpx.Client, body: bytes) -> str:
    answer = client.post("/", files={"file": ("graphlib.py", body)}, data={"visibility": "public"})
    return httpx.URL(answer.raise_for_status().text.strip()).path


def _sign_up(origin: str) -> str:
    """Make an account with the form that people fill in; the cookies that a browser then has."""
    password = secrets.token_urlsafe(16)
    with httpx.Client(base_url=origin, headers={"Accept": BROWSER}, timeout=30) as browser:
        page = browser.get("/accounts/signup/").raise_for_status()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        fields = {
            "csrfmiddlewaretoken": token[1],
            "username": "alice",
            "email": "alice@example.org",
            "password1": password,
            "password2": password,
        }
        browser.post("/accounts/signup/", data=fields, headers={"Referer": origin})
        return "; ".join(f"{name}={browser.cookies[name]}" for name in ("sessionid", "csrftoken"))


def _add_note(origin: str, body: bytes) -> str:
    answer = httpx.post(f"{origin}/", content=body)
    assert answer.status_code == 303
    return answer.headers["Location"]
