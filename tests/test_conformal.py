"""Recalibrated intervals: coverage where it must hold, invariance, no use of what is forecast."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from swgw.experiments.baselines import DIMS, baselines
from swgw.experiments.study import Study
from swgw.experiments.table_2 import TABLE_2
from swgw.models.baseline import baseline_hindcasts
from swgw.models.run import FOLDS, fold_bins
from swgw.scores import skill
from swgw.scores.conformal import LEVELS, Forecasts, conformal_quantiles, recalibrate

BLOCKS, STEPS, PER_YEAR = 4, 150, 73


def make(seed=0, series=1, leads=2, noise=None, gaps=0.0):
    """Forecasts with errors of noise · a standard normal number."""
    rng = np.random.default_rng(seed)
    n = BLOCKS * STEPS
    shape = (series, n, leads)
    season = (np.arange(n)[:, None] + np.arange(1, leads + 1)) % PER_YEAR
    centre = 50 + 30 * np.sin(2 * np.pi * season / PER_YEAR) + np.zeros(shape)
    size = np.ones(shape) if noise is None else noise(centre) + np.zeros(shape)
    obs = centre + size * rng.normal(size=shape)
    obs = np.where(rng.random(shape) < gaps, np.nan, obs)
    return Forecasts(obs, centre, season, np.repeat(np.arange(BLOCKS), STEPS), PER_YEAR)


def test_order_statistics_hold_a_new_value_with_their_probability():
    rng = np.random.default_rng(3)
    sample, new = rng.normal(size=(40_000, 19)), rng.normal(size=40_000)
    quantiles = conformal_quantiles(sample, (0.1, 0.9))
    # the 2nd and the 18th of 19: a new value is as likely to fall into each of the 20 gaps
    assert np.mean(new < quantiles[:, 0]) == pytest.approx(0.1, abs=0.005)
    assert np.mean(new < quantiles[:, 1]) == pytest.approx(0.9, abs=0.005)
    values = np.array([[3.0, np.nan, 1.0, 2.0], [np.nan] * 4])
    found = conformal_quantiles(values, (0.025, 0.5, 0.975))
    assert found[0] == pytest.approx([1, 2, 3])
    assert np.isnan(found[1]).all()


def test_intervals_of_new_data_cover_what_they_promise():
    grows = {"noise": lambda c: c / 40, "series": 4, "gaps": 0.1}
    known, new = make(0, **grows), make(1, **grows)
    quantiles = recalibrate(known, new)
    for low, share in ((1, 0.8), (0, 0.95)):
        found = skill.coverage(new.obs, quantiles[..., low], quantiles[..., -1 - low])
        assert found == pytest.approx(share, abs=0.02)
    known = np.isfinite(new.obs)
    below = (new.obs[known][:, None] <= quantiles[known]).mean(axis=0)
    assert below == pytest.approx(LEVELS, abs=0.025)
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    width = quantiles[..., -2] - quantiles[..., 1]
    assert np.corrcoef(width.ravel(), new.centre.ravel())[0, 1] > 0.9  # as errors grow


def test_a_bias_is_removed_and_both_sides_may_differ():
    skewed = make(0)
    skewed = replace(skewed, obs=skewed.centre + 2 + (skewed.obs - skewed.centre) ** 2)
    error = recalibrate(skewed, skewed) - skewed.centre[..., None]
    assert error[..., 0].min() > 1  # no error was below 2
    below, above = error[..., 3] - error[..., 1], error[..., 5] - error[..., 3]
    assert (above > 2 * below).all()


def test_unit_and_zero_of_a_series_do_not_matter():
    two = make(0, series=2, noise=lambda c: c / 40)
    factor = np.array([1.0, 1000.0])[:, None, None]
    other = replace(two, obs=two.obs * factor + 1400, centre=two.centre * factor + 1400)
    plain, moved = recalibrate(two, two), recalibrate(other, other)
    assert moved - 1400 == pytest.approx(plain * factor[..., None])


@pytest.mark.parametrize("obs", [np.nan, 50.0])
def test_series_without_errors_or_without_observations_do_no_harm(obs):
    forecasts = make(0, series=2)
    flat = forecasts.obs.copy()
    flat[1] = obs if np.isnan(obs) else forecasts.centre[1]
    forecasts = replace(forecasts, obs=flat)
    assert np.isfinite(recalibrate(forecasts, forecasts)[0]).all()


# ---- hindcasts of a study --------------------------------------------------------------------


@pytest.fixture(scope="module")
def study(trained, tmp_path_factory):
    """The trained example with the blocks of MT-TFT and of the baselines."""
    folder = tmp_path_factory.mktemp("folds") / "example"
    shutil.copytree(trained.folder / "runs", folder / "runs")
    profile = replace(trained.profile, fold_windows=128)
    made = Study(trained.prepared, profile, folder)
    baselines(made, "folds").fill()
    for run in made.fold_runs:
        made.result_of(run).fill()
    return made


def test_every_network_has_blocks_in_profile_full_alone(study):
    grid = Study(study.prepared, replace(study.profile, grid=True), study.folder)
    assert [run.experiment.name for run in study.fold_runs] == FOLDS * ["MT-TFT"]
    assert {run.experiment for run in grid.fold_runs} == set(TABLE_2)
    assert [run.fold for run in study.fold_runs] == list(range(FOLDS))


def test_blocks_cover_the_training_years_once(study):
    for model in ("MT-TFT", "ridge"):
        parts = study.fold_hindcasts("head", model)
        assert len(parts) == FOLDS
        times = [set(part["valid_time"].to_numpy().ravel()) for part in parts]
        for fold, own in enumerate(times):
            assert own <= set(study.prepared.time[fold_bins(study.prepared, fold)].to_numpy())
            assert not any(own & other for other in times[fold + 1 :])


def test_baselines_do_not_use_their_block(study):
    prepared, block = study.prepared, fold_bins(study.prepared, 1)
    heads = prepared.heads.copy()
    heads[block] += 100
    kept_out = replace(prepared, heads=heads).without(block)
    found = baseline_hindcasts(kept_out, "head", study.gauge, study.clusters, block)
    plain = study.fold_hindcasts("head", "climatology")[1]["forecast"].to_numpy()
    assert found["climatology"]["forecast"].to_numpy() == pytest.approx(plain)


@pytest.mark.parametrize("model", ["MT-TFT", "damped persistence"])
def test_a_recalibrated_hindcast_has_the_form_of_a_quantile_hindcast(study, model):
    found, plain = study.recalibrated("head", model), study.hindcast("head", model)
    assert found["forecast"].identical(plain["forecast"])
    assert found["quantiles"].dims == (*DIMS, "quantile")
    assert found["quantile"].to_numpy().tolist() == list(LEVELS)
    assert (np.diff(found["quantiles"].to_numpy(), axis=-1) >= 0).all()
    assert np.isfinite(found["quantiles"].to_numpy()).all()


def test_a_profile_without_folds_recalibrates_nothing(study):
    plain = Study(study.prepared, replace(study.profile, fold_windows=0), study.folder)
    assert plain.fold_hindcasts("head", "MT-TFT") == []
