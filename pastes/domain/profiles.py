"""What a person shows of themselves: who they are, what they published, forked and starred, as far as it is public."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User, validate_username
from pastes import replica
from pastes.domain import discovery
from pastes.domain.access import Viewer
from pastes.domain.discovery import PAGE, Page
from pastes.exceptions import NotFound
from pastes.models import Paste
from pastes.models.pastes import PasteQuerySet

MOST = 500
"""So many of each list are counted: to count all of a busy person's would take longer than to show the page."""


class NoProfile(NotFound):
    """Nobody has the name, or whoever has it shows nothing: the two look alike on purpose."""

    message = _("There is no profile at this address.")
    advice = _("Nobody has this name, or does not show their profile. Check how it is written.")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much each list of a profile holds, `MOST` being that or more; ``stars`` is None when they are not shown."""

    pastes: int
    forks: int
    stars: int | None


def find(*, name: str, viewer: Viewer) -> User:
    """The person with a user name, however it is capitalised. Their own profile everybody finds.

    Raises:
        NoProfile: when nobody has this name, or they are not for this viewer: hidden, switched off, banned.
    """
    try:
        validate_username(name)
    except ValidationError as error:
        raise NoProfile from error
    person = User.objects.filter(username__iexact=name).first()
    if person is None or not (person.is_shown or person == viewer.account):
        raise NoProfile
    return person


@replica.may_answer
def count(*, person: User, at: datetime | None = None) -> Counts:
    """Count what the lists hold: nothing that a stranger could not find."""
    # In the order of the lists, or the database would read all of a busy person's rows to count a few.
    public = _public(person, at).newest()
    stars = Paste.objects.listed().live(at).filter(star_rows__user=person).order_by("-star_rows__pk")
    return Counts(
        pastes=public.filter(forked_from=None)[:MOST].count(),
        forks=public.exclude(forked_from=None)[:MOST].count(),
        stars=stars[:MOST].count() if person.shows_stars else None,
    )


@replica.may_answer
def pastes(*, person: User, after: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """Everything public of a person, forks included, the newest first."""
    return discovery.newest(_public(person, at), after=after, size=size)


@replica.may_answer
def originals(*, person: User, after: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """What they began themselves."""
    return discovery.newest(_public(person, at).filter(forked_from=None), after=after, size=size)


@replica.may_answer
def forks(*, person: User, after: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """What they made of others' pastes."""
    return discovery.newest(_public(person, at).exclude(forked_from=None), after=after, size=size)


@replica.may_answer
def starred(*, person: User, after: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """What they starred and everybody can find, the last star first; nothing when they do not show it."""
    shown = Paste.objects.listed().live(at) if person.shows_stars else Paste.objects.none()
    return discovery.newest_stars(shown, user=person, after=after, size=size)


def _public(person: User, at: datetime | None) -> PasteQuerySet:
    return Paste.objects.owned_by(person).listed().live(at)
