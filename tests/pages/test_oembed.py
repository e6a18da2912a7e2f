"""oEmbed: what programs learn of a paste by its address, asked as they ask."""

import json
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import micawber
import pytest
from pytest_django import Settings

from accounts.models import User
from tests.access.everybody import PASSWORD
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

SITE = "https://paste.example.org"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def ask(url: str, **query: object) -> Any:
    rest = "".join(f"&{name}={value}" for name, value in query.items())
    return client_for(browser=False).get(f"/oembed?url={quote(url, safe='')}{rest}")


def facts(url: str, **query: object) -> dict[str, Any]:
    response = ask(url, **query)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    found: dict[str, Any] = response.json()
    return found


def test_it_tells_what_a_paste_is(alice: User) -> None:
    key = make_paste(owner=alice, text="a\nb\n", name="a.txt", title="Two letters").key
    found = facts(f"{SITE}/{key}")
    assert (found["version"], found["type"], found["title"]) == ("1.0", "rich", "Two letters")
    assert (found["author_name"], found["author_url"]) == ("alice", f"{SITE}/u/alice")
    assert (found["provider_name"], found["provider_url"]) == ("Pastebin", f"{SITE}/")
    assert f'<iframe src="{SITE}/{key}/embed"' in found["html"]
    assert f'width="{found["width"]}" height="{found["height"]}"' in found["html"]
    assert found["thumbnail_url"] == f"{SITE}/{key}/card.png?revision=1"
    assert (found["thumbnail_width"], found["thumbnail_height"]) == (1200, 630)


def test_it_gives_what_it_promises() -> None:
    """The addresses in the answer are there."""
    found = facts(f"{SITE}/{make_paste().key}")
    frame = urlsplit(found["html"].split('"')[1])
    for parts in (frame, urlsplit(found["thumbnail_url"])):
        assert client_for().get(f"{parts.path}?{parts.query}").status_code == 200


def test_it_says_the_same_in_xml() -> None:
    paste = make_paste(name="a.txt", title='<b> & "c" \x01')
    response = ask(f"{SITE}/{paste.key}", format="xml")
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314 # the site's own
    assert root.tag == "oembed"
    found = {element.tag: element.text for element in root}
    spoken = facts(f"{SITE}/{paste.key}") | {"title": '<b> & "c" '}
    html = spoken.pop("html")
    assert found.pop("html") == html.replace("\x01", "")
    assert found == {name: str(value) for name, value in spoken.items()}


@pytest.mark.parametrize(
    ("tail", "query"),
    [
        ("", ""),
        ("#L10-L20", "?lines=10-20"),
        ("#L7", "?lines=7"),
        ("?line=10-20", "?lines=10-20"),
        ("?line=7", "?lines=7"),
        (".py", ""),
        ("/revisions/1#L3", "?lines=3"),
        ("?utm_source=feed#comments", ""),
    ],
)
def test_it_takes_every_address_of_a_page_and_its_lines(tail: str, query: str) -> None:
    key = make_paste(text="a line\n" * 30, name="a.txt").key
    html = facts(f"{SITE}/{key}{tail}")["html"]
    assert f'src="{SITE}/{key}/embed{query}"' in html


def test_it_makes_the_frame_no_larger_than_is_asked() -> None:
    key = make_paste(text="a line\n" * 300, name="a.txt").key
    found = facts(f"{SITE}/{key}", maxwidth=320, maxheight=200)
    assert (found["width"], found["height"]) == (320, 200)
    assert "thumbnail_url" not in found
    assert facts(f"{SITE}/{key}", maxwidth=5000)["width"] == 720
    assert facts(f"{SITE}/{key}", maxwidth="wide")["width"] == 720


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "https://elsewhere.example/{key}",
        "https://paste.example.org.evil.example/{key}",
        "https://user@elsewhere.example/{key}",
        "ftp://paste.example.org/{key}",
        "javascript://paste.example.org/{key}",
        "https://paste.example.org/",
        "https://paste.example.org/recent",
        "https://paste.example.org/{key}/edit",
        "https://paste.example.org/{key}/nothing",
        f"https://paste.example.org/{{key}}/revisions/{10**30}",
        "https://paste.example.org/11111111111",
        "https://paste.example.org/{key}#L99",
        "https://[paste.example.org/{key}",
        "https://paste.example.org/{key}%00",
    ],
)
def test_it_finds_nothing_at_other_addresses(url: str) -> None:
    assert ask(url.replace("{key}", make_paste().key)).status_code == 404


def test_it_knows_two_forms() -> None:
    url = f"{SITE}/{make_paste().key}"
    assert ask(url, format="yaml").status_code == 501
    assert ask(url, format="json").status_code == 200


def test_it_does_not_tell_a_private_paste_from_none(alice: User) -> None:
    private = make_paste(owner=alice, visibility="private").key
    client = client_for(alice)
    answers = [client.get(f"/oembed?url={SITE}/{key}") for key in (private, "1" * 11)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("draft", [{"password": PASSWORD}, {"burn": True}], ids=["password", "burn"])
def test_it_shows_nothing_that_does_not_open_at_once(draft: dict[str, Any]) -> None:
    response = ask(f"{SITE}/{make_paste(title='Hush', **draft).key}")
    assert response.status_code == 401
    assert "WWW-Authenticate" in response
    assert b"Hush" not in response.content


def test_every_site_may_ask() -> None:
    assert ask(f"{SITE}/{make_paste().key}")["Access-Control-Allow-Origin"] == "*"


class TestMicawber:
    """A program that reads other sites' pages (PyPI: micawber) finds and shows a paste."""

    @pytest.fixture
    def provider(self, monkeypatch: pytest.MonkeyPatch) -> micawber.Provider:
        provider = micawber.Provider(f"{SITE}/oembed")

        def fetch(url: str) -> str:
            parts = urlsplit(url)
            return client_for(browser=False).get(f"{parts.path}?{parts.query}").text

        # The network ends here; what it fetches is the site's own answer.
        monkeypatch.setattr(provider, "fetch", fetch)
        return provider

    def test_it_knows_what_to_show_for_an_address(self, provider: micawber.Provider) -> None:
        key = make_paste(text="a line\n" * 30, name="a.txt").key
        registry = micawber.ProviderRegistry()
        registry.register(rf"{SITE}/\S+", provider)
        found = registry.request(f"{SITE}/{key}?line=3", maxwidth=500)
        assert f'src="{SITE}/{key}/embed?lines=3"' in found["html"]
        assert (found["type"], found["width"]) == ("rich", 500)

    def test_it_finds_the_address_in_the_head_of_the_page(self) -> None:
        key = make_paste(name="a.txt").key
        page = client_for().get(f"/{key}").text
        for form, kind in (("json", "application/json+oembed"), ("xml", "text/xml+oembed")):
            [link] = [line for line in page.splitlines() if kind in line]
            address = link.split('href="')[1].partition('"')[0].replace("&amp;", "&")
            assert address.startswith(f"{SITE}/oembed?")
            answer = client_for().get(address.removeprefix(SITE))
            assert answer.status_code == 200, form
            assert key in answer.text


def test_it_works_without_a_configured_address(settings: Settings) -> None:
    settings.SITE_URL = ""
    key = make_paste().key
    assert json.loads(ask(f"http://testserver/{key}").content)["provider_url"] == "http://testserver/"
    assert ask(f"/{key}").status_code == 200
