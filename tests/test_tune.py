"""The search for settings: resumed, judged on validation, used by the next book."""

import pandas as pd
import pytest
import yaml

from swgw.experiments.study import open_study
from swgw.experiments.table_2 import load_settings, planned_runs, tune
from swgw.storage import UserError


@pytest.fixture
def study(own_basin, tmp_path, monkeypatch):
    monkeypatch.setattr("swgw.experiments.table_2.MODELS", ("GRU",))
    monkeypatch.setattr("swgw.experiments.table_2.HIDDEN_SIZES", (4, 6))
    return open_study(own_basin, "smoke", output=tmp_path / "out", train=False)


def test_a_search_goes_on_and_its_settings_are_used(study):
    said = []
    tune(study, 1, said.append)
    first = study.tuning()
    tune(study, 2, said.append)
    assert said == ["GRU: 1 of 1 trials to make", "GRU: 1 of 2 trials to make"]
    trials = study.tuning()
    pd.testing.assert_frame_equal(trials.iloc[:1], first)
    assert trials["trial"].tolist() == [0, 1]
    best = trials.loc[trials["value"].idxmin()]
    settings = yaml.safe_load((study.basin.path / "settings.yml").read_text())
    assert settings["GRU"]["learning_rate"] == pytest.approx(best["learning_rate"], rel=0.005)
    run = next(
        r for r in planned_runs(study.prepared, study.profile) if r.experiment.model == "GRU"
    )
    assert run.learning_rate == settings["GRU"]["learning_rate"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("GRU: {dropout: lots}", "GRU, dropout: found 'lots'; expected a number such as"),
        ("GRU: {layers: 3}", "GRU, layers: found 3; expected no such setting"),
        ("GRU: {hidden_size: -1}", "GRU, hidden_size: found -1"),
        ("RNN: {dropout: 0.1}", "RNN, dropout"),
        ("GRU: {dropout: 2.0}", "GRU, dropout: found 2.0; expected a number such as"),
        ("GRU: {batch_size: 0}", "GRU, batch_size: found 0"),
        ("GRU: {dropout: 2001-02-30}", "GRU, dropout: found '2001-02-30'"),
        ("[" * 5000, "found no settings by model"),
        ("- 1", "found no settings by model"),
        ("!!python/object/apply:os.getcwd []", "found no settings by model"),
    ],
)
def test_a_basins_own_settings_are_checked(study, text, message):
    (study.basin.path / "settings.yml").write_text(text)
    with pytest.raises(UserError, match=message):
        load_settings(study.prepared)
