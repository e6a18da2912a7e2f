"""Every table of the product in the admin."""

from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin.conftest import fill
from tests.factories import make_paste

MODELS = list(apps.get_app_config("pastes").get_models())
SECRETS = ("token-", "edit-", "argon2", "md5$")
"""How the hashes begin that the rows of `fill` hold."""


def address(model: type[Model], page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:pastes_{model._meta.model_name}_{page}", args=args)


def queries(desk: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(url).status_code == 200
    return len(captured)


def test_it_has_every_table_and_adds_no_row_by_hand(desk: Client) -> None:
    for model in MODELS:
        assert admin.site.is_registered(model)
        assert desk.get(address(model, "add")).status_code == 403


def test_it_lists_many_rows_with_as_many_queries_as_few(desk: Client) -> None:
    fill("few", rows=1)
    few = {model: queries(desk, address(model)) for model in MODELS}
    fill("many", rows=4)
    assert {model: queries(desk, address(model)) for model in MODELS} == few
    assert max(few.values()) <= 8


def test_it_searches_and_filters(desk: Client) -> None:
    fill("some", rows=1)
    for model in MODELS:
        assert desk.get(address(model), {"q": "no such thing"}).context["cl"].result_count == 0
        changelist = desk.get(address(model)).context["cl"]
        for choice in [choice for spec in changelist.filter_specs for choice in spec.choices(changelist)]:
            assert desk.get(address(model) + choice["query_string"]).status_code == 200


def test_it_opens_a_row_of_every_table_and_shows_no_secret(desk: Client) -> None:
    fill("one", rows=1)
    make_paste(name="secret.txt", password="open sesame")
    for model in MODELS:
        for row in model._default_manager.all():
            html = desk.get(address(model, "change", row.pk)).content.decode()
            assert not [secret for secret in SECRETS if secret in html], model
