"""The challenge: its layout read or refused, its scores to the letter, hidden heads hidden."""

import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from challenge_site import EUROPE, USA, made_head, made_inputs, write_site
from typer.testing import CliRunner

from swgw.challenge import network, recipe, response, run, trees
from swgw.challenge.blocks import BLOCKS, EMBARGO, WHOLE, block_of, training_days
from swgw.challenge.features import SPIN_UP, drivers, melt, soil, with_memory
from swgw.challenge.forecast import has_failed, intervals, member_weights
from swgw.challenge.results import (
    challenge_scores,
    find_submissions,
    read_observed,
    read_submission,
    score_row,
)
from swgw.challenge.site import PERIODS, Period, choose_period, find_site, read_site
from swgw.cli import app
from swgw.scores import skill as scores
from swgw.storage.errors import BasinError, UserError

UPSTREAM = Path(__file__).resolve().parents[2] / "shared" / "data" / "gwchallenge-usa"
needs_upstream = pytest.mark.skipif(
    not UPSTREAM.is_dir(),
    reason="the challenge's files (../shared/data/gwchallenge-usa) are absent",
)
SHORT = Period.of("2016-12-26", "2017-01-18", "2018-12-31")
DAYS = ["--score-to", "2018-12-31"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A made site with a river; read it, never write to it."""
    return write_site(tmp_path_factory.mktemp("made") / "data" / "Elsewhere")


def test_the_head_that_was_made_is_what_is_read(made):
    site = read_site(made, SHORT)
    inputs = made_inputs(pd.date_range("2009-01-01", "2018-12-31"), 0.0, 1)
    head = made_head(inputs, river=True).loc["2010-01-01":"2016-12-26"]
    assert site.heads.to_numpy() == pytest.approx(head.to_numpy())
    assert site.heads.index.equals(head.index)
    assert list(site.inputs) == ["precipitation", "temperature", "evaporation", "stage"]
    assert site.inputs["temperature"].to_numpy() == pytest.approx(inputs["mean"].to_numpy())
    assert site.remarks == ()


@pytest.mark.parametrize("date", ["time", "Date", "", "dag"])
@pytest.mark.parametrize(("names", "every"), [(EUROPE, 7), (EUROPE, 1), (USA, 7)])
def test_every_layout_of_the_challenge_is_read(tmp_path, date, names, every):
    folder = write_site(tmp_path / "Place", names, date, every, heads_to="2015-09-10", cold=8.0)
    site = read_site(folder, SHORT)
    assert site.heads.index[-1] <= pd.Timestamp("2015-09-10")
    assert set(np.diff(site.heads.index) / pd.Timedelta(days=1)) == {every}
    assert ("stage" in site.inputs) == (names is USA)
    assert site.remarks == (("not used: pp, hu, fg, qq",) if names is EUROPE else ())


def test_heads_of_the_hidden_years_are_dropped_even_where_they_were_released(tmp_path):
    folder = write_site(tmp_path / "Place", heads_to="2018-12-31")
    assert read_site(folder, SHORT).heads.index[-1] == pd.Timestamp("2016-12-26")


def test_a_table_may_have_a_byte_order_mark_hours_and_two_heads_a_day(tmp_path):
    folder = write_site(tmp_path / "Place")
    lines = (folder / "heads.csv").read_text().splitlines()
    first = lines[1].split(",")
    doubled = [f"{first[0]} 01:00,{first[1]}", f"{first[0]} 09:00,99.5", *lines[2:]]
    (folder / "heads.csv").write_text("\n".join([lines[0], *doubled]), encoding="utf-8-sig")
    heads = read_site(folder, SHORT).heads
    assert heads.iloc[0] == float(first[1])
    assert heads.index.is_unique


def test_gaps_of_inputs_are_filled_and_told(tmp_path):
    folder = write_site(tmp_path / "Place")
    table = pd.read_csv(folder / "input_data.csv", index_col=0)
    table.iloc[400:410, 0] = np.nan
    table.drop(index=table.index[500:503]).to_csv(folder / "input_data.csv")
    site = read_site(folder, SHORT)
    assert site.inputs.index.equals(pd.date_range("2009-01-01", "2018-12-31"))
    assert site.inputs.notna().all(axis=None)
    assert site.remarks[0] == "13 days of precipitation filled"


def test_what_lies_outside_the_inputs_is_cut_and_told(tmp_path):
    folder = write_site(tmp_path / "Place")
    lines = (folder / "input_data.csv").read_text().splitlines()
    (folder / "input_data.csv").write_text("\n".join([lines[0], *lines[731:-100]]) + "\n")
    site = read_site(folder, SHORT)
    assert site.heads.index[0] == pd.Timestamp("2011-01-01")
    assert site.period.score_to == pd.Timestamp("2018-09-22")
    assert site.remarks == (
        "365 heads before the first input are not used",
        "inputs end on 2018-09-22, and so do the scored days",
    )


def _without(name, file):
    def spoil(folder):
        table = pd.read_csv(folder / file, index_col=0)
        table.drop(columns=name).to_csv(folder / file)

    return spoil


def _put(file, row, column, value):
    def spoil(folder):
        table = pd.read_csv(folder / file, index_col=0, dtype=str)
        table.iloc[row, column] = value
        table.to_csv(folder / file)

    return spoil


def _write(file, data):
    def spoil(folder):
        (folder / file).write_bytes(data)

    return spoil


def _link(folder):
    (folder / "heads.csv").unlink()
    (folder / "heads.csv").symlink_to("/etc/hostname")


def _kelvin(folder):
    table = pd.read_csv(folder / "input_data.csv", index_col=0)
    table.assign(TMAX=table["TMAX"] + 273.15).to_csv(folder / "input_data.csv")


def _short(file, rows):
    def spoil(folder):
        lines = (folder / file).read_text().splitlines()
        (folder / file).write_text("\n".join(lines[:rows]) + "\n")

    return spoil


def _twice(folder):
    lines = (folder / "input_data.csv").read_text().splitlines()
    (folder / "input_data.csv").write_text("\n".join([*lines, lines[-1]]) + "\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "heads.csv").unlink(), "heads.csv: found no such file"),
        (lambda folder: (folder / "input_data.csv").unlink(), "input_data.csv: found no such file"),
        (_write("heads.csv", b""), "heads.csv: found an empty file"),
        (_write("heads.csv", b"\x89PNG\0\0"), "heads.csv: found a spreadsheet, UTF-16 or other"),
        (_write("heads.csv", b"Date;head\n2001-01-01;3,5\n"), "columns separated by semicolons"),
        (_write("heads.csv", b"Date,head\n"), "heads.csv: found 2 columns and 0 rows"),
        (_write("heads.csv", b"Date,a,b\n2001-01-01,1,2\n"), "found the columns a, b; expected"),
        (_write("heads.csv", b"Date,head\n01/02/2003,4\n"), "row 2, column date: found '01/02/"),
        (_put("heads.csv", 4, 0, "high"), "heads.csv, row 6, column head: found 'high'"),
        (_put("heads.csv", 4, 0, "-999"), "row 6, column head: found '-999', a usual stand-in"),
        (_put("heads.csv", 4, 0, "inf"), "row 6, column head: found 'inf'"),
        (_put("heads.csv", 4, 0, "123456"), "found 123456 as head; expected -1000 to 9000 m"),
        (_put("input_data.csv", 1, 0, "-3"), "row 3, column PRCP: found -3 as precipitation"),
        (_kelvin, "as warmest; expected -70 to 60 °C"),
        (_without("PRCP", "input_data.csv"), "found no precipitation, only TMAX, TMIN"),
        (_short("heads.csv", 60), "found 59 heads in 0.2 years"),
        (_short("input_data.csv", 2900), "found inputs to 2016-12-"),
        (_twice, "found a day that another row has, too"),
        (_link, "a path or link that leaves the folder"),
    ],
)  # fmt: skip
def test_a_spoiled_site_is_named_and_not_repaired(tmp_path, spoil, said):
    folder = write_site(tmp_path / "Place")
    spoil(folder)
    ended = CliRunner().invoke(app, ["benchmark", "challenge", str(folder), *DAYS])
    assert ended.exit_code == 2, ended.output
    assert said in ended.output
    assert not isinstance(ended.exception, BasinError)


def test_a_folder_without_a_site_and_one_with_two_are_told(tmp_path):
    with pytest.raises(BasinError, match=r"heads.csv: found no such file"):
        read_site(find_site(tmp_path))
    for name in ("One", "Two"):
        write_site(tmp_path / "data" / name)
    with pytest.raises(UserError, match="holds 2 sites; name one"):
        find_site(tmp_path)


def test_the_only_site_below_a_folder_is_found(made):
    assert find_site(made.parents[1]) == made
    assert find_site(made) == made


def test_periods_are_the_challenges_unless_a_user_names_days(tmp_path):
    assert choose_period(tmp_path / "Netherlands") == PERIODS["Netherlands"]
    assert choose_period(tmp_path / "Elsewhere") == PERIODS["USA"]
    own = choose_period(tmp_path, score_from=pd.Timestamp("2018-01-01"))
    assert own == Period.of("2016-12-26", "2018-01-01", "2021-12-31")
    with pytest.raises(UserError, match="expected days in this order"):
        choose_period(tmp_path, train_to=pd.Timestamp("2019-01-01"))


def test_blocks_take_turns_and_keep_their_distance():
    days = pd.date_range("2001-01-03", "2015-12-30", freq="7D")
    blocks = block_of(days)
    assert np.unique(blocks).tolist() == list(range(BLOCKS))
    assert (np.diff(blocks) >= 0).all()
    for block in range(BLOCKS):
        seen = days[training_days(days, block)]
        gaps = abs(seen.to_numpy()[:, None] - days[blocks == block].to_numpy())
        assert gaps.min() > EMBARGO
        assert len(seen) > 0.7 * len(days)
    assert training_days(days, WHOLE).all()


def test_snow_waits_and_water_is_neither_lost_nor_made():
    rng = np.random.default_rng(0)
    rain, temperature = rng.gamma(1, 5, 400), rng.normal(0, 6, 400)
    water, snow = melt(rain, temperature)
    assert water.sum() + snow[-1] == pytest.approx(rain.sum())
    assert (water[temperature < -0.5] == 0).all()
    recharge, held = soil(water, np.zeros(400), 80.0)
    assert recharge.sum() + held[-1] == pytest.approx(water.sum() + 40.0)
    assert held.max() <= 80.0


def test_features_of_a_day_know_nothing_of_later_days(made):
    inputs = read_site(made, SHORT).inputs
    later = inputs.copy()
    later.iloc[2500:] += 7.0
    before, after = (with_memory(drivers(table)).loc[: inputs.index[2499]]
                     for table in (inputs, later))  # fmt: skip
    pd.testing.assert_frame_equal(before, after)
    assert len(drivers(inputs)) == len(inputs) + SPIN_UP


def test_inputs_are_standardised_by_days_that_may_be_fitted(made):
    site = read_site(made, SHORT)
    end = site.heads.index.max()
    later = site.inputs.copy()
    later[later.index > end] += 7.0
    changed = type(site)(**(vars(site) | {"inputs": later}))
    before, after = (network.network_inputs(each, network.Training()) for each in (site, changed))
    pd.testing.assert_frame_equal(before[:end], after[:end])
    assert not before[end + pd.Timedelta(days=1) :].equals(after[end + pd.Timedelta(days=1) :])


def test_weights_lie_between_equal_and_best():
    obs = pd.Series([1.0, 2.0, 4.0, 3.0])
    members = pd.DataFrame({"right": obs, "high": obs + 2, "flat": 2.5})
    assert member_weights(obs, members).round(4).tolist() == [0.8333, 0.0833, 0.0833]
    both = pd.DataFrame({"above": obs + 1, "below": obs - 1})
    assert member_weights(obs, both).tolist() == pytest.approx([0.5, 0.5])


def test_a_member_whose_fit_failed_is_found_on_the_training_years(made):
    site = read_site(made, SHORT)
    out = (site.heads + 0.5).rename("linear")
    whole = recipe.Fit("linear", WHOLE, 0)
    assert not has_failed(site, {whole: site.heads + 0.4}, out)
    assert has_failed(site, {whole: site.heads + 0.6}, out)


def test_intervals_cover_what_errors_out_of_fold_say():
    rng = np.random.default_rng(3)
    days = pd.date_range("2001-01-01", "2010-12-31")
    head = pd.Series(10 + rng.normal(0, 1, len(days)), days)
    obs = head + rng.normal(0.5, 0.2, len(days))
    new = pd.Series(10.0, pd.date_range("2011-01-01", "2016-12-31"))
    bounds, _ = intervals(obs, head, new)
    truth = new + rng.normal(0.5, 0.2, len(new))
    covered = ((bounds[:, 0] <= truth) & (truth <= bounds[:, 1])).mean()
    assert 0.92 < covered < 0.98
    assert bounds[:, 0].mean() > new.iloc[0]  # the members were always too low, and it shows


def test_blocks_that_differ_widen_the_intervals_once():
    """Nineteen of twenty heads of the training days lie within the width."""
    rng = np.random.default_rng(5)
    days = pd.date_range("2001-01-01", "2010-12-31")
    head = pd.Series(10.0, days)
    size = np.array([0.1, 0.2, 0.3, 0.4, 0.9])[block_of(days)]
    obs = head + size * rng.normal(size=len(days))
    bounds, _ = intervals(obs, head, head)
    assert obs.between(*bounds.T).mean() == pytest.approx(0.95, abs=0.01)


def test_scores_are_those_of_the_challenge():
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
    assert challenge_scores(obs, sim.iloc[:4])["days"] == 4
    assert np.isnan(challenge_scores(obs, sim[["head"]])["coverage"])


@needs_upstream
def test_the_teams_scores_are_reproduced_to_three_decimals():
    text = (UPSTREAM / "README.md").read_text(encoding="utf-8")
    table = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in text.splitlines() if line.count("|") == 11][2:]  # fmt: skip
    obs = read_observed(UPSTREAM / "data" / "USA", PERIODS["USA"])
    files = find_submissions(UPSTREAM / "submissions", "USA")
    assert {row[0] for row in table} == set(files)
    for team, _, _, *published in table:
        found = score_row(obs, read_submission(files[team]), PERIODS["USA"])
        names = ("nse_cal", "nse", "mae", "rmse", "mae_20", "mae_80", "coverage")
        for name, value in zip(names, published, strict=True):
            if value == "none given":
                assert np.isnan(found[name])
            else:
                assert abs(found[name] - float(value)) < 0.0005 + 1e-9, (team, name)


def test_a_team_with_no_day_of_the_scored_ones_has_no_score(made):
    sim = pd.DataFrame({"head": 100.0}, pd.date_range("2011-01-01", "2012-12-31"))
    row = score_row(read_observed(made, SHORT), sim, SHORT)
    assert np.isnan([row["nse"], row["nse_low"], row["coverage"]]).all()
    assert row["nse_cal"] < 0


def test_too_few_hidden_heads_are_told(tmp_path):
    folder = write_site(tmp_path / "Place")
    shutil.copy(folder / "heads.csv", folder / "heads_full.csv")
    with pytest.raises(BasinError, match=r"heads_full.csv: found 0 heads from 2017-01-18"):
        read_observed(folder, SHORT)


def test_a_spoiled_submission_is_named(tmp_path):
    file = tmp_path / "team_x" / "submission_form_Place.csv"
    file.parent.mkdir()
    file.write_text("Date,Simulated Head\n2001-01-01,3\n")
    assert find_submissions(tmp_path, "Place") == {"x": file}
    with pytest.raises(BasinError, match=r"column 95% Lower Bound: found only Simulated Head"):
        read_submission(file)


@pytest.fixture
def small(monkeypatch):
    """Members that fit in no time."""
    tiny = network.Training(hidden=4, steps=2, batch=2, warm_up=30, length=60)
    monkeypatch.setattr(network, "Training", lambda: tiny)
    monkeypatch.setattr(trees, "TREES", 4)
    monkeypatch.setattr(recipe, "MEMBERS", (recipe.NETWORK, recipe.TREES))
    monkeypatch.setattr("swgw.challenge.forecast.MEMBERS", recipe.MEMBERS)
    monkeypatch.setattr("swgw.challenge.results.MEMBERS", recipe.MEMBERS)
    monkeypatch.setattr(run, "require_pastas", lambda: None)


def _benchmark(folder, output, *more):
    arguments = ["benchmark", "challenge", str(folder), "--output", str(output), *DAYS]
    return CliRunner().invoke(app, [*arguments, "--seeds", "2", "--workers", "1", *more])


def _in_readme(record):
    """Table of benchmarks/README.md; a wheel has none."""
    benchmarks = Path(__file__).resolve().parents[1] / "benchmarks"
    if not benchmarks.is_dir():
        pytest.skip("benchmarks come with the repository only")
    sys.path.insert(0, str(benchmarks))
    import tables

    return tables.contest(record)


def test_the_command_forecasts_scores_and_draws_and_never_fits_twice(
    made, tmp_path, small, monkeypatch
):
    ended = _benchmark(made, tmp_path)
    assert ended.exit_code == 0, ended.output
    folder = tmp_path / "Elsewhere"
    forecast = pd.read_csv(folder / "forecast.csv", index_col=0, parse_dates=True)
    assert forecast.index.equals(pd.date_range("2009-01-01", "2018-12-31", name="Date"))
    assert (forecast["95% Lower Bound"] < forecast["95% Upper Bound"]).all()
    table = pd.read_csv(folder / "challenge.csv").set_index("who")
    obs = read_observed(made, SHORT).loc["2017-01-18":"2018-12-31"]
    sim = forecast["Simulated Head"].loc[obs.index]
    assert table.loc["swgw", "nse"] == pytest.approx(scores.nse(obs, sim), abs=1e-9)
    assert table.loc["swgw", "nse_min"] < table.loc["swgw", "nse_max"]
    record = json.loads((folder / "challenge.json").read_text())
    assert sum(record["weights"].values()) == pytest.approx(1, abs=1e-3)
    assert (folder / "challenge.png").read_bytes().startswith(b"\x89PNG")
    assert "swgw *" in ended.output
    assert _in_readme(record)[2].startswith("| ")
    monkeypatch.setattr(recipe, "_forecast", None)  # a second fit would fail
    assert _benchmark(made, tmp_path).exit_code == 0


def test_fits_never_see_the_hidden_heads(tmp_path, small):
    folder = write_site(tmp_path / "Place")
    assert _benchmark(folder, tmp_path / "plain").exit_code == 0
    hidden = folder / "heads_full.csv"
    hidden.write_bytes(b"\x00 no table at all")
    ended = _benchmark(folder, tmp_path / "poisoned")
    assert ended.exit_code == 2
    assert "heads_full.csv: found a spreadsheet" in ended.output
    hidden.unlink()
    absent = _benchmark(folder, tmp_path / "absent")
    assert absent.exit_code == 0
    assert "nothing is scored" in absent.output
    made = [(tmp_path / each / "Place" / "forecast.csv").read_bytes()
            for each in ("plain", "poisoned", "absent")]  # fmt: skip
    assert made[0] == made[1] == made[2]


def test_submissions_that_are_asked_for_must_be_there(made, tmp_path, small):
    ended = _benchmark(made, tmp_path, "--submissions", str(tmp_path / "none"))
    assert ended.exit_code == 2
    assert "none: found no such folder; expected one with the teams' folders" in ended.output


def test_a_damaged_fit_is_made_again(made, tmp_path, small):
    assert _benchmark(made, tmp_path).exit_code == 0
    folder = tmp_path / "Elsewhere"
    before = (folder / "forecast.csv").read_bytes()
    one = next(folder.glob("runs/trees-whole-0-*")) / "head.csv"
    one.write_text(re.sub(r"(?m)^(2018-.*),.*$", r"\1,0.0", one.read_text()))
    assert _benchmark(made, tmp_path).exit_code == 0
    assert (folder / "forecast.csv").read_bytes() == before


def test_the_same_seed_gives_the_same_network_and_another_one_another(made):
    site = read_site(made, SHORT)
    tiny = network.Training(hidden=4, steps=3, batch=2, warm_up=30, length=60)
    seen = training_days(site.heads.index, 0)
    first, again, other = (network.forecast_network(site, seen, s, tiny) for s in (0, 0, 1))
    pd.testing.assert_series_equal(first, again)
    assert abs(first - other).max() > 1e-3
    assert first.index.equals(site.inputs.index)


def test_a_fit_does_not_change_with_heads_that_it_may_not_see(made):
    site = read_site(made, SHORT)
    seen = training_days(site.heads.index, 2)
    other = site.heads.where(seen, 50.0)
    spoiled = type(site)(**(vars(site) | {"heads": other}))
    tiny = network.Training(hidden=4, steps=2, batch=2, warm_up=30, length=60)
    for fit in (lambda s: network.forecast_network(s, seen, 0, tiny),
                lambda s: trees.forecast_trees(s, seen, 0)):  # fmt: skip
        pd.testing.assert_series_equal(fit(site), fit(spoiled))


def test_pastas_finds_the_linear_store_that_was_made(made):
    pytest.importorskip("pastas")
    site = read_site(made, SHORT)
    found = response.forecast_response(site, training_days(site.heads.index, 4), response.LINEAR)
    hidden = read_observed(made, SHORT).loc["2017-01-18":]
    assert scores.nse(hidden, found.loc[hidden.index]) > 0.9


@pytest.mark.slow
@needs_upstream
def test_the_usa_site_reaches_what_is_asked(tmp_path):
    ended = CliRunner().invoke(
        app, ["benchmark", "challenge", str(UPSTREAM), "--output", str(tmp_path)]
    )
    assert ended.exit_code == 0, ended.output
    table = pd.read_csv(tmp_path / "USA" / "challenge.csv").set_index("who")
    assert (table["kind"] == "team").sum() == 13
    assert table.loc["swgw", "nse"] >= 0.93
    assert 0.90 <= round(table.loc["swgw", "coverage"], 2) <= 0.98
