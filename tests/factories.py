"""People and pastes for tests. A paste comes into being as the site makes one: through `publishing.create`."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.test.client import ClientHandler

from accounts.models import User
from pastebin import hot as short_way
from pastebin import signed_in
from pastebin.handler import ShortWays
from pastes import hot
from pastes.domain import publishing
from pastes.domain.access import Viewer
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.publishing import Published
from pastes.models import Paste

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
"""What a browser accepts; without it a client is taken for a program."""


def make_user(name: str, **fields: Any) -> User:
    """An account that nobody can sign in to with a password; `client_for` does without."""
    return User.objects.create_user(name, f"{name}@example.org", **fields)


def publish(*, owner: User | None = None, text: str | bytes = "Hello\n", name: str = "", **draft: Any) -> Published:
    """A new paste and its edit token: of ``owner``, or of nobody.

    Args:
        owner: the account it belongs to.
        text: its only file, unless ``files`` are given.
        name: the file's name.
        draft: the other fields of `Draft`.
    """
    data = text.encode() if isinstance(text, str) else text
    fields = {"files": [NewFile(data, name)]} | draft
    return publishing.create(draft=Draft(**fields), viewer=viewer_for(owner), trusted=True)


def make_paste(*, owner: User | None = None, text: str | bytes = "Hello\n", name: str = "", **draft: Any) -> Paste:
    """The paste that `publish` makes."""
    return publish(owner=owner, text=text, name=name, **draft).paste


def viewer_for(user: User | None = None, **brought: str) -> Viewer:
    """Whoever asks the domain for something: ``user``, or somebody without an account."""
    return Viewer(user=user or AnonymousUser(), **({"address": "203.0.113.7"} | brought))


def client_for(user: User | None = None, *, browser: bool = True, csrf: bool = False) -> Client:
    """A browser (or, with ``browser=False``, a program) in which ``user`` is signed in.

    With ``csrf`` forged forms are refused, as they are outside tests.
    """
    client = Client(enforce_csrf_checks=csrf, headers={"accept": HTML} if browser else {})
    client.handler = ShortWayFirst(csrf)
    if user is not None:
        client.force_login(user, backend="accounts.sessions.Backend")
    return client


def is_kept(path: str, *, language: str = "en") -> bool:
    """Whether the answer at an address is kept for every reader of a language."""
    key = path.split("/")[1]
    subject, of_text = key if len(key) == 11 else hot.LISTS, path.endswith("/raw")
    found = hot.find(subject=subject, path=path, language="" if of_text else language, origin="http://testserver")
    return isinstance(found, hot.Entry)


class ShortWayFirst(ShortWays, ClientHandler):
    """The site as `pastebin.wsgi` has it: `pastebin.hot` is asked before Django, which has its own short ways."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        """Answer as Django's test client expects it."""
        environ.setdefault("HTTP_HOST", "testserver")
        answer = short_way.find(environ) or signed_in.find(environ)
        if answer is None:
            return super().__call__(environ)
        headers = dict(answer.headers)
        cookies = headers.pop("Set-Cookie", "")
        response = HttpResponse(answer.body, status=int(answer.status[:3]), headers=headers)
        response.cookies.load(cookies)
        response.wsgi_request = WSGIRequest(environ)  # type: ignore[attr-defined] # what the client looks for
        return response


def read_all(response: HttpResponseBase) -> bytes:
    """The body of an answer, streamed or not."""
    if isinstance(response, StreamingHttpResponse):
        return response.getvalue()
    return bytes(response.content)  # type: ignore[attr-defined]  # every other answer has it
