"""What the page on the drivers shows of the network: Fig. 15, and what really moves each well."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.attribution import tests as trust
from swgw.attribution.truth import driver_effects, shares
from swgw.attribution.work import lack
from swgw.book import text as words
from swgw.pages import needs
from swgw.pages.attention import readings, tft
from swgw.pages.tested import interval_text, needs_probe
from swgw.plots import drivers as plots
from swgw.plots import trust as tested_plots
from swgw.scores import ranks
from swgw.scores.rounding import with_interval

SHOWN, FEW = 18, 8
"""Inputs of the encoder drawn in Fig. 15, and of the others; longer lists would not be read."""

TITLES = {
    "static": "static inputs",
    "encoder": "inputs of the encoder",
    "decoder": "inputs of the decoder",
}
MEANING = {
    "agrees": "tell much",
    "agrees weakly": "tell something",
    "tells nothing": "tell nothing that chance would not",
    "misleads": "tell the opposite",
    "not judged": "are not judged, with one seed, as a sign",
}


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


def _band(study, kind: str) -> tuple[float, ...] | None:
    """Give range and largest of the weights [%] on shuffled inputs; None without such."""
    if lack(study):
        return None
    table = 100 * trust.weight_table(study, kind)
    return None if table.empty else tuple(table.filter(like="null").iloc[0])


def figure_15(study) -> Figure:
    """Fig. 15: static and dynamic selection weights of the TFT, beside shuffled inputs."""
    panels, bands = {}, {}
    for letter, kind in zip("abc", ("static", "encoder", "decoder"), strict=True):
        weights = _importance(study, kind)
        top = weights.mean(axis=1).nlargest(SHOWN if kind == "encoder" else FEW).index
        title = f"({letter}) " + TITLES[kind]
        panels[title] = weights.loc[top].rename(index=lambda v: nice(study, v))
        bands[title] = _band(study, kind)
    return plots.plot_importances(panels, bands)


def targets(study) -> list[str]:
    """List what the TFT that is read forecasts."""
    return [str(target) for target in readings(study)[0]["target"].to_numpy()]


@needs_probe()
def figure_permutation(study) -> Figure:
    """Selection weights beside the rise of the loss when an input is exchanged."""
    weights = _importance(study, "encoder")
    top = weights.mean(axis=1).nlargest(SHOWN).index
    losses = {
        _target(study, target): 100 * trust.importance_table(study, target).loc[top]
        for target in targets(study)
    }
    return tested_plots.plot_weights_and_needs(
        weights.loc[top].rename(index=lambda v: nice(study, v)),
        {name: frame.rename(index=lambda v: nice(study, v)) for name, frame in losses.items()},
        _band(study, "encoder"),
    )


@needs_probe()
def figure_groups(study) -> Figure:
    """Permutation importance of groups of inputs, exchanged with any time or within the season."""
    ways = {"with any other time": "rise_of_group", "with the same weeks of another year":
            "rise_in_season"}  # fmt: skip
    panels = {
        _target(study, target): {
            way: 100 * trust.importance_table(study, target, kind) for way, kind in ways.items()
        }
        for target in targets(study)
    }
    return tested_plots.plot_groups(panels)


def words_weights(study) -> Markdown:
    """Say which inputs weigh most, and which of them beyond what shuffled inputs give."""
    text = f"In **{tft(study)}** the largest weights are on "
    for kind in ("encoder", "decoder", "static"):
        weights = _importance(study, kind).mean(axis=1).sort_values(ascending=False)
        if len(weights):
            text += f"{_largest(study, weights, 3)} ({TITLES[kind]}; spread evenly, each of "
            text += f"{len(weights)} would have {words.number(100 / len(weights), 1)} %); "
    return Markdown(text.rstrip("; ") + "." + _beyond(study))


def _beyond(study) -> str:
    """Count the weights beyond those of networks on shuffled inputs."""
    if lack(study):
        return ""
    parts, most = [], []
    for kind in ("encoder", "decoder", "static"):
        table = trust.weight_table(study, kind)
        if len(table):
            above = int((table["value"] > table["null_high"]).sum())
            beyond = int((table["value"] > table["null_most"]).sum())
            parts.append(f"{above} of {len(table)} {TITLES[kind]}")
            most.append(
                f"{words.percent(table['null_most'].iloc[0])} ({TITLES[kind]}; {beyond} above)"
            )
    return (
        " Networks of the same build, trained on inputs shuffled in time, spread their weights "
        "over the grey ranges, in which nine of ten weights lie that mean nothing. Above them "
        f"are {words.listing(parts)}; by chance it would be one in twenty. One input may take much "
        f"even there: the largest weight on nonsense is {words.listing(most)}."
    )


@needs_probe()
def words_importance(study) -> Markdown:
    """Say which inputs the forecasts need, and whether weights and needs agree."""
    lines = []
    for target in targets(study):
        need = (100 * trust.importance_table(study, target)).sort_values("value", ascending=False)
        sure = need.index[need["low"] > 0]
        both = trust.weights_and_needs(study, target)
        lines.append(
            f"- **{_target(study, target)}**: exchanging hurts most for "
            f"{_largest(study, need['value'], 3)}; for {len(sure)} of {len(need)} inputs the "
            f"rise is above zero with its whole interval. The ranks of weight and of need "
            f"correlate with {interval_text(both)}: the weights {MEANING[ranks.trust(both)]} of "
            "what this forecast needs."
        )
    return Markdown("\n".join(lines))


@needs_probe()
def table_static(study) -> Markdown:
    """Give the static inputs' weights and what exchanging them among wells costs."""
    weights = 100 * trust.weight_table(study, "static")
    rows = []
    for target in targets(study):
        need = 100 * trust.importance_table(study, target, "rise_of_static")
        for name, row in need.iterrows():
            weight = weights["value"].get(name, float("nan"))
            rows.append(
                {
                    "input": words.escape(nice(study, name)),
                    "forecast": _target(study, target),
                    "weight [%]": words.number(weight, 1),
                    "rise of the loss [%]": with_interval(*row[["value", "low", "high"]], 1),
                }
            )
    return words.table(pd.DataFrame(rows)) if rows else Markdown("This model has no static inputs.")


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
