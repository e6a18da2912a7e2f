"""An author's numbers through the API."""

from typing import get_args

import pytest
from django.test import Client
from django.utils import timezone

from pastes.api.v1.statistics import Span
from pastes.domain.counting import OTHER
from pastes.domain.statistics import SPANS
from pastes.models import DailyViews, Referral
from tests.api.programs import as_program
from tests.factories import make_paste, make_user, publish

pytestmark = pytest.mark.django_db


def test_it_knows_the_sites_spans() -> None:
    assert tuple(map(int, get_args(Span))) == SPANS


def test_it_counts_days_and_sources() -> None:
    alice = make_user("alice")
    paste = make_paste(owner=alice)
    DailyViews.objects.create(paste=paste, day=timezone.now().date(), views=4)
    Referral.objects.create(paste=paste, host="news.example", views=3)
    Referral.objects.create(paste=paste, host=OTHER, views=1)
    found = as_program(alice).get(f"/api/v1/pastes/{paste.key}/statistics").json()
    assert (len(found["days"]), found["days"][-1]["views"], found["views"]) == (30, 4, 4)
    assert found["sources"] == [{"host": "news.example", "views": 3}, {"host": None, "views": 1}]


def test_it_looks_back_as_far_as_asked() -> None:
    alice = make_user("alice")
    url = f"/api/v1/pastes/{make_paste(owner=alice).key}/statistics"
    assert len(as_program(alice).get(url, {"days": "365"}).json()["days"]) == 365
    assert as_program(alice).get(url, {"days": "31"}).status_code == 422


def test_whoever_has_the_edit_token_is_its_author() -> None:
    published = publish()
    url = f"/api/v1/pastes/{published.paste.key}/statistics"
    assert Client().get(url).status_code == 403
    assert Client().get(url, headers={"X-Edit-Token": published.edit_token}).status_code == 200
