"""What moderators do: with a reason, once, written down, and told to whom it concerns."""

from collections.abc import Callable

import pytest

from accounts.models import User
from pastes.domain import moderation, reports
from pastes.domain.reports import Handled
from pastes.exceptions import Forbidden, Invalid
from pastes.models import Comment, ModerationAction, Notification, Paste, Report
from tests.factories import make_paste, make_user, viewer_for
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

Verb = ModerationAction.Verb


@pytest.fixture
def olga(db: None) -> User:
    return make_user("olga", is_staff=True, is_superuser=True)


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, title="Cheap watches")


@pytest.fixture
def comment(paste: Paste, bob: User) -> Comment:
    Paste.objects.filter(pk=paste.pk).update(comments=1)
    return Comment.objects.create(paste=paste, author=bob, body="You fool")


def actions() -> list[tuple[str, str, str, str]]:
    return list(ModerationAction.objects.order_by("pk").values_list("verb", "paste_key", "person", "reason"))


def told(user: User) -> int:
    """How many notifications somebody has; `unread` must be the same."""
    user.refresh_from_db()
    count = Notification.objects.filter(user=user, kind="moderation").count()
    assert user.unread == count
    return count


def test_it_writes_down_what_changed_and_only_that(paste: Paste, alice: User, olga: User) -> None:
    for _twice in range(2):
        moderation.hide(pastes=[paste], moderator=olga, reason="spam")
    for _twice in range(2):
        moderation.show(pastes=[paste], moderator=olga)
    key = paste.key
    assert actions() == [("hide", key, "alice", "spam"), ("show", key, "alice", "")]
    assert told(alice) == 2


def test_it_remembers_what_it_deleted_and_the_author_hears_of_it(paste: Paste, alice: User, olga: User) -> None:
    assert moderation.delete(pastes=[paste, make_paste()], moderator=olga, reason="spam") == 2
    assert [row[:3] for row in actions()] == [("delete", paste.key, "alice"), ("delete", actions()[1][1], "")]
    assert told(alice) == 1
    assert Notification.objects.get().text == "Cheap watches", "the paste itself can no longer say it"


def test_it_removes_a_comment_with_a_reason_and_puts_it_back(comment: Comment, bob: User, olga: User) -> None:
    for _twice in range(2):
        moderation.remove_comments(comments=[comment], moderator=olga, reason="an insult")
    comment.refresh_from_db()
    assert comment.deleted
    assert comment.removed_reason == "an insult"
    for _twice in range(2):
        moderation.restore_comments(comments=[comment], moderator=olga)
    comment.refresh_from_db()
    comment.paste.refresh_from_db()
    assert not Comment.objects.exclude(deleted=None).exists()
    assert (comment.removed_reason, comment.paste.comments) == ("", 1)
    assert [row[0] for row in actions()] == ["remove", "restore"]
    assert told(bob) == 2


def test_it_puts_back_nothing_that_its_author_deleted(comment: Comment, olga: User) -> None:
    Comment.objects.update(deleted=comment.created)
    assert moderation.restore_comments(comments=[comment], moderator=olga) == 0
    assert actions() == []


def test_it_bans_an_author_with_everything_they_published(alice: User, bob: User, olga: User, paste: Paste) -> None:
    make_paste(owner=alice)
    make_paste(owner=bob)
    for hidden in (2, 0):
        assert moderation.ban(author=alice, moderator=olga, reason="spam") == hidden
    assert (alice.is_active, alice.ban_reason) == (False, "spam")
    assert [row[0] for row in actions()] == ["hide", "hide", "ban"]
    assert told(alice) == 0, "who cannot sign in has no use for it"
    for changed in (True, False):
        assert moderation.unban(author=alice, moderator=olga) is changed
    assert (alice.is_active, alice.ban_reason, actions()[-1][0]) == (True, "", "unban")
    assert Paste.objects.exclude(hidden_at=None).count() == 2


def test_it_bans_neither_oneself_nor_somebody_with_more_power(olga: User) -> None:
    mona = make_user("mona", is_staff=True)
    for author, moderator in ((olga, olga), (olga, mona), (mona, mona)):
        with pytest.raises(Forbidden):
            moderation.ban(author=author, moderator=moderator, reason="spam")
    assert actions() == []
    assert User.objects.filter(is_active=False).count() == 0


