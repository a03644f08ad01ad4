"""E-mail addresses that somebody named as theirs and never verified hold nobody off who comes to verify them."""

from __future__ import annotations

from allauth.account.models import EmailAddress


def release(address: str) -> int:
    """Drop what accounts claim of this address besides their first, unverified; gives how many claims that were.

    Otherwise a stranger could add another person's address to an account of his, and keep its owner from making one.
    """
    held = EmailAddress.objects.filter(email__iexact=address, verified=False, primary=False)
    return int(held.delete()[0])
