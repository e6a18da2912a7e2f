"""What the description of the API shows: one paste, all the way through."""

from typing import Any

SITE = "https://paste.example"
KEY = "4uHWvJzRkGm"
CREATED = "2026-11-24T09:30:00Z"

NEW_PASTE: dict[str, Any] = {
    "title": "Hello",
    "files": [{"name": "hello.py", "content": 'print("Hello")\n'}],
    "visibility": "public",
    "expires_in": "1w",
    "tags": ["python"],
}

FILE_INFO: dict[str, Any] = {
    "name": "hello.py",
    "language": "python",
    "size": 15,
    "lines": 1,
    "sha256": "18a6066e8dd25f6d99b3274b3232ebae6750fc8d1637729125863d7919df784f",
    "encoding": "utf-8",
    "raw_url": f"{SITE}/{KEY}/raw/hello.py",
}

FILE: dict[str, Any] = FILE_INFO | {"content": 'print("Hello")\n', "content_base64": None, "truncated": False}

INFO: dict[str, Any] = {
    "key": KEY,
    "url": f"{SITE}/{KEY}",
    "qr_url": f"{SITE}/{KEY}/qr.svg",
    "embed_url": f"{SITE}/{KEY}/embed",
    "card_url": f"{SITE}/{KEY}/card.png",
    "title": "Hello",
    "description": "",
    "author": "alice",
    "visibility": "public",
    "created": CREATED,
    "updated": CREATED,
    "expires_at": "2026-12-01T09:30:00Z",
    "burn": False,
    "max_views": None,
    "has_password": False,
    "encrypted": False,
    "revision": 1,
    "file_name": "hello.py",
    "file_count": 1,
    "language": "python",
    "size": 15,
    "excerpt": 'print("Hello")',
    "tags": ["python"],
    "comments_enabled": True,
    "views": 0,
    "stars": 0,
    "likes": 0,
    "comments": 0,
}

PASTE: dict[str, Any] = INFO | {"forked_from": None, "files": [FILE]}

PUBLISHED: dict[str, Any] = PASTE | {"edit_token": None}

REVISION_INFO: dict[str, Any] = {
    "number": 1,
    "version": "9b1c7e0f3a5d2468ace013579bdf02468ace1357",
    "author": "alice",
    "created": CREATED,
    "message": "",
    "added": 1,
    "removed": 0,
    "files": [FILE_INFO],
}

REVISION: dict[str, Any] = REVISION_INFO | {"files": [FILE]}

REDACTION: dict[str, Any] = {
    "done": True,
    "count": 1,
    "revisions": [1, 2],
    "comments": 0,
    "forks": 0,
    "places": [
        {
            "kind": "file",
            "revisions": [1, 2],
            "file": "settings.py",
            "line": 12,
            "count": 1,
            "shown": 'PASSWORD = "[redacted]"',
        }
    ],
}

PATCH = """diff --git a/hello.py b/hello.py
--- a/hello.py
+++ b/hello.py
@@ -1 +1 @@
-print("Hello")
+print("Hello, world")
"""

DIFFERENCE: dict[str, Any] = {
    "old": f"{SITE}/{KEY}/revisions/1",
    "new": f"{SITE}/{KEY}/revisions/2",
    "files": [
        {"name": "hello.py", "old_name": None, "status": "changed", "added": 1, "removed": 1, "patch": PATCH},
    ],
}

LINK: dict[str, Any] = {"id": 7, "label": "for Bob", "created": CREATED, "expires_at": None}

MADE_LINK: dict[str, Any] = LINK | {
    "url": f"{SITE}/s/kq3T8mFvZ2Jx0cYwR5nLhB7sDaE1uGoP",
    "token": "kq3T8mFvZ2Jx0cYwR5nLhB7sDaE1uGoP",
}


def page(item: dict[str, Any]) -> dict[str, Any]:
    """A page with one thing on it."""
    return {"items": [item], "next": None}