def test_it_tells_nobody_what_they_did_themselves(olga: User) -> None:
    moderation.hide(pastes=[make_paste(owner=olga)], moderator=olga, reason="a test")
    assert told(olga) == 0


@pytest.mark.parametrize("reason", ["", " \n", "x" * 201, "nul\0"])
def test_it_does_nothing_without_a_reason(paste: Paste, comment: Comment, alice: User, olga: User, reason: str) -> None:
    deeds: list[Callable[[], object]] = [
        lambda: moderation.hide(pastes=[paste], moderator=olga, reason=reason),
        lambda: moderation.delete(pastes=[paste], moderator=olga, reason=reason),
        lambda: moderation.remove_comments(comments=[comment], moderator=olga, reason=reason),
        lambda: moderation.ban(author=alice, moderator=olga, reason=reason),
    ]
    for deed in deeds:
        with pytest.raises(Invalid):
            deed()
    alice.refresh_from_db()
    assert alice.is_active
    assert (actions(), Paste.objects.get().hidden_at) == ([], None)


def test_it_closes_all_reports_on_the_same_thing_and_no_other(paste: Paste, comment: Comment, olga: User) -> None:
    mine, same = (Report.objects.create(paste=paste, category="spam") for _twice in range(2))
    other, on_comment = Report.objects.create(paste=make_paste()), Report.objects.create(paste=paste, comment=comment)
    reports.decide(report=mine, verb=Verb.HIDE, moderator=olga, reason="spam")
    states = dict(Report.objects.values_list("pk", "state"))
    assert [states[row.pk] for row in (mine, same, other, on_comment)] == ["accepted", "accepted", "open", "open"]
    same.refresh_from_db()
    assert same.handled_by == olga
    assert same.handled_at
    with pytest.raises(Handled):
        reports.decide(report=same, verb=Verb.DELETE, moderator=olga, reason="spam")
    assert Paste.objects.filter(pk=paste.pk).exists()


def test_it_bans_for_a_comment_and_removes_it(comment: Comment, bob: User, olga: User) -> None:
    report = Report.objects.create(paste=comment.paste, comment=comment)
    reports.decide(report=report, verb=Verb.BAN, moderator=olga, reason="insults")
    comment.refresh_from_db()
    bob.refresh_from_db()
    comment.paste.refresh_from_db()
    assert (comment.removed_reason, bob.is_active, comment.paste.hidden_at) == ("insults", False, None)


def test_it_rejects_a_report_without_a_word_to_the_author(paste: Paste, alice: User, olga: User) -> None:
    report = Report.objects.create(paste=paste)
    reports.decide(report=report, verb=Verb.REJECT, moderator=olga, reason="it is a poem")
    report.refresh_from_db()
    assert report.state == "rejected"
    assert actions() == [("reject", paste.key, "alice", "it is a poem")]
    assert told(alice) == 0


@pytest.mark.parametrize("verb", ["remove", "show", "", "everything"])
def test_it_refuses_what_cannot_be_done_there(paste: Paste, olga: User, verb: str) -> None:
    report = Report.objects.create(paste=paste)
    with pytest.raises(Invalid):
        reports.decide(report=report, verb=verb, moderator=olga, reason="spam")
    report.refresh_from_db()
    assert (report.state, actions()) == ("open", [])


@pytest.mark.django_db(transaction=True)
def test_it_lets_one_of_two_moderators_decide(paste: Paste, alice: User, olga: User) -> None:
    """Each has another of several reports on the same paste before them."""
    made = [Report.objects.create(paste=paste) for _each in range(4)]

    def decide(report: Report) -> None:
        reports.decide(report=report, verb=Verb.HIDE, moderator=olga, reason="spam")

    results = at_once([lambda report=report: decide(report) for report in made])  # type: ignore[misc]
    assert sorted(type(result).__name__ for result in results) == ["Handled", "Handled", "Handled", "NoneType"]
    assert len(actions()) == 1
    assert told(alice) == 1


@pytest.mark.django_db(transaction=True)
def test_it_keeps_one_report_of_an_account_that_sends_it_many_times_at_once(paste: Paste, bob: User) -> None:
    results = at_once([lambda: reports.report(paste=paste, viewer=viewer_for(bob), category="spam")] * 5)
    assert sorted(new for _report, new in results) == [False, False, False, False, True]  # type: ignore[misc]
    assert Report.objects.count() == 1
