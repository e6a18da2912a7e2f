"""What the worker runs: each is one verb. All of them may run twice."""

from pastes.domain import counting, expiry, keys, ranking, reading, sweeping, tags
from pastes.models import File


def remove_objects(names: list[str]) -> None:
    """Remove objects whose rows are gone."""
    sweeping.remove_unreferenced(names)


def warm(file_id: int) -> None:
    """Highlight a long file for its readers."""
    file = File.objects.filter(pk=file_id).first()
    if file:
        reading.warm(file)


def rank(paste_id: int) -> None:
    """Count how popular a paste is."""
    ranking.rank([paste_id])


def count_tags() -> int:
    """Count how often each tag is used."""
    return tags.count_uses()


def purge_expired() -> int:
    """Remove what is over."""
    return expiry.purge() + expiry.forget()


def top_up_keys() -> int:
    """Add keys when few are left."""
    return keys.top_up()


def sweep_objects() -> int:
    """Compare the object store and the rows."""
    return sweeping.sweep().orphans


def flush_views() -> int:
    """Add new views to the counters."""
    return counting.flush_views()
