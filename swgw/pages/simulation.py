"""What section 3.6 shows: heads simulated for years without a past head."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.book.export import KeptTable
from swgw.experiments.simulation import MOST_WELLS, able_wells, river_of, simulations_of
from swgw.experiments.simulation_scores import scored, simulation_scores
from swgw.models import pastas as response
from swgw.pages import needs
from swgw.plots import simulation as plots
from swgw.scores import bootstrap
from swgw.storage.errors import install

MOST_PANELS = 3
FEWEST = 3
"""A median of fewer wells is not given."""
NO_PASTAS = (
    " Pastas {cite}`collenteur2019`, which would stand beside the network, is not installed: "
    f"`{install('pastas')}` adds it."
)


@needs("simulation")
def words_setting(study) -> Markdown:
    """Say which wells are simulated from what, and whether the basin asks for it."""
    found, settings = simulations_of(study), study.basin.settings
    able = len(able_wells(study.prepared))
    inputs = [name for name in study.prepared.variables if name in ("precipitation", "temperature")]
    if river_of(study.prepared, found.wells[0]) is not None:
        inputs.append(f"the river's {words.surface_water_word(study)}")
    asks = (
        "This basin's `basin.yml` says `history: true`: its forecasts on the other pages start "
        "from past heads, and this page shows what is left without them"
        if settings.history
        else "This basin's `basin.yml` says `history: false`: past heads are no inputs anywhere in "
        "this book, and this page is what such a basin is for"
    )
    return Markdown(
        f"{asks}. Simulated here: {_which(study, len(found.wells), able)}, from "
        f"{words.listing(inputs)}, with "
        f"{words.count(len(found.seeds), 'seed')}, over {words.period(settings.test)}, which is "
        f"{words.number(_years_ahead(study), 1)} years at most after the last head that was used."
        f"{'' if response.available() else NO_PASTAS}"
    )


def _which(study, simulated: int, able: int) -> str:
    """Say how many of the wells that could be are simulated, and how many ``full`` would take."""
    if simulated == able:
        return (
            f"{words.count(able, 'well')}, all that {'has' if able == 1 else 'have'} enough heads"
        )
    most = min(able, MOST_WELLS["full"])
    more = f" (profile `full` takes {most})" * (most > simulated)
    return f"{simulated} of the {able} wells that have enough heads{more}"


def _years_ahead(study) -> float:
    settings = study.basin.settings
    return (settings.test.end - settings.train.end).days / 365.25


@needs("simulation")
def figure_years(study) -> Figure:
    """Draw the simulated test years of some wells, with their bands."""
    panels = {
        f"{_name(study, well)}": scored(study, well)
        for well in simulations_of(study).wells[:MOST_PANELS]
    }
    return plots.plot_years(panels)


def _name(study, well: str) -> str:
    name = study.basin.wells.get("name", pd.Series(dtype=str)).get(well, "")
    return f"well {well}" if name in ("", well) else f"well {well}, {name}"


@needs("simulation")
def figure_scores(study) -> Figure:
    """Draw the NSE of every simulated well beside its references."""
    table = simulation_scores(study)
    return plots.plot_scores(table.assign(name=table["well_id"]))


@needs("simulation")
def table_scores(study) -> Markdown:
    """List the scores of every simulated well; ``simulation.csv`` has them too."""
    rows = [
        {
            "well": words.escape(line.well_id),
            "NSE, network": f"{words.number(line.value)} "
            f"({words.number(line.low)} to {words.number(line.high)})",
            "its seeds averaged": words.number(line.mean),
            "Pastas": words.number(line.response),
            "climatology": words.number(line.climatology),
            "RMSE [m]": words.number(line.rmse),
            "in the 80 % band": words.percent(line.coverage_80),
            "in the 95 % band": words.percent(line.coverage_95),
        }
        for line in simulation_scores(study).itertuples()
    ]
    text = words.table(pd.DataFrame(rows)).data
    return KeptTable(text, "simulation", simulation_scores(study))


@needs("simulation")
def words_scores(study) -> Markdown:
    """Sum the scores up: against climatology, against Pastas, and the bands."""
    table = simulation_scores(study)
    lines = [
        f"- {_typical(table)} The network beats climatology, which knows the season alone, at "
        f"{(table['value'] > table['climatology']).sum()} of {words.count(len(table), 'well')}."
    ]
    if table["response"].notna().any():
        lines.append(f"- Against Pastas: {_against(study, table)}")
    lines.append(
        f"- The bands of 80 % and 95 % hold {words.percent(table['coverage_80'].mean())} and "
        f"{words.percent(table['coverage_95'].mean())} of the observations, on average over wells."
    )
    worse = table[table["value"] < table["climatology"]]
    if len(worse):
        named = words.listing(words.escape(well) for well in worse["well_id"])
        lines.append(
            f"- At {named} the season alone does better. Something moves the head there that is "
            "neither this weather nor this river, or the level has shifted since the training "
            "years: a simulation that sees no head cannot know."
        )
    return Markdown("\n".join(lines))


def _typical(table: pd.DataFrame) -> str:
    """Give the median NSE of network and climatology, or where there are few wells each of them."""
    if len(table) >= FEWEST:
        own, season = (words.number(table[name].median()) for name in ("value", "climatology"))
        return f"The median NSE is {own}; that of climatology {season}."
    each = [
        f"{words.number(line.value)} against {words.number(line.climatology)} of climatology at "
        f"well {words.escape(line.well_id)}"
        for line in table.itertuples()
    ]
    return f"The network's NSE is {words.listing(each)}: too few wells for a median."


def _against(study, table: pd.DataFrame) -> str:
    """Say how the network stands against Pastas, judged over wells where there are several."""
    gain = (table["value"] - table["response"]).to_numpy()
    text = f"the median difference in NSE is {words.number(np.nanmedian(gain))}"
    if len(gain) < 4:
        return f"{text}; fewer than four wells are no sample to judge it by."
    found = bootstrap.sample_interval(gain, seeds=len(simulations_of(study).seeds))
    said = bootstrap.verdict(found)
    return (
        f"{text} ({words.number(found.low)} to {words.number(found.high)} over wells); that the "
        f"network is better is **{said}**."
    )
