"""/admin/pastes/paste/"""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pastes import storage
from pastes.models import File, Paste
from tests.factories import client_for, make_paste, read_all

LIST = "/admin/pastes/paste/"


def choose(action: str, *pastes: Paste, **more: str) -> dict[str, object]:
    return {"action": action, "_selected_action": [paste.pk for paste in pastes], **more}


def objects_of(paste: Paste) -> list[File]:
    return list(File.objects.filter(revision__paste=paste))


def gone(files: list[File]) -> bool:
    return all(storage.get(file.object_name, size=file.size) is None for file in files)


def test_it_finds_a_paste_by_key_author_and_words(desk: Client, alice: User) -> None:
    wanted = make_paste(owner=alice, title="Retry with jitter")
    make_paste(title="Something else")
    for words in (wanted.key, "alice", "jitter"):
        assert list(desk.get(LIST, {"q": words}).context["cl"].result_list) == [wanted]


def test_it_asks_then_hides_with_a_reason(desk: Client) -> None:
    paste, other = make_paste(title="Spam"), make_paste()
    reader = client_for()
    assert reader.get(f"/{paste.key}").status_code == 200
    page = desk.post(LIST, choose("hide", paste)).content.decode()
    assert "1 paste" in page
    assert "Spam" in page
    assert reader.get(f"/{paste.key}").status_code == 200, "only asked so far"
    answer = desk.post(LIST, choose("hide", paste, confirmed="yes", reason="advertising"), follow=True)
    assert "1 paste is hidden." in answer.content.decode()
    assert reader.get(f"/{paste.key}").status_code == 404
    assert reader.get(f"/{other.key}").status_code == 200
    paste.refresh_from_db()
    assert paste.hidden_reason == "advertising"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "\0"])
def test_it_hides_and_deletes_nothing_without_a_reason_that_can_be_read(desk: Client, reason: str) -> None:
    paste = make_paste()
    for action in ("hide", "delete"):
        answer = desk.post(LIST, choose(action, paste, confirmed="yes", reason=reason))
        assert answer.status_code == 422
        assert 'id="reason-error"' in answer.text
    assert desk.post(f"{LIST}{paste.pk}/delete/", {"confirmed": "yes", "reason": reason}).status_code == 422
    paste.refresh_from_db()
    assert paste.hidden_at is None


def test_it_shows_again(desk: Client) -> None:
    paste = make_paste()
    desk.post(LIST, choose("hide", paste, reason="spam"))
    answer = desk.post(LIST, choose("show", paste), follow=True)
    assert "1 paste is shown again." in answer.content.decode()
    assert client_for().get(f"/{paste.key}").status_code == 200


def test_it_says_that_nothing_was_there_to_change(desk: Client) -> None:
    answer = desk.post(LIST, choose("show", make_paste()), follow=True)
    assert "0 pastes are shown again." in answer.content.decode()


def test_it_deletes_the_chosen_with_their_objects(desk: Client, django_capture_on_commit_callbacks: object) -> None:
    paste, other = make_paste(), make_paste()
    files, kept = objects_of(paste), objects_of(other)
    page = desk.post(LIST, choose("delete", paste)).content.decode()
    assert paste.key in page
    assert "cannot be undone" in page
    assert Paste.objects.filter(pk=paste.pk).exists(), "only asked so far"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        desk.post(LIST, choose("delete", paste, reason="spam"))
    assert not Paste.objects.filter(pk=paste.pk).exists()
    assert gone(files)
    assert not gone(kept)


def test_it_deletes_one_with_its_objects(desk: Client, django_capture_on_commit_callbacks: object) -> None:
    paste = make_paste()
    files = objects_of(paste)
    assert paste.key in desk.get(f"{LIST}{paste.pk}/delete/").text
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        desk.post(f"{LIST}{paste.pk}/delete/", {"reason": "spam"})
    assert not Paste.objects.filter(pk=paste.pk).exists()
    assert gone(files)


def test_it_bans_the_author_and_hides_all_they_published(desk: Client, alice: User, bob: User) -> None:
    shown, another, bobs = make_paste(owner=alice), make_paste(owner=alice), make_paste(owner=bob)
    browser = client_for(alice)
    page = desk.post(LIST, choose("ban_author", shown)).content.decode()
    assert "alice" in page
    answer = desk.post(LIST, choose("ban_author", shown, reason="spam"), follow=True).content.decode()
    assert "1 author is banned; 2 pastes are hidden." in answer
    assert browser.get(reverse("pastes:mine")).status_code == 302, "signed out"
    reader = client_for()
    assert [reader.get(f"/{paste.key}").status_code for paste in (shown, another, bobs)] == [404, 404, 200]


def test_it_bans_nobody_for_an_anonymous_paste_nor_whoever_asks(desk: Client, olga: User) -> None:
    answer = desk.post(LIST, choose("ban_author", make_paste(), make_paste(owner=olga)), follow=True)
    assert "0 authors are banned" in answer.content.decode()
    olga.refresh_from_db()
    assert olga.is_active


def test_it_lets_a_helper_hide_and_neither_delete_nor_ban(mona: User, alice: User) -> None:
    paste = make_paste(owner=alice)
    helper = client_for(mona)
    for action in ("delete", "ban_author"):
        helper.post(LIST, choose(action, paste, confirmed="yes", post="yes", reason="spam"))
    assert helper.post(f"{LIST}{paste.pk}/delete/", {"reason": "spam"}).status_code == 403
    alice.refresh_from_db()
    assert alice.is_active
    helper.post(LIST, choose("hide", paste, reason="spam"))
    paste.refresh_from_db()
    assert paste.hidden_at


def test_it_changes_a_paste_without_touching_its_counters(desk: Client) -> None:
    paste = make_paste(title="Rude word")
    reader = client_for()
    assert "Rude word" in read_all(reader.get(f"/{paste.key}")).decode()
    Paste.objects.filter(pk=paste.pk).update(views=7)
    desk.post(f"{LIST}{paste.pk}/change/", {"title": "Kind word", "visibility": "unlisted", "comments_enabled": "on"})
    paste.refresh_from_db()
    assert (paste.title, paste.visibility, paste.views) == ("Kind word", "unlisted", 7)
    assert "Kind word" in read_all(reader.get(f"/{paste.key}")).decode(), "no cached page is left"


def test_it_shows_a_moderator_the_text_of_what_is_hidden_but_nothing_private(desk: Client, alice: User) -> None:
    hidden, private = make_paste(text="<b>buy</b>"), make_paste(owner=alice, text="my diary", visibility="private")
    desk.post(LIST, choose("hide", hidden, reason="spam"))
    for paste, text, shown in ((hidden, "&lt;b&gt;buy&lt;/b&gt;", True), (private, "my diary", False)):
        for page in (f"file/{objects_of(paste)[0].pk}", f"paste/{paste.pk}"):
            assert (text in desk.get(f"/admin/pastes/{page}/change/").content.decode()) is shown
