"""The site's own API.

`urls.py` puts it together, a module for each kind of thing has its operations, `endpoints.py` registers and describes
them, `door.py` says who asks.
"""
