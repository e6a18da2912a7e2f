"""What a moderator has hidden or removed: gone for everybody, with the reason for its author."""

import pytest
from django.utils import timezone

from accounts.models import User
from pastes.domain import moderation
from pastes.models import Comment, Paste
from tests.factories import client_for, make_paste, make_user, publish

pytestmark = pytest.mark.django_db

REASON = "Advertising, <i>again</i>"
SHOWN = "Advertising, &lt;i&gt;again&lt;/i&gt;"


@pytest.fixture
def mona(db: None) -> User:
    return make_user("mona", is_staff=True)


def test_it_tells_the_owner_why_and_nobody_else_that_it_was_there(alice: User, bob: User, mona: User) -> None:
    paste = make_paste(owner=alice, title="Cheap watches")
    moderation.hide(pastes=[paste], moderator=mona, reason=REASON)
    page = client_for(alice).get(f"/{paste.key}")
    assert page.status_code == 410
    assert "Cheap watches" in page.text
    assert SHOWN in page.text
    assert "no-store" in page["Cache-Control"]
    for other in (client_for(), client_for(bob), client_for(mona)):
        answer = other.get(f"/{paste.key}")
        assert answer.status_code == 404
        assert "Advertising" not in answer.text
    assert client_for(alice).get(f"/{paste.key}/raw").status_code == 404


def test_it_tells_whoever_has_the_edit_token(mona: User) -> None:
    published = publish(title="Cheap watches")
    moderation.hide(pastes=[published.paste], moderator=mona, reason=REASON)
    author = client_for()
    author.cookies["edit_token"] = published.edit_token
    assert SHOWN in author.get(f"/{published.paste.key}").text
    author.cookies["edit_token"] = "guessed"
    assert author.get(f"/{published.paste.key}").status_code == 404


@pytest.mark.parametrize("end", ["expires_at", "deleted_at"])
def test_it_is_gone_for_its_author_too_when_its_time_is_over(alice: User, mona: User, end: str) -> None:
    paste = make_paste(owner=alice)
    moderation.hide(pastes=[paste], moderator=mona, reason=REASON)
    Paste.objects.update(**{end: timezone.now()})
    assert client_for(alice).get(f"/{paste.key}").status_code == 404
    assert REASON not in client_for(alice).get("/mine").text


def test_it_is_in_the_authors_own_list_with_the_reason(alice: User, mona: User) -> None:
    paste = make_paste(owner=alice, title="Cheap watches")
    make_paste(owner=alice, title="Poems")
    moderation.hide(pastes=[paste], moderator=mona, reason=REASON)
    own = client_for(alice).get("/mine").text
    assert own.count("Hidden by a moderator") == 1
    assert SHOWN in own
    assert "Cheap watches" not in client_for().get("/recent").text


def test_it_is_a_page_like_before_when_it_is_shown_again(alice: User, mona: User) -> None:
    paste = make_paste(owner=alice)
    moderation.hide(pastes=[paste], moderator=mona, reason=REASON)
    moderation.show(pastes=[paste], moderator=mona)
    assert client_for(alice).get(f"/{paste.key}").status_code == 200
    assert "Hidden by" not in client_for(alice).get("/mine").text


def test_it_tells_the_author_of_a_comment_why_it_was_removed(alice: User, bob: User, mona: User) -> None:
    paste = make_paste(owner=alice)
    Comment.objects.create(paste=paste, author=alice, body="What do you think?")
    Paste.objects.update(comments=2)
    comment = Comment.objects.create(paste=paste, author=bob, body="Cheap watches")
    alone = Comment.objects.create(paste=make_paste(owner=alice), author=bob, body="Cheap watches")
    Paste.objects.filter(pk=alone.paste.pk).update(comments=1)
    moderation.remove_comments(comments=[alone], moderator=mona, reason=REASON)
    assert SHOWN in client_for(bob).get(f"/{alone.paste.key}").text
    moderation.remove_comments(comments=[comment], moderator=mona, reason=REASON)
    assert SHOWN in client_for(bob).get(f"/{paste.key}").text
    for other in (client_for(), client_for(alice), client_for(mona)):
        page = other.get(f"/{paste.key}").text
        assert "A moderator removed this comment." in page
        assert "Advertising" not in page
        assert "Cheap watches" not in page
