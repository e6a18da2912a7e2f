"""Reports through the API."""

from typing import Any, get_args

import pytest
from django.test import Client

from pastes.api.v1.reports import Category
from pastes.models import Comment, Paste, Report
from tests.api.programs import as_program
from tests.factories import make_paste, make_user

pytestmark = pytest.mark.django_db


def send(client: Client, url: str, **sent: Any) -> Any:
    return client.post(url, sent, content_type="application/json")


def test_it_knows_the_sites_categories() -> None:
    assert list(get_args(Category)) == Report.Category.values


def test_anybody_reports_a_paste_and_stays_unknown() -> None:
    paste = make_paste()
    assert send(Client(), f"/api/v1/pastes/{paste.key}/report", category="spam", text="Buy!").status_code == 204
    report = Report.objects.get()
    assert (report.paste, report.reporter, report.category, report.reason) == (paste, None, "spam", "Buy!")


def test_an_account_reports_a_thing_once() -> None:
    paste, bob = make_paste(), make_user("bob")
    for _time in range(2):
        assert send(as_program(bob), f"/api/v1/pastes/{paste.key}/report", category="spam").status_code == 204
    assert Report.objects.get().reporter == bob


def test_it_opens_no_gate_to_report_what_is_behind_it() -> None:
    paste = make_paste(burn=True)
    assert send(Client(), f"/api/v1/pastes/{paste.key}/report", category="malware").status_code == 204
    assert Paste.objects.get().opens == 0


def test_it_reports_a_comment_of_this_paste_only() -> None:
    paste, other, bob = make_paste(), make_paste(), make_user("bob")
    comment = Comment.objects.create(paste=paste, author=bob, body="Buy!")
    assert (
        send(Client(), f"/api/v1/pastes/{other.key}/comments/{comment.pk}/report", category="spam").status_code == 404
    )
    assert (
        send(Client(), f"/api/v1/pastes/{paste.key}/comments/{comment.pk}/report", category="spam").status_code == 204
    )
    assert Report.objects.get().comment == comment


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "category"),
        ({"category": "boring"}, "category"),
        ({"category": "other"}, "text"),
        ({"category": "spam", "text": "x" * 2_001}, "text"),
        ({"category": "spam", "text": "\0"}, "text"),
        ({"category": "spam", "txt": ""}, "txt"),
    ],
)
def test_it_says_what_does_not_fit(sent: dict[str, Any], field: str) -> None:
    response = send(Client(), f"/api/v1/pastes/{make_paste().key}/report", **sent)
    assert (response.status_code, list(response.json()["errors"])) == (422, [field])
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_it_says_when_it_is_too_often(settings: Any) -> None:
    settings.REPORT_RATE = "1/h"
    url = f"/api/v1/pastes/{make_paste().key}/report"
    assert send(Client(), url, category="spam")["RateLimit"].startswith('"report";r=0;t=')
    refused = send(Client(), url, category="spam")
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
