"""Variants of the experiments: the grid of gauges and inputs, and other assumptions."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from swgw.basin.prepare import Prepared
from swgw.experiments.table_2 import Plan, widest
from swgw.inputs.panel import Panel, as_level, make_panel, often_observed, typical_change
from swgw.inputs.variables import upstream_gauge
from swgw.models.run import BOTH, Experiment, Profile, Run, tasks
from swgw.storage.results import Result

# Variants by task, each with one thing more than the one before; STw in profile full alone.
VARIANTS = {"surface_water": ("ST", "STw", "ST+", "MT"), "head": ("ST", "ST+", "MT")}

GRID_SEEDS = 3


def grid_runs(prepared: Prepared, profile: Profile) -> pd.DataFrame:
    """List the runs of the grid.

    Parameters
    ----------
    prepared : Prepared
    profile : Profile
        Without ``grid``, weather and past values are as ``basin.yml`` says: the first cell is that
        of Table 2, and gauges other than the target have surface water alone.

    Returns
    -------
    DataFrame
        gauge, weather_ahead, history, task, variant, seed, run, upstream (the gauge upstream of
        it, if it is one of the grid): one row a variant of a task and seed, the cell of Table 2
        first. Empty in a basin of one target.
    """
    settings, plan = prepared.basin.settings, Plan(prepared, profile)
    ahead, past = settings.future_forcing == "observed", settings.history
    conditions = list(product((ahead, not ahead), (past, not past)))[: 4 if profile.grid else 1]
    gauges = learnable_gauges(prepared) if len(tasks(prepared)) == len(BOTH) else ()
    gauges = gauges[: profile.gauges]
    upstream = {gauge: upstream_gauge(prepared, gauge) for gauge in gauges}
    weather = {gauge: prepared.weather_of_gauge(gauge) for gauge in gauges}
    alike = {g: next(o for o in gauges if weather[o].equals(weather[g])) for g in gauges}

    def run(gauge: str, ahead: bool, past: bool, task: str, variant: str, seed: int) -> Run:
        """Name a run; the same for variants and cells with the same inputs."""
        if variant == "ST+" and not past and profile.grid:  # the control has the inputs of STw
            variant = "STw" if task == "surface_water" else "ST"
        if (variant, task) == ("ST", "head"):  # the gauge's weather is all it gets of the gauge
            gauge = alike[gauge]
        experiment = Experiment("TFT", variant, BOTH if variant == "MT" else (task,))
        return replace(plan.run(experiment, gauge, seed), weather_ahead=ahead, history=past)

    cells = product(gauges, conditions, VARIANTS.items(), profile.seeds[:GRID_SEEDS])
    rows = [
        (gauge, *condition, task, variant, seed, run(gauge, *condition, task, variant, seed))
        for gauge, condition, (task, variants), seed in cells
        for variant in variants
        if profile.grid or (variant != "STw" and (gauge == gauges[0] or task == "surface_water"))
    ]
    columns = ["gauge", "weather_ahead", "history", "task", "variant", "seed", "run"]
    table = pd.DataFrame(rows, columns=columns)
    above = table["gauge"].map(upstream)
    return table.assign(upstream=above.where(above.isin(gauges), None))


def learnable_gauges(prepared: Prepared) -> tuple[str, ...]:
    """List gauges with enough observations to learn and to score, the target gauge first.

    Those on the same river come next: the gauge upstream of the target, those right below it.
    """
    target, water = prepared.basin.settings.target_gauge, prepared.surface_water
    enough = often_observed(prepared, water, "train", "test")
    usable = [gauge for gauge in water.columns[enough] if gauge != target]
    near = {upstream_gauge(prepared, target)}
    near |= {gauge for gauge in usable if upstream_gauge(prepared, gauge) == target}
    return (target, *sorted(usable, key=lambda gauge: gauge not in near))


# By key, what is done in place of the book's assumption; "" stands for the book's own.
ALTERNATIVES = yaml.safe_load(Path(__file__).with_name("alternatives.yml").read_text("utf-8"))

LENGTHS = {"shorter": 0.5, "longer": 2.0}
# Training years must hold so many encoders at least, where the encoder is made longer.
FEWEST_WINDOWS = 2

SEEDS = 2
# From the paper as printed to the book, one change after another; every profile trains these.
STEPS = ("printed", "inputs", "anomaly", "fixed", "")


def possible(prepared: Prepared) -> list[str]:
    """List the alternatives that a basin allows."""
    settings = prepared.basin.settings
    room = int(prepared.inside("train").sum()) // FEWEST_WINDOWS
    impossible = {
        "shorter": settings.encoder_length < 4,
        "longer": 2 * settings.encoder_length > room,
        "fixed": settings.target_gauge is None,
        "lags": settings.target_gauge is None,
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
    size = replace(study.profile, windows=study.profile.fold_windows or study.profile.windows)
    run = Plan(study.prepared, size).run(experiment, study.gauge, seed)
    printed = key in ("printed", "lags")
    shifted = not printed and key not in ("fixed", "inputs", "anomaly")
    run = replace(
        run, printed=printed, level_shift=run.level_shift * shifted,
        weather_ahead=run.weather_ahead != (key == "weather"),
        history=run.history != (key == "past"),
    )  # fmt: skip
    if run in study.all_runs and key in ("", "printed"):
        return study.result_of(run)
    args = key, run, study.prepared, study.clusters
    more = {"label": f"assumption {key or 'none'}, {run.label}", "kind": "assumptions"}
    more |= {"cost": run.cost, "parts": run.epochs}
    name, settings = f"choice_{key or 'none'}_{run.label}", {"choice": key, "run": run.settings()}
    return study.kept(name, train_alternative, args, settings, **more)


def alternatives(study) -> list[Result]:
    """List the runs that pages show: steps from the paper and its lags, or all in profile full."""
    known = ["", *possible(study.prepared)]
    keys = known if study.profile.grid else [key for key in (*STEPS, "lags") if key in known]
    chosen = product(keys, study.profile.seeds[:SEEDS])
    return [alternative(study, key, widest(study.tasks), seed) for key, seed in chosen]


def train_alternative(
    key: str, run: Run, prepared: Prepared, clusters: pd.Series | None, folder: Path
) -> None:
    """Train a run with one assumption changed and write its hindcasts; torch is imported here."""
    from swgw.models.fit import fit

    settings = prepared.basin.settings
    length = max(1, round(LENGTHS.get(key, 1.0) * settings.encoder_length))
    basin = replace(prepared.basin, settings=replace(settings, encoder_length=length))
    prepared = replace(prepared, basin=basin)
    panel = changed_panel(key, make_panel(prepared, run.inputs(), clusters), prepared)
    fit(run, prepared, clusters, False, folder, panel)


def changed_panel(key: str, panel: Panel, prepared: Prepared) -> Panel:
    """Change a panel as an alternative asks; most leave it as it is."""
    training = prepared.inside("train")
    if key in ("level", "inputs"):
        return as_level(panel, training)
    if key == "lags":
        return without_lags(panel)
    if key not in ("undamped", "climatology", "anomaly"):
        return panel
    fading = np.full_like(panel.fading, float(key == "undamped"))
    typical = typical_change(panel.target, panel.anchor, fading, training)
    return replace(panel, fading=fading, typical=typical)


def without_lags(panel: Panel) -> Panel:
    """Leave out surface water of earlier months."""
    kept = [k for k, name in enumerate(panel.variables) if "_lag_" not in name]
    parts = {"known": panel.known[kept], "drifts": panel.drifts[kept]}
    names = tuple(panel.variables[k] for k in kept)
    return replace(panel, variables=names, values=panel.values[..., kept], **parts)
