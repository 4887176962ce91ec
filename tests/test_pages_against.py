"""Who loses to whom: told from chance by the interval of the paired difference."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from swgw.pages.against import words_against_references


def study_of(errors: dict[str, list[float]]):
    """A study of one gauge: the errors of each seed of each model, in units of the observed."""
    rng = np.random.default_rng(0)
    obs = pd.DataFrame({"g": np.sin(np.arange(300) / 9) + rng.normal(0, 0.3, 300)})
    noise = pd.DataFrame({"g": rng.normal(size=300)})
    models = {"surface_water": list(errors)}
    return SimpleNamespace(
        basin=SimpleNamespace(settings=SimpleNamespace(step="5D")),
        models=lambda task, gauge=None: models[task],
        seeds_of=lambda model: range(len(errors[model])),
        chain=lambda task, model, seed: obs + errors[model][seed] * noise,
        observed_chain=lambda task: obs,
    )


def said(errors):
    return words_against_references(study_of(errors), "surface_water").data


def test_a_model_that_is_worse_loses():
    text = said({"ST-GRU": [0.9, 1.0], "MT-TFT": [0.1, 0.1], "ridge": [0.5]})
    assert "1 trained model of 2 loses to at least one reference" in text
    assert "ST-GRU (" in text and "**loses to** ridge." in text
    assert "MT-TFT (0.98) beats ridge." in text


def test_what_seeds_may_turn_is_no_difference():
    text = said({"MT-TFT": [0.2, 0.7], "ridge": [0.5]})
    assert "No trained model loses" in text
    assert "cannot be told from ridge." in text


@pytest.mark.parametrize("worse", [["ST-GRU"], ["ST-GRU", "MT-GRU"]])
def test_losers_are_counted(worse):
    text = said({name: [2.0] for name in worse} | {"persistence": [0.1]})
    assert text.count("**loses to** persistence") == len(worse)
