"""What can go wrong in the domain, as facts; `pastebin.errors` turns them into HTTP in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

type Text = str | Promise


class PasteError(Exception):
    """A request that cannot be done. ``message`` says what happened, ``advice`` what to do."""

    status = 400
    code = "bad_request"
    message: Text = _("That could not be done.")
    advice: Text = ""

    def __init__(self, message: Text | None = None, advice: Text | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
        self.advice = advice or self.advice


class NotFound(PasteError):
    """There is nothing there, or not for this reader: the two look alike on purpose."""

    status = 404
    code = "not_found"
    message = _("There is no paste at this address.")
    advice = _("It may have expired, or been deleted or read already. Check the link, or ask whoever sent it.")


class Unauthorized(PasteError):
    """Nobody has signed in, and that takes somebody. ``challenge`` is what HTTP says of it (RFC 6750, section 3)."""

    status = 401
    code = "unauthorized"
    message = _("That takes an account.")
    advice = _("Send an access token: “Authorization: Bearer …”.")
    challenge = "Bearer"


class BadCredentials(Unauthorized):
    """A token was sent, and it is none of ours, expired or revoked."""

    code = "bad_credentials"
    message = _("This access token is not valid.")
    advice = _("It may be mistyped, expired or revoked. Make another one in your account.")
    challenge = 'Bearer error="invalid_token"'


class Forbidden(PasteError):
    """The reader may see the thing, but not do this with it."""

    status = 403
    code = "forbidden"
    message = _("Only the author can do that.")
    advice = _("Sign in as its author, or use the edit token that was shown when it was published.")


class MissingScope(Forbidden):
    """The access token is valid, and was made for something else."""

    code = "missing_scope"
    message = _("This access token may not do that.")

    def __init__(self, *, scope: str) -> None:
        super().__init__(advice=_("It needs the scope %(scope)s: make one that has it.") % {"scope": scope})
        self.challenge = f'Bearer error="insufficient_scope", scope="{scope}"'


class Refused(Forbidden):
    """The operator does not want this text, or anything from this address."""

    code = "refused"
    message = _("This site does not take that.")


class SomebodyElse(Forbidden):
    """Who began to write was signed in, and is not any more, or as somebody else; it is nobody else's text yet."""

    code = "somebody_else"
    message = _("You are not signed in any more.")
    advice = _("To publish it as %(name)s, copy the text, sign in, and begin anew. Or go on as you are.")

    def __init__(self, *, began: str, now: str) -> None:
        names = {"name": began, "now": now}
        other = _("You are signed in as %(now)s now, and began this as %(name)s.") % names
        super().__init__(other if now else None, self.advice % names)


class Invalid(PasteError):
    """What was sent does not fit. ``errors`` has messages by field name; ``""`` is the whole."""

    status = 422
    code = "invalid"
    message = _("Nothing was published, because something does not fit.")
    advice = _("Correct that and send it again.")

    def __init__(
        self, errors: Mapping[str, Sequence[Text]], message: Text | None = None, advice: Text | None = None
    ) -> None:
        super().__init__(message, advice)
        self.errors = {field: [str(text) for text in texts] for field, texts in errors.items()}


@dataclass(frozen=True, slots=True)
class Finding:
    """A credential in what somebody wants published: where it stands, and never what it is.

    ``file`` is the name of the file and ``index`` its place among those that have a byte; for one in a field beside
    them the name is "" and ``index`` None. ``field`` is "content", or that field's name.
    """

    field: str
    index: int | None
    file: str
    line: int
    kind: str
    label: Text
    preview: str

    def __str__(self) -> str:
        said = {"line": self.line, "kind": self.label, "preview": self.preview}
        return _("Line %(line)s: %(kind)s, %(preview)s") % said


class HasSecrets(PasteError):
    """There are credentials in what everybody with the address could read; ``more`` than ``findings`` has."""

    status = 422
    code = "secrets_found"
    message = _("There are passwords or keys in this text. Nothing was published.")
    advice = _(
        "Take them out, or let only you, one reader or who has a password see it. To publish them all the same, send"
        " the header “X-Allow-Secrets: 1”, or in the API “allow_secrets”: true."
    )

    def __init__(self, findings: Sequence[Finding], *, more: bool = False) -> None:
        super().__init__()
        self.findings = findings
        self.more = more


