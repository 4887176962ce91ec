import shutil

import pytest

from swgw.example import write_example


@pytest.fixture(scope="session")
def tiny_basin(tmp_path_factory):
    """Folder of the small example basin. Shared by all tests: read it, never write to it."""
    return write_example(tmp_path_factory.mktemp("basin") / "example")


@pytest.fixture
def own_basin(tiny_basin, tmp_path):
    """A copy of the example basin's folder that a test may spoil."""
    return shutil.copytree(tiny_basin, tmp_path / "own")
