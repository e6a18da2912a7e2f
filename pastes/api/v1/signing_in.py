"""How a program signs in as a person: django-allauth's views, with this API's errors and description around them."""

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, cast

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from ninja import Header, Router
from pydantic import BaseModel, Field

from accounts import api as accounts
from accounts.forms import EMAIL_MAX_LENGTH
from pastes.api.v1.door import ApiRequest
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.schemas import Sent, Text
from pastes.exceptions import PasteError, TooMany

router = Router(tags=["Signing in"])

SessionToken = Annotated[
    str,
    Header(
        alias="X-Session-Token",
        description="Of the sign-in that goes on with this: `meta.session_token` of the answer before.",
    ),
]

USER = {"id": 7, "display": "alice", "has_usable_password": True, "email": "alice@example.org", "username": "alice"}
SIGNED_IN: dict[str, Any] = {
    "status": 200,
    "data": {"user": USER, "methods": [{"method": "password", "at": 1764150000.0, "username": "alice"}]},
    "meta": {
        "is_authenticated": True,
        "session_token": "gAAAAABpJ…",
        "access_token": "eyJhbGciOi…",
        "refresh_token": "eyJhbGciOi…",
        "expires_in": 900,
    },
}
CHALLENGE: dict[str, Any] = {
    "status": 200,
    "data": {"request_options": {"publicKey": {"challenge": "2PmyyZ0…", "rpId": "paste.example", "timeout": 600000}}},
    "meta": {"session_token": "gAAAAABpJ…"},
}
CREDENTIAL = {
    "credential": {
        "id": "Yk3v…",
        "rawId": "Yk3v…",
        "type": "public-key",
        "response": {"authenticatorData": "SZYN…", "clientDataJSON": "eyJ0…", "signature": "MEUC…"},
    }
}


class SignInRefused(PasteError):
    """What was sent signs nobody in. ``details`` are more members of the problem (RFC 9457, section 3.2)."""

    code = "sign_in_refused"
    message = _("This signs nobody in.")
    advice = _("Check the name and the password or code, and send them again.")

    def __init__(self, *, status: int = 400, details: Mapping[str, Any]) -> None:
        super().__init__()
        self.status = status
        self.details = details


class SecondFactorRequired(SignInRefused):
    """The password was right, and is not all that the account asks for."""

    code = "second_factor_required"
    message = _("This account asks for a second step.")
    advice = _("Send the code to /api/v1/auth/2fa/authenticate, with meta.session_token as X-Session-Token.")
    status = 401


class SignInIncomplete(SignInRefused):
    """Nobody is signed in with this session token, or something else comes first."""

    code = "not_signed_in"
    message = _("Nobody is signed in with this.")
    advice = _("Sign in at /api/v1/auth/login.")
    status = 401


class SessionEnded(SignInRefused):
    """The session token is none, or none any more."""

    code = "session_ended"
    message = _("This session has ended.")
    advice = _("Sign in again at /api/v1/auth/login.")
    status = 410


class AlreadySignedIn(SignInRefused):
    """The session token is of a session that somebody has signed in with."""

    code = "already_signed_in"
    message = _("Somebody is signed in with this already.")
    advice = _("Leave out X-Session-Token, or end that session first.")
    status = 409


class SignIn(Sent):
    """Who signs in, by one name or the other."""

    username: Annotated[Text, Field(max_length=EMAIL_MAX_LENGTH)] | None = None
    email: Annotated[Text, Field(max_length=EMAIL_MAX_LENGTH)] | None = None
    password: Annotated[Text, Field(max_length=1_000)]


class SecondFactor(Sent):
    """The second step."""

    code: Annotated[Text, Field(max_length=100)] = Field(description="Of the app, or one of the recovery codes.")


class Refresh(Sent):
    """What the next pair is asked for with."""

    refresh_token: Annotated[Text, Field(max_length=10_000)]


class Passkey(Sent):
    """What an authenticator signed: the answer of `navigator.credentials.get`, as JSON."""

    credential: dict[str, Any]


class Person(BaseModel):
    """Who has signed in, and how."""

    user: dict[str, Any]
    methods: list[dict[str, Any]]


class SignInMeta(BaseModel):
    """What the program goes on with."""

    is_authenticated: bool
    session_token: str | None = Field(None, description="For `X-Session-Token`; no cookie.")
    access_token: str | None = Field(None, description="For `Authorization: Bearer`.")
    refresh_token: str | None = Field(None, description="Gets the next pair, once.")
    expires_in: int | None = Field(None, description="Seconds that the access token is good for.")


class SignedIn(BaseModel):
    """Somebody is signed in."""

    status: int
    data: Person
    meta: SignInMeta


class PairData(BaseModel):
    """The next pair."""

    access_token: str
    refresh_token: str


class Refreshed(BaseModel):
    """What a refresh token gets."""

    status: int
    data: PairData


class ChallengeData(BaseModel):
    """What an authenticator signs."""

    request_options: dict[str, Any] = Field(description="The argument of `navigator.credentials.get`.")


class ChallengeMeta(BaseModel):
    """What the answer is sent with."""

    session_token: str | None = None


class Challenge(BaseModel):
    """A challenge for a passkey."""

    status: int
    data: ChallengeData
    meta: ChallengeMeta | None = None


