"""Keys in addresses: exactly 11 base58 characters, so that they never meet a word."""

import re
from functools import lru_cache

from django.urls import get_script_prefix, register_converter, reverse

KEY_PATTERN = "[1-9A-HJ-NP-Za-km-z]{11}"

SAMPLE_KEY = "KeyToFind11"
"""A key, to see where in an address one goes."""


class KeyConverter:
    """The path converter ``key``."""

    regex = KEY_PATTERN

    def to_python(self, value: str) -> str:
        """The key as it is written."""
        return value

    def to_url(self, value: str) -> str:
        """The same."""
        return value


class ExtensionConverter:
    """The path converter ``extension``: what stands after the dot of a file's name."""

    regex = "[A-Za-z0-9][A-Za-z0-9_+#-]{0,29}"

    def to_python(self, value: str) -> str:
        """The extension as it is written."""
        return value

    def to_url(self, value: str) -> str:
        """The same."""
        return value


# Here, because several modules of addresses use them, and any of them may be imported first.
register_converter(KeyConverter, "key")
register_converter(ExtensionConverter, "extension")


def address_of(name: str, key: str) -> str:
    """The address of something of a paste, as `django.urls.reverse` makes it, by putting the key where one goes.

    Args:
        name: of a route that takes a key and nothing else.
        key: one, which is not looked at.

    Raises:
        NoReverseMatch: there is no such route.
    """
    start, end = _ends(name, get_script_prefix())
    return f"{start}{key}{end}"


@lru_cache(maxsize=256)
def _ends(name: str, prefix: str) -> tuple[str, str]:
    """What stands before and behind the key."""
    del prefix  # which is in what `reverse` makes
    start, _, end = reverse(name, args=[SAMPLE_KEY]).partition(SAMPLE_KEY)
    return start, end


def key_in(text: str) -> str:
    """The key in a paste's address, or the key itself; "" when there is none."""
    match = re.search(rf"(?:^|/)({KEY_PATTERN})(?=$|[/?#])", text)
    return match[1] if match else ""
