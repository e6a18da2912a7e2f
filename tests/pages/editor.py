"""What a browser sends from the editor, and what it shows."""

import html
import re
from typing import Any

from django.http import HttpResponse


def form(*texts: str, **fields: Any) -> dict[str, Any]:
    """The editor's fields: a card for each text, its line ends as browsers send them. ``fields`` add and replace."""
    sent = {
        "content": [as_sent(text) for text in texts],
        "filename": ["" for _ in texts],
        "language": ["" for _ in texts],
        "idempotency": "",
        "expiry": "never",
        "visibility": "public",
        "publish": "1",
    } | fields
    return {name: value for name, value in sent.items() if value is not None}


def as_sent(text: str) -> str:
    """A text area's content as a form sends it: every line end is CRLF."""
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def texts_in(response: HttpResponse, *, editable: bool = True) -> list[str]:
    """The contents of the page's text areas for files, as a browser reads them."""
    name = 'name="content"' if editable else "readonly"
    areas = re.findall(rf"<textarea[^>]*{name}[^>]*>(.*?)</textarea>", response.content.decode(), re.DOTALL)
    return [re.sub(r"\r\n|\r", "\n", html.unescape(area)).removeprefix("\n") for area in areas]


def errors_in(response: HttpResponse) -> str:
    """What the notice over the form says; "" when there is none."""
    found = re.search(r'<div class="notice error".*?</ul>', response.content.decode(), re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", found[0])) if found else ""
