"""People who publish and read while something is broken, and what each of them was answered."""

import hashlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

PATIENCE_SECONDS = 40
"""How long a person waits for an answer; longer than anything may take, so that the slowest is measured."""

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
UNANSWERED = 0
"""Instead of a status: the connection was refused or broke off."""

LARGEST_REPEAT = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: when it was sent (`time.monotonic`), what for, how it ended, and in how many seconds."""

    at: float
    what: str
    status: int
    seconds: float


@dataclass(slots=True)
class Acknowledged:
    """A paste whose author was told that it is there: the SHA-256 of its files, by the address of each one's bytes."""

    path: str
    files: dict[str, str]


@dataclass(slots=True)
class Log:
    """Everything that people were answered."""

    answers: list[Answer] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Texts that were not those that were published."""

    def since(self, at: float, *, until: float = float("inf")) -> "Log":
        """What was sent in this time."""
        return Log([answer for answer in self.answers if at <= answer.at < until], self.acknowledged, self.wrong)

    def of(self, *what: str) -> "Log":
        """Only the answers of some kinds of requests."""
        return Log([answer for answer in self.answers if answer.what in what], self.acknowledged, self.wrong)

    @property
    def statuses(self) -> Counter[int]:
        """How often each status was answered."""
        return Counter(answer.status for answer in self.answers)

    @property
    def failures(self) -> int:
        """Answers of 500 and above, and none at all."""
        return sum(answer.status == UNANSWERED or answer.status >= 500 for answer in self.answers)

    @property
    def slowest(self) -> float:
        """Seconds of the slowest answer."""
        return max((answer.seconds for answer in self.answers), default=0.0)

    def said(self) -> str:
        """The statuses in words: ``120 × 200, 3 × 503, slowest 0.4 s``."""
        parts = [f"{count} × {status or 'no answer'}" for status, count in sorted(self.statuses.items())]
        return f"{', '.join(parts) or 'nothing'}; slowest {self.slowest:.1f} s"


@contextmanager
def people(url: str, *, writers: int = 2, readers: int = 2, pause: float = 0.05) -> Iterator[Log]:
    """Let so many write and read at ``url`` while the block lasts, each with a pause between two requests.

    Writers publish texts of their own, by turns as a program sends one file and through the API with two; readers look
    at what is acknowledged, as a page and as bytes, and at the list of the newest.
    """
    log, over = Log(), threading.Event()
    lock = threading.Lock()
    threads = [
        threading.Thread(target=_live, args=(url, act, log, lock, over, pause), daemon=True)
        for act, count in ((_write, writers), (_read, readers))
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield log
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS + 5)


type Act = Callable[["_Person"], None]


@dataclass(slots=True)
class _Person:
    client: httpx.Client
    log: Log
    lock: threading.Lock
    turn: int = 0

    def ask(self, what: str, method: str, path: str, **more: object) -> httpx.Response | None:
        """Send a request and write down how it ended."""
        began = time.monotonic()
        response: httpx.Response | None = None
        with_status = UNANSWERED
        try:
            response = self.client.request(method, path, **more)  # type: ignore[arg-type]
            with_status = response.status_code
        except httpx.HTTPError:
            pass
        answer = Answer(began, what, with_status, time.monotonic() - began)
        with self.lock:
            self.log.answers.append(answer)
        return response


def _live(url: str, act: Act, log: Log, lock: threading.Lock, over: threading.Event, pause: float) -> None:
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        person = _Person(client, log, lock)
        while not over.wait(pause * random.uniform(0.5, 1.5)):
            person.turn += 1
            act(person)


def _write(person: _Person) -> None:
    texts = [_text(), _text()]
    if person.turn % 2:
        response = person.ask("publish", "POST", "/", files={"file": ("notes.txt", texts[0])})
        if response is not None and response.status_code == 201:
            path = httpx.URL(response.text.strip()).path
            _acknowledge(person, path, {f"{path}/raw": texts[0]})
        return
    files = [{"name": name, "content": text.decode()} for name, text in zip(("a.py", "b.txt"), texts, strict=True)]
    response = person.ask("publish", "POST", "/api/v1/pastes", json={"files": files})
    if response is not None and response.status_code == 201:
        path = f"/{response.json()['key']}"
        _acknowledge(person, path, {f"{path}/raw/a.py": texts[0], f"{path}/raw/b.txt": texts[1]})


def _acknowledge(person: _Person, path: str, texts: dict[str, bytes]) -> None:
    files = {address: hashlib.sha256(text).hexdigest() for address, text in texts.items()}
    with person.lock:
        person.log.acknowledged.append(Acknowledged(path, files))


def _read(person: _Person) -> None:
    with person.lock:
        paste = random.choice(person.log.acknowledged) if person.log.acknowledged else None
    if person.turn % 5 == 0 or paste is None:
        person.ask("list", "GET", "/recent", headers=BROWSER)
    elif person.turn % 2:
        person.ask("page", "GET", paste.path, headers=BROWSER)
    else:
        address, sha256 = random.choice(list(paste.files.items()))
        response = person.ask("raw", "GET", address)
        if response is not None and response.status_code == 200:
            _compare(person, address, response.content, sha256)


def _compare(person: _Person, address: str, data: bytes, sha256: str) -> None:
    if hashlib.sha256(data).hexdigest() != sha256:
        with person.lock:
            person.log.wrong.append(address)


def _text() -> bytes:
    """A text that no other is, of one line or of many."""
    words = f"value = {random.getrandbits(64)}  # naïve, 日本語\r\n"
    return (words * random.choice([1, 20, LARGEST_REPEAT])).encode()


def unreadable(url: str, pastes: Sequence[Acknowledged]) -> list[str]:
    """Read every file of these pastes again; the addresses that do not give the bytes that were published."""
    lost: list[str] = []
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        for paste in pastes:
            for address, sha256 in paste.files.items():
                response = client.get(address)
                if response.status_code != 200 or hashlib.sha256(response.content).hexdigest() != sha256:
                    lost.append(f"{address}: {response.status_code}")
    return lost
