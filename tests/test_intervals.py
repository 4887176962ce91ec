"""Recalibrated hindcasts of a study: out of fold, in the form of the others, kept on disk."""

from dataclasses import replace

import numpy as np
import pytest

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments import intervals, uncertainty
from swgw.experiments.study import Study
from swgw.models.baseline import reference_hindcasts
from swgw.models.profiles import get_profile
from swgw.models.run import FOLDS, fold_bins
from swgw.scores.conformal import LEVELS


@pytest.fixture(scope="module")
def study(tiny_basin, tmp_path_factory):
    """MT-TFT with its blocks, and the references; nothing else is trained."""
    from swgw.models.baseline import fit_references
    from swgw.models.fit import fit

    profile = replace(get_profile("smoke"), fold_windows=128)
    prepared = prepare_basin(load_basin(tiny_basin))
    made = Study(prepared, profile, tmp_path_factory.mktemp("folds") / "example")
    for run in made.runs + made.fold_runs:
        if run.experiment.name == "MT-TFT":
            fit(run, prepared, made.clusters, made.run_folder(run))
    fit_references(prepared, made.gauge, made.clusters, made.reference_folder(made.gauge))
    return made


def test_blocks_cover_the_training_years_once(study):
    for model in ("MT-TFT", "ridge"):
        parts = intervals.fold_hindcasts(study, "head", model)
        assert len(parts) == FOLDS
        for fold, part in enumerate(parts):
            inside = study.prepared.time[fold_bins(study.prepared, fold)]
            assert np.isin(part["valid_time"].to_numpy(), inside).all()
            times = set(part["valid_time"].to_numpy().ravel())
            assert not any(
                times & set(other["valid_time"].to_numpy().ravel()) for other in parts[fold + 1 :]
            )


def test_references_know_nothing_of_their_block(study):
    prepared, block = study.prepared, fold_bins(study.prepared, 1)
    heads = prepared.heads.copy()
    heads[block] += 100
    kept_out = replace(prepared, heads=heads).without(block)
    found = reference_hindcasts(kept_out, "head", study.gauge, study.clusters, block)
    plain = intervals.fold_hindcasts(study, "head", "climatology")[1]
    assert found["climatology"]["forecast"].to_numpy() == pytest.approx(
        plain["forecast"].to_numpy()
    )


def test_references_of_the_test_years_are_those_of_the_study(study):
    test = study.prepared.inside("test")
    found = reference_hindcasts(study.prepared, "surface_water", study.gauge, study.clusters, test)
    for name, hindcast in found.items():
        known = study.hindcast("surface_water", name)
        assert hindcast["forecast"].to_numpy() == pytest.approx(known["forecast"].to_numpy())


@pytest.mark.parametrize("model", ["MT-TFT", "damped persistence"])
def test_recalibrated_hindcast_has_the_form_of_a_quantile_hindcast(study, model):
    seed = study.seeds_of(model)[0]
    found = intervals.calibrated(study, "head", model, seed)
    plain = study.hindcast("head", model, seed)
    assert found["forecast"].identical(plain["forecast"])
    assert found["quantiles"].dims == (*intervals.DIMS, "quantile")
    assert found["quantile"].to_numpy().tolist() == list(LEVELS)
    assert (np.diff(found["quantiles"].to_numpy(), axis=-1) >= 0).all()
    assert np.isfinite(found["quantiles"].to_numpy()).all()


def test_shorter_trainings_tell_nothing_of_a_networks_spread(study):
    chosen = intervals.learned(study, "head", "MT-TFT")
    assert {method.unit for method in chosen.crps} == {"mean", "state"}


def test_every_score_has_an_interval(study, monkeypatch):
    monkeypatch.setattr(intervals, "calibrated_models", lambda s, task: ["MT-TFT", "ridge"])
    monkeypatch.setattr(Study, "models", lambda s, task, gauge=None: ["MT-TFT", "ridge"])
    table = uncertainty.uncertainty_scores(study)
    assert set(table["kind"]) == {"raw", "recalibrated"}
    assert set(table["lead_time"]) == set(range(1 + study.basin.settings.lead_times))
    assert ((table["low"] <= table["high"]) & np.isfinite(table["value"])).all()
    inside = table[table["score"].str.startswith("coverage")]
    assert inside["value"].between(0, 1).all()


def test_a_profile_without_folds_recalibrates_nothing(study):
    plain = Study(study.prepared, replace(study.profile, fold_windows=0), study.folder)
    assert intervals.calibrated_models(plain, "head") == []
    assert intervals.fold_hindcasts(plain, "head", "MT-TFT") == []