class TooLarge(PasteError):
    """More bytes or files than the limit. ``limit`` and ``actual`` count bytes or files."""

    status = 413
    code = "too_large"
    message = _("That is more than one paste may hold.")

    def __init__(self, message: Text, *, limit: int, actual: int | None, advice: Text | None = None) -> None:
        super().__init__(message, advice)
        self.limit = limit
        self.actual = actual


class TooMany(PasteError):
    """Too often; ``retry_after`` seconds from now it works again."""

    status = 429
    code = "too_many_requests"
    message = _("That was too often in a short time.")

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(advice=_wait(retry_after))
        self.retry_after = retry_after


def _wait(seconds: int) -> str:
    """What to do for ``seconds``, in the unit in which people wait, and never too short."""
    if seconds < 100:
        return ngettext(
            "Wait %(count)s second and send it again.", "Wait %(count)s seconds and send it again.", seconds
        ) % {"count": seconds}
    if (minutes := ceil(seconds / 60)) < 100:
        return ngettext(
            "Wait %(count)s minute and send it again.", "Wait %(count)s minutes and send it again.", minutes
        ) % {"count": minutes}
    hours = ceil(seconds / 3_600)
    return ngettext("Wait %(count)s hour and send it again.", "Wait %(count)s hours and send it again.", hours) % {
        "count": hours
    }


class Conflict(PasteError):
    """The paste has changed since the text that was edited. ``current`` is its latest revision."""

    status = 409
    code = "conflict"
    message = _("The paste was changed by somebody else while you edited it. Nothing was saved.")
    advice = _("Both texts are shown: put together what you want to keep and save again.")

    def __init__(self, *, current: Any) -> None:
        super().__init__()
        self.current = current


class Reused(PasteError):
    """An idempotency key that came with something else before (draft-ietf-httpapi-idempotency-key-header)."""

    status = 422
    code = "idempotency_key_reused"
    message = _("Something else was published with this Idempotency-Key. Nothing was published now.")
    advice = _("Send a new key with a new text; the same key is for sending the same once more.")


class Changed(PasteError):
    """What the request was about is not any more what its ``If-Match`` says (RFC 9110, section 13.1.1)."""

    status = 412
    code = "precondition_failed"
    message = _("The paste was changed since you read it. Nothing was saved.")
    advice = _("Read it again, put both changes together, and send If-Match with its new ETag.")


class Unconditional(PasteError):
    """A change that does not say what it is a change of (RFC 6585, section 3)."""

    status = 428
    code = "precondition_required"
    message = _("A change needs the header If-Match. Nothing was saved.")
    advice = _("Send the ETag with which you read the paste, or * to overwrite whatever is there.")


class Locked(PasteError):
    """A password, or the reader's confirmation, stands before the text."""

    status = 403
    code = "locked"
    message = _("This paste does not open at once.")
    advice = _("Open its page in a browser, or send a POST with the password.")

    def __init__(self, *, paste: Any, needs_password: bool, wrong_password: bool = False) -> None:
        super().__init__(_("The password is not right.") if wrong_password else None)
        self.paste = paste
        self.needs_password = needs_password
        self.wrong_password = wrong_password


class Closed(PasteError):
    """The discussion of a paste takes no more comments."""

    status = 403
    code = "discussion_closed"
    message = _("The author has closed this discussion.")
    advice = _("Nothing was posted. What was said can still be read.")


class Gone(PasteError):
    """The comment was there, and was deleted."""

    status = 410
    code = "comment_deleted"
    message = _("This comment was deleted.")
    advice = _("Nothing was posted. You can answer another comment, or begin a thread of your own.")


class Unavailable(PasteError):
    """Something the site depends on does not answer now; ``retry_after`` is in seconds."""

    status = 503
    code = "unavailable"
    message = _("The text cannot be read or saved right now.")
    advice = _("Nothing is lost. Try again in a few seconds.")
    retry_after = 5
