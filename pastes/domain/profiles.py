"""What a person shows of themselves: who they are, what they published, forked and starred, as far as it is public."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User, validate_username
from pastes.domain.access import Viewer
from pastes.domain.discovery import PAGE, Page
from pastes.exceptions import NotFound
from pastes.models import Paste, Star


class NoProfile(NotFound):
    """Nobody has the name, or whoever has it shows nothing: the two look alike on purpose."""

    message = _("There is no profile at this address.")
    advice = _("Nobody has this name, or does not show their profile. Check how it is written.")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much each list of a profile holds; ``stars`` is None when the person does not show them."""

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


def count(*, person: User, at: datetime | None = None) -> Counts:
    """Count what the lists hold: nothing that a stranger could not find."""
    is_fork = Q(forked_from__isnull=False)
    own = Paste.objects.owned_by(person).listed().live(at)
    sums = own.aggregate(pastes=Count("pk", filter=~is_fork), forks=Count("pk", filter=is_fork))
    return Counts(**sums, stars=_stars(person, at).count() if person.shows_stars else None)


def pastes(*, person: User, before: int | None = None, size: int = PAGE, at: datetime | None = None) -> Page:
    """Everything public of a person, forks included, the newest first."""
    return _page(Paste.objects.owned_by(person).listed().live(at), before, size)


def originals(*, person: User, before: int | None = None, size: int = PAGE, at: datetime | None = None) -> Page:
    """What they began themselves."""
    return _page(Paste.objects.owned_by(person).listed().live(at).filter(forked_from=None), before, size)


def forks(*, person: User, before: int | None = None, size: int = PAGE, at: datetime | None = None) -> Page:
    """What they made of others' pastes."""
    return _page(Paste.objects.owned_by(person).listed().live(at).exclude(forked_from=None), before, size)


def starred(*, person: User, before: int | None = None, size: int = PAGE, at: datetime | None = None) -> Page:
    """What they starred and everybody can find, the last star first; nothing when they do not show it.

    ``before`` is the id of a star.
    """
    if not person.shows_stars:
        return Page([], None)
    stars = _stars(person, at).select_related("paste__owner")
    if before is not None:
        stars = stars.filter(pk__lt=before)
    found = list(stars.order_by("-pk")[: size + 1])
    return Page([star.paste for star in found[:size]], found[size - 1].pk if len(found) > size else None)


def _stars(person: User, at: datetime | None) -> QuerySet[Star]:
    return Star.objects.filter(user=person, paste__in=Paste.objects.listed().live(at))


def _page(pastes: QuerySet[Paste], before: int | None, size: int) -> Page:
    if before is not None:
        pastes = pastes.filter(pk__lt=before)
    found = list(pastes.select_related("owner").order_by("-pk")[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)
