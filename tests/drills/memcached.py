"""memcached is flushed, frozen, and gone."""

import re
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator

import httpx

from tests.drills.finding import Drill, Finding
from tests.drills.load import BROWSER, Log, people
from tests.drills.site import Site, restart
from tests.services.process import LOOPBACK

WITHIN_SECONDS = 3

type Step = Callable[[Site], None]

FAULTS: dict[str, tuple[Step, Step]] = {
    "flushed again and again": (lambda site: _flush(site, seconds=2), lambda _site: None),
    "frozen (SIGSTOP)": (
        lambda site: site.cache.program.signal(signal.SIGSTOP),
        lambda site: site.cache.program.signal(signal.SIGCONT),
    ),
    "stopped": (lambda site: site.cache.program.kill(), lambda site: restart(site.cache.program)),
}
"""What is done, and how it is undone."""


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Fail in three ways, one after another, while people go on and somebody signs in."""
    password = secrets.token_urlsafe(12)
    name = f"drill{secrets.token_hex(4)}"
    site.command(
        "createsuperuser",
        "--no-input",
        f"--username={name}",
        f"--email={name}@example.org",
        DJANGO_SUPERUSER_PASSWORD=password,
    )
    with people(site.url) as log:
        time.sleep(1)
        for what, (fail, mend) in FAULTS.items():
            began = time.monotonic()
            fail(site)
            status, seconds = sign_in(site.url, name, password)
            time.sleep(2 if short else 15)
            mend(site)
            yield _finding(what, log.since(began), status, seconds)
        # What was dropped must stay dropped, and what is kept again must be what it was.
        time.sleep(1)
    yield Finding(
        did="afterwards",
        counted=f"{len(log.wrong)} wrong texts in {len(log.answers)} answers",
        promised="0",
        kept=not log.wrong,
    )


def _finding(what: str, log: Log, status: int, seconds: float) -> Finding:
    return Finding(
        did=f"memcached {what}",
        counted=f"{log.said()}; signing in: {status} in {seconds:.1f} s",
        promised=f"no 500, each answer within {WITHIN_SECONDS} s, signing in works",
        kept=set(log.statuses) <= {200, 201}
        and log.slowest < WITHIN_SECONDS
        and status == 302
        and seconds < WITHIN_SECONDS,
    )


def sign_in(url: str, name: str, password: str) -> tuple[int, float]:
    """Sign in as people do; the status (302 is success) and the seconds of the slower of both requests."""
    with httpx.Client(base_url=url, headers=BROWSER, timeout=30) as browser:
        page = browser.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        fields = {"csrfmiddlewaretoken": token[1] if token else "", "login": name, "password": password}
        answer = browser.post("/accounts/login/", data=fields, headers={"Referer": url})
        return answer.status_code, max(page.elapsed, answer.elapsed).total_seconds()


def _flush(site: Site, *, seconds: float) -> None:
    """Empty it twenty times a second."""
    deadline = time.monotonic() + seconds
    with socket.create_connection((LOOPBACK, site.cache.port), timeout=5) as client:
        while time.monotonic() < deadline:
            client.sendall(b"flush_all\r\n")
            client.recv(100)
            time.sleep(0.05)


DRILL = Drill(
    name="memcached",
    promise="With memcached flushed, frozen or stopped there is no 500, every answer comes in bounded time, and people "
    "sign in.",
    run=run,
)
