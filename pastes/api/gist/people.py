"""People as GitHub describes them, and the addresses that ask for one."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from accounts.models import User
from pastes.api.gist.door import GistRequest, answer, require_account
from pastes.domain import profiles
from pastes.views.door import origin


def root(request: GistRequest) -> HttpResponse:
    """Where things are; clients ask here whether their token works."""
    api = api_of(request)
    return answer(
        {
            "current_user_url": f"{api}/user",
            "gists_url": f"{api}/gists{{/gist_id}}",
            "public_gists_url": f"{api}/gists/public",
            "starred_gists_url": f"{api}/gists/starred",
            "user_url": f"{api}/users/{{user}}",
        }
    )


def current(request: GistRequest) -> HttpResponse:
    """Whose token it is."""
    return answer(_described(request, require_account(request)))


def person(request: GistRequest, login: str) -> HttpResponse:
    """Somebody who shows their profile."""
    return answer(_described(request, profiles.find(name=login, viewer=request.viewer)))


def user_shape(request: HttpRequest, user: User) -> dict[str, Any]:
    """Somebody in 18 keys, of which github3.py misses every one that is not there.

    What this site has no address for leads to the profile. Four are templates of addresses (RFC 6570).
    """
    site = origin(request)
    api = f"{api_of(request)}/users/{user.username}"
    return {
        "login": user.username,
        "id": user.pk,
        "node_id": node_id("User", user.pk),
        "avatar_url": f"{site}{static('mark.svg')}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{site}{user.get_absolute_url()}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": "User",
        "site_admin": False,
    }


def public_user_shape(request: HttpRequest, user: User, *, public_gists: int = 0) -> dict[str, Any]:
    """Somebody with what they say about themselves. Nobody's mail address is shown."""
    moment = moment_shape(user.date_joined)
    return user_shape(request, user) | {
        "name": user.name or None,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": user.bio or None,
        "twitter_username": None,
        "public_repos": 0,
        "public_gists": public_gists,
        "followers": 0,
        "following": 0,
        "created_at": moment,
        "updated_at": moment,
    }


def moment_shape(moment: datetime) -> str:
    """A moment as ``2030-12-31T18:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(kind: str, number: object) -> str:
    """What GraphQL calls a thing; no client looks into it."""
    return b64encode(f"{kind}:{number}".encode()).decode()


def api_of(request: HttpRequest) -> str:
    """The address that all others begin with."""
    return f"{origin(request)}/api/v3"


def _described(request: HttpRequest, user: User) -> dict[str, Any]:
    counts = profiles.count(person=user)
    return public_user_shape(request, user, public_gists=counts.pastes + counts.forks)
