"""Taking a text out of a paste: how the page asks and tells, and that nobody reads it anywhere afterwards."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from pastes import hot
from pastes.domain import discussion, publishing, redacting
from pastes.domain.anchors import Anchor
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.redacting import Found
from pastes.models import Comment, Delivery, Highlight, PageCopy, Paste, Revision, SearchText, Webhook
from tests.api.cast import Program, problem
from tests.api.gist_programs import program_of
from tests.factories import client_for, make_paste, publish, read_all, viewer_for

pytestmark = pytest.mark.django_db

SECRET = "hunter2-secret"


def revise(paste: Paste, text: str, **draft: Any) -> None:
    paste.refresh_from_db()
    new = Draft(files=[NewFile(text.encode(), "notes.txt")], **draft)
    publishing.revise(paste=paste, draft=new, base=paste.revision_count, viewer=viewer_for(paste.owner))


def leaking(owner: User, **draft: Any) -> Paste:
    """A paste with the secret in two revisions, the latest of which has it no more."""
    words = {"title": f"About {SECRET}", "description": f"It says {SECRET}", "tags": SECRET} | draft
    paste = make_paste(owner=owner, text=f"one\n{SECRET}\n", name="notes.txt", **words)
    revise(paste, f"one\ntwo\n{SECRET}\n", message=f"adds to {SECRET}", **words)
    revise(paste, "one\ntwo\n", **words)
    paste.refresh_from_db()
    return paste


def words_of(response: Any) -> str:
    """All that an answer says, unpacked."""
    data = read_all(response)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())
    return data.decode(errors="replace")


def form_of(response: Any) -> dict[str, str]:
    """The hidden fields with which the page asks whether it shall be done."""
    found = re.findall(r'<input type="hidden" name="(text|base)" value="([^"]*)">', response.content.decode())
    return dict(found)


def redact(paste: Paste, by: User) -> None:
    """On the page, as a person does it."""
    client, url = client_for(by), f"/{paste.key}/redact"
    fields = form_of(client.post(url, {"text": SECRET}))
    assert client.post(url, fields).status_code == 303


def pages_of(paste: Paste, other: Paste) -> list[str]:
    """Addresses at which a browser reads of a paste."""
    key, origin = paste.key, "http://testserver"
    sha = Revision.objects.filter(paste=paste).order_by("number").values_list("version", flat=True)[0]
    return [
        *["/", "/recent", "/recent.atom", "/tags", "/u/alice", "/u/alice.atom", "/search?q=two", "/search.atom?q=two"],
        *[f"/{key}", f"/{key}.md", f"/{key}/raw", f"/{key}/raw/notes.txt", f"/{key}/raw?revision=1"],
        *[f"/{key}/raw/notes.txt?revision=2", f"/{key}/download", f"/{key}/download?revision=2", f"/raw/{key}"],
        *[f"/documents/{key}", f"/{key}/revisions", f"/{key}/revisions/1", f"/{key}/revisions/2"],
        *[f"/{key}/lines/0/1?revision=1", f"/{key}/diff/1..2", f"/{key}/diff/2..3?patch", f"/diff/{key}..{other.key}"],
        *[f"/{key}/fork", f"/{key}/comments", f"/{key}/comments.atom", f"/{key}/share", f"/{key}/embed"],
        *[f"/{key}/embed?revision=1", f"/oembed?url={origin}/{key}"],
        *[f"/api/v1/pastes/{key}{rest}" for rest in ("", "/raw?revision=1", "/revisions", "/revisions/1", "/comments")],
        *[f"/api/v1/pastes/{key}/diff/1..3", f"/api/v1/pastes/{key}/diff/1..3.patch", "/api/v1/search?q=two"],
        *[f"/api/v3/gists/{key}{rest}" for rest in ("", f"/{sha}", "/commits", "/comments")],
    ]


OF_THE_OWNER = ("/mine", "/api/v1/pastes", "/{}/edit", "/{}/statistics", "/{}/shares", "/{}/redact")
SAY_IT = 45
"""Of all these addresses at least so many have the text before."""


@pytest.mark.django_db(transaction=True)
def test_nothing_on_the_site_says_it_any_more_and_everything_is_still_there(
    alice: User, bob: User, settings: Settings
) -> None:
    settings.SITE_URL = "http://testserver"
    Webhook.objects.create(user=alice, url="https://hook.example/", events="paste.created", sealed_secret="x")
    paste, other = leaking(alice), make_paste(owner=bob, text="other\n")
    say: dict[str, Any] = {"paste": paste, "viewer": viewer_for(bob)}
    discussion.create(body=f"Is {SECRET} yours?", **say)
    discussion.create(body="And this?", anchor=Anchor(1, "notes.txt", 2, 2), **say)
    anybody, owner = client_for(), client_for(alice)

    def read(client: Any, path: str) -> str:
        response = client.get(path)
        assert response.status_code == 200, path
        return words_of(response)

    def everything() -> dict[str, str]:
        answers = {path: read(anybody, path) for path in pages_of(paste, other)}
        mine = [path.format(paste.key) for path in OF_THE_OWNER] + [reverse("accounts:export")]
        answers |= {f"owner {path}": read(owner, path) for path in mine}
        answers |= {f"bob {path}": read(client_for(bob), path) for path in (f"/{paste.key}", "/recent")}
        gist = program_of(alice).get(f"/api/v3/gists/{paste.key}/commits")
        return answers | {"gist": words_of(gist), "api": words_of(Program(alice).get(f"/pastes/{paste.key}/revisions"))}

    before = everything()
    saying = [path for path, text in before.items() if SECRET in text]
    assert len(saying) >= SAY_IT, sorted(set(before) - set(saying))
    kept = hot.find(subject=paste.key, path=f"/{paste.key}", language="en", origin="")
    assert isinstance(kept, hot.Entry)
    assert PageCopy.objects.filter(paste=paste).exists()

    redact(paste, alice)

    assert not PageCopy.objects.filter(paste=paste).exists()
    warm = everything()
    hot.clear()
    assert [path for answers in (warm, everything()) for path, text in answers.items() if SECRET in text] == []
    assert set(warm) == set(before)
    for row in (Delivery, SearchText, Paste, Comment, Revision):
        assert SECRET not in repr(list(row.objects.values()))
    assert Highlight.objects.filter(file__revision__number=4).exists(), "the worker has made them anew"
    for query in (f"/search?q={SECRET}", f"/api/v1/search?q={SECRET}"):
        assert paste.key not in client_for(alice).get(query).text


@pytest.mark.django_db(transaction=True)
def test_whoever_has_an_old_answer_is_not_told_that_it_is_still_right(alice: User) -> None:
    paste = leaking(alice)
    paths = [f"/{paste.key}/raw?revision=1", f"/{paste.key}/card.png?revision=1", f"/api/v1/pastes/{paste.key}"]
    paths += [f"/api/v3/gists/{paste.key}", "/recent.atom"]
    tags = {path: client_for(browser=False).get(path)["ETag"] for path in paths}
    redact(paste, alice)
    for path, tag in tags.items():
        again = client_for(browser=False).get(path, headers={"if-none-match": tag})
        assert (again.status_code, again["ETag"] == tag) == (200, False), path


def test_it_shows_where_it_is_and_changes_nothing_until_that_is_confirmed(alice: User) -> None:
    paste = leaking(alice)
    client, url = client_for(alice), f"/{paste.key}/redact"
    assert "<textarea" in client.get(url).text

    shown = client.post(url, {"text": f" {SECRET}\r\n"})

    assert shown.status_code == 200
    assert shown["Cache-Control"] == "private, no-store"
    assert "Found in 6 places, in 2 revisions" in shown.text
    assert shown.text.count("<mark>[redacted]</mark>") == 5  # a tag goes, and shows no line
    assert "Change a leaked password or key in any case" in shown.text
    assert form_of(shown)["base"] == "3"
    assert Revision.objects.filter(paste=paste).count() == 3

    done = client.post(url, form_of(shown))

    assert (done.status_code, done["Location"]) == (303, f"{url}?removed=6")
    told = client.get(done["Location"]).text
    assert "in 6 places, stands <code>[redacted]</code> now" in told
    assert "Change a leaked password or key in any case" in told
    assert f'href="/{paste.key}"' in told
    history = client.get(f"/{paste.key}/revisions").text
    assert "A text was removed from this paste and its history." in history


def test_it_says_what_others_have_of_it(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, text=SECRET)
    fork = make_paste(owner=bob, text=SECRET)
    Paste.objects.filter(pk=fork.pk).update(forked_from=paste)
    SearchText.objects.create(paste=fork, text=SECRET, folded=SECRET, words=SECRET, files=[])
    discussion.create(paste=paste, viewer=viewer_for(bob), body=f"{SECRET}?")
    html = client_for(alice).post(f"/{paste.key}/redact", {"text": SECRET}).text
    assert "1 comment says or quotes it" in html
    assert "1 public fork has it as well" in html


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("", 422, "Say what is to be removed."),
        ("abc", 422, "This is too short: it takes 4 characters"),
        ("redacted", 422, "This is a part of [redacted]"),
        ("\0" * 5, 422, "Null characters are not allowed."),
        ("nowhere-near", 200, "This is nowhere in the paste"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(alice: User, text: str, status: int, said: str) -> None:
    paste = make_paste(owner=alice)
    response = client_for(alice).post(f"/{paste.key}/redact", {"text": text, "base": "1"})
    assert response.status_code == status
    assert said in response.text
    if text.isalpha():
        assert f"{text}</textarea>" in response.text


def test_too_long_a_history_and_too_often_are_said(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paste = make_paste(owner=alice, text=SECRET)
    monkeypatch.setattr(redacting, "MOST_BYTES", 1)
    settings.PUBLISH_RATE_ACCOUNT = "1/d"
    client, url = client_for(alice), f"/{paste.key}/redact"
    assert "The history of this paste is too long for this" in client.post(url, {"text": SECRET}).text
    refused = client.post(url, {"text": SECRET})
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)


def test_who_confirms_what_was_changed_meanwhile_sees_where_it_is_now(alice: User) -> None:
    paste = make_paste(owner=alice, text=SECRET, name="notes.txt")
    client, url = client_for(alice), f"/{paste.key}/redact"
    fields = form_of(client.post(url, {"text": SECRET}))
    revise(paste, f"{SECRET}\n{SECRET}")
    response = client.post(url, fields)
    assert response.status_code == 409
    assert "Nothing was removed yet" in response.text
    assert form_of(response)["base"] == "2"
    assert "Found in 3 places" in response.text
    assert client.post(url, form_of(response)).status_code == 303


def test_a_second_click_says_that_it_is_gone(alice: User) -> None:
    paste = make_paste(owner=alice, text=SECRET)
    client, url = client_for(alice), f"/{paste.key}/redact"
    fields = form_of(client.post(url, {"text": SECRET}))
    client.post(url, fields)
    response = client.post(url, fields | {"base": "2"})
    assert (response.status_code, Revision.objects.count()) == (200, 2)
    assert "This is nowhere in the paste" in response.text


def test_who_published_without_an_account_does_it_with_the_edit_token() -> None:
    published = publish(text=SECRET)
    url = f"/{published.paste.key}/redact"
    client = client_for()
    assert client.post(url, {"text": SECRET, "base": "1"}).status_code == 403
    client.cookies["edit"] = published.edit_token
    assert (
        client.post(url, {"text": SECRET, "base": "1"}, headers={"X-Edit-Token": published.edit_token}).status_code
        == 303
    )
    assert Revision.objects.count() == 2


def test_the_authors_pages_lead_to_it_and_nobody_elses_do(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    for path in (f"/{paste.key}", f"/{paste.key}/revisions", f"/{paste.key}/edit"):
        assert f'href="/{paste.key}/redact"' in client_for(alice).get(path).text
        assert "/redact" not in client_for(bob).get(path, follow=True).text


class TestTheApi:
    def test_it_tells_where_and_then_removes(self, alice: User) -> None:
        paste, program = leaking(alice), Program(alice)
        path = f"/pastes/{paste.key}/redactions"

        told = program.post(path, {"text": SECRET, "dry_run": True}).json()  # type: ignore[attr-defined]

        assert (told["done"], told["count"], told["revisions"]) == (False, 6, [1, 2])
        place = {"kind": "file", "revisions": [2], "file": "notes.txt", "line": 3, "count": 1, "shown": "[redacted]"}
        assert told["places"][0] == place
        assert Revision.objects.filter(paste=paste).count() == 3
        done = program.post(path, {"text": SECRET})
        assert done.json() == told | {"done": True}  # type: ignore[attr-defined]
        assert "publish" in done["RateLimit"] or "redact" in done["RateLimit"]
        again = program.post(path, {"text": SECRET}).json()  # type: ignore[attr-defined]
        assert (again["done"], again["count"], again["places"]) == (False, 0, [])

    @pytest.mark.parametrize("body", [{}, {"text": "abc"}, {"text": 1}, {"text": "abcd", "dry": True}])
    def test_it_says_what_does_not_fit(self, alice: User, body: dict[str, Any]) -> None:
        paste = make_paste(owner=alice)
        answer = Program(alice).post(f"/pastes/{paste.key}/redactions", body)
        assert answer.status_code == 422
        assert answer.json()["errors"]  # type: ignore[attr-defined]

    def test_it_answers_409_when_the_paste_is_revised_at_the_same_time(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paste = make_paste(owner=alice, text=SECRET, name="notes.txt")
        look = redacting._look_around

        def edited_meanwhile(found: Found, *args: Any) -> None:
            look(found, *args)
            revise(Paste.objects.get(pk=paste.pk), "new")

        monkeypatch.setattr(redacting, "_look_around", edited_meanwhile)
        answer = Program(alice).post(f"/pastes/{paste.key}/redactions", {"text": SECRET})
        assert problem(answer, 409, "conflict")["title"].endswith("Nothing was removed.")
        assert Revision.objects.count() == 2
