"""What people publish never runs, whichever address shows it."""

import pytest
from playwright.sync_api import Browser, Dialog

from tests.browser import Opener
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

ATTACK = "document.title='owned';alert(document.domain);fetch('/accounts/').then(()=>document.title='owned')"
FILES = {
    "page.html": f'<!doctype html><title>x</title><script>{ATTACK}</script><img src=x onerror="{ATTACK}">',
    "image.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ATTACK}"><script>{ATTACK}</script></svg>',
    "page.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body><script>{ATTACK}</script></body></html>',
    "style.xml": f'<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">{ATTACK}</x:script>',
    "script.js": ATTACK,
    "notes.md": f"<script>{ATTACK}</script>[x](javascript:{ATTACK})",
}


@pytest.mark.parametrize("name", FILES)
def test_nothing_runs(site: Site, open_page: Opener, name: str) -> None:
    path = site.publish(FILES[name].encode(), name, title=FILES[name][:200], description=FILES[name])
    page = open_page()
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    for place in ("", "/raw", "/raw/" + name, "/revisions", "/fork", "?line=1"):
        page.goto(f"{path}{place}")
        assert page.title() != "owned", place
    assert ran == []


def test_a_raw_script_is_no_script_for_another_page(site: Site, chromium: Browser) -> None:
    path = site.publish(b"document.title = 'owned'", "script.js")
    page = chromium.new_page(base_url=site.address, bypass_csp=True)
    page.goto("/recent")
    loaded = page.evaluate(
        """(src) => new Promise((done) => {
          const script = Object.assign(document.createElement("script"), { src });
          script.onload = () => done("loaded");
          script.onerror = () => done("refused");
          document.head.append(script);
        })""",
        f"{path}/raw",
    )
    assert loaded == "refused"
    assert page.title() != "owned"
    page.close()
