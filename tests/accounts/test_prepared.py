"""Queries that are put into SQL once give what the queryset gives."""

from functools import partial

import pytest
from django.db.models import Exists, OuterRef
from django.forms.models import model_to_dict
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.prepared import Prepared, PreparedTuples
from pastes.models import File, PageCopy, Paste
from tests.factories import make_paste
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

by_key = Prepared(lambda key: Paste.objects.select_related("owner", "forked_from").filter(key=key), key="any-key")


def test_the_rows_are_those_of_the_queryset_with_what_they_refer_to(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owned, nobodys = make_paste(owner=alice, name="a.py", tags="x y"), make_paste(name="b.py")
    for paste in (owned, nobodys, owned):
        with django_assert_num_queries(1):
            [found] = by_key(key=paste.key)
            assert (found.owner, found.forked_from) == (paste.owner, None)
        expected = Paste.objects.get(pk=paste.pk)
        assert model_to_dict(found) == model_to_dict(expected)
        assert (found.created, found._state.db) == (expected.created, expected._state.db)
    assert by_key(key="22222222222") == []


def test_values_alone_are_those_of_the_queryset_as_its_fields_have_them(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    paste = make_paste(owner=alice)
    copy: dict[str, object] = {"version": 3, "made_by": "somebody", "made_at": timezone.now()}
    PageCopy.objects.create(paste=paste, page_language="en", headers={"ETag": '"x"'}, packed=b"\0\xff", **copy)
    asked = PageCopy.objects.annotate(is_owned=Exists(User.objects.filter(pk=OuterRef("paste__owner"))))
    columns = ("packed", "headers", "made_at", "version", "paste__expires_at", "is_owned")
    of_paste = PreparedTuples(lambda key: asked.filter(paste__key=key).values_list(*columns), key="any-key")
    for _ in range(2):
        with django_assert_num_queries(1):
            found = of_paste(key=paste.key)
        assert found == [(b"\0\xff", {"ETag": '"x"'}, copy["made_at"], 3, None, True)]
        assert type(found[0][-1]) is bool
    assert of_paste(key="22222222222") == []


def test_the_value_is_a_value_whatever_is_in_it() -> None:
    make_paste()
    assert by_key(key="' OR ''='") == []
    assert by_key(key="any-key") == []
    assert by_key(key="%s %(key)s") == []


def test_a_value_that_is_not_in_the_query_is_refused() -> None:
    with pytest.raises(AssertionError):
        Prepared(lambda key, **_other: Paste.objects.filter(key=key), key="any-key", other="?")(key="a", other="b")


@pytest.mark.django_db(transaction=True)
def test_threads_ask_at_the_same_time_each_on_a_connection_of_its_own() -> None:
    pastes = [make_paste(text=str(number)) for number in range(4)]
    of_paste = Prepared(lambda paste: File.objects.filter(revision__paste=paste), paste=2_000_000_011)

    def ask(paste: Paste) -> tuple[list[Paste], list[File]]:
        return by_key(key=paste.key), of_paste(paste=paste.pk)

    for answer, paste in zip(at_once([partial(ask, paste) for paste in pastes * 5]), pastes * 5, strict=True):
        assert not isinstance(answer, Exception)
        rows, files = answer
        assert rows == [paste]
        assert [file.revision.paste_id for file in files] == [paste.pk]
