"""/admin/accounts/user/"""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.accounts.cast import is_signed_in, make_user, sign_in

URL = "/admin/accounts/user/"


@pytest.fixture
def desk(olga: User) -> Client:
    """Olga's browser."""
    return sign_in(olga)


def choose(action: str, *users: User) -> dict[str, object]:
    return {"action": action, "_selected_action": [user.pk for user in users]}


def test_it_asks_on_the_page_of_the_site_who_one_is(client: Client, alice: User) -> None:
    response = client.get(URL, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert sign_in(alice).get(URL, follow=True).status_code == 403


def test_it_finds_people(desk: Client, alice: User, bob: User) -> None:
    html = desk.get(URL, {"q": "alice@"}).content.decode()
    assert "alice" in html
    assert "bob@" not in html


def test_it_needs_as_many_queries_for_many_as_for_few(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        desk.get(URL)
    for n in range(30):
        make_user(f"person{n}")
    with django_assert_max_num_queries(12):
        desk.get(URL)


def test_it_opens_one_person_and_the_form_for_a_new_one(desk: Client, alice: User) -> None:
    assert desk.get(f"{URL}{alice.pk}/change/").status_code == 200
    assert desk.get(f"{URL}add/").status_code == 200


def test_it_bans_and_unbans(desk: Client, olga: User, alice: User, bob: User) -> None:
    browser = sign_in(alice)
    chosen = choose("ban", alice, bob, olga)
    assert "2 people" in desk.post(URL, chosen).content.decode()
    assert is_signed_in(browser), "only asked so far"
    response = desk.post(URL, chosen | {"reason": "spam"}, follow=True)
    assert "2 people are banned." in response.content.decode()
    assert not is_signed_in(browser)
    assert is_signed_in(desk), "nobody locks themselves out"
    desk.post(URL, choose("unban", alice))
    assert is_signed_in(sign_in(alice))


def test_it_lets_no_helper_ban_who_has_more_power(olga: User) -> None:
    from django.contrib.auth.models import Permission  # noqa: PLC0415 # beside its only use

    helper = make_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    sign_in(helper).post(URL, choose("ban", olga) | {"reason": "spam"})
    olga.refresh_from_db()
    assert olga.is_active


def test_it_deletes_a_person_with_their_sessions(desk: Client, alice: User) -> None:
    browser = sign_in(alice)
    desk.post(URL, choose("delete_selected", alice) | {"post": "yes"})
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not is_signed_in(browser)
