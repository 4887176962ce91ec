"""NASA POWER, answered by a local server in the service's documented shape (answers are ours)."""

import re
import time

import pandas as pd
import pytest
from served import power_answer, serve
from typer.testing import CliRunner

import swgw
from swgw.basin.check import check_basin
from swgw.cli import app
from swgw.sources import power, service
from swgw.storage.errors import BasinError, UserError


@pytest.fixture
def bare(own_basin, monkeypatch, tmp_path):
    """A folder without weather; no waiting, and a cache of its own."""
    (own_basin / "forcing.csv").unlink()
    monkeypatch.setattr(service, "PAUSE", 0.0)
    monkeypatch.setattr(service.pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    return own_basin


@pytest.fixture
def power_server(monkeypatch):
    with serve(lambda path, query: (200, power_answer(query))) as (address, asked):
        monkeypatch.setenv("SWGW_POWER", f"{address}/api/temporal/daily/point")
        yield asked


def test_the_command_adds_weather_that_passes_the_check(bare, power_server):
    answer = CliRunner().invoke(app, ["import", "power", str(bare)])
    assert answer.exit_code == 0, answer.stderr
    assert "Weather of 5 places in 1 cell, 2001-01-01 to 2006-12-31" in answer.stdout
    assert f"Next: swgw check {bare}" in answer.stdout
    assert check_basin(bare) == []
    basin = swgw.load_basin(bare)
    assert set(basin.forcing["place"]) == {"basin"}
    first = basin.forcing.iloc[0]
    assert first["temperature"] == 3.9  # 39.0° N / 10, as served
    assert basin.forcing["temperature"].isna().sum() == 1  # the fill value became a gap
    assert swgw.prepare_basin(basin).variables == ["precipitation", "temperature", "wind"]


def test_one_polite_question_a_cell(bare, power_server):
    power.add(bare)
    [(path, query, headers)] = power_server
    assert path == "/api/temporal/daily/point"
    assert query == {
        "parameters": "PRECTOTCORR,T2M,WS10M", "community": "AG", "longitude": "100",
        "latitude": "39", "start": "20010101", "end": "20061231", "format": "JSON",
        "time-standard": "LST",
    }  # fmt: skip
    assert headers["User-Agent"] == service.AGENT


def test_places_in_several_cells_have_their_own_weather(bare, power_server):
    table = pd.read_csv(bare / "wells.csv", dtype=str)
    table.loc[1, "latitude"] = "39.40"
    table.to_csv(bare / "wells.csv", index=False)
    power.add(bare)
    assert len(power_server) == 2
    prepared = swgw.prepare_basin(swgw.load_basin(bare))
    north = prepared.weather_of_well("A1")["temperature"]
    south = prepared.weather_of_well("A2")["temperature"]
    assert (north - south).median() == pytest.approx(0.05)  # half a degree of latitude, as served
    assert "gauge:01" in prepared.weather


def test_an_answer_is_asked_for_once(bare, power_server):
    power.add(bare)
    (bare / "forcing.csv").unlink()
    (bare / "SOURCE.md").unlink()
    power.add(bare)
    assert len(power_server) == 1


def test_a_provisional_answer_is_asked_for_again(power_server, tmp_path, monkeypatch):
    monkeypatch.setattr(service, "PAUSE", 0.0)
    monkeypatch.setattr(service.pooch, "os_cache", lambda name: tmp_path / name)
    today = pd.Timestamp.now().normalize()
    for seconds in (0.0, 1.0, 2 * service.DAY):
        now = time.time() + seconds
        monkeypatch.setattr(service.time, "time", lambda now=now: now)
        power._ask((100.0, 39.0), today - pd.Timedelta(days=30), today)
    assert len(power_server) == 2


def test_the_source_is_told(bare, power_server):
    (bare / "SOURCE.md").write_text("# Where these data come from\n\nMine.\n")
    power.add(bare)
    text = (bare / "SOURCE.md").read_text()
    assert text.startswith("# Where these data come from\n\nMine.\n\n## Weather: NASA POWER")
    for part in ("longitude 100, latitude 39", "SHA-256", "v2.8.9", "PRECTOTCORR", "LaRC"):
        assert part in text


def test_the_date_line_is_one_meridian():
    places = pd.DataFrame({"longitude": [179.9, -179.9, 0.3], "latitude": [-16.7, -16.8, 89.9]})
    assert power._cells(places) == [(-180.0, -16.5), (-180.0, -17.0), (0.0, 90.0)]


# What goes wrong


def refused(folder, monkeypatch, answer):
    """The message with which the import ends; nothing may be written."""
    before = sorted(folder.iterdir())
    with serve(answer) as (address, asked):
        monkeypatch.setenv("SWGW_POWER", f"{address}/api/temporal/daily/point")
        with pytest.raises(UserError) as error:
            power.add(folder)
    assert sorted(folder.iterdir()) == before
    return str(error.value), len(asked)


def test_no_network(bare, monkeypatch):
    with serve(lambda *_: (200, {})) as (address, _):
        pass  # the server is gone again
    monkeypatch.setenv("SWGW_POWER", address)
    with pytest.raises(UserError, match=r"cannot be reached \(ConnectionError\).*same command"):
        power.add(bare)
    assert not (bare / "forcing.csv").exists()


@pytest.mark.parametrize(
    ("status", "body", "said", "questions"),
    [
        (404, b"gone", "is no longer at http.*set SWGW_POWER to it", 1),
        (429, b"", "takes no more questions for now", 3),
        (503, b"", r"out of order \(503\).*later", 3),
        (422, b'{"messages": ["Please provide valid coordinates."]}', "Please provide valid", 1),
        (200, b'{"type": "Feature", "prop', r"half answer \(25 bytes.*same command again", 1),
        (200, b"<html>maintenance</html>", "half answer.*'<html>maintenance</html>'", 1),
        (200, b"[]", "answered with a list", 1),
        (200, b"{}", "without what is needed .KeyError", 1),
    ],
)
def test_a_service_that_does_not_answer_as_it_should(
    bare, monkeypatch, status, body, said, questions
):
    message, asked = refused(bare, monkeypatch, lambda *_: (status, body))
    assert re.search(said, message), message
    assert asked == questions
    assert "\n" not in message


def test_an_empty_answer(bare, monkeypatch):
    def empty(path, query):
        answer = power_answer(query)
        series = answer["properties"]["parameter"]
        series["PRECTOTCORR"] = dict.fromkeys(series["PRECTOTCORR"], -999.0)
        return 200, answer

    message, _ = refused(bare, monkeypatch, empty)
    assert "no value at all" in message


def test_another_unit(bare, monkeypatch):
    def kelvin(path, query):
        answer = power_answer(query)
        answer["parameters"]["T2M"]["units"] = "K"
        return 200, answer

    message, _ = refused(bare, monkeypatch, kelvin)
    assert "T2M in 'K'; expected 'C'" in message


def test_a_service_that_recovers(bare, monkeypatch):
    answers = iter([(503, b""), (429, b"", [("Retry-After", "0")])])

    def answer(path, query):
        return next(answers, (200, power_answer(query)))

    with serve(answer) as (address, asked):
        monkeypatch.setenv("SWGW_POWER", address)
        power.add(bare)
    assert len(asked) == 3


def test_an_interrupted_import_goes_on_where_it_was(bare, monkeypatch):
    table = pd.read_csv(bare / "wells.csv", dtype=str)
    table["latitude"] = ["38.9", "39.4", "39.9", "40.4"]
    table.to_csv(bare / "wells.csv", index=False)
    asked = []

    def tired(path, query):
        asked.append(query["latitude"])
        return (404, b"") if len(asked) == 3 else (200, power_answer(query))

    with serve(tired) as (address, _):
        monkeypatch.setenv("SWGW_POWER", address)
        with pytest.raises(UserError, match="no longer at"):
            power.add(bare)
        assert not (bare / "forcing.csv").exists()
        power.add(bare)
    assert asked == ["39", "39.5", "40", "40", "40.5"]
    assert check_basin(bare) == []


def test_weather_that_is_there_is_kept(own_basin):
    with pytest.raises(UserError, match=r"forcing.csv is there already.*move it away"):
        power.add(own_basin)


def test_no_basin(tmp_path):
    with pytest.raises(UserError, match=r"there is no basin.yml in it; `swgw new`"):
        power.add(tmp_path)


def test_a_folder_with_faults_is_not_asked_for(bare, power_server):
    (bare / "heads.csv").unlink()
    with pytest.raises(BasinError, match=r"heads.csv: found no such file"):
        power.add(bare)
    assert power_server == []


def test_days_before_the_service_begins(bare, power_server):
    answer = CliRunner().invoke(app, ["import", "power", str(bare), "--end", "1975-01-01"])
    assert answer.exit_code == 2
    assert "NASA POWER begins in 1981" in answer.stderr


@pytest.mark.network
def test_the_live_service_answers_in_this_shape(tmp_path, monkeypatch):
    monkeypatch.setattr(service.pooch, "os_cache", lambda name: tmp_path)
    days = pd.Timestamp(2020, 1, 1), pd.Timestamp(2020, 1, 10)
    answer, _ = power._ask((100.0, 39.0), *days)
    ours = power_answer({"start": "20200101", "end": "20200110", "longitude": 100, "latitude": 39})
    assert set(answer) >= set(ours) - {"times", "messages"}
    assert set(answer["properties"]["parameter"]) == set(ours["properties"]["parameter"])
    for name, unit in ours["parameters"].items():
        assert answer["parameters"][name]["units"] == unit["units"]
    assert list(answer["properties"]["parameter"]["T2M"]) == list(
        ours["properties"]["parameter"]["T2M"]
    )
