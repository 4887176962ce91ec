"""USGS, answered by a local server in the service's documented shape (answers are ours).

The client is the real one: dataretrieval asks, follows pages, reads and complains.
"""

import hashlib
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime

import pandas as pd
import pytest
from served import GAUGE, WELLS, power_answer, serve, usgs_answer
from typer.testing import CliRunner

import swgw
from swgw.basin.check import check_basin
from swgw.cli import app
from swgw.sources import service, usgs, usgs_client
from swgw.storage.errors import UserError, install

pytest.importorskip("dataretrieval")
NUMBERS = [place.removeprefix("USGS-") for place in WELLS]
DAYS = ["--start", "2004-01-01", "--end", "2006-12-31"]


@contextmanager
def both_services(cache):
    """Both services at one address, no waiting, no second try; yields what is asked."""
    root = []

    def answer(path, query):
        if "/collections/" in path:
            return 200, usgs_answer(path, query, root[0])
        return 200, power_answer(query)

    with pytest.MonkeyPatch.context() as patch, serve(answer) as (address, asked):
        root.append(address)
        patch.setattr(service, "PAUSE", 0.0)
        patch.setattr(usgs_client, "RETRIES", 0)
        patch.setattr(service.pooch, "os_cache", lambda name: cache / name)
        patch.setattr(usgs_client, "ADDRESS", address)
        patch.setenv("SWGW_POWER", f"{address}/power")
        yield asked


@pytest.fixture(autouse=True)
def served(tmp_path):
    with both_services(tmp_path / "cache") as asked:
        yield asked


@pytest.fixture(scope="module")
def rio(tmp_path_factory):
    """The folder of a gauge and three wells, what was said, what was asked. Never written to."""
    folder = tmp_path_factory.mktemp("usgs") / "rio"
    with both_services(folder.parent / "cache") as asked:
        answer = run(folder, "--wells", ",".join(NUMBERS))
    assert answer.exit_code == 0, answer.stderr
    return folder, answer.stdout, asked


@pytest.fixture(scope="module")
def rio_basin(rio):
    return swgw.load_basin(rio[0])


def run(folder, *words, days=DAYS):
    return CliRunner().invoke(app, ["import", "usgs", str(folder), "--gauge", "08330000", *days,
                                    *words])  # fmt: skip


def imported(folder, *words):
    answer = run(folder, *words)
    assert answer.exit_code == 0, answer.stderr
    assert check_basin(folder) == []
    return swgw.load_basin(folder), answer.stdout


def test_a_gauge_and_wells_by_number(rio, rio_basin):
    folder, said, _ = rio
    basin = rio_basin
    assert check_basin(folder) == []
    assert "3 wells with" in said
    assert f"Next: swgw check {folder}" in said
    assert list(basin.wells.index) == NUMBERS
    assert set(basin.wells["gauge_id"]) == {"08330000"}
    assert basin.settings.target_gauge == "08330000"  # the zero is kept
    assert basin.settings.name == "rio"
    assert basin.settings.vertical_datum == "NAVD88"
    assert basin.settings.step == "5D"


def test_feet_become_metres(rio_basin):
    basin = rio_basin
    flow = basin.surface_water.set_index("date")["value"]
    assert flow["2004-01-01"] == pytest.approx(900 * 0.028316846592, abs=1e-5)
    assert pd.Timestamp("2004-01-05") not in flow.index  # served as null
    heads = basin.heads.set_index(["well_id", "date"])["head"]
    # 5000 ft less the mean depth of 10.05 ft on the second day; not the maximum, 11.05 ft
    assert heads[NUMBERS[0], "2004-01-02"] == pytest.approx((5000 - 10.05) * 0.3048, abs=1e-3)
    assert basin.wells.loc[NUMBERS[1], "surface_elevation"] == pytest.approx(1527.2004, abs=1e-3)


def test_a_well_that_is_visited_by_hand(served, tmp_path):
    basin, _ = imported(tmp_path / "rio", "--wells", NUMBERS[2])
    assert len(basin.heads) == len(pd.date_range("2004-01-01", "2006-12-31", freq="15D"))
    assert basin.heads["head"].iloc[0] == pytest.approx((5100 - 30) * 0.3048, abs=1e-3)
    assert basin.settings.step == "MS"


def test_qualifiers_and_approval_are_kept(rio):
    for name in ("heads.csv", "surface_water.csv"):
        table = pd.read_csv(rio[0] / name, keep_default_na=False)
        table = table.drop_duplicates("date").set_index("date")
        assert table.loc["2004-01-13", "qualifier"] == "ESTIMATED"
        assert table.loc["2004-01-14", "qualifier"] == ""
        assert table.loc["2005-12-31", "approval"] == "Approved"
        assert table.loc["2006-01-01", "approval"] == "Provisional"


