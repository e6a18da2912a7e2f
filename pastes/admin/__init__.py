"""Every table for the operators. Importing a module registers its tables with Django's admin site."""

from pastes.admin import content, discussion, pastes, traffic

__all__ = ["content", "discussion", "pastes", "traffic"]
