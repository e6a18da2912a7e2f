"""Who one is, and what people show of themselves."""

from typing import Annotated, Any, Literal

from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router
from pydantic import BaseModel, Field

from accounts import preferences
from accounts.models import User
from pastes.api.v1 import examples
from pastes.api.v1.door import ApiRequest, account_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.lists import shown
from pastes.api.v1.paging import LINK, Page, Paging
from pastes.api.v1.paste_schemas import PasteInfo, Preset
from pastes.api.v1.schemas import Sent, Text, Visibility
from pastes.domain import expiry, profiles
from pastes.forms import AccountForm, require_valid
from pastes.views.door import has_token, origin

router = Router(tags=["People"])

UserName = Annotated[str, Path(description="The user name, in whatever case.", examples=["alice"])]

Order = Literal["best", "newest", "oldest"]
Theme = Literal["", "light", "dark"]

OWN: dict[str, Any] = {
    "username": "alice",
    "email": "alice@example.org",
    "name": "Alice",
    "bio": "",
    "shows_profile": True,
    "shows_stars": True,
    "shows_joined": True,
    "language": "",
    "theme": "",
    "comment_order": "best",
    "default_visibility": "",
    "default_expiry": "",
    "unread": 0,
}


class OwnProfile(BaseModel):
    """Somebody, as they see themselves."""

    username: str
    email: str
    name: str
    bio: str
    shows_profile: bool = Field(description="Whether others find your profile.")
    shows_stars: bool = Field(description="Whether it has what you starred.")
    shows_joined: bool = Field(description="Whether it says since when you are here.")
    language: str = Field(description="Of the pages; empty is as the browser asks.")
    theme: str = Field(description="Of the pages; empty is as on the device.")
    comment_order: Order
    default_visibility: str = Field(description="Of new pastes on the pages; empty is as the site does it.")
    default_expiry: str = Field(description="The same.")
    unread: int = Field(description="How many notifications are new.")


class ProfileChange(Sent):
    """What is to be changed. What is left out stays."""

    name: Annotated[Text, Field(max_length=80)] = Field("", description="Others see it instead of the user name.")
    bio: Annotated[Text, Field(max_length=300)] = ""
    shows_profile: bool = True
    shows_stars: bool = True
    shows_joined: bool = True
    language: Annotated[Text, Field(max_length=10)] = Field("", description="One that the site speaks, such as `de`.")
    theme: Theme = ""
    comment_order: Order = "best"
    default_visibility: Literal[Visibility, ""] = ""
    default_expiry: Literal[Preset, ""] = ""


class Profile(BaseModel):
    """Somebody, as others see them."""

    username: str
    name: str = Field(description="The name that people see.")
    bio: str
    url: str = Field(description="The page for people.")
    joined: str | None = Field(description="Year and month; null when they do not show it.", examples=["2026-11"])
    pastes: int = Field(description="How many public ones they began themselves; 500 is that or more.")
    forks: int = Field(description="How many public ones they made of others'; 500 is that or more.")
    stars: int | None = Field(description="How many public pastes they starred; null when they do not show it.")


class OwnForm(AccountForm):
    """The form of the page, with what another page asks for."""

    class Meta(AccountForm.Meta):
        fields = [*AccountForm.Meta.fields, "comment_order"]


@endpoint(
    router,
    "GET",
    "/user",
    scope="account",
    account=True,
    answers={200: OwnProfile},
    example=OWN,
)
def read_own_profile(request: ApiRequest) -> OwnProfile:
    """Read who you are, and what you have chosen."""
    return _own(account_of(request))


@endpoint(
    router,
    "PATCH",
    "/user",
    scope="account",
    account=True,
    answers={200: OwnProfile},
    sends={"name": "Alice", "shows_stars": False},
    example=OWN | {"shows_stars": False},
)
def change_own_profile(request: ApiRequest, body: ProfileChange) -> OwnProfile:
    """Change what you show of yourself, and what you have chosen.

    User name, e-mail addresses, passwords and second factors are changed on the pages of the account only.
    """
    user = account_of(request)
    sent = body.model_dump(include=body.model_fields_set)
    form = OwnForm(model_to_dict(user, OwnForm.Meta.fields) | sent, instance=user)
    require_valid(form, _("Nothing was changed."))
    form.instance.save(update_fields=sorted(sent))
    expiry.drop_pages_of(user)
    if not has_token(request):
        preferences.carry(user=user, session=request.session)
    return _own(user)


@endpoint(
    router,
    "GET",
    "/users/{str:name}",
    scope="paste:read",
    answers={200: Profile},
    fails=(404,),
    example={
        "username": "alice",
        "name": "Alice",
        "bio": "",
        "url": f"{examples.SITE}/u/alice",
        "joined": "2026-11",
        "pastes": 12,
        "forks": 1,
        "stars": 3,
    },
)
def read_profile(request: ApiRequest, name: UserName) -> Profile:
    """Read what somebody shows of themselves.

    Who shows no profile is not there.
    """
    person = profiles.find(name=name, viewer=request.viewer)
    counts = profiles.count(person=person)
    return Profile(
        username=person.username,
        name=person.display_name,
        bio=person.bio,
        url=origin(request) + person.get_absolute_url(),
        joined=person.date_joined.strftime("%Y-%m") if person.shows_joined else None,
        pastes=counts.pastes,
        forks=counts.forks,
        stars=counts.stars,
    )


@endpoint(
    router,
    "GET",
    "/users/{str:name}/pastes",
    scope="paste:read",
    answers={200: Page[PasteInfo]},
    fails=(404,),
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_pastes_of(request: ApiRequest, response: HttpResponse, name: UserName, window: Paging) -> Page[PasteInfo]:
    """List what somebody published.

    Public pastes, forks too, the newest first.
    """
    person = profiles.find(name=name, viewer=request.viewer)
    return shown(request, response, profiles.pastes(person=person, after=window.after, size=window.limit))


@endpoint(
    router,
    "GET",
    "/users/{str:name}/forks",
    scope="paste:read",
    answers={200: Page[PasteInfo]},
    fails=(404,),
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_forks_of(request: ApiRequest, response: HttpResponse, name: UserName, window: Paging) -> Page[PasteInfo]:
    """List what somebody made of others' pastes.

    Public ones, the newest first.
    """
    person = profiles.find(name=name, viewer=request.viewer)
    return shown(request, response, profiles.forks(person=person, after=window.after, size=window.limit))


@endpoint(
    router,
    "GET",
    "/users/{str:name}/stars",
    scope="paste:read",
    answers={200: Page[PasteInfo]},
    fails=(404,),
    example=examples.page(examples.INFO),
    headers={200: LINK},
)
def list_stars_of(request: ApiRequest, response: HttpResponse, name: UserName, window: Paging) -> Page[PasteInfo]:
    """List what somebody starred.

    Public pastes, the newest star first; none when they do not show it.
    """
    person = profiles.find(name=name, viewer=request.viewer)
    return shown(request, response, profiles.starred(person=person, after=window.after, size=window.limit))


def _own(user: User) -> OwnProfile:
    return OwnProfile.model_validate({name: getattr(user, name) for name in OwnProfile.model_fields})
