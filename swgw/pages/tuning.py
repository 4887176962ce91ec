"""What the page on tuning shows: the settings in use, and the search for them, if any."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.experiments.table_2 import tuning_files
from swgw.pages import placeholder_figure
from swgw.plots import tuning as plots

SETTINGS = (
    "hidden_size",
    "attention_heads",
    "dropout",
    "learning_rate",
    "batch_size",
    "level_shift",
)
NO_SEARCH = ["no search of its own in this profile; the settings in use stand in the table above"]


def table_settings(study) -> Markdown:
    """Give the settings with which every model of this study was trained."""
    rows = {}
    for run in study.runs:
        row = {"model": f"**{run.experiment.model}**"}
        row |= {name.replace("_", " "): _setting(run, name) for name in SETTINGS}
        rows[run.experiment.model] = row
    order = [name for name in ("GRU", "LSTM", "TFT") if name in rows]
    return words.table(pd.DataFrame([rows[name] for name in order]))


def _setting(run, name: str) -> str:
    """Write a setting by three digits; a recurrent model has no attention."""
    if name == "attention_heads" and run.experiment.model != "TFT":
        return "–"
    return f"{getattr(run, name):.3g}"


def _ranges() -> str:
    """Say over which values a search goes."""
    from swgw.experiments.tune import DROPOUT, HIDDEN_SIZES, LEARNING_RATE

    sizes = words.listing(map(str, HIDDEN_SIZES))
    return (
        f" A search tries hidden sizes of {sizes}, dropout from {DROPOUT[0]:g} to {DROPOUT[1]:g} "
        f"and learning rates from {LEARNING_RATE[0]:g} to {LEARNING_RATE[1]:g}, on a logarithmic "
        "scale; attention heads, the batch size and the shift of levels are not searched."
    )


def words_state(study) -> Markdown:
    """Say whether a search was run for this basin, and where the settings come from."""
    trials, step = study.tuning(), words.step_word(study.basin.settings.step)
    if trials.empty:
        text = (
            f"**No search was run for this basin**, nor for a step of {step}: its models use the "
        )
        return Markdown(f"{text}committed settings for that step.{_ranges()}{_cut(study)}")
    counts = trials.groupby("model", sort=False).size()
    parts = [f"{words.count(int(n), 'trial')} of {model}" for model, n in counts.items()]
    where = "on this basin"
    if not _searched_here(study):
        where = (
            f"on the basin that comes with the book, and serves every basin with a step of {step}"
        )
    text = f"A search was run {where}: {words.listing(parts)}, scored on the validation period."
    return Markdown(text + _ranges() + _cut(study))


def _searched_here(study) -> bool:
    _, own = tuning_files(study.basin)
    return own.exists()


def _cut(study) -> str:
    """Say where a profile overrides the hidden size."""
    if study.profile.hidden_size is None:
        return ""
    sizes = words.listing(map(str, sorted({run.hidden_size for run in study.runs})))
    return f" Profile `{study.profile.name}` cuts the hidden size to {sizes} so that it is quick."


def _searched(trials: pd.DataFrame) -> list[str]:
    """List the settings that vary over the trials."""
    names = [c for c in trials.select_dtypes("number") if c not in ("trial", "value", "seed")]
    return [name for name in names if trials[name].min() < trials[name].max()]


def figure_history(study) -> Figure:
    """Draw the loss of each trial and the best so far."""
    trials = study.tuning()
    return placeholder_figure(NO_SEARCH) if trials.empty else plots.plot_history(trials)


def figure_slices(study) -> Figure:
    """Draw the loss against each setting."""
    trials = study.tuning()
    names = [] if trials.empty else _searched(trials)
    return plots.plot_slices(trials, names) if names else placeholder_figure(NO_SEARCH)


def words_best(study) -> Markdown:
    """Give the best trial of each model, and how far it lies above the median trial."""
    trials = study.tuning()
    if trials.empty:
        return Markdown("")
    lines = []
    for model, group in trials.groupby("model", sort=False):
        best = group.loc[group["value"].idxmin()]
        values = [f"{n.replace('_', ' ')} {best[n]:.3g}" for n in _searched(trials)]
        lines.append(
            f"- **{model}**: {words.listing(values)}; loss {words.number(best['value'], 3)}, "
            f"against {words.number(group['value'].median(), 3)} of the median trial."
        )
    return Markdown("\n".join(lines))


def figure_design(study) -> Figure:
    """Show why a random search tries more values of each setting than a grid of as many points."""
    side = (np.arange(3) + 0.5) / 3
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    rng = np.random.default_rng(3)
    random = np.stack([(rng.permutation(9) + rng.random(9)) / 9 for _ in range(2)], axis=-1)
    return plots.plot_design({"a grid of nine": grid, "nine at random": random})
