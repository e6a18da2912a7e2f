"""Comments on lines follow them from revision to revision, and say when they are gone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes import conf
from pastes.domain import anchors, content, discussion, publishing
from pastes.domain.anchors import Anchor
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Invalid
from pastes.models import Comment, File, Paste
from tests.factories import make_paste, viewer_for
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

CODE = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text=CODE, name="a.py")


def remark(
    paste: Paste, first: int, last: int | None = None, *, by: User, name: str = "a.py", revision: int | None = None
) -> Comment:
    """A comment on lines, by default of the latest revision."""
    paste.refresh_from_db()
    anchor = Anchor(revision or paste.revision_count, name, first, last or first)
    return discussion.create(paste=paste, viewer=viewer_for(by), body=f"About {anchor}", anchor=anchor)


def revise(paste: Paste, *files: str | bytes | NewFile) -> None:
    """Save files (a text is that of a.py) over the latest revision."""
    paste.refresh_from_db()
    new = [
        file if isinstance(file, NewFile) else NewFile(file.encode() if isinstance(file, str) else file, "a.py")
        for file in files
    ]
    publishing.revise(paste=paste, draft=Draft(files=new), base=paste.revision_count, viewer=viewer_for(paste.owner))


def now(comment: Comment) -> tuple[str, int | None, int | None]:
    comment.refresh_from_db()
    return comment.current_file, comment.current_first, comment.current_last


GONE = ("", None, None)


def test_a_comment_keeps_what_it_was_about(paste: Paste, bob: User) -> None:
    comment = remark(paste, 5, 6, by=bob)
    revise(paste, "# nothing\n")
    comment.refresh_from_db()
    assert comment.revision is not None
    assert (comment.revision.number, comment.file_name, comment.first_line, comment.last_line) == (1, "a.py", 5, 6)
    assert comment.quote == "def two():\n    return 2"
    assert comment.is_outdated


@pytest.mark.parametrize(
    ("text", "then"),
    [
        pytest.param("import os\n\n" + CODE, ("a.py", 7, 8), id="edited above"),
        pytest.param(CODE + "# the end\n", ("a.py", 5, 6), id="edited below"),
        pytest.param(CODE.replace("return 2", "return 3"), GONE, id="edited inside"),
        pytest.param(CODE.replace("\n", "\r\n"), ("a.py", 5, 6), id="other line ends"),
        pytest.param("\ufeff" + CODE, ("a.py", 5, 6), id="a byte order mark"),
        pytest.param(CODE.rstrip(), ("a.py", 5, 6), id="no last line end"),
        pytest.param("def two():\n    return 2\n\n\ndef one():\n    return 1\n", ("a.py", 1, 2), id="moved"),
        pytest.param((CODE + "\n").encode("utf-16"), ("a.py", 5, 6), id="another encoding"),
        pytest.param(b"\0\1\2", GONE, id="not text any more"),
    ],
)
def test_it_follows_its_lines(paste: Paste, bob: User, text: str | bytes, then: tuple[str, int, int]) -> None:
    comment = remark(paste, 5, 6, by=bob)
    revise(paste, text)
    assert now(comment) == then


def test_lines_that_come_back_are_found_again(paste: Paste, bob: User) -> None:
    comment = remark(paste, 5, 6, by=bob)
    revise(paste, "def one():\n    return 1\n")
    assert now(comment) == GONE
    revise(paste, "# both again\n" + CODE)
    assert now(comment) == ("a.py", 6, 7)


def test_a_bracket_that_was_removed_does_not_become_another(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, text="f {\n}\ng {\n}\nh {\n}\n", name="a.py")
    second, third = remark(paste, 4, by=bob), remark(paste, 6, by=bob)
    revise(paste, "f {\n}\nh {\n}\n")
    assert (now(second), now(third)) == (GONE, ("a.py", 4, 4))


@pytest.mark.parametrize(
    ("files", "then"),
    [
        pytest.param([NewFile(CODE.encode(), "b.py")], ("b.py", 5, 6), id="renamed"),
        pytest.param([NewFile(f"# x\n{CODE}".encode(), "b.py")], ("b.py", 6, 7), id="renamed and edited"),
        pytest.param([NewFile(b"x", "c.py"), NewFile(CODE.encode(), "b.py")], ("b.py", 5, 6), id="renamed and moved"),
        pytest.param([NewFile(b"x", "a.py"), NewFile(CODE[-24:].encode(), "b.py")], GONE, id="too little to tell"),
        pytest.param([NewFile(b"x", "b.py")], GONE, id="removed"),
    ],
)
def test_it_follows_its_file(paste: Paste, bob: User, files: list[NewFile], then: tuple[str, int, int]) -> None:
    comment = remark(paste, 5, 6, by=bob)
    revise(paste, *files)
    assert now(comment) == then


def test_lines_that_can_be_recognised_are_followed_into_another_file(alice: User, bob: User) -> None:
    long = b"def compute_the_answer_to_everything():\n    return 42\n"
    paste = make_paste(owner=alice, files=[NewFile(CODE.encode() + long, "a.py"), NewFile(b"import a\n", "b.py")])
    comment = remark(paste, 7, 8, by=bob)
    revise(paste, CODE, NewFile(b"import a\n\n\n" + long, "b.py"))
    assert now(comment) == ("b.py", 4, 5)
    revise(paste, CODE, NewFile(b"import a\n", "b.py"), NewFile(long, "c.py"), NewFile(long + b"#\n", "d.py"))
    assert now(comment) == GONE  # in two places: in neither


def test_it_knows_lines_of_long_files_by_the_parts_they_are_in(alice: User, bob: User) -> None:
    lines = [f"line {n}\n" for n in range(1, 12_346)]
    paste = make_paste(owner=alice, text="".join(lines), name="a.py")
    comment = remark(paste, 3_999, 4_002, by=bob)
    assert comment.quote == "line 3999\nline 4000\nline 4001\nline 4002"
    revise(paste, "".join(lines[3_000:]))
    assert now(comment) == ("a.py", 999, 1_002)


def test_long_quotes_are_cut_and_their_lines_found_by_the_hash(alice: User, bob: User) -> None:
    text = "".join(f"line {n}\n" for n in range(200))
    paste = make_paste(owner=alice, text=text, name="a.py")
    comment = remark(paste, 1, 200, by=bob)
    assert comment.quote.count("\n") == anchors.QUOTE_LINES - 1
    revise(paste, "nothing")
    revise(paste, "something\n" + text)
    assert now(comment) == ("a.py", 2, 201)
    wide = remark(make_paste(owner=alice, text="x" * 9_000, name="a.py"), 1, by=bob)
    assert len(wide.quote) == anchors.QUOTE_CHARACTERS


def test_a_comment_on_an_older_revision_stands_at_its_lines_today(paste: Paste, bob: User) -> None:
    revise(paste, "import os\n" + CODE)
    assert now(remark(paste, 5, 6, by=bob, revision=1)) == ("a.py", 6, 7)
    assert now(remark(paste, 1, 1, by=bob, revision=2)) == ("a.py", 1, 1)


def test_a_revision_saved_before_the_row_was_locked_is_seen(paste: Paste, bob: User) -> None:
    earlier = Paste.objects.get(pk=paste.pk)
    revise(paste, "import os\n" + CODE)
    anchor = Anchor(1, "a.py", 5, 6)
    assert now(discussion.create(paste=earlier, viewer=viewer_for(bob), body="Late", anchor=anchor)) == ("a.py", 6, 7)


@pytest.mark.parametrize(
    ("anchor", "error"),
    [
        (Anchor(2, "a.py", 1, 1), "There is no revision 2 of this paste."),
        (Anchor(1, "b.py", 1, 1), "There is no file “b.py” in this revision."),
        (Anchor(1, "a.py", 6, 7), "“a.py” ends at line 6."),
        (Anchor(1, "a.py", 0, 1), "Lines are counted from 1, and the first stands before the last."),
        (Anchor(1, "a.py", 3, 2), "Lines are counted from 1, and the first stands before the last."),
        (Anchor(1, "b.bin", 1, 1), "“b.bin” is not text: it has no lines to comment on."),
        (Anchor(1, "c.txt", 1, 1_001), "One comment can be about 1000 lines at most."),
    ],
)
def test_lines_that_do_not_exist_are_refused_in_clear_words(alice: User, anchor: Anchor, error: str) -> None:
    files = [NewFile(CODE.encode(), "a.py"), NewFile(b"\0", "b.bin"), NewFile(b"\n" * 2_000, "c.txt")]
    paste = make_paste(owner=alice, files=files if anchor.file_name != "b.py" else files[:1])
    with pytest.raises(Invalid) as refusal:
        anchors.place(paste=paste, anchor=anchor)
    assert refusal.value.errors == {"lines": [error]}


def test_no_text_is_read_where_nobody_commented_on_lines(
    paste: Paste, alice: User, bob: User, store_down: None
) -> None:
    discussion.create(paste=paste, viewer=viewer_for(bob), body="On the whole")
    new = content.prepare(files=[NewFile(b"new", "a.py", "python")], limits=conf.limits_for(alice))
    follower = anchors.follow(paste=paste, old=list(File.objects.all()), new=new)
    anchors.settle(paste=paste, follower=follower)


def test_many_comments_are_followed_with_as_many_queries_as_few(alice: User, bob: User) -> None:
    text = "".join(f"{n}\n" for n in range(100))
    queries = []
    for many in (1, 200):
        paste = make_paste(owner=alice, text=text, name="a.py")
        comment = remark(paste, 50, by=bob)
        fields = {field.attname: getattr(comment, field.attname) for field in Comment._meta.concrete_fields}
        Comment.objects.bulk_create(Comment(**fields | {"id": None}) for _ in range(many))
        with CaptureQueriesContext(connection) as captured:
            revise(paste, f"above\n{text}")
        queries.append(len(captured))
        assert Comment.objects.filter(paste=paste, current_first=51, current_last=51).count() == many + 1
    assert queries[0] == queries[1]


@pytest.mark.django_db(transaction=True)
def test_a_comment_sent_while_a_revision_is_saved_stands_at_its_lines_afterwards(alice: User, bob: User) -> None:
    for _ in range(5):
        paste = make_paste(owner=alice, text=CODE, name="a.py")
        draft = Draft(files=[NewFile(f"import os\n{CODE}".encode(), "a.py")])

        def comment(paste: Paste = paste) -> object:
            anchor = Anchor(1, "a.py", 5, 6)
            return discussion.create(paste=paste, viewer=viewer_for(bob), body="While you edit", anchor=anchor)

        def edit(paste: Paste = paste, draft: Draft = draft) -> object:
            return publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))

        results = at_once([comment, edit])
        assert not [result for result in results if isinstance(result, Exception)]
        row = Comment.objects.get(paste=paste)
        assert now(row) == ("a.py", 6, 7)
