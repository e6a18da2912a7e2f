"""The help pages: this site's own address, nothing personal, and a row for every error."""

import re

import pytest
from django.utils.html import escape
from pytest_django import Settings

from accounts.models import User
from pastes.views import help as manual
from tests.factories import client_for, read_all
from tests.pages.conftest import Opener

EXAMPLES = ("/help/clients", "/help/api")
PAGES = (*EXAMPLES, "/help/shortcuts")


@pytest.mark.django_db
class TestThePages:
    @pytest.mark.parametrize("path", EXAMPLES)
    def test_they_have_the_sites_own_address(self, settings: Settings, path: str) -> None:
        assert "http://testserver" in client_for().get(path).text
        settings.SITE_URL = "https://paste.example.org"
        text = client_for().get(path).text
        assert "https://paste.example.org" in text
        assert "testserver" not in text

    @pytest.mark.parametrize("path", PAGES)
    def test_they_are_the_same_for_every_reader_of_a_language(self, path: str, alice: User) -> None:
        first, second = (client_for().get(path) for _ in range(2))
        assert first.content == second.content
        assert first["Cache-Control"] == "no-cache"
        assert not first.cookies
        assert client_for(alice).get(path)["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("path", PAGES)
    def test_they_ask_the_database_nothing(self, path: str, django_assert_num_queries: object) -> None:
        with django_assert_num_queries(0):  # type: ignore[operator]
            client_for().get(path)

    def test_every_page_leads_there(self) -> None:
        home = client_for().get("/").text
        for path in PAGES:
            assert f'href="{path}"' in home
            text = client_for().get(path).text
            assert f'href="{path}" aria-current="page"' in text

    def test_what_is_https_is_said_where_a_program_must_know(self, settings: Settings) -> None:
        assert "https = True" not in client_for().get("/help/clients").text
        settings.SITE_URL = "https://paste.example.org"
        text = client_for().get("/help/clients").text
        assert "basename = paste.example.org\nhttps = True\npost_page" in text
        assert "~/.gist.https.paste.example.org" in text
        assert "~/.pastebin.d/paste.example.org.conf" in text
        assert "GH_HOST=paste.example.org" in text

    def test_every_example_has_a_button_that_copies_it(self) -> None:
        for path in EXAMPLES:
            text = client_for().get(path).text
            examples = re.findall(r'<pre class="code" id="([^"]+)"', text)
            assert len(examples) > 5
            assert re.findall(r'data-copy="([^"]+)"', text) == examples
            assert not re.findall(r"<code>\s*</code></pre>", text)

    def test_every_code_of_an_error_is_explained(self) -> None:
        text = client_for().get("/help/api").text
        found = manual.problems()
        assert {"not_found", "locked", "invalid", "method_not_allowed", "csrf_failed"} <= {one.code for one in found}
        for problem in found:
            assert f'<tr id="{problem.code}"><td class="num">{problem.status}</td>' in text
            assert escape(str(problem.message)) in text

    @pytest.mark.parametrize("path", PAGES)
    def test_they_speak_the_readers_language_and_leave_the_code_alone(self, path: str) -> None:
        code = re.compile(r'<pre class="code".*?</pre>', re.DOTALL)
        english, russian = (
            read_all(client_for().get(path, headers={"accept-language": language})).decode()
            for language in ("en", "ru")
        )
        assert '<html lang="ru">' in russian
        blocks = [[re.sub("<[^>]+>", "", block) for block in code.findall(page)] for page in (english, russian)]
        assert blocks[0] == blocks[1]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_an_example_is_copied_whole(self, open_page: Opener) -> None:
        page = open_page(permissions=["clipboard-read", "clipboard-write"])
        page.goto("/help/clients")
        page.click('[data-copy="curl-output"]')
        page.wait_for_selector('[data-copy="curl-output"]:has-text("Copied")')
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == f"echo hello | curl -F 'f:1=<-' {page.evaluate('location.origin')}"
