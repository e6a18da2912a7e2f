"""The addresses below ``/api``, as clients of GitHub Enterprise build them: no slash at the end."""

from django.urls import path

from pastes.api.gist import comments, gists, graphql, people
from pastes.api.gist.door import endpoint

app_name = "gist"

urlpatterns = [
    path("v3", endpoint(GET=people.root, any_scope=True), name="root"),
    path("v3/", endpoint(GET=people.root, any_scope=True), name="root_slash"),
    path("v3/user", endpoint(GET=people.current, any_scope=True, account=True), name="user"),
    path("v3/users/<str:login>", endpoint(GET=people.person), name="person"),
    path("v3/users/<str:login>/gists", endpoint(GET=gists.of_person), name="gists_of_person"),
    path("v3/gists", endpoint(GET=gists.listed, POST=gists.create), name="gists"),
    path("v3/gists/public", endpoint(GET=gists.public), name="public"),
    path("v3/gists/starred", endpoint(GET=gists.starred, account=True), name="starred"),
    # POST is what the program `gist` sends to change one.
    path(
        "v3/gists/<str:key>",
        endpoint(GET=gists.show, PATCH=gists.change, POST=gists.change, DELETE=gists.remove),
        name="gist",
    ),
    path(
        "v3/gists/<str:key>/star",
        endpoint(GET=gists.has_star, PUT=gists.give_star, DELETE=gists.take_star, account=True),
        name="star",
    ),
    path("v3/gists/<str:key>/forks", endpoint(GET=gists.forks, POST=gists.fork), name="forks"),
    path("v3/gists/<str:key>/commits", endpoint(GET=gists.commits), name="commits"),
    path("v3/gists/<str:key>/comments", endpoint(GET=comments.listed, POST=comments.create), name="comments"),
    path(
        "v3/gists/<str:key>/comments/<str:number>",
        endpoint(GET=comments.show, PATCH=comments.change, DELETE=comments.remove),
        name="comment",
    ),
    path("v3/gists/<str:key>/<str:sha>", endpoint(GET=gists.show_revision), name="revision"),
    path("graphql", endpoint(POST=graphql.ask, any_scope=True), name="graphql"),
]
