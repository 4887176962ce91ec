"""The challenge: its layout read or refused, its scores to the letter, hidden heads hidden."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.challenge import lumped, network, recipe, response, trees
from benchmarks.challenge.__main__ import main
from benchmarks.challenge.blocks import WHOLE, block_of, training_days
from benchmarks.challenge.forecast import (
    has_failed,
    held_share,
    intervals,
    left_out,
    member_weights,
    nested,
)
from benchmarks.challenge.results import (
    challenge_scores,
    find_submissions,
    read_observed,
    read_submission,
    score_row,
)
from benchmarks.challenge.site import PERIODS, Period, choose_period, find_site, read_site
from swgw.scores import skill
from swgw.scores.conformal import Forecasts
from swgw.storage import UserError

UPSTREAM = Path(__file__).resolve().parents[3] / "shared" / "data" / "gwchallenge-usa"
needs_upstream = pytest.mark.skipif(
    not UPSTREAM.is_dir(),
    reason="the challenge's files (../shared/data/gwchallenge-usa) are absent",
)
SHORT = Period.of("2016-12-26", "2017-01-18", "2018-12-31")
EUROPE = {"rr": "rain", "tg": "mean", "tn": "low", "tx": "high", "et": "evaporation"}
USA = {"PRCP": "rain", "TMAX": "high", "TMIN": "low", "Stage_m": "stage", "ET": "evaporation"}
STORE_DAYS = 60.0


def made_inputs(days: pd.DatetimeIndex) -> pd.DataFrame:
    """Weather with a year in it, and a river that rises with the rain."""
    rng = np.random.default_rng(1)
    year = np.sin(2 * np.pi * (days.dayofyear.to_numpy() - 110) / 365.25)
    rain = np.where(rng.random(len(days)) < 0.3, rng.gamma(0.8, 9.0, len(days)), 0.0)
    mean = 10.0 + 11.0 * year + rng.normal(0, 2, len(days))
    stage = 1.0 + 0.02 * pd.Series(rain).ewm(alpha=0.1).mean().to_numpy()
    evaporation = np.clip(2.2 + 2.0 * year, 0.1, None)
    made = {"rain": rain, "mean": mean, "low": mean - 4, "high": mean + 4, "stage": stage}
    return pd.DataFrame(made | {"evaporation": evaporation}, index=days).round(4)


def made_head(inputs: pd.DataFrame, river: bool = True) -> pd.Series:
    """A linear store fed by rain less evaporation, and the river's stage."""
    recharge = inputs["rain"] - 0.6 * inputs["evaporation"]
    head = 100 + 0.6 * recharge.ewm(alpha=1 - np.exp(-1 / STORE_DAYS)).mean()
    return (head + (3.0 * inputs["stage"] if river else 0.0)).round(5).rename("head")


