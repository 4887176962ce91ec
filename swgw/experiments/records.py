"""What runs tell of themselves: learning curves and numbers of parameters."""

import pandas as pd

from swgw.models.run import Run
from swgw.storage.results import Result


def learning_curves(runs: list[tuple[Run, Result]]) -> pd.DataFrame:
    """Put the learning curves of finished runs under one another.

    Returns
    -------
    DataFrame
        run, model, target, seed, gauge, windows, train_loss, validation_loss.
    """
    curves = [
        pd.read_csv(folder.path / "learning_curve.csv").assign(**_who(run), run=run.label)
        for run, folder in runs
    ]
    return pd.concat(curves, ignore_index=True)


def parameter_counts(runs: list[tuple[Run, Result]]) -> pd.DataFrame:
    """Count the trainable parameters of runs: model, target, parameters."""
    rows = []
    for run, folder in runs:
        text = (folder.path / "parameters.txt").read_text(encoding="utf-8")
        rows.append(_who(run) | {"parameters": int(text)})
    return pd.DataFrame(rows).drop(columns=["seed", "gauge"])


def _who(run: Run) -> dict:
    experiment = run.experiment
    target = "both" if len(experiment.targets) > 1 else experiment.targets[0]
    return {"model": experiment.name, "target": target, "seed": run.seed, "gauge": run.gauge}
