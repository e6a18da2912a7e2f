"""No index that only costs: each is written with every row."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import connection, models

OURS = ("pastes", "accounts")


def tables() -> Iterable[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def begin_with(model: type[models.Model], name: str) -> list[str]:
    """The indexes over all rows that begin with a field, and are not its own."""
    constraints = [each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    found = [each.name for each in constraints if each.condition is None and [*each.fields][:1] == [name]]
    indexes = [each for each in model._meta.indexes if each.condition is None]
    return found + [each.name for each in indexes if each.fields_orders[:1] == [(name, "")]]


@pytest.mark.parametrize("model", tables(), ids=lambda model: model.__name__)
def test_no_field_has_one_with_which_another_begins(model: type[models.Model]) -> None:
    indexed = [field.name for field in model._meta.concrete_fields if field.db_index and not field.unique]  # type: ignore[attr-defined]
    assert {name: begin_with(model, name) for name in indexed if begin_with(model, name)} == {}


@pytest.mark.django_db
def test_the_database_has_those_that_the_models_say() -> None:
    """They were dropped by hand, past what Django does when a model changes."""
    wrong = []
    with connection.cursor() as cursor:
        for model in tables():
            said = {(field.column,) for field in model._meta.concrete_fields if field.db_index or field.unique}  # type: ignore[attr-defined]
            said |= {(field.column,) for field in model._meta.concrete_fields if field.primary_key}
            named = {each.name for each in [*model._meta.indexes, *model._meta.constraints]}
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
            there = {tuple(index["columns"]) for name, index in found.items() if index["index"] and name not in named}
            there = {columns for columns in there if None not in columns}  # which are over functions
            wrong += [(model.__name__, columns) for columns in there - said]
    assert wrong == []


@pytest.mark.real
@pytest.mark.django_db
def test_none_is_for_the_beginnings_of_texts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%_pattern_ops)'")
        assert cursor.fetchall() == []
