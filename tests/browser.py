"""A browser for the tests that are marked ``browser``: Debian's Chromium, driven by Playwright."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.services.process import MissingServerError, program

type Opener = Callable[..., Page]
"""Opens a page in a context of its own; keyword arguments go to Playwright's ``new_context``."""


def executable() -> str:
    """The path of the Chromium without windows, which takes a quarter less time, or else of the whole one.

    Raises:
        MissingServerError: neither is installed.
    """
    with suppress(MissingServerError):
        return program("chromium-headless-shell", package="chromium-headless-shell")
    return program("chromium", package="chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's own event loop runs in this thread; the database does not mind.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def pages_of(browser: Browser, site: str) -> Iterator[Opener]:
    """Pages of ``site``; whatever a script or the content security policy complains about fails the test at the end."""
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        # The status of an error page is a message too, and what the test asked for.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            complaints.append(f"{message.page and message.page.url}: {message.text}")

    def opener(**options: object) -> Page:
        context = browser.new_context(base_url=site, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    yield opener
    for context in contexts:
        context.close()
    assert complaints == []


def home(page: Page) -> Page:
    """The page with the editor."""
    page.goto("/")
    return page