def signing_in[**P, R](
    method: Any, path: str, *, answers: Mapping[int, Any], **notes: Any
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`endpoint` for what takes no credentials but those that it is about."""
    fails = (*notes.pop("fails", ()), 400, 401, 409, 410)
    return endpoint(
        router, method, f"/auth{path}", scope="account", answers=answers, fails=fails, security=SECURITY, **notes
    )


SECURITY: Sequence[Mapping[str, Sequence[str]]] = ({"SessionToken": []}, {})


@signing_in(
    "POST", "/login", answers={200: SignedIn}, example=SIGNED_IN, sends={"username": "alice", "password": "open sesame"}
)
def sign_in(request: ApiRequest, body: SignIn, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Sign in with a name or an address, and a password.

    `meta` of the answer has a pair of tokens (JWT): an access token for 15 minutes, a refresh token. An account with a
    second factor is answered 401 with the code `second_factor_required` and a `meta.session_token`.
    """
    return _asked(accounts.login, request)


@signing_in("POST", "/2fa/authenticate", answers={200: SignedIn}, example=SIGNED_IN, sends={"code": "123456"})
def send_second_factor(request: ApiRequest, body: SecondFactor, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Send the code of the second step.

    With the `X-Session-Token` that the password got. The answer has a pair of tokens.
    """
    return _asked(accounts.second_factor, request)


@signing_in("GET", "/webauthn/login", answers={200: Challenge}, example=CHALLENGE)
def ask_passkey_challenge(request: ApiRequest, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Ask what a passkey has to sign to sign in alone.

    An authenticator of the program's own answers it, as a browser's does on the page.
    """
    return _asked(accounts.passkey, request)


@signing_in("POST", "/webauthn/login", answers={200: SignedIn}, example=SIGNED_IN, sends=CREDENTIAL)
def sign_in_with_passkey(request: ApiRequest, body: Passkey, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Sign in with a passkey alone.

    With the `X-Session-Token` of the challenge. The answer has a pair of tokens.
    """
    return _asked(accounts.passkey, request)


@signing_in("GET", "/webauthn/authenticate", answers={200: Challenge}, example=CHALLENGE)
def ask_second_passkey_challenge(request: ApiRequest, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Ask what a passkey has to sign as the second step.

    With the `X-Session-Token` that the password got.
    """
    return _asked(accounts.second_passkey, request)


@signing_in("POST", "/webauthn/authenticate", answers={200: SignedIn}, example=SIGNED_IN, sends=CREDENTIAL)
def send_second_passkey(request: ApiRequest, body: Passkey, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Send what a passkey signed as the second step.

    With the same `X-Session-Token`. The answer has a pair of tokens.
    """
    return _asked(accounts.second_passkey, request)


@signing_in(
    "POST",
    "/refresh",
    answers={200: Refreshed},
    example={"status": 200, "data": {"access_token": "eyJhbGciOi…", "refresh_token": "eyJhbGciOi…"}},
    sends={"refresh_token": "eyJhbGciOi…"},
)
def refresh_tokens(request: ApiRequest, body: Refresh) -> HttpResponseBase:
    """Get the next pair of tokens.

    Each refresh token works once. One that comes again later than ten seconds after ends all tokens of its sign-in.
    """
    return _asked(accounts.refresh, request)


@signing_in("GET", "/session", answers={200: SignedIn}, example=SIGNED_IN | {"meta": {"is_authenticated": True}})
def read_session(request: ApiRequest, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Read who is signed in.

    By the session token, or by the access token of a pair that a program has signed in for.
    """
    return _asked(accounts.session, request)


@signing_in("DELETE", "/session", answers={204: None})
def sign_out(request: ApiRequest, x_session_token: SessionToken = "") -> HttpResponseBase:
    """Sign out.

    All tokens of the sign-in end at once.
    """
    return _asked(accounts.session, request)


def _asked(view: Callable[[HttpRequest], HttpResponseBase], request: HttpRequest) -> HttpResponseBase:
    """What allauth answers, its refusals as errors of this API.

    Raises:
        SignInRefused: as allauth says it; its own members are kept as more members of the problem.
        TooMany: when there were too many attempts.
    """
    try:
        response = view(request)
    except ImmediateHttpResponse as error:
        response = error.response
    if response.status_code < HTTPStatus.BAD_REQUEST:
        return response
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise TooMany(retry_after=60)
    said = json.loads(cast("HttpResponse", response).content or b"{}")
    raise _refusal(response.status_code, said)


def _refusal(status: int, said: Mapping[str, Any]) -> SignInRefused:
    details: dict[str, Any] = {name: said[name] for name in ("data", "meta") if name in said}
    flows = details.get("data", {}).get("flows", [])
    if said.get("errors"):
        details["errors"] = _by_field(said["errors"])
        return SignInRefused(status=status, details=details)
    if status == HTTPStatus.GONE:
        return SessionEnded(status=status, details=details)
    if status == HTTPStatus.CONFLICT:
        return AlreadySignedIn(status=status, details=details)
    if any(flow.get("is_pending") and flow["id"] == "mfa_authenticate" for flow in flows):
        return SecondFactorRequired(status=status, details=details)
    return SignInIncomplete(status=HTTPStatus.UNAUTHORIZED, details=details)


def _by_field(errors: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error.get("param", ""), []).append(error["message"])
    return found
