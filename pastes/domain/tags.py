"""What authors say a paste is about: names that others find it by."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from pastes import replica
from pastes.exceptions import Invalid, NotFound
from pastes.models import Paste, Tag, Tagging
from pastes.models.tags import TAG_LENGTH

MOST_TAGS = 10
SHOWN_TAGS = 200
BATCH = 500

_SEPARATORS = re.compile(r"[\s,;]+")
# Beside letters, marks and digits of any script, for c++, c#, .net, node.js.
_SIGNS = frozenset("-_.+#")


@dataclass(frozen=True, slots=True)
class TagOfPage:
    """A tag on the page of tags: ``weight`` is from 1 (rarely used) to 5 (the most used)."""

    name: str
    weight: int


def parse(text: str) -> list[str]:
    """The tags in what somebody wrote, with blanks or commas between them, in lower case and each once.

    Raises:
        Invalid: when they are too many, or one is too long or has characters that no tag has.
    """
    names = list(dict.fromkeys(normal(word) for word in _SEPARATORS.split(text) if word.strip("#")))
    errors = []
    if len(names) > MOST_TAGS:
        errors.append(_("A paste can have %(limit)s tags.") % {"limit": MOST_TAGS})
    if wrong := next((name for name in names if not is_name(name)), None):
        errors.append(
            _("“%(tag)s” cannot be a tag: use letters, digits and - _ . + #, at most %(limit)s characters.")
            % {"tag": wrong[:TAG_LENGTH], "limit": TAG_LENGTH}
        )
    if errors:
        raise Invalid({"tags": errors})
    return names


def normal(name: str) -> str:
    """A tag as it is kept, whether written ``#Python`` or ``python``."""
    return unicodedata.normalize("NFC", name.lstrip("#").lower())


def is_name(name: str) -> bool:
    """Whether a tag can have this name. ``.atom`` at its end would be the address of another tag's feed."""
    kinds = [unicodedata.category(char)[0] for char in name if char not in _SIGNS]
    fits = len(name) <= TAG_LENGTH and all(kind in "LMN" for kind in kinds) and any(kind in "LN" for kind in kinds)
    return fits and not name.endswith(".atom")


def require_name(name: str) -> str:
    """The tag that somebody means, as it is kept, whether or not a paste has it.

    Raises:
        NotFound: when no tag can have this name.
    """
    wanted = normal(name)
    if not is_name(wanted):
        raise NotFound
    return wanted


def assign(*, paste: Paste, names: list[str]) -> None:
    """Make these the tags of a saved paste; call it in the transaction that saves it."""
    if not names and not paste.tags:
        return
    # In order, so that two who publish at once with the same new tags wait for each other in one direction.
    Tag.objects.bulk_create([Tag(name=name) for name in sorted(names)], ignore_conflicts=True)
    Tagging.objects.filter(paste=paste).exclude(tag__name__in=names).delete()
    wanted = Tag.objects.filter(name__in=names)
    Tagging.objects.bulk_create([Tagging(tag=tag, paste=paste) for tag in wanted], ignore_conflicts=True)
    paste.tags = " ".join(names)
    Paste.objects.filter(pk=paste.pk).update(tags=paste.tags)


@replica.may_answer
def used(*, at: datetime | None = None) -> list[TagOfPage]:
    """The tags that lead to a public paste, by name, at most `SHOWN_TAGS` of them: the most used.

    How often each is used was counted some time ago; whether it leads anywhere is looked up now, so that the name of
    a tag goes with the last public paste that has it.
    """
    leading = Tagging.objects.filter(tag=OuterRef("pk"), paste__in=Paste.objects.listed().live(at))
    found = Tag.objects.filter(Exists(leading)).order_by("-uses", "name").values_list("name", "uses")[:SHOWN_TAGS]
    most = max((uses for name, uses in found), default=0)
    return sorted((TagOfPage(name, 1 + 4 * uses // max(most, 1)) for name, uses in found), key=lambda tag: tag.name)


def count_uses(*, at: datetime | None = None) -> int:
    """Count anew how many public pastes each tag has; returns how many tags there are."""
    last = total = 0
    while ids := list(Tag.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        public = Tagging.objects.filter(tag__in=ids, paste__in=Paste.objects.listed().live(at))
        counts = dict(public.values_list("tag").annotate(count=Count("pk")).order_by("tag"))
        Tag.objects.bulk_update([Tag(pk=pk, uses=counts.get(pk, 0)) for pk in ids], ["uses"])
        last, total = ids[-1], total + len(ids)
    return total
