"""One choice at a time: what it changes, that nothing else changes, and how shifts are told."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments import choices_untrained as untrained
from swgw.experiments import choices_vary as vary
from swgw.experiments import choices_work as work
from swgw.experiments.choices import CHOICES, possible
from swgw.experiments.study import open_study
from swgw.experiments.table_2 import Plan
from swgw.inputs.panel import make_panel
from swgw.inputs.windows import issue_steps
from swgw.models.batch import Gatherer
from swgw.models.profiles import get_profile
from swgw.models.run import BOTH, Experiment
from swgw.storage.results import missing


@pytest.fixture(scope="module")
def prepared(tiny_basin):
    return prepare_basin(load_basin(tiny_basin))


@pytest.fixture(scope="module")
def panel(prepared):
    plan = Plan(prepared, get_profile("smoke"))
    run = plan.run(Experiment("GRU", "MT", BOTH), prepared.basin.settings.target_gauge, 0)
    return make_panel(prepared, run.inputs())


def test_most_choices_leave_the_panel_alone(prepared, panel):
    for key in ("", "shorter", "weather", "pasts", "two", "batch"):
        assert vary.changed_panel(key, panel, prepared) is panel


def test_a_forecast_may_start_from_persistence_or_climatology(prepared, panel):
    assert (vary.changed_panel("undamped", panel, prepared).fading == 1).all()
    assert (vary.changed_panel("climatology", panel, prepared).fading == 0).all()


def test_lags_may_be_kept_to_the_encoder(prepared, panel):
    known = vary.changed_panel("lags", panel, prepared).known
    lagged = np.array([name.startswith("surface_water_lag_") for name in panel.variables])
    assert panel.known[lagged].any() and not known[lagged].any()
    assert (known[~lagged] == panel.known[~lagged]).all()


def test_the_level_is_the_same_series_in_another_form(prepared, panel):
    found = vary.as_level(panel, prepared.inside("train"))
    value = panel.centre + panel.scale[:, None] * panel.target
    again = found.centre + found.scale[:, None] * found.target
    assert np.allclose(again, value, rtol=1e-4, equal_nan=True)
    training = found.target[:, prepared.inside("train")]
    assert np.allclose(np.nanmean(training, axis=1), 0, atol=1e-2)
    assert np.allclose(np.nanstd(training, axis=1), 1, atol=1e-2)
    assert (found.anchor == 0).all()


def test_the_batch_s_own_sst_gives_one_minus_r2(prepared, panel):
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("train")))
    block = gatherer.gather(gatherer.tile(8, 1).take(np.arange(3)))
    assert float(vary.batch_loss(block.target[..., None], block)) == 0
    weight, target = block.weight.numpy(), block.target.numpy()
    means = [target[..., k][weight[..., k] > 0].mean() for k in range(len(BOTH))]
    said = torch.zeros_like(block.target) + torch.tensor(means, dtype=torch.float32)
    assert float(vary.batch_loss(said[..., None], block)) == pytest.approx(1, rel=1e-5)


def test_lengths_follow_the_step(prepared):
    length = prepared.basin.settings.encoder_length
    changed = vary.with_length(prepared, 2.0)
    assert changed.basin.settings.encoder_length == 2 * length
    assert prepared.basin.settings.encoder_length == length


def test_a_basin_without_a_gauge_has_no_lags_to_vary(prepared):
    keys = {choice.key for choice in possible(prepared)}
    assert {"shorter", "weather", "level", "lags", "batch"} <= keys
    settings = replace(prepared.basin.settings, target_gauge=None, encoder_length=1)
    bare = replace(prepared, basin=replace(prepared.basin, settings=settings))
    assert not {"lags", "fixed", "shorter"} & {choice.key for choice in possible(bare)}


@pytest.fixture(scope="module")
def small(tiny_basin, tmp_path_factory):
    """A study of profile full's kind, as small as can be, with two choices to vary."""
    study = open_study(tiny_basin, "smoke", output=tmp_path_factory.mktemp("out"), train=False)
    object.__setattr__(study, "profile", replace(study.profile, grid=True))
    return study


def test_choices_of_a_run_s_settings_change_these_alone(small):
    base = {run.label: run for key, run in work.variants(small) if not key}
    changed = {"weather": "weather_ahead", "pasts": "history", "fixed": "level_shift"}
    for key, run in work.variants(small):
        own, theirs = run.settings(), base[run.label].settings()
        differ = {name for name in own if own[name] != theirs[name]}
        assert differ == ({changed[key]} if key in changed else set())
    assert {run.level_shift for key, run in work.variants(small) if key == "fixed"} == {0.0}


def test_the_study_belongs_to_profile_full(tiny_basin, small, tmp_path):
    quick = open_study(tiny_basin, "quick", output=tmp_path, train=False)
    assert work.sensitivity_results(quick) == [] and "profile `full`" in work.lack(quick)
    jobs = work.sensitivity_results(small)
    choices = possible(small.prepared)
    families = {choice.family for choice in choices}
    assert len(jobs) == 3 * (len(choices) + len(families)) * len(small.profile.seeds)
    assert len({job.path for job in jobs}) == len(jobs)


@pytest.mark.slow
def test_shifts_are_told_and_an_interrupted_study_goes_on(small, monkeypatch):
    two = [choice for choice in CHOICES if choice.key in ("level", "batch")]
    monkeypatch.setattr(work, "possible", lambda prepared: two)
    jobs = work.sensitivity_results(small)
    for job in jobs[: len(jobs) // 2]:
        job.fill()
    assert len(missing(work.sensitivity_results(small))) == len(jobs) - len(jobs) // 2
    for job in missing(work.sensitivity_results(small)):
        job.fill()
    found = small.choice_shifts()
    assert len(found) == len(two) * len(work.HEADLINES)
    assert np.isfinite(found[["base", "value", "low", "high"]]).all(axis=None)
    for row in found.itertuples():
        changed = work.headline(small, row.key, row.family, row.headline).value
        if not row.headline.endswith("heads"):  # medians of differences are not differences
            assert row.value == pytest.approx(changed - row.base)
    assert (found["value"].abs() > 1e-6).any()


def test_kge_of_2012_is_literal():
    obs = np.array([1.0, 2.0, 3.0])
    assert untrained.kge_2012(obs, obs) == pytest.approx(1)
    assert untrained.kge_2012(obs, 2 * obs) == pytest.approx(0)  # β = 2, γ = r = 1


def test_paired_simulations_that_are_the_same_differ_by_nothing():
    rng = np.random.default_rng(0)
    obs = rng.normal(size=60)
    sims = obs + rng.normal(size=(2, 60))
    same = untrained.paired(obs, sims, sims, "5D")
    assert (same.value, same.low, same.high) == (0, 0, 0)
    better = untrained.paired(obs, (sims + obs) / 2, sims, "5D")
    assert better.low > 0 and better.draws == (2, 4)