def test_wells_within_a_distance(served, tmp_path):
    """4.4 and 3.3 km away with daily series; the third, 23 km away, is not taken."""
    basin, _ = imported(tmp_path / "rio", "--within", "5")
    assert list(basin.wells.index) == [NUMBERS[1], NUMBERS[0]]


def test_the_corners_of_the_box_are_not_taken(served, tmp_path):
    basin, _ = imported(tmp_path / "rio", "--within", "4")
    assert list(basin.wells.index) == [NUMBERS[1]]


def test_pages_are_followed_to_their_end(rio, rio_basin):
    assert (rio_basin.heads["well_id"] == NUMBERS[0]).sum() == 1096
    assert len(rio_basin.surface_water) == 1095
    assert max(int(query.get("offset", 0)) for _, query, _ in rio[2]) == 1500


def test_weather_can_be_left_out(served, tmp_path):
    answer = run(tmp_path / "rio", "--wells", NUMBERS[0], "--no-weather")
    assert answer.exit_code == 0, answer.stderr
    assert f"Next: swgw import power {tmp_path / 'rio'}" in answer.stdout
    assert not any(path == "/power" for path, _, _ in served)
    [problem] = check_basin(tmp_path / "rio")
    assert problem.file == "forcing.csv"
    added = CliRunner().invoke(app, ["import", "power", str(tmp_path / "rio")])
    assert added.exit_code == 0, added.stderr
    assert check_basin(tmp_path / "rio") == []


def test_the_source_is_told(rio):
    text = (rio[0] / "SOURCE.md").read_text()
    heads = hashlib.sha256((rio[0] / "heads.csv").read_bytes()).hexdigest()
    row = f"| {NUMBERS[0]} | 72019 | 1096 | 2004-01-01 | 2006-12-31 | 67% |"
    for part in ("public domain", "doi:10.5066/F7P55KJN", heads, "NAVD88 (3)", row,
                 "2004-01-01 to", "## Weather: NASA POWER"):  # fmt: skip
        assert part in text


def test_the_second_time_nothing_is_asked(served, tmp_path):
    imported(tmp_path / "one", "--wells", NUMBERS[2])
    count = len(served)
    imported(tmp_path / "two", "--wells", NUMBERS[2])
    assert len(served) == count > 3


# What goes wrong: one message, nothing written


def refused(folder, *words, days=DAYS):
    answer = run(folder, *words, days=days)
    assert answer.exit_code == 2, answer.stdout
    assert not folder.exists()
    assert "Traceback" not in answer.stderr
    return answer.stderr


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (429, b"", "no more questions.*API_USGS_PAT"),
        (503, b"", "out of order .503.*later"),
        (404, b'{"code": "NotFound"}', "no longer where dataretrieval .* looks.*pip install -U"),
        (400, b'{"code": "Bad", "description": "unknown parameter"}', "refused.*unknown parameter"),
        (200, b'{"type": "FeatureColl', "broken or half answer.*same command again"),
        (200, b"<html>maintenance</html>", "broken or half answer"),
        (200, b'{"features": [{"id": "x"}]}', "knows no place|broken"),
    ],
)  # fmt: skip
def test_a_service_that_does_not_answer_as_it_should(tmp_path, monkeypatch, status, body, said):
    with serve(lambda *_: (status, body)) as (address, _):
        monkeypatch.setattr(usgs_client, "ADDRESS", address)
        message = refused(tmp_path / "rio", "--wells", NUMBERS[0])
    assert re.search(said, message), message


def test_no_network(tmp_path, monkeypatch):
    with serve(lambda *_: (200, {})) as (address, _):
        pass  # the server is gone again
    monkeypatch.setattr(usgs_client, "ADDRESS", address)
    assert "cannot be reached: look after the connection" in refused(
        tmp_path / "rio", "--wells", NUMBERS[0]
    )


def test_an_interrupted_import_goes_on_where_it_was(tmp_path, monkeypatch):
    """The second page of the second well fails once: what came before is not asked for again."""
    root, failed = [], []

    def tired(path, query):
        if path == "/power":
            return 200, power_answer(query)
        last = query.get("monitoring_location_id") == f"USGS-{NUMBERS[1]}" and "offset" in query
        if last and not failed:
            failed.append(query)
            return 503, b""
        return 200, usgs_answer(path, query, root[0])

    with serve(tired) as (address, asked):
        root.append(address)
        monkeypatch.setattr(usgs_client, "ADDRESS", address)
        monkeypatch.setenv("SWGW_POWER", f"{address}/power")
        assert "out of order (503)" in refused(tmp_path / "rio", "--wells", ",".join(NUMBERS))
        before = len(asked)
        imported(tmp_path / "rio", "--wells", ",".join(NUMBERS))
    again = [query.get("monitoring_location_id") for _, query, _ in asked[before:]]
    assert GAUGE not in again
    assert f"USGS-{NUMBERS[0]}" not in again


