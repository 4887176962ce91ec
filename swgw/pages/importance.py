"""What the page on the drivers shows of the network: Fig. 15, and what really moves each well."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw import words
from swgw.interpret import driver_effects, shares
from swgw.pages import needs
from swgw.pages.attention import readings, tft
from swgw.plots import drivers as plots

SHOWN = 18
"""Dynamic inputs drawn in Fig. 15; a longer list would not be read."""


def _importance(study, name: str) -> pd.DataFrame:
    """Give selection weights [%] of one kind: DataFrame (variable, seed)."""
    frames = {
        seed: reading[f"{name}_importance"].to_series()
        for seed, reading in zip(study.profile.seeds, readings(study), strict=True)
    }
    return 100 * pd.DataFrame(frames)


def nice(study, variable: str) -> str:
    """Name an input as a reader would: surface_water_lag_4 is discharge, lag 4."""
    text = variable.replace("surface_water", words.surface_water_word(study))
    if "_lag_" in text:
        return text.replace("_lag_", ", lag ") + " mo"
    if text.endswith("_observed"):
        return f"flag: {text.removesuffix('_observed').replace('_', ' ')} observed"
    return "past head" if text == "head" else text.replace("_", " ")


def _target(study, target: str) -> str:
    return "head" if target == "head" else words.surface_water_word(study)


def figure_15(study) -> Figure:
    """Fig. 15: static and dynamic selection weights of the TFT."""
    dynamic = _importance(study, "encoder")
    top = dynamic.mean(axis=1).nlargest(SHOWN).index
    statics = _importance(study, "static")
    panels = {
        "(a) static inputs": statics.rename(index=lambda v: nice(study, v)),
        "(b) inputs of the encoder": dynamic.loc[top].rename(index=lambda v: nice(study, v)),
    }
    return plots.plot_importances(panels)


def _losses(study) -> dict[str, pd.DataFrame]:
    """Give permutation importance [%] by target: DataFrame (variable, seed)."""
    found = {}
    for seed, reading in zip(study.profile.seeds, readings(study), strict=True):
        for target in reading["target"].to_numpy():
            values = reading["permutation_importance"].sel(target=target).to_series()
            found.setdefault(str(target), {})[seed] = 100 * values
    return {target: pd.DataFrame(columns) for target, columns in found.items()}


def figure_permutation(study) -> Figure:
    """Selection weights beside the rise of the loss when an input is shuffled."""
    weights = _importance(study, "encoder")
    top = weights.mean(axis=1).nlargest(SHOWN).index
    losses = {
        _target(study, target): frame.loc[top].rename(index=lambda v: nice(study, v))
        for target, frame in _losses(study).items()
    }
    return plots.plot_weights_and_losses(
        weights.loc[top].rename(index=lambda v: nice(study, v)), losses
    )


def words_importance(study) -> Markdown:
    """Say which inputs weigh most, and whether shuffling them agrees."""
    weights = _importance(study, "encoder").mean(axis=1).sort_values(ascending=False)
    statics = _importance(study, "static").mean(axis=1).sort_values(ascending=False)
    even = 100 / len(weights)
    text = f"In {tft(study)} the largest weights are on {_largest(study, weights, 4)}; "
    text += (
        f"spread evenly, each of the {len(weights)} inputs would have {words.number(even, 1)} %."
    )
    if len(statics):
        text += f" Of the static inputs, {_largest(study, statics, 3)}."
    for target, frame in _losses(study).items():
        loss = frame.mean(axis=1)
        rank = weights.rank().corr(loss.rank())
        text += (
            f" For the {_target(study, target)}, shuffling hurts most for "
            f"{_largest(study, loss.sort_values(ascending=False), 3)}; the ranks of weight and of "
            f"loss correlate with {words.number(rank)} over {len(loss)} inputs."
        )
    return Markdown(text)


def _largest(study, values: pd.Series, count: int) -> str:
    parts = [f"{words.escape(nice(study, n))} ({words.number(v, 1)} %)" for n, v in values.items()]
    return words.listing(parts[:count])


def true_effects(study, within_years: bool = False) -> pd.DataFrame:
    """Give each driver's effect at each well [m], nearest wells first where there is a river."""
    effects = driver_effects(study.truth.contributions(), within_years)
    distance = study.basin.wells.get("distance_to_river")
    if distance is not None:
        effects = effects.loc[distance.reindex(effects.index).sort_values().index]
    return effects


@needs("truth", "wells:1")
def figure_truth(study) -> Figure:
    """What really moves each well of a virtual basin."""
    effects = true_effects(study)
    return plots.plot_truth(shares(effects), shares(true_effects(study, True)), effects)


def groups_of_inputs(study) -> pd.Series:
    """Sum the selection weights [%] by what the inputs are: Series (group,)."""
    weights = _importance(study, "encoder").mean(axis=1)

    def group(variable: str) -> str:
        if variable.startswith("season") or variable.endswith("climatology"):
            return "calendar and climatology"
        if "surface_water" in variable:
            return "surface water, now and lagged"
        if variable.startswith("head"):
            return "the head's own past"
        return "weather"

    return weights.groupby(group).sum().sort_values(ascending=False)


def _medians(share: pd.DataFrame) -> str:
    medians = share.median().sort_values(ascending=False)
    return words.listing(f"{name} {words.percent(value)}" for name, value in medians.items())


@needs("truth", "wells:1")
def words_truth(study) -> Markdown:
    """Set the model's weights beside the true drivers' shares."""
    effects = true_effects(study)
    share = shares(effects)
    leading = share.drop(columns="interaction").idxmax(axis=1).value_counts()
    leaders = [f"{name} at {words.count(int(n), 'well')}" for name, n in leading.items()]
    truth, within = (_medians(frame) for frame in (share, shares(true_effects(study, True))))
    weights = [f"{name} {words.number(v, 0)} %" for name, v in groups_of_inputs(study).items()]
    return Markdown(
        f"**In truth** the leading driver is {words.listing(leaders)}. Shares of the drivers' "
        f"variance at the median well: {truth}. Within the years, with slow changes taken away: "
        f"{within}.\n\n"
        f"**In the model** the selection weights lie on {words.listing(weights)}. Pumping and "
        "irrigation are no inputs: what they do can reach the model only through the head's own "
        "past, the calendar and the weather."
    )
