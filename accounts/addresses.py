"""Where mail for a person goes."""

from allauth.account.models import EmailAddress

from accounts.models import User


def confirmed_address(user: User) -> str:
    """The primary address, when its owner has confirmed that it is theirs; else ""."""
    row = EmailAddress.objects.filter(user=user, primary=True, verified=True).only("email").first()
    return row.email if row else ""
