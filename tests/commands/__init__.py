"""manage.py: what operators do from a shell."""
