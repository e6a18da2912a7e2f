"""/accounts/password/change/ and /accounts/password/reset/"""

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.cast import PASSWORD, is_signed_in, link_in, sign_in

CHANGE = "/accounts/password/change/"
RESET = "/accounts/password/reset/"
NEW = "an entirely new phrase"


def test_it_changes_the_password_and_ends_all_other_sessions(
    alice: User, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    here, there, somebody = sign_in(alice), sign_in(alice), sign_in(bob)
    answer = here.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(somebody)
    assert is_signed_in(sign_in(alice, password=NEW))
    [mail] = mailoutbox
    assert mail.to == [alice.email]
    assert "Your password was changed" in str(mail.body)


@pytest.mark.parametrize(
    "form",
    [
        {"oldpassword": "wrong", "password1": NEW, "password2": NEW},
        {"oldpassword": PASSWORD, "password1": NEW, "password2": "another"},
        {"oldpassword": PASSWORD, "password1": "alice", "password2": "alice"},
    ],
)
def test_it_changes_nothing_when_the_form_is_wrong(alice: User, form: dict[str, str]) -> None:
    browser = sign_in(alice)
    assert browser.post(CHANGE, form).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_it_lets_strangers_change_nothing(client: Client, db: None) -> None:
    assert client.get(CHANGE).status_code == 302


def test_it_resets_a_forgotten_password(alice: User, mailoutbox: list[EmailMessage]) -> None:
    elsewhere = sign_in(alice)
    browser = Client()
    browser.post(RESET, {"email": alice.email.upper()})
    link = link_in(mailoutbox[0])
    form_page = browser.get(link, follow=True)
    assert alice.email not in str(form_page.redirect_chain)
    assert link not in str(form_page.redirect_chain), "the token leaves the address, and so the referrer"
    browser.post(form_page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert not is_signed_in(elsewhere)
    assert is_signed_in(sign_in(alice, password=NEW))
    again = Client().get(link, follow=True)
    assert "password1" not in again.content.decode(), "a link works once"


def test_it_answers_alike_for_addresses_with_and_without_an_account(
    alice: User, mailoutbox: list[EmailMessage]
) -> None:
    known, unknown = (Client().post(RESET, {"email": email}) for email in (alice.email, "nobody@example.org"))
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [mail.to[0] for mail in mailoutbox] == [alice.email, "nobody@example.org"]


def test_it_writes_in_the_language_of_the_account(alice: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.filter(pk=alice.pk).update(language="ru")
    Client(headers={"accept-language": "en"}).post(RESET, {"email": alice.email})
    assert "пароль" in str(mailoutbox[0].body).lower()


def test_it_stops_flooding_a_mailbox(alice: User, mailoutbox: list[EmailMessage]) -> None:
    answers = [Client().post(RESET, {"email": alice.email}).status_code for _mail in range(6)]
    assert answers[-1] in {200, 302, 429}
    assert len(mailoutbox) == 5
