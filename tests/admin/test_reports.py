"""/admin/pastes/report/: the queue, what is reported beside each report, and what is done about it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes.domain import moderation
from pastes.models import Comment, ModerationAction, Paste, Report
from tests.factories import client_for, make_paste, make_user

LIST = "/admin/pastes/report/"
ACTIONS = "/admin/pastes/moderationaction/"


def address(report: Report) -> str:
    return f"{LIST}{report.pk}/change/"


def decide(browser: Client, report: Report, verb: str, reason: str = "advertising") -> str:
    """What the moderator reads after pressing a button."""
    return browser.post(address(report), {"verb": verb, "reason": reason}, follow=True).text


@pytest.fixture
def paste(alice: User) -> Paste:
    text = "".join(f"<b>line {number}</b>\n" for number in range(1, 301))
    return make_paste(owner=alice, title="<Watches>", description="So cheap", text=text, name="ad.html")


@pytest.fixture
def report(paste: Paste, bob: User) -> Report:
    return Report.objects.create(paste=paste, reporter=bob, category="spam", reason="<Buys> nothing")


@pytest.fixture
def comment(paste: Paste, bob: User) -> Comment:
    Paste.objects.filter(pk=paste.pk).update(comments=1)
    return Comment.objects.create(paste=paste, author=bob, body="You <fool>")


def test_it_lists_the_open_ones_the_oldest_first(desk: Client, report: Report) -> None:
    newer = Report.objects.create(paste=report.paste, category="malware")
    done = Report.objects.create(paste=report.paste, state=Report.State.REJECTED)
    assert list(desk.get(LIST).context["cl"].result_list) == [report, newer]
    assert list(desk.get(LIST, {"state": "rejected"}).context["cl"].result_list) == [done]
    assert list(desk.get(LIST, {"state": "all"}).context["cl"].result_list) == [report, newer, done]


def test_it_is_counted_on_the_first_page_of_the_admin(desk: Client, report: Report, mona: User) -> None:
    assert "1 open report<" in desk.get("/admin/").text
    Report.objects.create(paste=report.paste)
    assert "2 open reports<" in desk.get("/admin/").text
    assert "open report" not in client_for(mona).get("/admin/").text, "she may not see them"


def test_it_shows_the_paste_beside_the_report(desk: Client, report: Report) -> None:
    html = desk.get(address(report)).text
    for shown in ("&lt;Watches&gt;", "So cheap", "ad.html", "alice", "&lt;Buys&gt; nothing", "bob"):
        assert shown in html
    assert "&lt;b&gt;line 200&lt;/b&gt;" in html
    assert "line 201" not in html


def test_it_shows_the_comment_with_what_it_answers(desk: Client, comment: Comment, alice: User) -> None:
    reply = Comment.objects.create(paste=comment.paste, author=alice, parent=comment, root=comment, body="No, you")
    html = desk.get(address(Report.objects.create(paste=comment.paste, comment=reply))).text
    assert "No, you" in html
    assert "You &lt;fool&gt;" in html
    assert "Hide the paste" in html
    assert "Remove the comment" in html


def test_it_shows_others_about_the_same_and_what_was_done_before(
    desk: Client, report: Report, olga: User, alice: User
) -> None:
    Report.objects.create(paste=report.paste, category="malware", reason="it phones home")
    Report.objects.create(paste=make_paste(), reason="about something else")
    earlier = make_paste(owner=alice)
    moderation.hide(pastes=[earlier], moderator=olga, reason="a warning")
    html = desk.get(address(report)).text
    assert "it phones home" in html
    assert "about something else" not in html
    assert "a warning" in html
    assert earlier.key in html


@pytest.mark.parametrize("guard", [{"visibility": "private"}, {"password": "open sesame"}, {"burn": True}, {}])
def test_it_lets_the_moderator_judge_what_is_guarded_or_hidden(
    desk: Client, alice: User, olga: User, guard: dict[str, Any]
) -> None:
    paste = make_paste(owner=alice, text="stolen cards", **guard)
    report = Report.objects.create(paste=paste)
    if not guard:
        moderation.hide(pastes=[paste], moderator=olga, reason="spam")
    for _twice in range(2):
        assert "stolen cards" in desk.get(address(report)).text
    assert Paste.objects.get().opens == 0
    decide(desk, report, "reject")
    assert ("stolen cards" in desk.get(address(report)).text) is (not guard), (
        "once it is handled, it is nobody's business"
    )


def test_it_leaves_what_the_author_encrypted_unread(desk: Client, report: Report) -> None:
    Paste.objects.update(encrypted=True)
    html = desk.get(address(report)).text
    assert "It is encrypted" in html
    assert "line 1" not in html


def test_it_works_without_the_object_store(desk: Client, report: Report, store_down: None) -> None:
    assert "The text cannot be read now." in desk.get(address(report)).text
    assert "The paste is hidden." in decide(desk, report, "hide")


def test_it_shows_a_little_of_many_files(desk: Client, alice: User) -> None:
    from pastes.domain.content import NewFile  # noqa: PLC0415 # beside its only use

    files = [NewFile(b"line\n" * 60, f"file{number}.txt") for number in range(8)]
    report = Report.objects.create(paste=make_paste(files=[*files, NewFile(b"\0\1\2\xff" * 9, "photo.bin")]))
    html = desk.get(address(report)).text
    assert html.count("line\n") == 200
    assert html.count("there is enough above") == 4
    assert "It is not text." in html


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("hide", "The paste is hidden."),
        ("delete", "The paste is deleted."),
        ("ban", "The author is banned"),
        ("reject", "The report is rejected."),
    ],
)
def test_it_acts_on_a_paste_and_writes_it_down(desk: Client, report: Report, verb: str, said: str) -> None:
    assert said in decide(desk, report, verb)
    assert verb in ModerationAction.objects.values_list("verb", flat=True)
    assert not Report.objects.filter(state="open").exists()
    listed = desk.get(ACTIONS, {"q": report.paste.key}).text
    assert "advertising" in listed
    assert "olga" in listed


def test_it_acts_on_a_comment(desk: Client, comment: Comment) -> None:
    report = Report.objects.create(paste=comment.paste, comment=comment)
    assert "The comment is removed." in decide(desk, report, "remove", "an insult")
    comment.refresh_from_db()
    assert comment.removed_reason == "an insult"
    assert "an insult" in desk.get(ACTIONS, {"q": "bob"}).text


def test_it_asks_for_the_reason_and_keeps_what_was_typed(desk: Client, report: Report) -> None:
    assert "Say why" in decide(desk, report, "hide", " ")
    assert desk.post(address(report), {"verb": "hide", "reason": "x" * 201}).status_code == 422
    assert "x" * 201 in decide(desk, report, "hide", "x" * 201)
    assert "Choose one of the buttons." in decide(desk, report, "destroy")
    assert not ModerationAction.objects.exists()


def test_it_tells_the_second_of_two_moderators(desk: Client, report: Report) -> None:
    other = client_for(make_user("otto", is_staff=True, is_superuser=True))
    assert 'name="verb"' in other.get(address(report)).text
    decide(desk, report, "hide")
    assert "has handled this report already" in decide(other, report, "delete")
    assert Paste.objects.exists()
    assert 'name="verb"' not in other.get(address(report)).text
    Paste.objects.all().delete()
    assert "This report is gone" in other.get(address(report), follow=True).text


def test_it_offers_a_helper_what_she_may_do(report: Report, comment: Comment, mona: User, olga: User) -> None:
    helper = client_for(mona)
    assert helper.get(LIST).status_code == 403
    assert helper.get(address(report)).status_code == 403
    mona.user_permissions.add(Permission.objects.get(codename="view_report"))
    helper = client_for(User.objects.get(pk=mona.pk))
    html = helper.get(address(report)).text
    assert "Hide the paste" in html
    for button in ("Delete the paste", "Ban the author", "Reject the report"):
        assert button not in html
    for verb in ("delete", "ban", "reject"):
        assert "Choose one of the buttons." in decide(helper, report, verb)
    assert "The paste is hidden." in decide(helper, report, "hide")


def test_it_offers_nobody_to_ban_themselves_or_somebody_with_more_power(olga: User, mona: User) -> None:
    report = Report.objects.create(paste=make_paste(owner=olga))
    mona.user_permissions.set(Permission.objects.filter(codename__in=["view_report", "change_user", "change_paste"]))
    for moderator in (olga, mona):
        html = client_for(moderator).get(address(report)).text
        assert "Hide the paste" in html
        assert "Ban the author" not in html


def test_it_needs_as_many_queries_for_many_reports_as_for_few(desk: Client, report: Report, olga: User) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(url).status_code == 200
        return len(captured)

    Report.objects.create(paste=report.paste, reporter=olga)
    moderation.hide(pastes=[make_paste(owner=report.paste.owner)], moderator=olga, reason="spam")
    few = [queries(LIST), queries(address(report)), queries(ACTIONS)]
    for number in range(20):
        person = make_user(f"person{number}", is_staff=True, is_superuser=True)
        Report.objects.create(paste=report.paste, reporter=person)
        moderation.hide(pastes=[make_paste(owner=report.paste.owner)], moderator=person, reason="spam")
    assert [queries(LIST), queries(address(report)), queries(ACTIONS)] == few


def test_it_changes_no_action_and_finds_them_by_verb_and_moderator(desk: Client, olga: User, report: Report) -> None:
    decide(desk, report, "hide")
    action = ModerationAction.objects.get()
    assert desk.post(f"{ACTIONS}{action.pk}/change/", {"reason": "another"}).status_code == 403
    assert desk.post(f"{ACTIONS}{action.pk}/delete/", {"post": "yes"}).status_code == 403
    for chosen, count in ({"verb": "hide"}, 1), ({"verb": "ban"}, 0), ({"moderator__id__exact": olga.pk}, 1):
        assert desk.get(ACTIONS, chosen).context["cl"].result_count == count
