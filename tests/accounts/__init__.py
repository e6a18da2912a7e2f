"""Accounts: one file per page, with the same cast."""
