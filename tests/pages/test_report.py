"""/<key>/report and /<key>/comments/<id>/report: what is wrong, said with an account or without."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastes.models import Comment, Paste, Report
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

TEXT = "It has my address in it."


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text="spam and eggs", name="a.txt")


@pytest.fixture
def comment(paste: Paste, alice: User) -> Comment:
    return Comment.objects.create(paste=paste, author=alice, body="You fool")


def test_it_is_linked_from_the_page_of_a_paste_but_not_for_its_author(paste: Paste, alice: User) -> None:
    link = f'href="/{paste.key}/report"'
    assert link in client_for().get(f"/{paste.key}").text
    assert link not in client_for(alice).get(f"/{paste.key}").text


def test_it_takes_a_report_from_anybody(paste: Paste) -> None:
    reader = client_for()
    form = reader.get(f"/{paste.key}/report").text
    assert all(f'value="{category}"' in form for category in Report.Category.values)
    response = reader.post(f"/{paste.key}/report", {"category": "secret", "text": f"{TEXT}\r\n"})
    assert (response.status_code, response["Location"]) == (303, f"/{paste.key}/report?sent=new")
    assert "it is reported" in reader.get(response["Location"]).text
    report = Report.objects.get()
    assert (report.paste, report.comment, report.reporter) == (paste, None, None)
    assert (report.category, report.reason, report.state) == ("secret", TEXT, "open")


def test_it_keeps_no_address_of_a_visitor(paste: Paste) -> None:
    Client(REMOTE_ADDR="198.51.100.23").post(f"/{paste.key}/report", {"category": "spam"})
    assert "198.51.100.23" not in str(Report.objects.values().get())


def test_it_knows_what_an_account_has_reported_already(paste: Paste, comment: Comment, bob: User) -> None:
    reader = client_for(bob)
    answers = [reader.post(f"/{paste.key}/report", {"category": "spam"})["Location"] for _twice in range(2)]
    assert answers == [f"/{paste.key}/report?sent=new", f"/{paste.key}/report?sent=known"]
    assert "reported this already" in reader.get(answers[1]).text
    assert Report.objects.get().reporter == bob
    reader.post(f"/{paste.key}/comments/{comment.pk}/report", {"category": "abuse"})
    assert Report.objects.count() == 2, "the comment is another thing"
    Report.objects.update(state=Report.State.REJECTED)
    reader.post(f"/{paste.key}/report", {"category": "malware"})
    assert Report.objects.filter(state="open").count() == 1, "what was handled can be reported again"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "Say what is wrong with it."),
        ({"category": "boring"}, "Select a valid choice"),
        ({"category": "other", "text": " \r\n"}, "Say in a few words what is wrong."),
        ({"category": "spam", "text": "y" * 2_001}, "At most 2000 characters"),
        ({"category": "spam", "text": "kept\0"}, "Null characters are not allowed."),
    ],
)
def test_it_says_what_does_not_fit_and_keeps_what_was_typed(paste: Paste, form: dict[str, str], message: str) -> None:
    response = client_for().post(f"/{paste.key}/report", form)
    assert response.status_code == 422
    assert message in response.text
    assert form.get("text", "").strip().replace("\0", "") in response.text.replace("\0", "")
    assert not Report.objects.exists()


def test_it_counts_2_000_characters_as_people_do(paste: Paste) -> None:
    text = "line\r\n" * 399 + "12345"
    assert client_for().post(f"/{paste.key}/report", {"category": "spam", "text": text}).status_code == 303
    assert len(Report.objects.get().reason) == 2_000


def test_it_has_a_limit_for_each_account_and_address(paste: Paste, settings: Settings, bob: User) -> None:
    settings.REPORT_RATE = "1/h"
    reader, sent = client_for(), {"category": "other", "text": TEXT}
    assert reader.post(f"/{paste.key}/report", sent).status_code == 303
    refused = reader.post(f"/{paste.key}/report", sent)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert TEXT in refused.text
    assert client_for(bob).post(f"/{paste.key}/report", sent).status_code == 303
    assert Report.objects.count() == 2


def test_it_answers_programs_in_their_own_form(paste: Paste) -> None:
    program = client_for(browser=False)
    assert program.post(f"/{paste.key}/report", {"category": "spam"}).status_code == 204
    wrong = program.post(f"/{paste.key}/report", {})
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "Nothing was reported" in wrong.text
    assert "Say what is wrong with it." in wrong.text
    problem = program.post(f"/{paste.key}/report", {}, headers={"accept": "application/json"})
    assert (problem.status_code, problem["Content-Type"]) == (422, "application/problem+json")
    assert problem.json()["errors"] == {"category": ["Say what is wrong with it."]}


@pytest.mark.parametrize("gate", [{"password": "open sesame"}, {"burn": True}, {"max_views": 2}])
def test_it_takes_reports_of_what_has_a_gate_without_opening_it(alice: User, gate: dict[str, object]) -> None:
    paste = make_paste(owner=alice, text="hidden text", name="plans.txt", title="Plans", **gate)
    reader = client_for()
    assert f'href="/{paste.key}/report"' in reader.get(f"/{paste.key}").text
    page = reader.get(f"/{paste.key}/report").text
    assert "Plans" not in page
    assert reader.post(f"/{paste.key}/report", {"category": "spam"}).status_code == 303
    paste.refresh_from_db()
    assert paste.opens == 0


def test_it_takes_a_comment_of_this_paste_only(paste: Paste, comment: Comment, bob: User) -> None:
    reader, other = client_for(bob), make_paste()
    address = f"/{paste.key}/comments/{comment.pk}/report"
    assert "You fool" in reader.get(address).text
    assert reader.post(address, {"category": "abuse"})["Location"] == f"{address}?sent=new"
    report = Report.objects.get()
    assert (report.paste, report.comment) == (paste, comment)
    for elsewhere in (
        f"/{other.key}/comments/{comment.pk}/report",
        f"/{paste.key}/comments/{comment.pk + 1}/report",
        f"/{paste.key}/comments/{10**30}/report",
    ):
        assert reader.get(elsewhere).status_code == 404
        assert reader.post(elsewhere, {"category": "abuse"}).status_code == 404
    assert Report.objects.count() == 1


def test_it_shows_no_comment_that_is_gone_or_behind_a_password(alice: User, comment: Comment) -> None:
    Comment.objects.update(deleted=comment.created)
    assert client_for().get(f"/{comment.paste.key}/comments/{comment.pk}/report").status_code == 404
    locked = make_paste(owner=alice, password="open sesame")
    inside = Comment.objects.create(paste=locked, author=alice, body="between us")
    response = client_for().get(f"/{locked.key}/comments/{inside.pk}/report")
    assert (response.status_code, "between us" in response.text) == (403, False)


def test_it_checks_the_form_of_whoever_is_signed_in(paste: Paste, bob: User) -> None:
    browser = client_for(bob, csrf=True)
    assert browser.post(f"/{paste.key}/report", {"category": "spam"}).status_code == 403
    assert "csrfmiddlewaretoken" in browser.get(f"/{paste.key}/report").text
    assert "csrfmiddlewaretoken" not in client_for().get(f"/{paste.key}/report").text
