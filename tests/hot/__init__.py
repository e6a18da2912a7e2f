"""Answers that are sent before Django begins: by the site itself, and by nginx."""
