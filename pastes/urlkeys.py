"""Keys in addresses: exactly 11 base58 characters, so that they never meet a word."""

import re

from django.urls import register_converter

KEY_PATTERN = "[1-9A-HJ-NP-Za-km-z]{11}"


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


def key_in(text: str) -> str:
    """The key in a paste's address, or the key itself; "" when there is none."""
    match = re.search(rf"(?:^|/)({KEY_PATTERN})(?=$|[/?#])", text)
    return match[1] if match else ""
