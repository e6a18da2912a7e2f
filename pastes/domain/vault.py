"""Texts that were encrypted before they came here, in PrivateBin's format; the key is in the address, behind the #.

No browser sends that part, so all that the site can do is to see that something is such a text, and to keep it. Whoever
reads it checks ``adata`` together with the text: it is kept as the compact JSON that both sides make of it.
"""

import binascii
import json
import zlib
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Invalid
from pastes.models import Visibility
from pastes.rendering import languages

NAME = "encrypted.json"
SIGNS = 100
"""How many brackets and commas there may be. A dozen is enough, and a million would take memory when they are read."""

TAG = 16
"""Bytes behind the text by which a reader sees that nobody changed it."""

LEAST_ROUNDS, MOST_ROUNDS = 10_000, 5_000_000
"""Of PBKDF2. PrivateBin takes no fewer either; the most are some seconds in a browser."""

SAMPLE = 4_096
"""Bytes of a text at which it is seen whether it is encrypted."""


def read(data: bytes) -> dict[str, Any]:
    """The JSON object that somebody sent.

    Raises:
        Invalid: when it is none, or a large one.
    """
    try:
        if sum(map(data.count, (b"[", b"{", b","))) > SIGNS:
            raise ValueError
        document = json.loads(data)
        if not isinstance(document, dict):
            raise ValueError
    except ValueError:
        raise _invalid(_("This is no JSON object as PrivateBin sends it.")) from None
    return document


def sealed(draft: Draft) -> Draft:
    """The same draft, when its one file is an encrypted text. Whoever has the address may read it, and nobody finds it.

    One without a byte stays as it is: `publishing.create` says what is missing.

    Raises:
        Invalid: when it is not.
    """
    files = [file for file in draft.files if file.data]
    if not files:
        return draft
    if len(files) > 1:
        raise _invalid(_("One text can be encrypted, not several files."))
    document = read(files[0].data)
    burns = _burns(document)
    kept = {name: document[name] for name in ("v", "adata", "ct")}
    data = json.dumps(kept, separators=(",", ":")).encode()
    file = NewFile(data, NAME, languages.PLAIN)
    return replace(draft, files=[file], visibility=Visibility.UNLISTED, burn=draft.burn or burns, encrypted=True)


def _burns(document: dict[str, Any]) -> bool:
    """Whether a document says that it is to be read once.

    Raises:
        Invalid: when it is not an encrypted text.
    """
    match document:
        case {
            "v": 2 as version,
            "adata": [
                [str(iv), str(salt), rounds, 256 as key_bits, 128 as tag_bits, "aes", "gcm", "zlib" | "none"],
                "plaintext" | "syntaxhighlighting" | "markdown",
                0 | 1 as talks,
                0 | 1 as burns,
            ],
            "ct": str(text),
        } if all(type(number) is int for number in (version, rounds, key_bits, tag_bits, talks, burns)):
            pass
        case _:
            raise _invalid(
                _(
                    "This is not version 2 of PrivateBin's format: AES with a key of 256 bits and a tag of 128, gcm, "
                    "zlib or none, and plaintext, syntaxhighlighting or markdown."
                )
            )
    if not LEAST_ROUNDS < rounds <= MOST_ROUNDS:
        raise _invalid(
            _("The key takes between %(least)s and %(most)s rounds.") % {"least": LEAST_ROUNDS + 1, "most": MOST_ROUNDS}
        )
    if not 12 <= len(_bytes(iv)) <= 16 or not 8 <= len(_bytes(salt)) <= 16:
        raise _invalid(_("The initialization vector has 12 to 16 bytes, the salt 8 to 16."))
    encrypted = _bytes(text)
    # What is encrypted cannot be made shorter: somebody forgot it, and would publish what nobody shall read.
    if len(encrypted) <= TAG or len(zlib.compress(encrypted[:SAMPLE], 1)) < len(encrypted[:SAMPLE]):
        raise _invalid(_("The text is not encrypted."))
    return bool(burns)


def _bytes(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise _invalid(_("The initialization vector, the salt and the text are in base64.")) from None


def _invalid(message: str) -> Invalid:
    return Invalid({"content": [message]})
