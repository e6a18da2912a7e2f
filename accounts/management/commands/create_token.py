"""`manage.py create_token`: an access token for a program, without a browser."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import tokens
from accounts.models import Scope, User

LONGEST_DAYS = 36_500


class Command(BaseCommand):
    """Make an access token and print it, alone on the last line of the output; whatever else there is to say goes to
    the error output."""

    help = "Make an access token for an account and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose it is, what it may do, and for how long."""
        parser.add_argument("user", metavar="USER", help="user name of the account")
        parser.add_argument(
            "--scope", action="append", required=True, choices=Scope.values, help="may be given several times"
        )
        parser.add_argument("--name", default="create_token", help="what it is for, as its owner's page lists it")
        parser.add_argument("--expires-days", type=int, metavar="N", help="end it after N days; else it never ends")

    def handle(self, *args: Any, user: str, scope: list[str], name: str, **options: Any) -> None:
        """Make it.

        Raises:
            CommandError: when there is no such account, it is locked, it has too many tokens, or N cannot be.
        """
        del args
        owner = User.objects.filter(username__iexact=user).first()
        if owner is None:
            raise CommandError(f"There is no account with the user name {user}.")
        if not owner.is_active:
            raise CommandError(f"The account {owner.username} is locked: none of its tokens would work.")
        days = options["expires_days"]
        if days is not None and not 0 < days <= LONGEST_DAYS:
            raise CommandError(f"--expires-days takes 1 to {LONGEST_DAYS}.")
        expires_at = None if days is None else timezone.now() + timedelta(days=days)
        try:
            row, token = tokens.create(
                user=owner,
                name=name.strip()[:80] or "create_token",
                scopes=tokens.scopes_of(scope),
                expires_at=expires_at,
            )
        except tokens.TooManyTokensError as error:
            raise CommandError(f"{owner.username} has {tokens.MOST_TOKENS} tokens. Revoke one first.") from error
        end = f"until {expires_at:%Y-%m-%d %H:%M} UTC" if expires_at else "without an end"
        self.stderr.write(f"A token for {owner.username} with {row.scopes}, {end}. It is shown only now.")
        self.stdout.write(token)
