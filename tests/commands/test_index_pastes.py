"""index_pastes"""

from typing import Any

from pastes import storage
from pastes.domain import indexing
from pastes.models import File
from tests.commands.conftest import Shell
from tests.domain.test_search import found
from tests.factories import make_paste


def test_it_indexes_what_is_not_and_goes_on_after_a_stop(shell: Shell, monkeypatch: Any) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    pastes = [make_paste(text=f"needle {number}") for number in range(5)]
    make_paste(text="needle", burn=True)
    indexing.index(pastes[1].pk)
    assert shell("index_pastes", "--dry-run").out == "Dry run. 4 pastes to index."
    assert found("needle") == [pastes[1]]
    next(indexing.index_all())
    assert found("needle") == [pastes[2], pastes[1], pastes[0]]
    assert shell("index_pastes").out == "2 pastes indexed, 0 whose text cannot be read."
    assert found("needle") == pastes[::-1]
    assert shell("index_pastes").out.startswith("0 pastes")
    again = shell("index_pastes", "--again", "--after", str(pastes[2].pk))
    assert again.out.startswith("2 pastes indexed")


def test_a_lost_text_does_not_keep_the_others_out(shell: Shell) -> None:
    lost, kept = make_paste(text="needle lost"), make_paste(text="needle kept")
    storage.delete([File.objects.get(revision__paste=lost).object_name])
    assert shell("index_pastes").out == "1 pastes indexed, 1 whose text cannot be read."
    assert found("needle") == [kept]
    assert "cannot be read or saved right now" in shell("index_pastes").failure
