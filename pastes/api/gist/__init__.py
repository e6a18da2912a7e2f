"""GitHub's Gist interface (https://docs.github.com/rest/gists), for the programs people already have.

A gist is a paste: public is public, secret is unlisted, and one's private pastes are in one's own lists. `urls.py` has
the addresses, `door.py` says who asks, `sent.py` reads what is sent, `shapes.py` and `people.py` write the answers.
"""