def write_site(
    folder: Path, names=USA, date="Date", every: int = 1, heads_to: str = "2016-12-26"
) -> Path:
    """Write the three files; ``every`` is the number of days between heads."""
    folder.mkdir(parents=True)
    inputs = made_inputs(pd.date_range("2009-01-01", "2018-12-31", name=date))
    full = made_head(inputs, river="stage" in names.values()).loc["2010-01-01"::][::every]
    given = inputs[list(names.values())].set_axis(list(names), axis=1)
    if "rr" in names:
        given = given.assign(pp=1013.0, hu=80.0)
    given.to_csv(folder / "input_data.csv")
    full.to_csv(folder / "heads_full.csv")
    full[:heads_to].to_csv(folder / "heads.csv")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A made site with a river; read it, never write to it."""
    return write_site(tmp_path_factory.mktemp("made") / "data" / "Elsewhere")


def test_the_head_that_was_made_is_what_is_read(made):
    site = read_site(made, SHORT)
    inputs = made_inputs(pd.date_range("2009-01-01", "2018-12-31"))
    head = made_head(inputs).loc["2010-01-01":"2016-12-26"]
    assert site.heads.to_numpy() == pytest.approx(head.to_numpy())
    assert list(site.inputs) == ["precipitation", "temperature", "evaporation", "stage"]
    assert site.inputs["temperature"].to_numpy() == pytest.approx(inputs["mean"].to_numpy())
    assert site.notes == ()


@pytest.mark.parametrize("date", ["time", "Date", "", "dag"])
@pytest.mark.parametrize(("names", "every"), [(EUROPE, 7), (EUROPE, 1), (USA, 7)])
def test_every_layout_of_the_challenge_is_read(tmp_path, date, names, every):
    site = read_site(write_site(tmp_path / "Place", names, date, every, "2018-12-31"), SHORT)
    assert site.heads.index[-1] <= pd.Timestamp("2016-12-26")  # hidden heads are dropped
    assert set(np.diff(site.heads.index) / pd.Timedelta(days=1)) == {every}
    assert ("stage" in site.inputs) == (names is USA)
    assert site.notes == (("not used: pp, hu",) if names is EUROPE else ())


def test_gaps_are_filled_and_what_the_inputs_do_not_cover_is_cut(tmp_path):
    folder = write_site(tmp_path / "Place")
    table = pd.read_csv(folder / "input_data.csv", index_col=0)
    table.iloc[900:910, 0] = np.nan
    table.drop(index=table.index[1000:1003]).iloc[730:-100].to_csv(folder / "input_data.csv")
    site = read_site(folder, SHORT)
    assert site.inputs.index.equals(pd.date_range("2011-01-01", "2018-09-22", name="day"))
    assert site.inputs.notna().all(axis=None)
    assert site.period.score_to == pd.Timestamp("2018-09-22")
    assert "13 days of precipitation filled" in site.notes
    assert "365 heads before the first input are not used" in site.notes
    assert "inputs end on 2018-09-22, and so do the scored days" in site.notes


def replaced(file, row, value):
    def corrupt(folder):
        table = pd.read_csv(folder / file, index_col=0, dtype=str)
        table.iloc[row, 0] = value
        table.to_csv(folder / file)

    return corrupt


def written(file, data):
    return lambda folder: (folder / file).write_bytes(data)


def cut(file, rows):
    return lambda folder: (folder / file).write_text(
        "\n".join((folder / file).read_text().splitlines()[:rows])
    )


@pytest.mark.parametrize(
    ("corrupt", "message"),
    [
        (lambda folder: (folder / "heads.csv").unlink(), "heads.csv: found no such file"),
        (written("heads.csv", b""), "No columns to parse from file"),
        (written("heads.csv", b"\x89PNG\0\0"), "heads.csv: 'utf-8' codec"),
        (written("heads.csv", b"Date,head\n"), "heads.csv: found no values"),
        (written("heads.csv", b"Date,a,b\n2001-01-01,1,2\n"), "found the columns a, b; expected"),
        (written("heads.csv", b"Date,head\n01/02/2003,4\n"), "expected a date column"),
        (replaced("heads.csv", 4, "high"), 'heads.csv: Unable to parse string "high"'),
        (replaced("heads.csv", 4, "-999"), "2010-01-05: found -999 as head"),
        (replaced("input_data.csv", 1, "-3"), "found -3 as precipitation; expected 0 to 1500"),
        (written("input_data.csv", b"Date,TMAX\n2001-01-01,1\n"), "expected precipitation"),
        (cut("heads.csv", 60), "found 59 heads in 0.2 years"),
        (cut("input_data.csv", 2900), "found inputs to 2016-12-"),
    ],
)
def test_a_corrupt_site_is_named_and_not_repaired(tmp_path, capsys, corrupt, message):
    folder = write_site(tmp_path / "Place")
    corrupt(folder)
    with pytest.raises(SystemExit) as ended:
        main([str(folder), "--score-to", "2018-12-31"])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_site_and_its_period_are_found(made, tmp_path):
    assert find_site(made.parents[1]) == made
    for name in ("One", "Two"):
        write_site(tmp_path / "data" / name)
    with pytest.raises(UserError, match="holds 2 sites; name one"):
        find_site(tmp_path)
    assert choose_period(tmp_path / "Netherlands") == PERIODS["Netherlands"]
    own = choose_period(tmp_path, score_from=pd.Timestamp("2018-01-01"))
    assert own == Period.of("2016-12-26", "2018-01-01", "2021-12-31")
    with pytest.raises(UserError, match="expected days in this order"):
        choose_period(tmp_path, train_to=pd.Timestamp("2019-01-01"))


def test_weights_are_between_equal_and_best():
    obs = pd.Series([1.0, 2.0, 4.0, 3.0])
    members = pd.DataFrame({"right": obs, "high": obs + 2, "flat": 2.5})
    assert member_weights(obs, members).round(4).tolist() == [0.8333, 0.0833, 0.0833]
    both = pd.DataFrame({"above": obs + 1, "below": obs - 1})
    assert member_weights(obs, both).tolist() == pytest.approx([0.5, 0.5])


def test_the_weights_of_a_block_are_those_of_the_other_blocks():
    days = pd.date_range("2001-01-01", "2010-12-31")
    obs = pd.Series(np.arange(len(days)) % 7.0, days)
    first = block_of(days) == 0
    members = pd.DataFrame({"right at first": obs + ~first, "right later": obs + first})
    found = nested(obs, members)
    assert (found[first] - obs[first]).tolist() == pytest.approx([0.875] * first.sum())


def test_a_member_reads_a_model_that_was_fitted_without_the_same_block(made):
    site = read_site(made, SHORT)
    fits = recipe.fits_of(site, 2)
    readers = [fit for fit in fits if fit.base]
    assert {fit.member for fit in readers} == set(recipe.READS)
    assert all(fit.base in fits and fit.base.block == fit.block for fit in readers)
    assert sum(fit.member == "lumped" for fit in fits) == 6  # the seed tells it nothing
    assert not {"linear", "flex"} & set(recipe.MEMBERS)


def test_a_member_whose_fit_failed_is_found_on_the_training_years(made):
    site = read_site(made, SHORT)
    out = (site.heads + 0.5).rename("lumped")
    whole = recipe.Fit("lumped", WHOLE, 0)
    assert not has_failed(site, {whole: site.heads + 0.4}, out)
    assert has_failed(site, {whole: site.heads + 0.6}, out)


def test_intervals_cover_what_errors_out_of_fold_say():
    rng = np.random.default_rng(3)
    days = pd.date_range("2001-01-01", "2010-12-31")
    head = pd.Series(10 + rng.normal(0, 1, len(days)), days)
    obs = head + rng.normal(0.5, 0.2, len(days))
    new = pd.Series(10.0, pd.date_range("2011-01-01", "2016-12-31"))
    bounds = intervals(obs, head, new)
    truth = new + rng.normal(0.5, 0.2, len(new))
    assert 0.92 < truth.between(*bounds.T).mean() < 0.98
    assert bounds[:, 0].mean() > new.iloc[0]  # the members were always too low
    size = np.array([0.1, 0.2, 0.3, 0.4, 0.9])[block_of(days)]
    flat = pd.Series(10.0, days)
    obs = flat + size * rng.normal(size=len(days))
    covered = obs.between(*intervals(obs, flat, flat).T).mean()
    assert 0.95 < covered < 0.995  # blocks that differ widen them, as years to come may
    assert 0.85 < held_share(obs, flat) < covered


def test_scores_are_those_of_the_challenge(made):
    days = pd.date_range("2017-01-18", periods=5)
    obs = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0], days)
    high = [4.0, 4.0, 4.0, 3.0, np.nan]
    sim = pd.DataFrame({"head": [2.0, 2.0, 3.0, 4.0, 8.0], "low": 1.5, "high": high}, days)
    found = challenge_scores(obs, sim)
    assert found["nse"] == pytest.approx(1 - 10 / 10)
    assert found["mae"] == pytest.approx(0.8)
    assert found["rmse"] == pytest.approx(2**0.5)
    assert (found["mae_20"], found["mae_80"]) == (1.0, 3.0)
    assert found["coverage"] == pytest.approx(2 / 5)  # below, in, in, above, no bound
    assert np.isnan(challenge_scores(obs, sim[["head"]])["coverage"])
    early = pd.DataFrame({"head": 100.0}, pd.date_range("2011-01-01", "2012-12-31"))
    row = score_row(read_observed(made, SHORT), early, SHORT)  # no day of the scored ones
    assert np.isnan([row["nse"], row["nse_low"], row["coverage"]]).all()


@needs_upstream
def test_the_teams_scores_are_reproduced_to_three_decimals():
    text = (UPSTREAM / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.count("|") == 11][2:]
    obs = read_observed(UPSTREAM / "data" / "USA", PERIODS["USA"])
    files = find_submissions(UPSTREAM / "submissions", "USA")
    assert {row[0].strip() for row in rows} == set(files)
    names = ("nse_cal", "nse", "mae", "rmse", "mae_20", "mae_80", "coverage")
    for team, _, _, *published in rows:
        found = score_row(obs, read_submission(files[team.strip()]), PERIODS["USA"])
        for name, value in zip(names, published, strict=True):
            known = float("nan") if "none" in value else float(value)
            assert found[name] == pytest.approx(known, abs=0.0005 + 1e-9, nan_ok=True), (team, name)


def test_few_hidden_heads_and_a_corrupt_submission_are_named(tmp_path):
    folder = write_site(tmp_path / "Place")
    (folder / "heads_full.csv").write_bytes((folder / "heads.csv").read_bytes())
    with pytest.raises(UserError, match=r"heads_full.csv: found 0 heads from 2017-01-18"):
        read_observed(folder, SHORT)
    file = tmp_path / "team_x" / "submission_form_Place.csv"
    file.parent.mkdir()
    file.write_text("Date,Simulated Head\n2001-01-01,3\n")
    assert find_submissions(tmp_path, "Place") == {"x": file}
    with pytest.raises(UserError, match="expected 95% Lower Bound, 95% Upper Bound too"):
        read_submission(file)


TINY = network.Training(hidden=4, steps=2, batch=2, warm_up=30, length=60)


def smooth_rain(site, seen):
    """Stands for the lumped model."""
    return site.heads[seen].mean() + site.inputs["precipitation"].ewm(alpha=0.02).mean()


@pytest.fixture
def small(monkeypatch):
    """Members that fit in no time."""
    monkeypatch.setattr(network, "Training", lambda: TINY)
    monkeypatch.setattr(trees, "TREES", 4)
    monkeypatch.setattr(lumped, "forecast_lumped", smooth_rain)
    monkeypatch.setattr(recipe, "MEMBERS", (recipe.LUMPED, recipe.LUMPED_NETWORK, recipe.TREES))
    monkeypatch.setattr("benchmarks.challenge.forecast.MEMBERS", recipe.MEMBERS)
    monkeypatch.setattr("benchmarks.challenge.results.MEMBERS", recipe.MEMBERS)


def benchmark(folder, output, *more):
    days = ["--score-to", "2018-12-31", "--seeds", "2", "--workers", "1"]
    main([str(folder), "--output", str(output), *days, *more])


def test_the_command_forecasts_scores_and_never_fits_twice(
    made, tmp_path, small, monkeypatch, capsys
):
    benchmark(made, tmp_path)
    folder = tmp_path / "Elsewhere"
    forecast = pd.read_csv(folder / "forecast.csv", index_col=0, parse_dates=True)
    assert forecast.index.equals(pd.date_range("2009-01-01", "2018-12-31", name="Date"))
    assert (forecast["95% Lower Bound"] < forecast["95% Upper Bound"]).all()
    table = pd.read_csv(folder / "challenge.csv").set_index("who")
    obs = read_observed(made, SHORT).loc["2017-01-18":"2018-12-31"]
    sim = forecast["Simulated Head"].loc[obs.index]
    assert table.loc["swgw", "nse"] == pytest.approx(skill.nse(obs, sim), abs=1e-9)
    assert table.loc["swgw", "nse_min"] < table.loc["swgw", "nse_max"]
    record = json.loads((folder / "challenge.json").read_text())
    assert sum(record["weights"].values()) == pytest.approx(1, abs=1e-3)
    assert (folder / "challenge.png").read_bytes().startswith(b"\x89PNG")
    assert "swgw *" in capsys.readouterr().out
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import tables

    assert tables.contest(record)[2].startswith("| ")
    before = (folder / "forecast.csv").read_bytes()
    one = next(folder.glob("runs/trees-whole-0_*")) / "head.csv"
    one.write_text(one.read_text() + "\n")  # damaged: this fit alone is made again
    benchmark(made, tmp_path)
    assert (folder / "forecast.csv").read_bytes() == before
    monkeypatch.setattr(recipe, "_forecast", None)  # a second fit would fail
    benchmark(made, tmp_path)
    with pytest.raises(SystemExit):
        benchmark(made, tmp_path, "--submissions", str(tmp_path / "none"))
    assert "none: found no such folder" in capsys.readouterr().err


def test_fits_never_see_the_hidden_heads(tmp_path, small, capsys):
    folder = write_site(tmp_path / "Place")
    benchmark(folder, tmp_path / "plain")
    (folder / "heads_full.csv").write_bytes(b"\x00 no table at all")
    with pytest.raises(SystemExit):
        benchmark(folder, tmp_path / "corrupt")
    (folder / "heads_full.csv").unlink()
    benchmark(folder, tmp_path / "absent")
    assert "nothing is scored" in capsys.readouterr().out
    names = ("plain", "corrupt", "absent")
    made = {(tmp_path / each / "Place" / "forecast.csv").read_bytes() for each in names}
    assert len(made) == 1


def test_a_fit_does_not_change_with_heads_that_it_may_not_use(made):
    site = read_site(made, SHORT)
    used = training_days(site.heads.index, 2)
    other = type(site)(**(vars(site) | {"heads": site.heads.where(used, 50.0)}))
    found, again = (trees.forecast_trees(each, used, 0) for each in (site, other))
    pd.testing.assert_series_equal(found, again)
    found, again = (trees.forecast_trees(each, used, 0, found) for each in (site, other))
    pd.testing.assert_series_equal(found, again)


def test_the_lumped_model_uses_the_heads_that_it_is_given_alone(made, monkeypatch):
    monkeypatch.setattr(lumped, "GENERATIONS", 1)
    monkeypatch.setattr(lumped, "SETS_A_PARAMETER", 1)
    site = read_site(made, SHORT)
    used = training_days(site.heads.index, 2)
    other = type(site)(**(vars(site) | {"heads": site.heads.where(used, 50.0)}))
    found, again = (lumped.forecast_lumped(each, used) for each in (site, other))
    pd.testing.assert_series_equal(found, again)
    assert found.index.equals(site.inputs.index)


@pytest.mark.parametrize("left_out", [[], ["stage"], ["temperature", "evaporation", "stage"]])
def test_the_head_of_a_lumped_model_is_found_again(made, monkeypatch, left_out):
    monkeypatch.setattr(lumped, "GENERATIONS", 8)
    monkeypatch.setattr(lumped, "SETS_A_PARAMETER", 4)
    inputs = read_site(made, SHORT).inputs.drop(columns=left_out)["2013":]
    p = {name: np.array([low + 0.3 * (high - low)]) for name, (low, high) in lumped.LIMITS.items()}
    parts = lumped.stores(inputs, p)[..., 0]
    head = pd.Series(100 + parts @ [0.02, 0.01, 2.0][: parts.shape[1]], inputs.index)
    site = read_site(made, SHORT)
    site = type(site)(**(vars(site) | {"heads": head[:"2016":7], "inputs": inputs}))
    found = lumped.forecast_lumped(site, training_days(site.heads.index, 4))
    assert skill.nse(head["2017":], found["2017":]) > 0.8


def test_pastas_finds_the_linear_store_that_was_made(made):
    site = read_site(made, SHORT)
    found = response.forecast_response(site, training_days(site.heads.index, 4))
    hidden = read_observed(made, SHORT).loc["2017-01-18":]
    assert skill.nse(hidden, found.loc[hidden.index]) > 0.9


@pytest.mark.slow
@needs_upstream
def test_the_usa_site_reaches_what_is_published(tmp_path):
    main([str(UPSTREAM), "--output", str(tmp_path)])
    table = pd.read_csv(tmp_path / "USA" / "challenge.csv").set_index("who")
    assert (table["kind"] == "team").sum() == 13
    assert table.loc["swgw", "nse"] >= 0.93
    assert table.loc["swgw", "coverage"] >= 0.90
    record = json.loads((tmp_path / "USA" / "challenge.json").read_text())
    assert 0.90 <= record["coverage_of_blocks"] <= 0.98  # the scored years may prove calmer


def test_a_block_left_out_is_not_used():
    rng, block = np.random.default_rng(0), np.repeat(np.arange(4), 90)
    obs, centre = rng.normal(size=(2, 1, 360, 1))
    season = np.arange(360)[:, None]
    known = Forecasts(obs, centre, season, block, 366)
    changed = obs + 1000 * (block == 2)[:, None]
    before, after = (left_out(replace(known, obs=each)) for each in (obs, changed))
    inside = block == 2
    assert (before[:, inside] == after[:, inside]).all()
    assert (before[:, ~inside] != after[:, ~inside]).any()


def test_every_module_that_names_a_fit_is_there():
    folder = Path(recipe.__file__).parent
    assert all((folder / f"{name}.py").is_file() for name in recipe.SOURCES)
