"""A trained TFT fine-tuned to another basin: ``swgw transfer FROM_RUN FOLDER``.

A network fits a basin with the same inputs, step and lengths; where they differ, all differences
are named and nothing is done.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.folder import load_basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.inputs.panel import Panel, make_panel
from swgw.inputs.windows import issue_steps
from swgw.models.run import Experiment, Run
from swgw.scores.chains import chain_scores
from swgw.storage.errors import UserError
from swgw.storage.files import write_dataset, write_text
from swgw.storage.results import Result

SLOWER = 0.1
"""Learning rate of fine-tuning over that of the run."""

FEWER = 0.2
"""Windows presented in fine-tuning over those of the run."""

STEP_DAYS = {"D": (1, 1), "5D": (5, 6), "W": (7, 8), "MS": (28, 31)}
NEEDED = ("settings.json", "checkpoint.pt", "interpretation.nc")


@dataclass(frozen=True)
class Fit:
    """What a network and a basin must have in common; fields are in the words of messages."""

    tasks: tuple[str, ...]
    step: str
    encoder_length: int
    lead_times: int
    inputs: tuple[str, ...]
    inputs_known_ahead: tuple[str, ...]
    static_inputs: tuple[str, ...]
    classes: tuple[tuple[str, int], ...]


def transfer_run(
    from_run: Path, folder: str | Path, output: Path, say: Callable[[str], None]
) -> pd.DataFrame:
    """Fine-tune the network of a run to the basin of a folder.

    Parameters
    ----------
    from_run : Path
        Run folder of a TFT, as ``swgw book`` leaves them in ``<output>/<basin>/runs``.
    folder : str or Path
        The new basin.
    output : Path
        Gets ``<basin>/runs/transferred_…`` with checkpoint, hindcasts and ``scores.csv``.
    say : callable
        Is told, line by line, what happens.

    Returns
    -------
    DataFrame
        model ("as it was", "fine-tuned", "damped persistence"), task, series, nse, r2, rmse, n.

    Raises
    ------
    UserError
        Where the folder holds no finished TFT, or where it does not fit the basin.
    """
    run, weights, needed = read_run(Path(from_run))
    prepared = prepare_basin(load_basin(folder))
    run = replace(run, gauge=prepared.basin.settings.target_gauge)
    panel = make_panel(prepared, run.inputs(), _clusters(prepared))
    differences = compare(needed, fit_of_panel(panel, prepared))
    if differences:
        lines = "\n".join(f"  - {line}" for line in differences)
        raise UserError(f"the network of {from_run} does not fit {folder}:\n{lines}")
    target = Result(
        output / prepared.basin.settings.name / "runs",
        f"transferred_{run.label}",
        _fine_tune,
        (run, weights, prepared, panel),
        _settings(run, weights),
        prepared.basin.digest,
    )
    if not target.is_finished():
        say(f"Fine-tuning {run.experiment.name} in {target.path}")
        target.fill()
    return pd.read_csv(target.path / "scores.csv", dtype={"series": str})


def read_run(folder: Path) -> tuple[Run, dict, Fit]:
    """Read a run folder: the run, its best weights, and what a basin must have for it."""
    from swgw.models.training import load_checkpoint

    lacking = [name for name in NEEDED if not (folder / name).is_file()]
    if lacking:
        raise UserError(
            f"{folder}: found no {', '.join(lacking)}; expected the folder of a finished TFT run, "
            "as in _build/<basin>/runs/MT-TFT_…"
        )
    try:
        record = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["settings"]
        experiment = record.pop("experiment")
        experiment["targets"] = tuple(experiment["targets"])
        run = Run(Experiment(**experiment), **record)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{folder / 'settings.json'}: found settings of another kind ({error}); "
            "expected a run made by this version"
        ) from error
    weights = load_checkpoint(folder / "checkpoint.pt")["best"]
    return run, weights, _fit_of_run(folder, run, weights)


def _fit_of_run(folder: Path, run: Run, weights: dict) -> Fit:
    with xr.open_dataset(folder / "interpretation.nc") as reading:
        reading.load()
    first = folder / f"{run.experiment.targets[0]}.nc"
    with xr.open_dataset(first) as hindcast:
        times = pd.DatetimeIndex(hindcast["issue_time"].to_numpy())
    embedded = {
        name.split(".")[-2]: len(value)
        for name, value in weights.items()
        if ".input_embeddings.embeddings." in name
    }
    names = [str(name) for name in reading["static_variable"].to_numpy()]
    return Fit(
        run.experiment.targets,
        _step(times),
        reading.sizes["encoder_step"],
        reading.sizes["lead_time"],
        tuple(map(str, reading["encoder_variable"].to_numpy())),
        tuple(map(str, reading["decoder_variable"].to_numpy())),
        tuple(sorted(names)),
        tuple((name, embedded[name]) for name in names if name in embedded),
    )


def _step(times: pd.DatetimeIndex) -> str:
    """Name the step of issue times by the usual distance between them."""
    days = float(np.median(np.diff(times.to_numpy()) / np.timedelta64(1, "D")))
    return next((s for s, (low, high) in STEP_DAYS.items() if low <= days <= high), f"{days} d")


def fit_of_panel(panel: Panel, prepared: Prepared) -> Fit:
    """Describe what a basin offers a network."""
    known = [name for name, k in zip(panel.variables, panel.known, strict=True) if k]
    return Fit(
        panel.targets,
        prepared.basin.settings.step,
        panel.encoder_length,
        panel.lead_times,
        panel.variables,
        tuple(known),
        tuple(sorted(panel.static_reals + panel.static_classes)),
        tuple(zip(panel.static_classes, panel.class_counts, strict=True)),
    )


def compare(needed: Fit, found: Fit) -> list[str]:
    """List in words where a basin differs from what a network needs."""
    lines = []
    for name in ("tasks", "step", "encoder_length", "lead_times"):
        want, have = getattr(needed, name), getattr(found, name)
        if want != have:
            lines.append(f"{name}: found {_shown(have)}; expected {_shown(want)}")
    for name in ("inputs", "inputs_known_ahead", "static_inputs", "classes"):
        want, have = getattr(needed, name), getattr(found, name)
        missing = [_shown(item) for item in want if item not in have]
        more = [_shown(item) for item in have if item not in want]
        label = name.replace("_", " ")
        if missing:
            lines.append(f"{label}: the basin lacks {', '.join(missing)}")
        if more:
            lines.append(f"{label}: the network has no place for {', '.join(more)}")
        if not missing and not more and want != have:
            lines.append(f"{label}: found in the order {_shown(have)}; expected {_shown(want)}")
    return lines


def _shown(value) -> str:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], int):
        return f"{value[0]} with {value[1]} classes"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _clusters(prepared: Prepared) -> pd.Series | None:
    from swgw.experiments.study import CLUSTERS
    from swgw.inputs.wells import fit_som

    few = prepared.heads.shape[1] < CLUSTERS
    return None if few else fit_som(prepared, CLUSTERS).clusters


def _settings(run: Run, weights: dict) -> dict:
    """Everything that the result depends on beside the basin."""
    total = float(sum(value.double().sum() for value in weights.values()))
    return run.settings() | {"weights": total, "slower": SLOWER, "fewer": FEWER}


def _fine_tune(run: Run, weights: dict, prepared: Prepared, panel: Panel, folder: Path) -> None:
    from swgw.models.fit import make_network
    from swgw.models.losses import quantile_loss
    from swgw.models.training import Schedule, one_thread, predict, train

    issues = {name: issue_steps(panel, prepared.inside(name)) for name in ("train", "validation")}
    test = issue_steps(panel, prepared.inside("test"))
    schedule = Schedule(
        max(1, round(run.windows * FEWER)),
        run.epochs,
        run.patience,
        run.batch_size,
        run.per_row,
        run.stride,
        run.level_shift,
        run.learning_rate * SLOWER,
    )

    def write_curve(curve: list[dict]) -> None:
        write_text(folder / "learning_curve.csv", pd.DataFrame(curve).to_csv(index=False))

    with one_thread():
        network = make_network(run, panel)
        network.load_state_dict(weights)
        values = {"as it was": predict(network, panel, test)}
        checkpoint = folder / "checkpoint.pt"
        train(network, quantile_loss, panel, tuple(issues.values()), schedule, run.seed,
              checkpoint, write_curve)  # fmt: skip
        values["fine-tuned"] = predict(network, panel, test)
    values["damped persistence"] = _baseline(panel, test)
    _write(run, prepared, panel, test, values, folder)


def _baseline(panel: Panel, issues: np.ndarray) -> np.ndarray:
    """Damped persistence in the shape of a prediction."""
    steps = issues[:, None] + np.arange(1, panel.lead_times + 1)
    faded = panel.fading[:, None] * panel.anchor[:, issues][:, :, None]
    return (panel.centre[:, steps] + panel.scale[:, None, None] * faded)[..., None]


def _write(run: Run, prepared: Prepared, panel: Panel, test, values: dict, folder: Path) -> None:
    """Write hindcasts of the fine-tuned network and the scores of all."""
    from swgw.models.hindcast import task_hindcast
    from swgw.models.losses import QUANTILE_LEVELS

    tables = []
    for i, task in enumerate(panel.targets):
        for model, found in values.items():
            levels = QUANTILE_LEVELS if found.shape[-1] > 1 else None
            data = task_hindcast(
                prepared, task, run.gauge, panel.series, test, found[:, :, :, i], levels
            )
            tables.append(chain_scores([({"model": model, "task": task}, data)]))
            if model == "fine-tuned":
                write_dataset(data, folder / f"{task}.nc")
    table = pd.concat(tables)[["model", "task", "series", "nse", "r2", "rmse", "n"]]
    write_text(folder / "scores.csv", table.to_csv(index=False))


def summary_lines(scores: pd.DataFrame) -> str:
    """Median NSE over series by task and model, as text."""
    medians = scores.pivot_table(
        index="task", columns="model", values="nse", aggfunc="median", sort=False
    )
    return medians.round(3).to_string()
