"""What the check remarks on without refusing: places, depths, and steps shorter than readings."""

import pandas as pd
import pytest
from typer.testing import CliRunner

import swgw
from swgw.basin.check import notes, report, where
from swgw.cli import app


def edit(folder, name, change):
    table = pd.read_csv(folder / name, dtype={"well_id": str, "gauge_id": str})
    change(table).to_csv(folder / name, index=False)


def said(folder):
    basin = swgw.load_basin(folder)
    return notes(basin, report(basin))


def test_a_sound_folder_gets_its_place_alone(tiny_basin):
    assert said(tiny_basin) == ["The places lie near 38.9° N, 100.1° E."]
    answer = CliRunner().invoke(app, ["check", str(tiny_basin)])
    assert "The places lie near 38.9° N, 100.1° E." in answer.stdout


@pytest.mark.parametrize(
    ("longitude", "latitude", "words"),
    [(-106.6, 35.2, "35.2° N, 106.6° W"), (147.3, -42.9, "42.9° S, 147.3° E")],
)
def test_all_quarters_of_the_earth(longitude, latitude, words):
    places = pd.DataFrame({"longitude": [longitude], "latitude": [latitude]})
    assert where(None, places) == f"The places lie near {words}."


def test_depths_without_ground(own_basin):
    edit(own_basin, "heads.csv", lambda t: t.rename(columns={"head": "depth"}).assign(depth=2.5))
    assert len(said(own_basin)) == 1
    edit(own_basin, "wells.csv", lambda t: t.assign(surface_elevation=[None, 412, 413, 414]))
    [_, note] = said(own_basin)
    assert note.startswith("wells.csv, column surface_elevation: found none for '007', whose heads")
    assert "minus the depth" in note


@pytest.mark.parametrize(("ground", "noted"), [(90.0, True), (20.0, False)])
def test_heads_that_may_be_depths(own_basin, ground, noted):
    edit(own_basin, "heads.csv", lambda t: t.assign(head=2.5 + t.index % 5))
    edit(own_basin, "wells.csv", lambda t: t.assign(surface_elevation=ground))
    found = [note for note in said(own_basin) if "are these depths" in note]
    assert bool(found) == noted


def test_a_step_shorter_than_the_readings(own_basin):
    settings = own_basin / "basin.yml"
    settings.write_text(settings.read_text().replace("step: 5D", "step: D"))
    [_, note] = said(own_basin)
    assert note.startswith("basin.yml, key step: found step D where readings of head are 5 days ap")
    assert "of the steps are observed; expected a longer step (5D, W, MS), as a rule" in note
