"""Section 2.4: the architectures (Figs. 3 and 4) and their sizes."""

import textwrap

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.text import MODELS, count, listing, number, step_word, surface_water_label, table
from swgw.plots import models as plots

STATICS = {"distance_to_river": "distance", "surface_elevation": "elevation"}
NOT_STATIC = ("longitude", "latitude", "name", "gauge_id")
TARGETS = {"surface_water": "surface water", "head": "heads", "both": "surface water and heads"}


def targets_of(study) -> list[str]:
    """Name what the basin's models forecast, with units."""
    labels = {"surface_water": surface_water_label(study).lower(), "head": "head [m]"}
    return [labels[task] for task in study.tasks]


def statics_of(study) -> list[str]:
    """Name the static inputs of a well."""
    columns = [c for c in study.basin.wells.columns if c not in NOT_STATIC]
    names = [STATICS.get(c, c.replace("_", " ")) for c in columns]
    return names + ["cluster"] * (study.som is not None)


def weather_of(study) -> list[str]:
    """Name the weather variables."""
    return [c.replace("_", " ") for c in study.basin.forcing.columns if c not in ("date", "place")]


def figure_3(study) -> Figure:
    """Draw the CNN–RNN (Fig. 3)."""
    names = {"surface_water": "past surface water", "head": "past heads"}
    inputs = ["weather, season"]
    inputs += [names[task] for task in study.tasks] * study.basin.settings.history
    inputs += ["statics of the well"] * ("head" in study.tasks)
    settings = study.basin.settings
    targets = [text.replace(" [", "\n[") for text in targets_of(study)]
    return plots.plot_cnn_rnn(inputs, targets, settings.encoder_length, settings.lead_times)


def figure_4(study) -> Figure:
    """Draw the Temporal Fusion Transformer (Fig. 4)."""
    names = {"surface_water": "surface water with its lags", "head": "heads"}
    settings = study.basin.settings
    history = [names[task] for task in study.tasks] * settings.history
    known = ["weather"] * (settings.future_forcing == "observed") + ["season"]
    known += ["long lags"] * (settings.history and "surface_water" in study.tasks)
    statics = statics_of(study)
    inputs = (
        _wrapped("statics: " + (", ".join(statics[:4]) if statics else "none"), 20),
        _wrapped("history: " + ", ".join(["weather", *history]), 30),
        _wrapped("steps ahead: " + ", ".join(known), 30),
    )
    return plots.plot_tft(inputs, targets_of(study))


def _wrapped(text: str, width: int) -> str:
    """Break a text into two lines at most."""
    return "\n".join(textwrap.wrap(text, width, max_lines=2, placeholder=" …"))


def words_inputs(study) -> Markdown:
    """Say what this basin's models see and forecast."""
    settings = study.basin.settings
    step = step_word(settings.step)
    weather = (
        "The weather of the steps ahead is known to the models (`future_forcing: observed`), so "
        "they simulate rather than forecast: part of what looks like foresight is given."
        if settings.future_forcing == "observed"
        else "The weather of the steps ahead is hidden from the models (`future_forcing: none`)."
    )
    wells = f" Statics of a well: {listing(statics_of(study))}." * ("head" in study.tasks)
    return Markdown(
        f"A window holds {count(settings.encoder_length, 'step')} of history and "
        f"{count(settings.lead_times, 'step')} ahead, each {step} long. Weather: "
        f"{listing(weather_of(study))}. {weather}{wells}"
    )


def _counts(study) -> pd.DataFrame:
    """Parameter counts in the order of the tables, with a label for each run."""
    counts = study.parameter_counts().copy()
    counts["target"] = counts["target"].map(TARGETS)
    counts["label"] = counts["model"] + ", " + counts["target"]
    order = counts["model"].map({name: place for place, name in enumerate(MODELS)})
    return counts.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def figure_parameters(study) -> Figure:
    """Draw the number of parameters of each model."""
    return plots.plot_parameters(_counts(study))


def table_parameters(study) -> Markdown:
    """List the number of parameters of each model."""
    counts = _counts(study)
    counts["parameters"] = counts["parameters"].map(lambda n: number(n, 0))
    return table(counts[["model", "target", "parameters"]])


def words_parameters(study) -> Markdown:
    """Compare the sizes of the models."""
    counts = _counts(study).sort_values("parameters", kind="stable")
    small, large = counts.iloc[0], counts.iloc[-1]
    ratio = large["parameters"] / small["parameters"]
    return Markdown(
        f"The smallest is {small['model']} for {small['target']} with "
        f"{number(small['parameters'], 0)} parameters, the largest {large['model']} for "
        f"{large['target']} with {number(large['parameters'], 0)}, {number(ratio, 1)} times as "
        "many."
    )
