"""The whole site as an operator starts it, `manage.py serve` with a folder and a port of its own, in a browser."""
