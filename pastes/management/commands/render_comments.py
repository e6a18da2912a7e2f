"""`manage.py render_comments`: make the HTML of all comments anew."""

from pastes.domain import discussion
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Render every comment again, as after a release that writes Markdown in another way."""

    help = "Make the HTML of all comments anew, after the way it is made has changed."

    def work(self, *, dry_run: bool) -> str:
        """Render in batches."""
        waiting = discussion.render_all(dry_run=True)
        if dry_run:
            return f"{waiting} comments to render."
        with self.bar(total=waiting, unit="comments") as bar:
            rendered = discussion.render_all(progress=bar.update)
        return f"{rendered} comments rendered."
