"""Every address of the Gist interface, and what each kind of program gets there.

Alice owns the pastes, Bob has said something about each. ``owner``, ``stranger`` and ``staff`` are programs with a
token that is good for reading and writing; ``reader`` has Alice's token that is good for reading. Whoever has a token
that ended, or whose account did, gets 401, and whoever has one made for something else 403: they have no rows.
"""

from collections.abc import Iterator

from tests.access.table import KINDS, Row

PROGRAMS = {
    "anonymous": ("anonymous",),
    "strangers": ("stranger", "staff"),
    "stranger": ("stranger",),
    "staff": ("staff",),
    "others": ("anonymous", "stranger", "staff"),
    "owner": ("owner",),
    "owners": ("owner", "reader"),
    "reader": ("reader",),
    "everybody": ("anonymous", "stranger", "staff", "owner", "reader"),
    "writers": ("stranger", "staff", "owner"),
}

OF_A_GIST = """
route     method  who        public unlisted private password burn expired deleted hidden

gist      GET     others     200    200      404     403      403  404     404     404
gist      GET     owners     200    200      200     200      200  404     404     404
gist      PATCH   anonymous  401    401      401     401      401  401     401     401
gist      PATCH   reader     403    403      403     403      403  403     403     403
gist      PATCH   strangers  404    404      404     404      404  404     404     404
gist      PATCH   owner      200    200      200     200      200  404     404     404
gist      POST    anonymous  401    401      401     401      401  401     401     401
gist      POST    reader     403    403      403     403      403  403     403     403
gist      POST    strangers  404    404      404     404      404  404     404     404
gist      POST    owner      200    200      200     200      200  404     404     404
gist      DELETE  anonymous  401    401      401     401      401  401     401     401
gist      DELETE  reader     403    403      403     403      403  403     403     403
gist      DELETE  strangers  404    404      404     404      404  404     404     404
gist      DELETE  owner      204    204      204     204      204  404     404     404
revision  GET     others     200    200      404     403      403  404     404     404
revision  GET     owners     200    200      200     200      200  404     404     404
commits   GET     others     200    200      404     403      403  404     404     404
commits   GET     owners     200    200      200     200      200  404     404     404
forks     GET     others     200    200      404     403      403  404     404     404
forks     GET     owners     200    200      200     200      200  404     404     404
forks     POST    anonymous  401    401      401     401      401  401     401     401
forks     POST    reader     403    403      403     403      403  403     403     403
forks     POST    strangers  201    201      404     403      403  404     404     404
forks     POST    owner      422    422      422     422      422  404     404     404
star      GET     anonymous  401    401      401     401      401  401     401     401
star      GET     strangers  404    404      404     404      404  404     404     404
star      GET     owners     404    404      404     404      404  404     404     404
star      PUT     anonymous  401    401      401     401      401  401     401     401
star      PUT     reader     403    403      403     403      403  403     403     403
star      PUT     strangers  204    204      404     403      403  404     404     404
star      PUT     owner      204    204      204     204      403  404     404     404
star      DELETE  anonymous  401    401      401     401      401  401     401     401
star      DELETE  reader     403    403      403     403      403  403     403     403
star      DELETE  strangers  204    204      404     403      403  404     404     404
star      DELETE  owner      204    204      204     204      403  404     404     404
comments  GET     others     200    200      404     403      403  404     404     404
comments  GET     owners     200    200      200     200      403  404     404     404
comments  POST    anonymous  401    401      401     401      401  401     401     401
comments  POST    reader     403    403      403     403      403  403     403     403
comments  POST    strangers  201    201      404     403      403  404     404     404
comments  POST    owner      201    201      201     201      403  404     404     404
comment   GET     others     200    200      404     403      403  404     404     404
comment   GET     owners     200    200      200     200      403  404     404     404
comment   PATCH   anonymous  401    401      401     401      401  401     401     401
comment   PATCH   reader     403    403      403     403      403  403     403     403
comment   PATCH   stranger   200    200      404     403      403  404     404     404
comment   PATCH   staff      403    403      404     403      403  404     404     404
comment   PATCH   owner      403    403      403     403      403  404     404     404
comment   DELETE  anonymous  401    401      401     401      401  401     401     401
comment   DELETE  reader     403    403      403     403      403  403     403     403
comment   DELETE  stranger   204    204      404     403      403  404     404     404
comment   DELETE  staff      403    403      404     403      403  404     404     404
comment   DELETE  owner      403    403      403     403      403  404     404     404
"""
"""Nobody has starred anything, so that GET of a star is 404 where there is something to star, too."""

OF_THE_INTERFACE = """
route            method  anonymous stranger staff owner reader

root             GET     200       200      200   200   200
root_slash       GET     200       200      200   200   200
user             GET     401       200      200   200   200
person           GET     200       200      200   200   200
gists_of_person  GET     200       200      200   200   200
gists            GET     200       200      200   200   200
gists            POST    401       201      201   201   403
public           GET     200       200      200   200   200
starred          GET     401       200      200   200   200
graphql          POST    401       200      200   200   200
"""


def rows() -> Iterator[Row]:
    """All of them."""
    yield from rows_of_gists()
    yield from rows_of_the_interface()


def rows_of_gists() -> Iterator[Row]:
    """What is expected of every kind of paste."""
    for line in OF_A_GIST.splitlines():
        if line and not line.startswith("route"):
            route, method, who, *statuses = line.split()
            yield Row(f"gist:{route}", method, who, dict(zip(KINDS, map(int, statuses), strict=True)))


def rows_of_the_interface() -> Iterator[Row]:
    """What is expected where no gist is in the address."""
    header, *lines = (line.split() for line in OF_THE_INTERFACE.splitlines() if line)
    for route, method, *statuses in lines:
        yield Row(f"gist:{route}", method, "everybody", dict(zip(header[2:], map(int, statuses), strict=True)))
