"""The pages: guard, form, one verb, response."""
