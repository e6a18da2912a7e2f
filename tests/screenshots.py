"""Pictures of the main pages for the README and the documents: ``make screenshots``.

A site of its own, on an empty folder that disappears again, filled with the examples (`manage.py seed_demo`).
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import executable
from tests.services.process import LOOPBACK, free_port, running
from tests.services.servers import ROOT, folder

IMAGES = ROOT / "docs" / "images"
AUTHOR = "demo-mara"
DESK, PHONE = (1120, 700), (390, 760)
#: Each with an address or the title of the paste whose page it is, the colours, the size, and where to scroll.
SHOTS = {
    "home": ("/", "light", DESK, ""),
    "paste": ("Retry with full jitter", "light", DESK, ""),
    "talk": ("Retry with full jitter", "dark", DESK, "#comments"),
    "diff": ("Retry with full jitter/diff/1..2", "light", DESK, ""),
    "recent": ("/recent", "light", DESK, ""),
    "search": ("/search?q=retry", "dark", DESK, ""),
    "paste-phone": ("Retry with full jitter", "dark", PHONE, ""),
    "home-phone": ("/", "light", PHONE, ""),
}
OF_SOMEBODY = {"talk"}

SIGN_IN = f"""
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
user = get_user_model().objects.get(username={AUTHOR!r})
client.force_login(user, backend="accounts.sessions.Backend")
print(client.cookies["sessionid"].value)
"""
ADDRESS = "from pastes.models import Paste; print(Paste.objects.get(title={title!r}).get_absolute_url())"


def main() -> None:
    """Take all of them."""
    IMAGES.mkdir(exist_ok=True)
    with site() as (address, environment), sync_playwright() as playwright:
        session = shell(SIGN_IN, environment)
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        for name, (place, theme, size, scrolled) in SHOTS.items():
            page = open_page(browser, address, theme, size, session if name in OF_SOMEBODY else "")
            page.goto(path_of(place, environment) + scrolled)
            page.wait_for_timeout(400)  # the last script, the last font
            page.screenshot(path=IMAGES / f"{name}.png")
            page.context.close()
            shrink(IMAGES / f"{name}.png")
        browser.close()


@contextmanager
def site() -> Iterator[tuple[str, dict[str, str]]]:
    """Its address, and the environment in which `manage.py` reaches its data."""
    port = free_port()
    with folder() as home:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        environment = kept | {"DATA_DIR": str(home / "data"), "ALLOWED_HOSTS": f"{LOOPBACK},testserver"}
        log = home / "log"
        with running(
            [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port)],
            ready=lambda: b"The site is ready" in log.read_bytes(),
            log=log,
            env=environment,
            cwd=ROOT,
            seconds=60,
        ):
            manage("seed_demo", environment=environment)
            time.sleep(5)  # the worker highlights, and tells people what happened
            yield f"http://{LOOPBACK}:{port}", environment


def manage(*arguments: str, environment: dict[str, str]) -> str:
    """What a command of the site prints."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def shell(code: str, environment: dict[str, str]) -> str:
    """The last line that ``code`` prints within the site."""
    return manage("shell", "--no-imports", "--command", code, environment=environment).splitlines()[-1]


def path_of(place: str, environment: dict[str, str]) -> str:
    """An address, or that of the paste with this title and what follows it."""
    if place.startswith("/"):
        return place
    title, slash, rest = place.partition("/")
    return shell(ADDRESS.format(title=title), environment) + slash + rest


def open_page(browser: Browser, address: str, theme: str, size: tuple[int, int], session: str) -> Page:
    """A page of somebody with ``session``, or of nobody in particular."""
    width, height = size
    context = browser.new_context(
        base_url=address,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": height},
        device_scale_factor=2 if size == PHONE else 1,
        locale="en",
        reduced_motion="reduce",
    )
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    return context.new_page()


def shrink(path: Path) -> None:
    """A palette, in which the small coloured dots have a place, too: the repository stays small."""
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


if __name__ == "__main__":
    main()
