"""What section 3.6 shows: heads simulated for years without a past head."""

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.book.export import KeptTable
from swgw.experiments.simulation import MOST_WELLS, SEEDS, able_wells, river_of
from swgw.models import pastas as response
from swgw.pages import needs
from swgw.plots import simulation as plots
from swgw.scores import bootstrap
from swgw.scores.conformal import LEVELS
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
    wells, settings = study.simulated, study.basin.settings
    able = len(able_wells(study.prepared))
    inputs = [name for name in study.prepared.variables if name in ("precipitation", "temperature")]
    if river_of(study.prepared, wells[0]) is not None:
        inputs.append(f"the river's {words.surface_water_word(study)}")
    asks = (
        "This basin's `basin.yml` says `history: true`: its forecasts on the other pages start "
        "from past heads, and this page shows what is left without them"
        if settings.history
        else "This basin's `basin.yml` says `history: false`: past heads are no inputs anywhere in "
        "this book, and this page is what such a basin is for"
    )
    return Markdown(
        f"{asks}. Simulated here: {_which(study, len(wells), able)}, from "
        f"{words.listing(inputs)}, with "
        f"{words.count(len(study.seeds[:SEEDS]), 'seed')}, over {words.period(settings.test)}, "
        "which is "
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
        f"{_name(study, well)}": scored(study, well) for well in study.simulated[:MOST_PANELS]
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
    found = bootstrap.sample_interval(gain, seeds=len(study.seeds[:SEEDS]))
    said = bootstrap.verdict(found)
    return (
        f"{text} ({words.number(found.low)} to {words.number(found.high)} over wells); that the "
        f"network is better is **{said}**."
    )


def scored(study, well: str) -> tuple[xr.Dataset, np.ndarray]:
    """Give a well's simulation of the test years, and its bands (time, level)."""
    data = study.simulation(well).isel(time=study.prepared.inside("test"))
    return data, data["quantiles"].to_numpy()


@lru_cache(maxsize=8)
def simulation_scores(study) -> pd.DataFrame:
    """Score the simulation of the test years at each well.

    Returns
    -------
    DataFrame
        well_id, value, low, high (NSE of the network over seeds, 90 % interval over seeds ×
        blocks), mean (NSE of the mean of the seeds), response, climatology (NSE; NaN without
        Pastas), rmse of that mean [m], coverage_80, coverage_95.
    """
    block, rows = bootstrap.block_length(study.basin.settings.step), []
    for well in study.simulated:
        data, quantiles = scored(study, well)
        obs, sims = data["observed"].to_numpy(), data["simulation"].to_numpy()
        found = bootstrap.score_interval(obs, sims, block=block)
        row = {"well_id": well, "value": found.value, "low": found.low, "high": found.high}
        row["mean"] = float(bootstrap.nse(obs, sims.mean(axis=0)))
        for name in ("response", "climatology"):
            known = name in data
            row[name] = float(bootstrap.nse(obs, data[name].to_numpy())) if known else np.nan
        row["rmse"] = float(bootstrap.rmse(obs, sims.mean(axis=0)))
        rows.append(row | _coverage(obs, quantiles))
    return pd.DataFrame(rows)


def _coverage(obs: np.ndarray, quantiles: np.ndarray) -> dict[str, float]:
    """Share of observations inside the 80 % and 95 % bands."""
    known = np.isfinite(obs)
    ends = {"coverage_80": (0.1, 0.9), "coverage_95": (0.025, 0.975)}
    return {
        name: float(np.mean([(low <= obs[known]) & (obs[known] <= high)]))
        for name, pair in ends.items()
        for low, high in [[quantiles[known, LEVELS.index(level)] for level in pair]]
    }
