"""Pages of the site that runs in the test's own process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import Opener, pages_of

__all__ = ["Opener"]


@pytest.fixture
def open_page(chromium: Browser, live_server: object) -> Iterator[Opener]:
    """Opens pages of the running site."""
    with pages_of(chromium, str(live_server)) as opener:
        yield opener
