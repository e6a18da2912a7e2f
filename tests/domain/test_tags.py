"""Tags: what people write becomes names, each once, that lead to public pastes and to no others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from pastes.domain import publishing, tags
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Invalid
from pastes.models import Paste, Tag, Tagging
from tests.factories import make_paste, viewer_for
from tests.parallel import at_once


def names_used() -> list[str]:
    return [tag.name for tag in tags.used()]


class TestParsing:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", []),
            (" , ;\n", []),
            ("python", ["python"]),
            ("Python, #python  PYTHON", ["python"]),
            ("c++ c# .net node.js a_b x-y", ["c++", "c#", ".net", "node.js", "a_b", "x-y"]),
            ("Питон,日本語;हिन्दी", ["питон", "日本語", "हिन्दी"]),
            ("cafe\u0301", ["café"]),
            ("# ##", []),
        ],
    )
    def test_it_reads_names(self, text: str, names: list[str]) -> None:
        assert tags.parse(text) == names

    @pytest.mark.parametrize(
        "text", ["a/b", "..", "++", "<b>", "a\0b", "a\u202eb", "\ud800", "x" * 31, "node.atom", "a&b"]
    )
    def test_it_refuses_what_cannot_be_one(self, text: str) -> None:
        with pytest.raises(Invalid) as error:
            tags.parse(text)
        assert list(error.value.errors) == ["tags"]

    def test_it_takes_ten_and_not_eleven(self) -> None:
        ten = " ".join(f"t{n}" for n in range(10))
        assert len(tags.parse(ten)) == 10
        with pytest.raises(Invalid):
            tags.parse(f"{ten} t10")


@pytest.mark.django_db
class TestPastes:
    def test_saving_again_changes_them(self, alice: User) -> None:
        paste = make_paste(owner=alice, tags="python web")
        assert paste.tag_names == ["python", "web"]
        draft = Draft(files=[NewFile(b"Hello\n")], tags="web nginx")
        publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
        paste.refresh_from_db()
        assert paste.tag_names == ["web", "nginx"]
        assert set(Tagging.objects.values_list("tag__name", flat=True)) == {"web", "nginx"}
        assert [Paste.objects.tagged(name).count() for name in ("python", "web", "nginx")] == [0, 1, 1]

    def test_wrong_ones_publish_nothing(self) -> None:
        with pytest.raises(Invalid):
            make_paste(tags="a/b")
        assert not Paste.objects.exists()
        assert not Tag.objects.exists()

    def test_only_what_leads_to_a_public_paste_is_shown(self, alice: User) -> None:
        now = timezone.now()
        make_paste(tags="shown")
        make_paste(tags="unlisted", visibility="unlisted")
        make_paste(owner=alice, tags="private", visibility="private")
        make_paste(tags="locked", password="secret")
        make_paste(tags="burns", burn=True)
        make_paste(tags="over", expires_at=now + timedelta(hours=1))
        tags.count_uses()
        assert [tag.name for tag in tags.used(at=now + timedelta(hours=2))] == ["shown"]
        Paste.objects.filter(tags="shown").update(visibility="private")
        assert names_used() == ["over"]

    def test_the_most_used_weighs_most(self) -> None:
        for _ in range(8):
            make_paste(tags="often")
        make_paste(tags="once unlisted", visibility="unlisted")
        make_paste(tags="once")
        assert tags.count_uses() == 3
        assert {tag.name: tag.weight for tag in tags.used()} == {"often": 5, "once": 1}

    def test_it_forgets_nothing_when_counted_in_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tags, "BATCH", 2)
        make_paste(tags="a b c d e")
        assert tags.count_uses() == 5
        assert set(Tag.objects.values_list("uses", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_many_publish_with_one_new_tag_at_once() -> None:
    results = at_once([lambda: make_paste(tags="new").tags for _ in range(8)])
    assert results == ["new"] * 8
    assert Tag.objects.count() == 1
    assert Tagging.objects.count() == 8
