"""Every table for the operators. Importing a module registers its tables with Django's admin site."""

from pastes.admin import content, discussion, moderation, pastes, people, reports, social, traffic, webhooks

__all__ = ["content", "discussion", "moderation", "pastes", "people", "reports", "social", "traffic", "webhooks"]
