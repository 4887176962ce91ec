"""The hydrograph of the test period, to zoom in."""

import pandas as pd
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.pages import needs
from swgw.pages.simulations import references, simulations, trained
from swgw.plots import hydrograph as plots
from swgw.plots.live import show

TASK = "surface_water"
FIRST = ("MT-TFT", "ST-TFT")
"""Models to show first, where they were trained."""


@needs("gauge")
def figure_hydrograph(study) -> Figure:
    """Show the test period as observed and by each model, to zoom in; give the still figure."""
    obs = study.observed_chain(TASK).iloc[:, 0]
    models = trained(study, TASK) + references(study, TASK)
    models.sort(key=lambda model: FIRST.index(model) if model in FIRST else len(FIRST))
    means = {model: _mean(study, model, obs.name) for model in models}
    simulated, label = pd.DataFrame(means), words.surface_water_label(study)
    still = plots.plot_hydrograph(obs, simulated, label)
    return show(still, plots.live_hydrograph(obs, simulated, label), models, "Model")


def _mean(study, model: str, gauge: str) -> pd.Series:
    """Mean over the seeds of a model's chained forecasts."""
    return simulations(study, TASK, model)[gauge].mean(axis=1)
