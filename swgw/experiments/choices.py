"""Assumptions that change what a network learns from, made otherwise one at a time.

Each alternative is a run with one option changed: the encoder's length, what is known, what a
forecast starts from, the form of the target, the clusters. The page of assumptions lists them and
the assumption that each replaces.
"""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.experiments.table_2 import Plan
from swgw.inputs.panel import Panel, make_panel, typical_change
from swgw.inputs.wells import fit_som
from swgw.models.run import BOTH, Experiment, Run
from swgw.storage.results import ENGINE, Result

ALTERNATIVES = {
    "shorter": "the encoder half as long",
    "longer": "the encoder twice as long",
    "weather": "the coming weather unknown (or known, where the basin has it unknown)",
    "past": "no past values of the targets (or with them, where the basin has none)",
    "undamped": "forecasts start from persistence without damping",
    "climatology": "forecasts start from the climatology",
    "level": "the target is the standardised level",
    "lags": "monthly lags in the encoder alone",
    "fixed": "no random level augmentation",
    "two": "two clusters of wells",
    "five": "five clusters of wells",
}
"""By key, what is done in place of the book's assumption; "" stands for the book's own."""

LENGTHS = {"shorter": 0.5, "longer": 2.0}
CLUSTERS = {"two": 2, "five": 5}
FEWEST_WINDOWS = 2
"""Training years must hold so many encoders at least, where the encoder is made longer."""

SOURCES = (*ENGINE, "experiments/choices.py")
SEEDS = 2
SHOWN = "level"
"""The alternative that every profile trains."""


def possible(prepared: Prepared) -> list[str]:
    """List the alternatives that a basin allows."""
    settings, wells = prepared.basin.settings, prepared.heads.shape[1]
    room = int(prepared.inside("train").sum()) // FEWEST_WINDOWS
    impossible = {
        "shorter": settings.encoder_length < 2,
        "longer": 2 * settings.encoder_length > room,
        "lags": settings.target_gauge is None,
        "fixed": settings.target_gauge is None,
        "two": wells < 3,
        "five": wells < 6,
    }
    return [key for key in ALTERNATIVES if not impossible.get(key, False)]


def alternative(study, key: str, experiment: Experiment, seed: int) -> Result:
    """Describe a run with one assumption changed.

    Parameters
    ----------
    study : Study
    key : str
        Of :data:`ALTERNATIVES`; empty for the book's own assumptions at the same training budget.
    experiment : Experiment
    seed : int
    """
    windows = study.profile.fold_windows or study.profile.windows
    small = replace(study.profile, windows=windows, recurrent_windows=windows // 2)
    run = Plan(study.prepared, small).run(experiment, study.gauge, seed)
    changed = {
        "weather": {"weather_ahead": not run.weather_ahead},
        "past": {"history": not run.history},
        "fixed": {"level_shift": 0.0},
    }
    run = replace(run, **changed.get(key, {}))
    args = key, run, study.prepared, study.clusters
    more = {"label": f"assumption {key or 'none'}, {run.label}", "kind": "assumptions"}
    more |= {"cost": run.cost, "parts": run.epochs, "sources": SOURCES}
    name, settings = f"choice_{key or 'none'}_{run.label}", {"choice": key, "run": run.settings()}
    return study.kept(name, train_alternative, args, settings, **more)


def alternatives(study) -> list[Result]:
    """List the runs that pages show: one alternative, or all of them in profile full."""
    experiments, keys = [widest(study.tasks)], [SHOWN]
    if study.profile.grid:
        experiments = [*experiments, *(Experiment("TFT", "ST", (task,)) for task in study.tasks)]
        keys = possible(study.prepared)
    chosen = product(["", *keys], dict.fromkeys(experiments), study.profile.seeds[:SEEDS])
    return [alternative(study, *each) for each in chosen]


def widest(tasks: tuple[str, ...]) -> Experiment:
    """Name the transformer that learns all tasks of a basin."""
    return Experiment("TFT", "MT" if len(tasks) > 1 else "ST", BOTH if len(tasks) > 1 else tasks)


def train_alternative(
    key: str, run: Run, prepared: Prepared, clusters: pd.Series | None, folder: Path
) -> None:
    """Train a run with one assumption changed and write its hindcasts; torch is imported here."""
    from swgw.models.fit import fit

    settings = prepared.basin.settings
    length = max(1, round(LENGTHS.get(key, 1.0) * settings.encoder_length))
    basin = replace(prepared.basin, settings=replace(settings, encoder_length=length))
    prepared = replace(prepared, basin=basin)
    if key in CLUSTERS:
        clusters = fit_som(prepared, CLUSTERS[key]).clusters
    panel = changed_panel(key, make_panel(prepared, run.inputs(), clusters), prepared)
    fit(run, prepared, clusters, folder, interpret=False, panel=panel)


def changed_panel(key: str, panel: Panel, prepared: Prepared) -> Panel:
    """Change a panel as an alternative asks; most leave it as it is."""
    training = prepared.inside("train")
    if key == "lags":
        lagged = [name.startswith("surface_water_lag_") for name in panel.variables]
        return replace(panel, known=panel.known & ~np.array(lagged))
    if key in ("undamped", "climatology"):
        panel = replace(panel, fading=np.full_like(panel.fading, float(key == "undamped")))
    elif key == "level":
        panel = as_level(panel, training)
    else:
        return panel
    typical = typical_change(panel.target, panel.anchor, panel.fading, training)
    return replace(panel, typical=typical)


def as_level(panel: Panel, training: np.ndarray) -> Panel:
    """Make the target the level itself, standardised over the training years, started from zero."""
    value = panel.centre + panel.scale[:, None] * panel.target  # (series, time, target)
    mean = np.nanmean(value[:, training], axis=1)
    spread = np.nanstd(value[:, training], axis=1)
    spread = np.where(spread > 1e-9, spread, 1.0)
    target = (value - mean[:, None]) / spread[:, None]
    return replace(
        panel,
        target=target.astype(np.float32),
        centre=np.broadcast_to(mean[:, None], value.shape).astype(np.float32),
        scale=spread.astype(np.float32),
        anchor=np.zeros_like(panel.anchor),
    )
