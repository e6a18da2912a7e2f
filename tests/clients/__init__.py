"""The programs that people already have, unmodified, against the running site."""