def test_weather_that_fails_is_not_half_an_import(served, tmp_path, monkeypatch):
    monkeypatch.setenv("SWGW_POWER", "http://127.0.0.1:9/nowhere")
    message = refused(tmp_path / "rio", "--wells", NUMBERS[0])
    assert "NASA POWER cannot be reached" in message
    assert "--no-weather" in message


def test_an_unknown_well(served, tmp_path):
    message = refused(tmp_path / "rio", "--wells", "999999999999999")
    assert "knows no place USGS-999999999999999" in message


def test_no_well_near(served, tmp_path):
    message = refused(tmp_path / "rio", "--within", "1")
    assert (
        "no well with levels from 2004-01-01 to 2006-12-31 within 1 km of USGS-08330000" in message
    )
    assert "widen --within" in message


@pytest.mark.parametrize(
    ("words", "days", "said"),
    [
        ((), DAYS, "give either --wells or --within"),
        (("--wells", "1", "--within", "5"), DAYS, "give either --wells or --within"),
        (("--wells", "../../etc"), DAYS, "--wells: found '../../etc'; expected a number"),
        (("--within", "-3"), DAYS, "--within"),
        (("--within", "5"), ["--start", "2006-01-01", "--end", "2001-01-01"], "after --start"),
        (("--within", "5"), ["--start", "1/2/2006", "--end", "2001-01-01"], "does not match"),
    ],
)
def test_wrong_words(served, tmp_path, words, days, said):
    assert said in refused(tmp_path / "rio", *words, days=days)


def test_another_unit(tmp_path, monkeypatch):
    root = []

    def metric(path, query):
        answer = usgs_answer(path, query, root[0])
        for feature in answer["features"]:
            if "unit_of_measure" in feature["properties"]:
                feature["properties"]["unit_of_measure"] = "m^3/s"
        return 200, answer

    with serve(metric) as (address, _):
        root.append(address)
        monkeypatch.setattr(usgs_client, "ADDRESS", address)
        message = refused(tmp_path / "rio", "--wells", NUMBERS[0])
    assert "gave parameter 00060 in 'm^3/s'; expected ft^3/s" in message


def test_an_empty_answer(tmp_path, monkeypatch):
    root = []

    def empty(path, query):
        answer = usgs_answer(path, query, root[0])
        return 200, {**answer, "features": []} if "/daily/" in path else answer

    with serve(empty) as (address, _):
        root.append(address)
        monkeypatch.setattr(usgs_client, "ADDRESS", address)
        message = refused(tmp_path / "rio", "--wells", NUMBERS[0])
    assert "no daily discharge of USGS-08330000" in message
    assert "another gauge" in message


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "dataretrieval", None)
    message = refused(tmp_path / "rio", "--wells", NUMBERS[0])
    assert f"not installed: {install('import')}" in message


def test_elevations_beside_depths():
    wells = pd.DataFrame({"altitude": [100.0, None]}, index=["USGS-1000", "USGS-2000"])
    found = pd.DataFrame({"date": pd.Timestamp("2001-01-01"), "place": ["USGS-1000", "USGS-2000"],
                          "value": [10.0, 80.0], "parameter": ["72019", "62611"],
                          "approval": "", "qualifier": ""})  # fmt: skip
    heads = usgs.convert.heads_table(found, wells)
    assert heads["head"].tolist() == [27.432, 24.384]  # 90 ft and 80 ft
    with pytest.raises(UserError, match="well USGS-1000 has depths and no surface elevation"):
        usgs.convert.heads_table(found, wells.assign(altitude=float("nan")))


def test_the_package_is_not_loaded_before_it_is_needed():
    code = "import swgw.sources.usgs, sys; assert 'dataretrieval' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.network
def test_the_live_service_answers_in_this_shape(tmp_path):
    days = ("2020-01-01", "2020-01-31")
    place = usgs_client.locations([GAUGE])
    assert {"monitoring_location_name", "altitude", "vertical_datum", "longitude"} <= set(place)
    daily = usgs_client.daily(GAUGE, ["00060"], days)
    assert set(usgs_client._DAILY) <= set(daily)
    assert len(usgs.convert.choose(daily)) == 31
    box = (-106.75, 35.0, -106.55, 35.2)
    series = usgs_client.series_within(box, by_hand=False)
    assert {"monitoring_location_id", "begin", "end", "longitude"} <= set(series)
    question = usgs.Question("08330000", (), 10, datetime(2015, 1, 1), datetime(2020, 12, 31))
    usgs.write(tmp_path / "rio", question)
    assert check_basin(tmp_path / "rio") == []
