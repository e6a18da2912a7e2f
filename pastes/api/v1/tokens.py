"""What a person's programs sign in with."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Path, Router, Status
from pydantic import BaseModel, Field

from accounts import pairs
from accounts import tokens as kept
from accounts.models import AccessToken, Scope, TokenPair
from pastes.api.v1 import examples
from pastes.api.v1.door import ApiRequest, account_of
from pastes.api.v1.drafting import end_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paste_schemas import Ending
from pastes.api.v1.schemas import Moment, Text
from pastes.domain import tokens
from pastes.exceptions import Forbidden
from pastes.views.door import has_token
from pastes.views.tokens import announce

router = Router(tags=["Tokens"])

ScopeName = Literal["paste:read", "paste:write", "gist:read", "gist:write", "account"]
"""`accounts.models.Scope`; a test holds the two together."""

TokenId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The `id` of the token.", examples=[3])]
PairId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The `id` of the pair.", examples=[5])]

TOKEN: dict[str, Any] = {
    "id": 3,
    "name": "backup script",
    "scopes": ["paste:read"],
    "created": examples.CREATED,
    "expires_at": "2027-11-24T09:30:00Z",
    "last_used_at": None,
}
PAIR: dict[str, Any] = {
    "id": 5,
    "created": examples.CREATED,
    "refreshed": examples.CREATED,
    "expires_at": "2026-12-08T09:30:00Z",
}


class NewToken(Ending):
    """A token to make."""

    name: Annotated[Text, Field(min_length=1, max_length=tokens.NAME_LENGTH)] = Field(description="What it is for.")
    scopes: list[ScopeName] = Field(min_length=1, description="What it may do.")


class TokenInfo(BaseModel):
    """An access token. The token itself is not kept."""

    id: int
    name: str
    scopes: list[ScopeName]
    created: Moment
    expires_at: Moment | None
    last_used_at: Moment | None = Field(description="To the minute.")


class Tokens(BaseModel):
    """All tokens of a person."""

    items: list[TokenInfo]


class MadeToken(TokenInfo):
    """A new token."""

    token: str = Field(description="It is shown once.")


class PairInfo(BaseModel):
    """A pair of tokens (JWT)."""

    id: int
    created: Moment
    refreshed: Moment
    expires_at: Moment


class Pairs(BaseModel):
    """All pairs of a person."""

    items: list[PairInfo]


@endpoint(
    router,
    "GET",
    "/tokens",
    scope="account",
    account=True,
    answers={200: Tokens},
    example={"items": [TOKEN]},
)
def list_tokens(request: ApiRequest) -> Tokens:
    """List your access tokens.

    The newest first; those that have expired as well, until you revoke them.
    """
    return Tokens(items=[TokenInfo(**_fields(row)) for row in kept.of(user=account_of(request))])


@endpoint(
    router,
    "POST",
    "/tokens",
    scope="account",
    account=True,
    answers={201: MadeToken},
    sends={"name": "backup script", "scopes": ["paste:read"], "expires_in": "1y"},
    example=TOKEN | {"token": "pbt_Vb3kQ0mZr8sYt5uLwXo2aHc7EdGfJiNpM1K4R6S9qTzUyBxC0v"},
)
def create_token(request: ApiRequest, body: NewToken) -> Status[MadeToken]:
    """Make an access token.

    It can do no more than the token that asks for it, and ends no later. A browser's session makes tokens on the page
    of the account only, where the password is asked for again.
    """
    if not has_token(request):
        raise Forbidden(
            _("A browser's session cannot make tokens here."),
            _("Make it on the page of your account, where your password is asked for."),
        )
    user = account_of(request)
    row, token = tokens.create(
        user=user,
        name=body.name,
        scopes=kept.scopes_of(body.scopes),
        expires_at=end_of(body),
        within=request.credentials,
    )
    announce(row)
    return Status(201, MadeToken(**_fields(row), token=token))


@endpoint(
    router,
    "DELETE",
    "/tokens/{int:token_id}",
    scope="account",
    account=True,
    answers={204: None},
    fails=(404,),
)
def revoke_token(request: ApiRequest, token_id: TokenId) -> Status[None]:
    """Revoke an access token.

    It ends at once, the one that asks for it too. Revoking it again changes nothing.
    """
    kept.revoke(user=account_of(request), token_id=token_id)
    return Status(204, None)


@endpoint(
    router,
    "GET",
    "/tokens/jwt",
    scope="account",
    account=True,
    answers={200: Pairs},
    example={"items": [PAIR]},
)
def list_token_pairs(request: ApiRequest) -> Pairs:
    """List your pairs of tokens (JWT).

    Those that can be refreshed still, the newest first. They are made at `/api/v1/auth/login`.
    """
    return Pairs(items=[_pair(pair) for pair in pairs.of(user=account_of(request))])


@endpoint(
    router,
    "DELETE",
    "/tokens/jwt/{int:pair_id}",
    scope="account",
    account=True,
    answers={204: None},
    fails=(404,),
)
def revoke_token_pair(request: ApiRequest, pair_id: PairId) -> Status[None]:
    """Revoke a pair of tokens (JWT).

    Both end at once, and the session that began with them.
    """
    pairs.revoke(user=account_of(request), pair_id=pair_id)
    return Status(204, None)


def _fields(row: AccessToken) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "scopes": [Scope(scope).value for scope in row.scope_list],
        "created": row.created,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
    }


def _pair(pair: TokenPair) -> PairInfo:
    return PairInfo(id=pair.pk, created=pair.created, refreshed=pair.refreshed, expires_at=pair.expires_at)
