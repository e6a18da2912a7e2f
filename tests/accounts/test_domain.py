"""Removing, banning and unbanning people."""

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import domain
from accounts.models import User
from tests.accounts.cast import is_signed_in, sign_in


def test_remove_leaves_nothing_of_the_identity(alice: User, bob: User) -> None:
    browser, somebody = sign_in(alice), sign_in(bob)
    RecoveryCodes.activate(alice)
    domain.remove(user=alice)
    assert not is_signed_in(browser)
    assert is_signed_in(somebody)
    assert list(User.objects.all()) == [bob]
    assert list(EmailAddress.objects.values_list("user", flat=True)) == [bob.pk]
    assert UserSession.objects.count() == Session.objects.count() == 1


def test_ban_ends_every_session_at_once(alice: User, bob: User) -> None:
    here, somebody = sign_in(alice), sign_in(bob)
    unlisted = Client()
    unlisted.force_login(alice)
    at = timezone.now()
    domain.ban(user=alice, at=at)
    assert (alice.is_active, alice.banned_at) == (False, at)
    assert [is_signed_in(browser) for browser in (here, unlisted, somebody)] == [False, False, True]


def test_ban_keeps_the_first_date(alice: User) -> None:
    first = timezone.now()
    domain.ban(user=alice, at=first)
    domain.ban(user=alice, at=timezone.now())
    assert alice.banned_at == first


def test_unban_lets_in_again_but_revives_no_session(alice: User) -> None:
    before = sign_in(alice)
    domain.ban(user=alice, at=timezone.now())
    domain.unban(user=alice)
    assert not is_signed_in(before)
    assert is_signed_in(sign_in(alice))


def test_unban_does_not_activate_who_was_never_banned(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    domain.unban(user=alice)
    assert not alice.is_active
