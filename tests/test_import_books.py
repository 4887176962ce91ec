"""A book of each importer's folder, and quick books of the public data sets. These take minutes."""

import pathlib

import nbformat
import pandas as pd
import pytest
import yaml
from served import power_answer, serve, usgs_answer
from typer.testing import CliRunner

from swgw.cli import app
from swgw.sources import service, usgs_client

pytestmark = pytest.mark.slow
MIRROR = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def services(tmp_path, monkeypatch):
    """Answers made by us, served at one local address."""
    root = []

    def answer(path, query):
        served = usgs_answer(path, query, root[0]) if "/collections/" in path else None
        return 200, served or power_answer(query)

    with serve(answer) as (address, _):
        root.append(address)
        monkeypatch.setattr(service, "PAUSE", 0.0)
        monkeypatch.setattr(service.pooch, "os_cache", lambda name: tmp_path / "cache" / name)
        monkeypatch.setattr(usgs_client, "ADDRESS", address)
        monkeypatch.setenv("SWGW_POWER", f"{address}/power")
        yield


def command(*words):
    answer = CliRunner().invoke(app, [*map(str, words)])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def book(folder, output, profile="smoke"):
    """Build the book, and look through its notebooks for warnings."""
    command("check", folder)
    said = command("book", folder, "--profile", profile, "--output", output)
    page = pathlib.Path(said.rstrip().rsplit("Open ", 1)[1])
    assert page.is_file()
    for path in (page.parents[1] / "notebooks").iterdir():
        for cell in nbformat.read(path, 4).cells:
            for shown in cell.get("outputs", []):
                assert shown.get("name") != "stderr", (path.name, shown["text"])
    return page


def test_a_book_of_usgs_and_power(tmp_path):
    pytest.importorskip("dataretrieval")
    days = ("--start", "2001-01-01", "--end", "2006-12-31")
    command("import", "usgs", tmp_path / "rio", "--gauge", "08330000", "--within", 60, *days)
    book(tmp_path / "rio", tmp_path / "out")


def test_a_book_of_cmfd(own_basin, tmp_path):
    from test_import_cmfd import daily, write

    (own_basin / "forcing.csv").unlink()
    files = [write(tmp_path, name, daily()) for name in ("prec", "temp", "wind")]
    command("import", "cmfd", *files, own_basin)
    book(own_basin, tmp_path / "out")


def test_a_book_of_tables(tiny_basin, tmp_path):
    mapping = {
        "wells": {"file": "wells.csv", "well_id": "well_id", "longitude": "longitude",
                  "latitude": "latitude"},
        "heads": {"file": "heads.csv", "date": "date", "well_id": "well_id", "value": "head"},
        "forcing": {"file": "forcing.csv", "date": "date", "precipitation": "precipitation"},
    }  # fmt: skip
    (tmp_path / "mapping.yml").write_text(yaml.safe_dump(mapping))
    files = [tiny_basin / f"{name}.csv" for name in mapping]
    folder = tmp_path / "mine"
    command("import", "table", *files, folder, "--mapping", tmp_path / "mapping.yml")
    page = book(folder, tmp_path / "out")
    scores = pd.read_csv(page.parents[1] / "results" / "groundwater_scores.csv", dtype=str)
    assert "007" in set(scores["well_id"])


@pytest.mark.parametrize(
    ("name", "mirror"),
    [
        ("bemp", "bemp-rio-grande"),
        ("naqua", "swiss-naqua-collenteur2023"),
        ("challenge-usa", "gwchallenge-usa"),
    ],
)
def test_a_quick_book_of_a_public_data_set(name, mirror, tmp_path, monkeypatch):
    if not (MIRROR / mirror).is_dir():
        pytest.skip(f"no local copy of {mirror} in ../shared/data")
    monkeypatch.setenv("SWGW_MIRROR", str(MIRROR))
    command("fetch", name, tmp_path / "basin")
    book(tmp_path / "basin", tmp_path / "out", "quick")
