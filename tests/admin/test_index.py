"""/admin/: what an operator sees first."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Task

from accounts.models import User
from pastes.domain import keys
from tests.factories import client_for


def state(desk: Client) -> str:
    html = desk.get("/admin/").content.decode()
    return " ".join(html.partition('id="site-state"')[2].partition("</ul>")[0].split())


def test_it_shows_how_many_keys_wait(desk: Client, settings: Any) -> None:
    keys.seed(count=1_200)
    assert "1,200 unused keys <strong" in state(desk)
    settings.KEYS_LOW_WATER = 1_000
    assert "1,200 unused keys </li>" in state(desk)


def test_it_shows_what_the_queue_holds(desk: Client) -> None:
    assert "0 tasks wait" in state(desk)
    now = timezone.now()
    OrmQ.objects.create(key="pastebin", payload="x", lock=now - timedelta(seconds=90))
    OrmQ.objects.create(key="pastebin", payload="x", lock=now + timedelta(seconds=90))
    Task.objects.create(id="a", name="a", func="f", started=now, stopped=now, success=False)
    shown = state(desk)
    assert "1 task waits" in shown
    assert "the oldest for 9" in shown
    assert "1 task has failed" in shown


@pytest.mark.django_db
def test_it_lets_only_staff_in(alice: User) -> None:
    assert client_for(alice).get("/admin/").status_code != 200
    assert client_for().get("/admin/").status_code == 302
