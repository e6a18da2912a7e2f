"""Doors for programs; every rule they keep is in the domain."""
