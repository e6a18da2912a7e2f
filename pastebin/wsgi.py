"""The WSGI application that granian serves."""

import io
import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import storages
from django.template import engines
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pastebin.settings")

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_length(inner: Application) -> Application:
    """Give chunked bodies a length, since Django takes one without for empty (`curl -T - …` sends such).

    No more is read than the largest body that is allowed and one byte, which is enough to be refused as too large.
    """

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower() and not environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return inner(environ, start_response)

    return outer


if not settings.SQLITE:
    from pastebin.postgresql.base import limit

    limit(settings.REQUEST_QUERY_SECONDS)

django.setup(set_prefix=False)

from pastebin import hot, signed_in  # noqa: E402 # Django is set up only now
from pastebin.handler import Handler  # noqa: E402

# What is loaded now, before there are processes, is there once for all of them: clients, addresses, words, templates.
storages["pastes"]
caches["hot"]
engines["django"].engine.template_context_processors  # type: ignore[attr-defined] # noqa: B018 # reading it loads them
for language, _ in settings.LANGUAGES:
    with translation.override(language):
        reverse("pastes:home")
for template in ("home", "paste", "recent", "popular"):
    get_template(f"pastes/{template}.html")

application = hot.before_django(with_length(Handler()), hot.find, signed_in.find)
