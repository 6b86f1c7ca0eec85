"""Files of a tenant: the folder and the bucket keep the same promises."""

from pathlib import Path

import pytest

from chalicelib.persistence.files import BucketFiles, Files, FolderFiles
from chalicelib.tenancy.context import NoTenant
from infra.local.fixture import Stack
from tests.feed_world import BUREAU, HOTEL, acting_for


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, engine: Stack, tmp_path: Path) -> Files:
    if request.param == "folder":
        return FolderFiles(root=tmp_path)
    return BucketFiles(bucket=engine.outputs["FilesBucket"])


def test_a_file_is_written_read_listed_and_dropped(kept: Files) -> None:
    with acting_for(BUREAU):
        names = ["lake/date=2026-11-22/b.parquet", "lake/date=2026-11-22/a.parquet", "sealed/x.json"]
        for name in names:
            kept.put(name, name.encode())
        kept.put(names[0], b"again")
        assert kept.get(names[0]) == b"again"
        assert kept.fetched(names[1]).read_bytes() == names[1].encode()
        assert list(kept.names("lake/")) == sorted(names[:2])
        assert list(kept.names("nothing/")) == []
        for name in (*names, names[0]):
            kept.drop(name)
        assert kept.get(names[0]) is None
        with pytest.raises(FileNotFoundError):
            kept.fetched(names[0]).read_bytes()


def test_a_tenant_sees_its_own_files_and_nobody_sees_any_without_one(kept: Files) -> None:
    with acting_for(BUREAU):
        kept.put("lake/a", b"ours")
    with acting_for(HOTEL):
        assert kept.get("lake/a") is None
        assert list(kept.names("")) == []
    with pytest.raises(NoTenant):
        kept.get("lake/a")


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "a\x00b", ".hidden", "a" * 401]
)
def test_a_name_cannot_leave_the_tenants_folder(kept: Files, name: str) -> None:
    with acting_for(BUREAU), pytest.raises(ValueError, match="no name"):
        kept.put(name, b"x")
