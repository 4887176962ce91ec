"""What the page on uncertainty draws: reliability, coverage, width, CRPS and fans."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.experiments import intervals, uncertainty
from swgw.experiments.uncertainty import RAW, RECALIBRATED
from swgw.pages.simulations import references, trained
from swgw.plots import uncertainty as plots
from swgw.scores.conformal import LEVELS

FANS = 6


def has_folds(study) -> bool:
    """Whether forecasts of blocks left out of the fit are there."""
    return any(intervals.calibrated_models(study, task) for task in study.tasks)


def target_word(study, task: str) -> str:
    """Name a task on an axis."""
    return "Heads" if task == "head" else study.basin.settings.surface_water.capitalize()


def target_unit(study, task: str) -> str:
    """Give the unit of a task."""
    return "m" if task == "head" else study.basin.settings.unit


def interval_models(study, task: str) -> list[str]:
    """List the models that have intervals of some kind, trained ones first."""
    present = trained(study, task) + references(study, task)
    return [model for model in present if uncertainty.kinds(study, task, model)]


def quantile_models(study, task: str) -> list[str]:
    """List the models that give quantiles themselves."""
    return [m for m in trained(study, task) if RAW in uncertainty.kinds(study, task, m)]


def fullest(study, task: str) -> str:
    """Name the best-informed quantile model of Table 2."""
    own = quantile_models(study, task)
    return next(model for model in ("MT-TFT", "ST-TFT", *own) if model in own)


def figure_reliability(study) -> Figure:
    """Share of observations below each quantile, raw and recalibrated, for each target."""
    rows = []
    for task in study.tasks:
        for kind in (RAW, RECALIBRATED):
            for model in interval_models(study, task):
                if kind not in uncertainty.kinds(study, task, model):
                    continue
                shares = uncertainty.reliability(study, task, model, kind)
                rows += [
                    (target_word(study, task), kind, model, level, share)
                    for level, share in zip(LEVELS, shares, strict=True)
                ]
    lines = pd.DataFrame(rows, columns=["target", "kind", "model", "level", "share"])
    return plots.plot_reliability(lines)


def _shown(study, task: str) -> list[tuple[str, str]]:
    """Pick few models for figures by lead time: transformer, recurrent, reference."""
    best = fullest(study, task)
    shown = [(best, kind) for kind in uncertainty.kinds(study, task, best)]
    recurrent = best.replace("TFT", "LSTM")
    shown += [
        (model, RECALIBRATED)
        for model in (recurrent, "damped persistence")
        if model in intervals.calibrated_models(study, task)
    ]
    return shown


def _by_lead(study, task: str, pairs: list[tuple[str, str]], score: str) -> pd.DataFrame:
    """Give a score of some models by lead time: model, kind, lead_time, value, low, high."""
    rows = []
    for model, kind in pairs:
        for lead in range(1, study.basin.settings.lead_times + 1):
            found = uncertainty.interval_of(study, task, model, kind, score, lead)
            rows.append((model, kind, lead, found.value, found.low, found.high))
    return pd.DataFrame(rows, columns=["model", "kind", "lead_time", "value", "low", "high"])


def figure_coverage(study) -> Figure:
    """Coverage of the 80 % and 95 % intervals by lead time, with 90 % intervals of their own."""
    parts = []
    for task in study.tasks:
        for name in ("80", "95"):
            part = _by_lead(study, task, _shown(study, task), f"coverage_{name}")
            part[["value", "low", "high"]] *= 100
            parts.append(part.assign(target=target_word(study, task), nominal=int(name)))
    return plots.plot_coverage(pd.concat(parts), words.step_word(study.basin.settings.step))


def _summary_word(study, task: str) -> str:
    """Name a task and how its series are summarised."""
    return target_word(study, task) + (", median over wells" if task == "head" else "")


def figure_width(study) -> Figure:
    """Width of the 80 % interval by lead time."""
    parts, labels = [], []
    for task in study.tasks:
        part = _by_lead(study, task, _shown(study, task), "width_80")
        parts.append(part.assign(target=_summary_word(study, task)))
        labels.append(f"Width of the 80 % interval [{target_unit(study, task)}]")
    return plots.plot_by_lead(pd.concat(parts), labels, words.step_word(study.basin.settings.step))


def figure_crps(study) -> Figure:
    """CRPS by lead time of trained models and references."""
    parts, labels = [], []
    for task in study.tasks:
        kind = RECALIBRATED if has_folds(study) else RAW
        pairs = [
            (model, kind)
            for model in interval_models(study, task)
            if kind in uncertainty.kinds(study, task, model) and model != "climatology"
        ]
        part = _by_lead(study, task, pairs, "crps")
        parts.append(part.assign(target=_summary_word(study, task)))
        labels.append(f"CRPS [{target_unit(study, task)}]")
    step = words.step_word(study.basin.settings.step)
    return plots.plot_by_lead(pd.concat(parts), labels, step, bars=False)


def figure_fans(study) -> Figure:
    """The same forecasts, raw and recalibrated, around the observation missed by most."""
    task = study.tasks[0]
    model, seed = fullest(study, task), study.profile.seeds[0]
    hindcasts = {RAW: study.hindcast(task, model, seed)}
    if model in intervals.calibrated_models(study, task):
        hindcasts[RECALIBRATED] = intervals.calibrated(study, task, model, seed)
    series, first = _most_missed(hindcasts[RAW])
    leads = study.basin.settings.lead_times
    panels = {}
    for kind, hindcast in hindcasts.items():
        chosen = hindcast.sel(series=series)
        stop = min(first + FANS * leads, chosen.sizes["issue_time"])
        panels[f"{model}, {kind}"] = [
            _fan(chosen.isel(issue_time=i)) for i in range(first, stop, leads)
        ]
    fans = next(iter(panels.values()))
    obs = study.observed_chain(task)[series]
    obs = obs.loc[fans[0]["issue_time"] : fans[-1]["valid_time"][-1]]
    label = f"{target_word(study, task)} [{target_unit(study, task)}]"
    return plots.plot_fans(panels, obs, label)


def _most_missed(hindcast) -> tuple[str, int]:
    """Series and issue time some fans before the observation that lies farthest off its median."""
    error = np.abs(hindcast["observed"] - hindcast["median"]).fillna(0.0)
    scale = error.mean(["issue_time", "lead_time"])
    relative = (error / scale.where(scale > 0, 1.0)).mean("lead_time")
    relative = relative.transpose("series", "issue_time").to_numpy()
    series, issue = np.unravel_index(relative.argmax(), relative.shape)
    leads = hindcast.sizes["lead_time"]
    last = max(0, hindcast.sizes["issue_time"] - FANS * leads)
    return str(hindcast["series"].to_numpy()[series]), int(
        np.clip(issue - FANS * leads // 2, 0, last)
    )


def _fan(window) -> dict:
    return {
        "issue_time": pd.Timestamp(window["issue_time"].to_numpy()[()]),
        "valid_time": window["valid_time"].to_numpy(),
        "quantiles": window["quantiles"].transpose("lead_time", "quantile").to_numpy(),
        "levels": window["quantile"].to_numpy(),
    }
