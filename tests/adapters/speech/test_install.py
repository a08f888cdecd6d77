import stat
import zipfile
from pathlib import Path

import pytest

from server.adapters.speech.models.catalogue import load_catalogue
from server.adapters.speech.models.digests import differences, file_sha256, read_record
from server.adapters.speech.models.install import ArchiveRefused, Arrival, DigestDiffers, install
from server.adapters.speech.models.structure import check_model, is_demonstration
from tests.adapters.speech.archives import FILES, archive_at, packed
from tests.adapters.speech.sounds import MODEL


def arrival(archive: Path, pinned_sha256: str = "") -> Arrival:
    return Arrival(name="tiny", archive=archive, origin="a test", pinned_sha256=pinned_sha256)


def test_a_whole_archive_is_installed_with_its_digests_beside_it(tmp_path: Path) -> None:
    archive = archive_at(tmp_path / "tiny.zip")
    folder = tmp_path / "models"
    place = install(arrival(archive, file_sha256(archive)), folder)
    assert check_model(place) == []
    record = read_record(folder, "tiny")
    assert record is not None
    assert record.archive_sha256 == file_sha256(archive)
    assert differences(place, record) == []
    assert sorted(path.name for path in folder.iterdir()) == ["tiny", "tiny.digests.json"]


def test_an_archive_without_a_top_folder_is_installed_too(tmp_path: Path) -> None:
    place = install(arrival(archive_at(tmp_path / "tiny.zip", packed(top=""))), tmp_path / "models")
    assert check_model(place) == []


def test_a_changed_missing_or_added_file_is_found(tmp_path: Path) -> None:
    place = install(arrival(archive_at(tmp_path / "tiny.zip")), tmp_path / "models")
    record = read_record(tmp_path / "models", "tiny")
    assert record is not None
    (place / "graph/words.txt").write_text("other")
    (place / "graph/HCLG.fst").unlink()
    (place / "extra").write_text("new")
    assert differences(place, record) == [
        "graph/HCLG.fst is missing",
        "graph/words.txt was changed",
        "extra was not there at the install",
    ]


def test_an_archive_with_another_digest_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DigestDiffers):
        install(arrival(archive_at(tmp_path / "tiny.zip"), "0" * 64), tmp_path / "models")
    assert not (tmp_path / "models" / "tiny").exists()


def test_the_digest_of_the_first_install_is_held_to(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    install(arrival(archive_at(tmp_path / "tiny.zip")), folder)
    other = archive_at(tmp_path / "tiny.zip", packed(FILES | {"README": b"another"}))
    with pytest.raises(DigestDiffers, match="first install"):
        install(arrival(other), folder)
    assert not (folder / "tiny/README").exists()
    (folder / "tiny.digests.json").unlink()
    install(arrival(other), folder)
    assert (folder / "tiny/README").exists()


@pytest.mark.parametrize(
    "content",
    [
        packed()[:-200],
        packed()[:100],
        b"",
        b"<html>not found</html>",
        packed({"../../outside": b"x"} | FILES),
        packed({"/outside": b"x"} | FILES, top=""),
        packed({"..\\outside": b"x"} | FILES, top=""),
        packed({"am/final.mdl": b"x"}),
        packed({}),
        packed({"am/final.mdl": bytes(50_000_000)}),
    ],
    ids=["cut", "stub", "empty", "page", "up", "absolute", "backslash", "not a model", "nothing", "stored"],
)
def test_a_bad_archive_leaves_nothing_behind_and_the_old_model_in_place(
    tmp_path: Path, content: bytes
) -> None:
    folder = tmp_path / "models"
    install(arrival(archive_at(tmp_path / "good.zip")), folder)
    (folder / "tiny.digests.json").unlink()
    with pytest.raises(ArchiveRefused):
        install(arrival(archive_at(tmp_path / "bad.zip", content)), folder)
    assert check_model(folder / "tiny") == []
    assert sorted(path.name for path in folder.iterdir()) == ["tiny"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.zip", "good.zip", "models"]


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as archive:
        link = zipfile.ZipInfo("tiny/am/final.mdl")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ArchiveRefused, match="link"):
        install(arrival(tmp_path / "tiny.zip"), tmp_path / "models")


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny/am/final.mdl", bytes(20_000_000))
    with pytest.raises(ArchiveRefused, match="more than"):
        install(arrival(tmp_path / "tiny.zip"), tmp_path / "models")


@pytest.mark.parametrize("name", ["../tiny", "a/b", ".hidden", ""])
def test_a_name_that_is_no_plain_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveRefused):
        install(Arrival(name=name, archive=archive_at(tmp_path / "t.zip"), origin=""), tmp_path / "models")


def test_the_built_in_model_is_whole_and_says_that_it_is_for_demonstration() -> None:
    assert check_model(MODEL) == []
    assert is_demonstration(MODEL)
    record = read_record(MODEL.parent, MODEL.name)
    assert record is not None
    assert differences(MODEL, record) == []


def test_what_a_model_lacks_is_named(tmp_path: Path) -> None:
    assert check_model(tmp_path / "nowhere") == [f"there is no model folder at {tmp_path / 'nowhere'}"]
    (tmp_path / "am").mkdir()
    (tmp_path / "am/final.mdl").touch()
    assert "am/final.mdl is missing" in check_model(tmp_path)


def test_every_pinned_digest_names_who_states_it() -> None:
    entries = load_catalogue(MODEL.parent)
    assert {entry.name for entry in entries if entry.sha256 and not entry.sha256_source} == set()
    assert [entry.name for entry in entries if entry.built_in] == [MODEL.name]
    for entry in entries:
        assert entry.built_in or entry.url.endswith(f"/{entry.name}.zip")
