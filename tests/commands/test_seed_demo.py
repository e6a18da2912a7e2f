"""seed_demo"""

from django.db.models import Count, F, Q, Sum

from accounts.models import User
from pastes.domain import demo
from pastes.models import Comment, File, Paste, Visibility
from tests.commands.conftest import Shell
from tests.factories import client_for, read_all


def test_it_publishes_the_examples_once(shell: Shell) -> None:
    examples = demo.examples()
    assert len(examples) >= 40
    assert shell("seed_demo", "--dry-run").out == f"Dry run. {len(examples)} examples to publish."
    assert shell("seed_demo").out == f"{len(examples)} examples published."
    assert shell("seed_demo").out == "0 examples published."
    assert Paste.objects.count() == len(examples)
    _they_are_of_every_kind()
    _their_counters_agree_with_the_rows()
    _they_are_popular()
    _they_can_be_read()


def test_it_adds_what_is_missing_and_leaves_the_rest(shell: Shell, monkeypatch: object) -> None:
    some = demo.examples()[-3:]
    monkeypatch.setattr(demo, "examples", lambda: some)  # type: ignore[attr-defined]
    shell("seed_demo")
    kept = Paste.objects.get(title=some[0].title)
    Paste.objects.filter(pk=kept.pk).update(views=999)
    Paste.objects.get(title=some[1].title).delete()
    assert shell("seed_demo").out == "1 examples published."
    kept.refresh_from_db()
    assert kept.views == 999


def _they_are_of_every_kind() -> None:
    pastes = Paste.objects.all()
    assert {paste.visibility for paste in pastes} == set(Visibility.values)
    assert len({paste.language for paste in pastes}) > 20
    assert len({paste.owner_id for paste in pastes}) > 5, "several people, and nobody"
    for kind in (Q(burn=True), Q(max_views__gt=0), ~Q(password=""), ~Q(expires_at=None), Q(revision_count__gt=1)):
        assert pastes.filter(kind).exists(), kind
    assert pastes.filter(forked_from__title="Retry with full jitter").exists()
    assert Comment.objects.exclude(parent=None).exists()
    assert list(pastes.order_by("pk")) == list(pastes.order_by("created")), "lists go by id"
    assert not [user for user in User.objects.all() if user.has_usable_password()]


def _their_counters_agree_with_the_rows() -> None:
    rows = {"stars": "star_rows", "likes": "like_rows", "comments": "comment_rows", "revision_count": "revisions"}
    for counter, related in rows.items():
        assert not Paste.objects.alias(rows=Count(related)).exclude(rows=F(counter)).exists(), counter
    voted = Comment.objects.alias(sum=Sum("votes__value")).exclude(sum=None)
    assert voted.exists()
    assert not voted.exclude(sum=F("ups") - F("downs")).exists()
    assert not voted.filter(ups__gt=0, score=0).exists()
    for comment in Comment.objects.select_related("parent"):
        assert comment.html
        assert comment.depth == (comment.parent.depth + 1 if comment.parent else 0)
    assert Comment.objects.exclude(current_first=None).exists(), "one is about lines"


def _they_are_popular() -> None:
    assert not Paste.objects.alias(seen=Sum("daily_views__views", default=0)).exclude(seen=F("views")).exists()
    popular, trending = Paste.objects.listed().popular(), Paste.objects.listed().trending()
    assert popular.count() > 20
    assert list(popular) != list(trending), "what was read long ago is popular, and no longer trending"


def _they_can_be_read() -> None:
    reader = client_for()
    for paste in Paste.objects.filter(visibility=Visibility.PUBLIC):
        assert read_all(reader.get(f"/{paste.key}/raw")), paste
    assert not File.objects.filter(encoding="binary").exists()
