"""USGS, answered by a local server in the service's documented shape (answers are ours).

The client is the real one: dataretrieval asks, follows pages, reads and complains.
"""

import re
import sys
from contextlib import contextmanager

import pandas as pd
import pytest
from served import GAUGE, WELLS, power_answer, serve, usgs_answer
from typer.testing import CliRunner

import swgw
from swgw import sources as service
from swgw.basin.folder import check_basin
from swgw.cli import app
from swgw.sources import usgs
from swgw.storage import install

pytest.importorskip("dataretrieval")
NUMBERS = [place.removeprefix("USGS-") for place in WELLS]
DAYS = ["--start", "2004-01-01", "--end", "2006-12-31"]


def good(path, query, root):
    if "/collections/" in path:
        return 200, usgs_answer(path, query, root)
    return 200, power_answer(query)


@contextmanager
def both_services(cache, answer=good):
    """Both services at one address, no waiting, no second try; yields what is asked."""
    root = []
    with (
        pytest.MonkeyPatch.context() as patch,
        serve(lambda path, query: answer(path, query, root[0])) as (address, asked),
    ):
        root.append(address)
        patch.setattr(service, "PAUSE", 0.0)
        patch.setattr(service.BUSY, "backoff_factor", 0)
        patch.setattr(usgs, "RETRIES", 0)
        patch.setattr(service.pooch, "os_cache", lambda name: cache / name)
        patch.setattr(usgs, "ADDRESS", address)
        patch.setenv("SWGW_POWER", f"{address}/power")
        yield asked


def run(folder, *words, days=DAYS):
    words = ["import", "usgs", str(folder), "--gauge", "08330000", *days, *words]
    return CliRunner().invoke(app, words)


def imported(folder, *words):
    answer = run(folder, *words)
    assert answer.exit_code == 0, answer.stderr
    assert check_basin(folder) == []
    return swgw.load_basin(folder)


def refused(folder, *words, days=DAYS):
    """One message, nothing written."""
    answer = run(folder, *words, days=days)
    assert answer.exit_code == 2, answer.output
    assert not folder.exists()
    return answer.stderr


@pytest.fixture
def served(tmp_path):
    with both_services(tmp_path / "cache") as asked:
        yield asked


def test_a_gauge_and_wells_by_number(served, tmp_path):
    folder = tmp_path / "rio"
    basin = imported(folder, "--wells", ",".join(NUMBERS))
    count = len(served)
    imported(tmp_path / "again", "--wells", ",".join(NUMBERS))
    assert len(served) == count  # the second time nothing is asked
    assert max(int(query.get("offset", 0)) for _, query, _ in served) == 1500  # every page
    assert list(basin.wells.index) == NUMBERS
    assert set(basin.wells["gauge_id"]) == {"08330000"}
    settings = basin.settings
    assert (settings.target_gauge, settings.name, settings.step) == ("08330000", "rio", "5D")
    assert settings.vertical_datum == "NAVD88"
    text = (folder / "SOURCE.md").read_text()
    for part in ("public domain", "doi:10.5066/F7P55KJN", "NAVD88", "## Weather: NASA POWER"):
        assert part in text
    # Feet become metres; of the second day the mean depth counts, 10.05 ft, not the maximum.
    flow = basin.surface_water.set_index("date")["value"]
    assert flow["2004-01-01"] == pytest.approx(900 * 0.028316846592, abs=1e-5)
    assert pd.Timestamp("2004-01-05") not in flow.index  # served as null
    heads = basin.heads.set_index(["well_id", "date"])["head"]
    assert heads[NUMBERS[0], "2004-01-02"] == pytest.approx((5000 - 10.05) * 0.3048, abs=1e-3)
    assert basin.wells.loc[NUMBERS[1], "surface_elevation"] == pytest.approx(1527.2004, abs=1e-3)
    for name in ("heads.csv", "surface_water.csv"):
        table = pd.read_csv(folder / name, keep_default_na=False).drop_duplicates("date")
        table = table.set_index("date")
        assert table.loc[["2004-01-13", "2004-01-14"], "qualifier"].tolist() == ["ESTIMATED", ""]
        approval = table.loc[["2005-12-31", "2006-01-01"], "approval"]
        assert approval.tolist() == ["Approved", "Provisional"]


def test_a_well_that_is_visited_by_hand_and_no_weather(served, tmp_path):
    answer = run(tmp_path / "rio", "--wells", NUMBERS[2], "--no-weather")
    assert f"Next: swgw import power {tmp_path / 'rio'}" in answer.stdout
    assert not any(path == "/power" for path, _, _ in served)
    [problem] = check_basin(tmp_path / "rio")
    assert problem.file == "forcing.csv"
    heads = pd.read_csv(tmp_path / "rio" / "heads.csv")
    assert len(heads) == len(pd.date_range("2004-01-01", "2006-12-31", freq="15D"))
    assert heads["depth"].iloc[0] == pytest.approx(30 * 0.3048, abs=1e-3)


