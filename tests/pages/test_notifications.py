"""/notifications: what somebody was told; /mail/… and /extend/…: what the links in mails do without signing in."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Mail, User
from pastes.domain import discussion, mailing, moderation, notifications, reminders
from pastes.models import Comment, Notification, Paste
from tests.factories import client_for, make_paste, make_user, viewer_for

pytestmark = pytest.mark.django_db

URL = "/notifications"
FRAGMENT = {"HX-Request": "true"}


def say(paste: Paste, user: User, body: str = "Well done.") -> Comment:
    return discussion.create(paste=paste, viewer=viewer_for(user), body=body)


def only(user: User) -> Notification:
    return Notification.objects.get(user=user)


def remind(owner: User, **left: float) -> Paste:
    """A paste of ``owner`` that is about to expire, of which they were told."""
    now = timezone.now()
    paste = make_paste(owner=owner, name="build.log", expires_at=now + timedelta(**left))
    Paste.objects.filter(pk=paste.pk).update(created=now - timedelta(days=9), updated=now - timedelta(days=9))
    reminders.remind(at=now)
    return paste


class TestTheList:
    def test_it_asks_to_sign_in(self) -> None:
        response = client_for().get(URL)
        assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/notifications")

    def test_it_says_who_did_what_where_and_leads_there(self, alice: User, bob: User) -> None:
        paste = make_paste(owner=alice, title="Deploy notes")
        comment = say(paste, bob, "Line 3 is <wrong>.")
        client = client_for(alice)
        html = client.get(URL).text
        assert "<b><bdi>bob</bdi></b> commented on <bdi>“Deploy notes”</bdi>" in html
        assert "Line 3 is &lt;wrong&gt;." in html
        response = client.post(f"{URL}/{only(alice).pk}")
        assert response.status_code == 303
        assert response["Location"] == f"/{paste.key}/comments/{comment.pk}#comment-{comment.pk}"
        assert client.get(response["Location"]).status_code == 200

    def test_following_one_marks_it_as_read_and_looking_at_the_list_does_not(self, alice: User, bob: User) -> None:
        say(make_paste(owner=alice), bob)
        client = client_for(alice)
        for _twice in range(2):
            assert 'aria-label="1 new notification"' in client.get(URL).text
        client.post(f"{URL}/{only(alice).pk}")
        html = client.get(URL).text
        assert 'aria-label="Notifications"' in html
        assert re.search(r'<a class="title" href="/\w+/comments/\d+#comment-\d+">', html), "now a plain link"

    def test_all_are_read_at_once_but_for_those_that_came_since(self, alice: User, bob: User) -> None:
        paste = make_paste(owner=alice)
        say(paste, bob, "one")
        say(paste, bob, "two")
        client = client_for(alice)
        seen = re.search(r'name="up_to" value="(\d+)"', client.get(URL).text)
        assert seen
        say(paste, bob, "three")
        for _twice in range(2):
            response = client.post(URL, {"up_to": seen[1]})
            assert (response.status_code, response["Location"]) == (303, URL)
        assert 'aria-label="1 new notification"' in client.get(URL).text

    @pytest.mark.parametrize("wrong", ["", "x", "-1", "9" * 40])
    def test_it_bears_whatever_is_sent(self, alice: User, bob: User, wrong: str) -> None:
        say(make_paste(owner=alice), bob)
        assert client_for(alice).post(URL, {"up_to": wrong}).status_code == 303
        assert User.objects.get(pk=alice.pk).unread == 1
        assert client_for(alice).get(URL, {"before": wrong}).status_code == 200

    def test_the_answer_to_htmx_is_the_list_and_the_bell(self, alice: User, bob: User) -> None:
        say(make_paste(owner=alice), bob)
        html = client_for(alice).get(URL, headers=FRAGMENT).text
        assert "<html" not in html
        assert 'id="notifications"' in html
        assert re.search(r'id="bell"[^>]*hx-swap-oob="true"', html)

    def test_nobody_follows_what_somebody_else_was_told(self, alice: User, bob: User) -> None:
        say(make_paste(owner=alice), bob)
        assert client_for(bob).post(f"{URL}/{only(alice).pk}").status_code == 404
        assert User.objects.get(pk=alice.pk).unread == 1

    def test_it_refuses_a_forged_form(self, alice: User, bob: User) -> None:
        say(make_paste(owner=alice), bob)
        client = client_for(alice, csrf=True)
        assert client.post(URL, {"up_to": "999"}).status_code == 403
        assert client.post(f"{URL}/{only(alice).pk}").status_code == 403

    def test_it_says_what_appears_where_there_is_nothing(self, alice: User) -> None:
        assert "Nothing has happened yet" in client_for(alice).get(URL).text

    def test_it_pages_by_key_and_asks_a_constant_number_of_times(self, alice: User, bob: User) -> None:
        paste = make_paste(owner=alice)
        client, counts, html = client_for(alice), [], ""
        for more in (3, 60):
            for number in range(more):
                comment = Comment.objects.create(paste=paste, author=bob, body=f"{number} of {more}")
                notifications.commented(comment=comment)
            with CaptureQueriesContext(connection) as queries:
                html = client.get(URL).text
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 4
        found = []
        while True:
            found += re.findall(r"\d+ of \d+", html)
            following = re.search(r'href="(\?before=\d+)" rel="next"', html)
            if not following:
                break
            html = client.get(URL + following[1]).text
        assert len(found) == len(set(found)) == 63

    def test_it_is_for_no_cache_and_no_search_engine(self, alice: User) -> None:
        response = client_for(alice).get(URL)
        assert "no-store" in response["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in response.text


class TestWhatIsGone:
    """What somebody was told says nothing of what is no longer for them."""

    @pytest.fixture
    def paste(self, alice: User, bob: User) -> Paste:
        paste = make_paste(owner=alice, title="Secret plans")
        first = say(paste, bob, "The words of Bob")
        discussion.create(paste=paste, viewer=viewer_for(alice), body="The words of Alice", parent_id=first.pk)
        return paste

    @pytest.mark.parametrize(
        "change",
        [
            {"visibility": "private"},
            {"deleted_at": timezone.now()},
            {"expires_at": timezone.now()},
            {"hidden_at": timezone.now()},
        ],
        ids=["private", "deleted", "expired", "hidden"],
    )
    def test_a_paste_that_is_not_for_its_reader_has_no_name_text_or_address(
        self, bob: User, paste: Paste, change: dict[str, object]
    ) -> None:
        client = client_for(bob)
        assert "Secret plans" in client.get(URL).text
        Paste.objects.filter(pk=paste.pk).update(**change)
        html = client.get(URL).text
        assert "A comment on a paste that you can no longer read" in html
        for leak in ("Secret plans", "The words of Alice", paste.key):
            assert leak not in html
        assert client.post(f"{URL}/{only(bob).pk}")["Location"] == URL

    def test_the_owner_still_reads_of_a_private_one(self, alice: User, paste: Paste) -> None:
        Paste.objects.filter(pk=paste.pk).update(visibility="private")
        assert "Secret plans" in client_for(alice).get(URL).text

    def test_words_behind_a_password_are_not_quoted(self, bob: User, paste: Paste) -> None:
        Paste.objects.filter(pk=paste.pk).update(password="set since")
        assert "The words of Alice" not in client_for(bob).get(URL).text

    @pytest.mark.usefixtures("paste")
    def test_a_deleted_comment_is_not_quoted(self, alice: User, bob: User) -> None:
        comment = Comment.objects.get(author=bob)
        discussion.delete(comment=comment, viewer=viewer_for(bob))
        html = client_for(alice).get(URL).text
        assert "Secret plans" in html
        assert "The words of Bob" not in html

    @pytest.mark.usefixtures("paste")
    def test_somebody_who_has_left_has_no_name(self, alice: User, bob: User) -> None:
        bob.delete()
        html = client_for(alice).get(URL).text
        assert "Somebody who has left" in html
        assert "bob" not in html


class TestModeration:
    def test_an_author_reads_what_was_done_and_why(self, alice: User, bob: User) -> None:
        sam = make_user("sam", is_staff=True)
        paste, other = make_paste(owner=alice, title="Buy pills"), make_paste(owner=alice, title="Buy more")
        comment = say(make_paste(owner=bob, title="Notes"), alice, "Buy now")
        moderation.hide(pastes=[paste], moderator=sam, reason="This is spam.")
        moderation.delete(pastes=[other], moderator=sam, reason="So is this.")
        moderation.remove_comments(comments=[comment], moderator=sam, reason="And this.")
        html = client_for(alice).get(URL).text
        assert "A moderator has hidden your paste <bdi>“Buy pills”</bdi>" in html
        assert "A moderator has deleted your paste <bdi>“Buy more”</bdi>" in html
        assert "A moderator has removed your comment on <bdi>“Notes”</bdi>" in html
        for reason in ("This is spam.", "So is this.", "And this."):
            assert reason in html
        assert "sam" not in html


class TestTheBell:
    def test_it_costs_no_query_and_shows_the_number(self, alice: User) -> None:
        client = client_for(alice)
        User.objects.filter(pk=alice.pk).update(unread=120)
        html = client.get("/recent").text
        assert 'aria-label="120 new notifications"' in html
        assert "99+" in html

    def test_whoever_is_not_signed_in_has_none(self) -> None:
        assert 'id="bell"' not in client_for().get("/recent").text


class TestKeepingAPasteLonger:
    def test_it_takes_one_click_on_the_list(self, alice: User) -> None:
        paste = remind(alice, hours=20)
        client = client_for(alice)
        html = client.get(URL).text
        assert "<bdi>“build.log”</bdi> is about to expire" in html
        address = re.search(r'action="(/extend/[^"]+)"', html)
        assert address
        assert client.post(address[1]).status_code == 303
        end = paste.expires_at
        paste.refresh_from_db()
        assert end is not None
        assert paste.expires_at == end + reminders.LONGER
        html = client.get(URL).text
        assert "its end has been changed since" in html
        assert "/extend/" not in html

    def test_the_link_of_the_mail_works_without_signing_in_and_only_once(self, alice: User) -> None:
        paste = remind(alice, hours=20)
        url = f"/extend/{reminders.token_for(paste)}"
        client = client_for()
        page = client.get(url)
        assert page.status_code == 200
        assert "Keep it 30 days longer" in page.text
        paste.refresh_from_db()
        end = paste.expires_at
        for _twice in range(2):
            assert client.post(url)["Location"] == url
        paste.refresh_from_db()
        assert end is not None
        assert paste.expires_at == end + reminders.LONGER
        assert "is kept" in client.get(url).text

    def test_a_reader_sees_the_new_end_at_once(
        self, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        paste = remind(alice, hours=20)
        pages = [client_for().get(f"/{paste.key}").text]
        with django_capture_on_commit_callbacks(execute=True):
            client_for().post(f"/extend/{reminders.token_for(paste)}")
        pages.append(client_for().get(f"/{paste.key}").text)
        paste.refresh_from_db()
        assert paste.expires_at is not None
        assert [f"{paste.expires_at:%Y-%m-%d %H:%M} UTC" in page for page in pages] == [False, True]

    def test_a_paste_that_is_gone_is_said_to_be(self, alice: User) -> None:
        paste = remind(alice, hours=20)
        url = f"/extend/{reminders.token_for(paste)}"
        Paste.objects.filter(pk=paste.pk).update(expires_at=timezone.now())
        for response in (client_for().get(url), client_for().post(url)):
            assert response.status_code == 404
            assert "This paste is gone." in response.text

    def test_a_forged_link_opens_nothing(self, alice: User) -> None:
        token = reminders.token_for(remind(alice, hours=20))
        for forged in (f"{token}x", token.partition(".")[0], "a.b.c", mailing.token_for(alice)):
            assert client_for().get(f"/extend/{forged}").status_code == 404
            assert client_for().post(f"/extend/{forged}").status_code == 404


class TestChoosingMails:
    def test_the_link_of_a_mail_shows_the_choice_and_keeps_it(self, alice: User) -> None:
        url = f"/mail/{mailing.token_for(alice)}"
        client = client_for()
        assert re.search(r'value="at_once"[^>]*checked', client.get(url).text)
        assert mail_of(alice) == Mail.AT_ONCE, "looking changes nothing"
        response = client.post(url, {"mail": "daily"}, follow=True)
        assert response.redirect_chain == [(f"{url}?saved=1", 303)]
        assert "Saved." in response.text
        assert mail_of(alice) == Mail.DAILY

    def test_the_button_of_a_mail_program_ends_them(self, alice: User) -> None:
        url = f"/mail/{mailing.token_for(alice)}"
        for _twice in range(2):
            assert client_for(browser=False).post(url, {"List-Unsubscribe": "One-Click"}).status_code == 204
        assert mail_of(alice) == Mail.OFF

    @pytest.mark.parametrize("sent", [{}, {"mail": "hourly"}])
    def test_it_says_what_is_missing(self, alice: User, sent: dict[str, str]) -> None:
        response = client_for().post(f"/mail/{mailing.token_for(alice)}", sent)
        assert response.status_code == 422
        assert mail_of(alice) == Mail.AT_ONCE

    def test_a_forged_link_opens_nothing(self, alice: User) -> None:
        token = mailing.token_for(alice)
        for forged in (f"{token}x", str(alice.pk), f"{alice.pk}.", "x.y", reminders.token_for(make_paste())):
            assert client_for().get(f"/mail/{forged}").status_code == 404
            assert client_for().post(f"/mail/{forged}", {"mail": "off"}).status_code == 404
        alice.delete()
        assert client_for().get(f"/mail/{token}").status_code == 404

    def test_its_address_goes_nowhere_else(self, alice: User) -> None:
        for url in (f"/mail/{mailing.token_for(alice)}", f"/extend/{reminders.token_for(make_paste())}"):
            response = client_for().get(url)
            assert response["Referrer-Policy"] == "strict-origin"
            assert response["X-Robots-Tag"] == "noindex"
            assert "no-store" in response["Cache-Control"]

    def test_the_settings_have_it_where_mails_are_sent(self, alice: User, settings: Settings) -> None:
        assert 'name="mail"' not in client_for(alice).get("/accounts/settings").text
        settings.SITE_URL = "https://paste.example.org"
        assert 'name="mail"' in client_for(alice).get("/accounts/settings").text
        client_for(alice).post("/accounts/settings", {"mail": "off"})
        assert mail_of(alice) == Mail.OFF


def mail_of(user: User) -> str:
    return User.objects.get(pk=user.pk).mail
