"""NASA POWER, answered by a local server in the service's documented shape (answers are ours)."""

import pandas as pd
import pytest
from served import power_answer, serve
from typer.testing import CliRunner

import swgw
from swgw import sources as service
from swgw.basin.folder import check_basin
from swgw.cli import app
from swgw.sources import weather as power
from swgw.storage import UserError


@pytest.fixture
def bare(own_basin, monkeypatch, tmp_path):
    """A folder without weather; no waiting, and a cache of its own."""
    (own_basin / "forcing.csv").unlink()
    monkeypatch.setattr(service, "PAUSE", 0.0)
    monkeypatch.setattr(service.BUSY, "backoff_factor", 0)
    monkeypatch.setattr(service.pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    return own_basin


@pytest.fixture
def asked(monkeypatch):
    with serve(lambda path, query: (200, power_answer(query))) as (address, asked):
        monkeypatch.setenv("SWGW_POWER", f"{address}/daily")
        yield asked


def latitudes(folder, *values):
    table = pd.read_csv(folder / "wells.csv", dtype=str).assign(latitude=values)
    table.to_csv(folder / "wells.csv", index=False)


def test_the_command_adds_weather_and_asks_one_polite_question(bare, asked):
    (bare / "SOURCE.md").write_text("# Where these data come from\n\nMine.\n")
    answer = CliRunner().invoke(app, ["import", "power", str(bare)])
    assert answer.exit_code == 0, answer.stderr
    assert "Weather of 5 places in 1 cell, 2001-01-01 to 2006-12-31" in answer.stdout
    assert f"Next: swgw check {bare}" in answer.stdout
    assert check_basin(bare) == []
    forcing = swgw.load_basin(bare).forcing
    assert set(forcing["place"]) == {"basin"}
    assert forcing.iloc[0]["temperature"] == 3.9  # 39.0° N / 10, as served
    assert forcing["temperature"].isna().sum() == 1  # the fill value became a gap
    text = (bare / "SOURCE.md").read_text()
    assert text.startswith("# Where these data come from\n\nMine.\n\n## Weather: NASA POWER")
    (bare / "forcing.csv").unlink()
    power.add_power(bare)
    [(path, query, headers)] = asked
    assert path == "/daily"
    assert query == {
        "parameters": "PRECTOTCORR,T2M,WS10M", "community": "AG", "longitude": "100",
        "latitude": "39", "start": "20010101", "end": "20061231", "format": "JSON",
        "time-standard": "LST",
    }  # fmt: skip
    assert headers["User-Agent"] == service.AGENT


def test_places_in_several_cells_have_their_own_weather(bare, asked):
    latitudes(bare, "38.95", "39.40", "38.95", "38.95")
    power.add_power(bare)
    assert len(asked) == 2
    prepared = swgw.prepare_basin(swgw.load_basin(bare))
    north, south = (prepared.weather_of_well(well)["temperature"] for well in ("A1", "A2"))
    assert (north - south).median() == pytest.approx(0.05)  # half a degree of latitude, as served
    assert "gauge:01" in prepared.weather


def rankine(_, query):
    body = power_answer(query)
    body["parameters"]["T2M"]["units"] = "R"
    return 200, body


def without_values(_, query):
    body = power_answer(query)
    body["properties"]["parameter"]["T2M"] = {}
    return 200, body


@pytest.mark.parametrize(
    ("answer", "said", "questions"),
    [
        (lambda *_: (404, b"gone"), r"404 Client Error.*gone", 1),
        (lambda *_: (429, b""), r"429 Client Error.*same command again later", 3),
        (lambda *_: (503, b""), r"503 Server Error.*what came before is kept", 3),
        (lambda *_: (200, b'{"type": "Feature", "prop'), r"JSONDecodeError", 1),
        (lambda *_: (200, b"<html>maintenance</html>"), r"<html>maintenance</html>", 1),
        (lambda *_: (200, b"[]"), r"TypeError", 1),
        (rankine, r"unit of temperature: found 'R'; expected", 1),
        (without_values, r"no temperature at all", 1),
    ],
)
def test_a_service_that_does_not_answer_as_it_should(bare, monkeypatch, answer, said, questions):
    """One message, nothing written, nothing kept."""
    before = sorted(bare.iterdir())
    with serve(answer) as (address, asked):
        monkeypatch.setenv("SWGW_POWER", address)
        with pytest.raises(UserError, match=said):
            power.add_power(bare)
    assert len(asked) == questions
    assert sorted(bare.iterdir()) == before
    with pytest.raises(UserError, match=r"NASA POWER did not answer.*Connection"):  # it is gone
        power.add_power(bare)


@pytest.mark.parametrize(
    ("spoil", "words", "said"),
    [
        (lambda f: (f / "forcing.csv").write_text(""), [], "forcing.csv is there already; move it"),
        (lambda f: (f / "basin.yml").unlink(), [], "basin.yml"),
        (lambda f: (f / "heads.csv").unlink(), [], "heads.csv: found no such file"),
        (lambda f: None, ["--end", "1975-01-01"], "NASA POWER begins in 1981"),
    ],
)
def test_a_folder_that_is_not_fit_is_not_asked_for(bare, asked, spoil, words, said):
    spoil(bare)
    answer = CliRunner().invoke(app, ["import", "power", str(bare), *words])
    assert answer.exit_code == 2
    assert said in answer.stderr
    assert asked == []


@pytest.mark.network
def test_the_live_service_answers_in_this_shape():
    days = pd.Timestamp(2020, 1, 1), pd.Timestamp(2020, 1, 10)
    answer = power.ask_power(power.ADDRESS, (100.0, 39.0), *days)
    ours = power_answer({"start": "20200101", "end": "20200110", "longitude": 100, "latitude": 39})
    series, expected = (a["properties"]["parameter"] for a in (answer, ours))
    assert {name: list(s) for name, s in series.items()} == {
        n: list(s) for n, s in expected.items()
    }
