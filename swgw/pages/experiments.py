"""What the page on the experiments shows: Table 2, the periods, a window, learning curves."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.experiments.table_2 import CONTROLS, TABLE_2
from swgw.models.run import Experiment
from swgw.plots import experiments as plots

PERIODS = ("train", "validation", "test")
LEARNING = {
    "ST": "single-task",
    "STw": "control, windows",
    "ST+": "control",
    "MT": "multi-task",
}


def _targets(study) -> dict[str, str]:
    word = words.surface_water_word(study)
    return {"surface_water": word, "head": "heads", "both": f"{word} and heads"}


def _names(study, tasks: tuple[str, ...]) -> str:
    return words.listing(
        _targets(study)[task] for task in ("surface_water", "head") if task in tasks
    )


def table_2(study) -> Markdown:
    """Table 2: the nine experiments and the three controls, and whether this basin has them."""
    done = {run.experiment for run in study.runs}
    counts = study.parameter_counts()
    rows = []
    for experiment in TABLE_2 + CONTROLS:
        ran = experiment in done
        rows.append(
            {
                "learning": LEARNING[experiment.arm],
                "model": f"**{experiment.name}**",
                "forecasts": _names(study, experiment.targets),
                "sees the past of": _names(study, experiment.past_of),
                "parameters": _parameters(counts, experiment) if ran else "–",
                "run here": "yes" if ran else _why_not(study, experiment),
            }
        )
    return words.table(pd.DataFrame(rows))


def _parameters(counts: pd.DataFrame, experiment: Experiment) -> str:
    target = "both" if len(experiment.targets) > 1 else experiment.targets[0]
    found = counts[(counts["model"] == experiment.name) & (counts["target"] == target)]
    return f"{int(found['parameters'].iloc[0]):,}" if len(found) else "–"


def _why_not(study, experiment: Experiment) -> str:
    lacking = {*experiment.past_of, *(("head",) if experiment.by_well else ())} - set(study.tasks)
    reasons = {"surface_water": "no gauge to forecast", "head": "no well observed often enough"}
    return words.listing(reasons[task] for task in sorted(lacking)) or "not in this profile"


def table_runs(study) -> Markdown:
    """Say for every model how long it learned, when its best state came, and its losses."""
    curves, rows = study.learning_curves(), []
    for (model, target), lines in curves.groupby(["model", "target"], sort=False):
        best = lines.loc[lines.groupby("run")["validation_loss"].idxmin()]
        presented = lines.groupby("run")["windows"].max()
        rows.append(
            {
                "model": f"**{model}**",
                "forecasts": _targets(study)[target],
                "runs": len(best),
                "windows presented": _span(presented, 0),
                "best state after": _span(best["windows"], 0),
                "validation loss": _span(best["validation_loss"], 3),
            }
        )
    return words.table(pd.DataFrame(rows))


def _span(values: pd.Series, digits: int) -> str:
    low, high = words.number(values.min(), digits), words.number(values.max(), digits)
    return low if low == high else f"{low} to {high}"


def figure_splits(study) -> Figure:
    """Training, validation and test years on a line of time, with windows to scale."""
    settings, prepared = study.basin.settings, study.prepared
    periods = {name: getattr(settings, name) for name in PERIODS}
    observed = {}
    if study.gauge is not None:
        observed[words.surface_water_word(study)] = prepared.surface_water[study.gauge].notna()
    if "head" in study.tasks:
        observed["heads"] = prepared.heads.notna().mean(axis=1)
    return plots.plot_periods(
        {name: (days.start, days.end) for name, days in periods.items()},
        pd.DataFrame(observed, index=prepared.time).astype(float),
        [window for name in PERIODS for window in _windows(study, name)],
    )


def issue_steps(study, period: str) -> np.ndarray:
    """Number the steps after which a window may be issued whose targets lie in a period."""
    settings, inside = study.basin.settings, study.prepared.inside(period)
    steps = np.flatnonzero(inside)
    last = steps[steps <= steps[-1] - settings.lead_times + 1] - 1
    return last[last >= settings.encoder_length - 1]


def _windows(study, period: str) -> list[plots.WindowSpan]:
    """Give the first and the last window of a period."""
    settings, time = study.basin.settings, study.prepared.time
    issues = issue_steps(study, period)
    ends = time[[*range(1, len(time)), -1]]  # a step ends where the next begins
    return [
        plots.WindowSpan(
            time[i - settings.encoder_length + 1], ends[i], ends[i + settings.lead_times], period
        )
        for i in (issues[0], issues[-1])
    ]


def words_splits(study) -> Markdown:
    """Say how many windows each period holds, and how little of it is independent."""
    settings, lines = study.basin.settings, []
    wells = len(study.prepared.heads.columns) if "head" in study.tasks else 0
    for name in PERIODS:
        issues = len(issue_steps(study, name))
        text = f"- **{plots.PERIOD_WORDS[name]}**, {words.period(getattr(settings, name))}: "
        text += words.count(issues, "issue time")
        if wells:
            text += f", with {words.count(wells, 'well')} at most {issues * wells:,} windows"
        lines.append(text + ".")
    years = len(issue_steps(study, "train")) / study.prepared.steps_per_year
    return Markdown(
        "\n".join(lines) + f"\n\nNeighbouring windows share all but one step of their encoder: the "
        f"training windows are many, yet they show about {words.number(years, 0)} years of weather."
    )


def words_profile(study) -> Markdown:
    """Say what this profile spends on a run."""
    profile = study.profile
    return Markdown(
        f"This page shows profile **{profile.name}**: {words.count(len(profile.seeds), 'seed')}, "
        f"{words.budget(profile)}. A run has {profile.epochs} parts and is validated after each; "
        "it stops once "
        f"{words.count(profile.patience, 'validation')} in a row brought no gain. "
        f"{words.count(len(study.runs), 'run')} in all."
    )


def figure_window(study) -> Figure:
    """Show one window of the test period: what the model sees and what it shall forecast."""
    settings, time = study.basin.settings, study.prepared.time
    issues = issue_steps(study, "test")
    step = issues[len(issues) // 2]
    span = time[step - settings.encoder_length + 1 : step + settings.lead_times + 1]
    rows = [(f"{label}", series.reindex(span), *flags) for label, series, *flags in _series(study)]
    return plots.plot_window(rows, time[step + 1])


def _series(study) -> list[tuple[str, pd.Series, bool, bool]]:
    """List the target series and the weather: label, series, known ahead, target."""
    prepared, settings = study.prepared, study.basin.settings
    found = []
    if study.gauge is not None:
        label, water = words.surface_water_label(study), prepared.surface_water[study.gauge]
        found.append((label, water, False, True))
        weather = prepared.weather_of_gauge(study.gauge)
    if "head" in study.tasks:
        heads = prepared.heads[prepared.inside("test")]
        well = heads.notna().sum().idxmax()
        found.append(("Head of the best-observed well [m]", prepared.heads[well], False, True))
        if study.gauge is None:
            weather = prepared.weather_of_well(well)
    units = {"precipitation": "mm/d", "temperature": "°C", "wind": "m/s", "pet": "mm/d"}
    known = settings.future_forcing == "observed"
    for name in list(weather.columns)[:3]:
        unit = f" [{units[name]}]" if name in units else ""
        found.append((name.replace("_", " ").capitalize() + unit, weather[name], known, False))
    return found


def figure_learning_curves(study) -> Figure:
    """Losses by windows presented, of every run at the target gauge."""
    curves = study.learning_curves()
    if "gauge" in curves:
        curves = curves[curves["gauge"].isna() | (curves["gauge"] == study.gauge)]
    return plots.plot_learning_curves(curves, _targets(study))


def words_training(study) -> Markdown:
    """Say how many runs stopped early, ended at their best, or began to overfit."""
    curves = study.learning_curves()
    groups = curves.groupby("run")
    best = curves.loc[groups["validation_loss"].idxmin()].set_index("run")["windows"]
    last = groups["windows"].max()
    ended_best = int((best == last).sum())
    early = int((groups.size() < study.profile.epochs).sum())
    return Markdown(
        f"Of {words.count(len(last), 'run')}, {ended_best} had their best validation loss at the "
        f"very end, so more windows might have helped them, and {early} stopped early. For the "
        "others the state of the best validation was kept, and what came after it thrown away."
    )
