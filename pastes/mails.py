"""Writing mails about what happened: the door through which the site speaks to people who are not there.

They are plain text in the language of whoever reads them. An address is in no log line, and what people typed is in no
header but the subject, on one line.
"""

from collections.abc import Iterable
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from accounts.addresses import confirmed_address
from accounts.models import Mail, User
from pastes.domain import mailing, notifications, wording
from pastes.domain.wording import Item
from pastes.models import Notification

log = structlog.get_logger("pastes.mails")


def send_each(notification_ids: Iterable[int]) -> int:
    """Send a mail for each notification that still wants one; returns how many went out.

    It ends early when the mail server does not answer: `mailing.overdue` finds the rest.
    """
    sent = 0
    for pk in notification_ids:
        if mailing.claim([pk]):
            try:
                sent += _send_one(pk)
            except OSError as error:  # all that smtplib and the network raise
                return _failed(error, [pk], sent)
    return sent


def send_digests(user_ids: Iterable[int]) -> int:
    """Send people their daily mails; returns how many went out."""
    sent = 0
    for user_id in user_ids:
        claimed = mailing.claim(mailing.digest_of(user_id=user_id))
        try:
            sent += _send_digest(claimed)
        except OSError as error:
            return _failed(error, claimed, sent)
    return sent


def _failed(error: OSError, notification_ids: list[int], sent: int) -> int:
    """Keep what could not be sent for later. The error's text may name the address, so only its kind is logged."""
    mailing.give_back(notification_ids)
    log.warning("mail_failed", error=type(error).__name__)
    return sent


def _send_one(pk: int) -> bool:
    row = notifications.with_subjects(Notification.objects.filter(pk=pk)).first()
    if row is None:
        return False
    with translation.override(row.user.language or settings.LANGUAGE_CODE):
        item = wording.items([row])[0]
        headers = {"Message-ID": f"<notification-{pk}@{_host()}>"}
        return item.is_news and _send(row.user, item.sentence, _single(item), {"item": item}, headers)


def _send_digest(notification_ids: list[int]) -> bool:
    rows = list(notifications.with_subjects(Notification.objects.filter(pk__in=notification_ids)).order_by("pk"))
    if not rows:
        return False
    user = rows[0].user
    with translation.override(user.language or settings.LANGUAGE_CODE):
        news = [item for item in wording.items(rows) if item.is_news]
        if len(news) == 1:
            return _send(user, news[0].sentence, _single(news[0]), {"item": news[0]}, {})
        subject = ngettext("%(count)d notification", "%(count)d notifications", len(news)) % {"count": len(news)}
        return bool(news) and _send(user, subject, "digest", {"items": news}, {})


def _single(item: Item) -> str:
    return "expiry" if item.row.kind == Notification.Kind.EXPIRY else "notification"


def _send(user: User, subject: str, template: str, context: dict[str, Any], headers: dict[str, str]) -> bool:
    address = confirmed_address(user)
    if not address or not user.is_active or user.mail == Mail.OFF or not mailing.is_possible():
        return False
    choice_url = settings.SITE_URL + reverse("pastes:mail", args=[mailing.token_for(user)])
    context |= {"user": user, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "choice_url": choice_url}
    message = EmailMessage(
        settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + wording.one_line(subject, 200),
        render_to_string(f"pastes/mails/{template}.txt", context).strip() + "\n",
        to=[address],
        headers=headers
        # RFC 8058: a mail program shows a button that posts to the address. RFC 3834: no automatic answers.
        | {
            "List-Unsubscribe": f"<{choice_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        if not _is_final(error):
            raise
        log.warning("mail_refused", error=type(error).__name__)
        return False
    return True


def _is_final(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """Whether the server will never take this mail (5yz in RFC 5321, section 4.2.1)."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _reason in error.recipients.values())


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