@pytest.mark.parametrize(("km", "wells"), [("5", [1, 0]), ("4", [1])])
def test_wells_within_a_distance(served, tmp_path, km, wells):
    """4.4 and 3.3 km away with daily series; the third, 23 km away, is not taken."""
    basin = imported(tmp_path / "rio", "--within", km)
    assert list(basin.wells.index) == [NUMBERS[number] for number in wells]


def test_choices_and_conversions():
    """The longest series but for nearly as long better ones; times that are a day only count."""
    rows = [("62611", "00003", "a", f"2001-01-{d:02}", "80") for d in range(1, 31)]
    rows += [("72019", "00001", "b", f"2001-01-{d:02}T12:00:00+00:00", "9") for d in range(1, 30)]
    rows += [("72019", "00003", "c", f"2001-01-{d:02}", "10") for d in range(1, 29)]
    rows += [("72019", "00003", "c", "2001", "10"), ("72019", "00003", "c", "2001-02-01", "x")]
    rows += [("72019", "00003", "c", "2001-02-02", "-999999")]  # its code for no value
    table = pd.DataFrame(rows, columns=[*usgs.KIND, "time", "value"])
    table = table.assign(unit_of_measure="ft", qualifier=None, approval_status="Approved")
    chosen = usgs.choose(table).assign(place="USGS-1000")
    assert len(chosen) == 28
    assert chosen["value"].unique().round(6) == [3.048]
    levels = pd.concat([chosen, usgs.choose(table.iloc[:30]).assign(place="USGS-2000")])
    site = pd.Series({"name": "Rio", "longitude": 0.0, "latitude": 0.0}, name=GAUGE)
    wells = pd.DataFrame({"altitude": [100.0, None]}, index=["USGS-1000", "USGS-2000"])
    wells = wells.assign(name="", longitude=0.0, latitude=0.0)
    heads = usgs._tables(site, wells, chosen, levels)["heads.csv"]
    assert heads.groupby("well_id")["head"].first().to_dict() == {"1000": 27.432, "2000": 24.384}


def changed(change):
    return lambda path, *more: (200, change(path, good(path, *more)[1]))


def furlongs(path, body):
    for feature in body["features"]:
        feature["properties"]["unit_of_measure"] = "furlong"
    return body


def without_days(path, body):
    return body | {"features": []} if "/daily/" in path else body


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda *_: (429, b""), "429.*API_USGS_PAT.*what came before is kept"),
        (lambda *_: (503, b""), "503.*same command again later"),
        (lambda *_: (404, b'{"code": "NotFound"}'), "404.*newer dataretrieval"),
        (lambda *_: (400, b'{"code": "Bad", "description": "unknown param"}'), "unknown param"),
        (lambda *_: (200, b'{"type": "FeatureColl'), "did not answer as it should"),
        (lambda *_: (200, b"<html>maintenance</html>"), "did not answer as it should"),
        (lambda *_: (200, b'{"features": [{"id": "x"}]}'), "knows no place|did not answer"),
        (changed(furlongs), "USGS Water Data, unit of discharge: found 'furlong'; expected one of"),
        (changed(without_days), "has no discharge of USGS-08330000.*other days or places"),
        (lambda path, *more: (500, b"") if path == "/power" else good(path, *more), "POWER.*500"),
    ],
)
def test_a_service_that_does_not_answer_as_it_should(tmp_path, answer, said):
    with both_services(tmp_path / "cache", answer):
        assert re.search(said, refused(tmp_path / "rio", "--wells", NUMBERS[0]))


def test_an_interrupted_import_goes_on_where_it_was(tmp_path):
    """The second page of the second well fails once: what came before is not asked for again."""
    failed = []

    def tired(path, query, root):
        if query.get("monitoring_location_id") == f"USGS-{NUMBERS[1]}" and "offset" in query:
            failed.append(query)
        return (503, b"") if failed == [query] else good(path, query, root)

    with both_services(tmp_path / "cache", tired) as asked:
        assert "503" in refused(tmp_path / "rio", "--wells", ",".join(NUMBERS))
        before = len(asked)
        imported(tmp_path / "rio", "--wells", ",".join(NUMBERS))
    again = [query.get("monitoring_location_id") for _, query, _ in asked[before:]]
    assert not {GAUGE, f"USGS-{NUMBERS[0]}"} & set(again)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give either --wells or --within"),
        (("--wells", "1", "--within", "5"), "give either --wells or --within"),
        (("--wells", "../../etc"), "the USGS knows no place 'USGS-../../etc'"),
        (("--within", "1"), "no well with levels from 2004-01-01 to 2006-12-31 within 1 km"),
        (("--within", "-3"), "--wells or --within"),
        (("--within", "5", "--end", "2001-01-01"), "after --start"),
        (("--within", "5", "--start", "1/2/2006"), "does not match"),
    ],
)
def test_wrong_words(served, tmp_path, words, said):
    assert said in refused(tmp_path / "rio", *words)


def test_without_the_package(served, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "dataretrieval", None)
    assert f"not installed: {install('import')}" in refused(tmp_path / "rio", "--within", "5")


@pytest.mark.network
def test_the_live_service_answers_in_this_shape(tmp_path):
    usgs.write(tmp_path / "rio", "08330000", [], 10.0, ("2015-01-01", "2020-12-31"))
    assert check_basin(tmp_path / "rio") == []
