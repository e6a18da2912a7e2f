"""What the product's tables have in common in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class Table(admin.ModelAdmin):  # type: ignore[type-arg] # it takes none when it runs
    """A table whose rows come from the product, never from a form: none is added by hand.

    Lists are ordered by the primary key, which is an index that every table has, and do not count what they leave out.
    """

    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class Record(Table):
    """A table to look at: what is in its rows has other rows or objects that go with it."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class FixedRecord(Record):
    """A table whose rows end only with the paste they belong to."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
