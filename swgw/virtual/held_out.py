"""Published numbers that took no part in the calibration, and what the virtual basin has instead.

``held_out.csv`` has the columns of ``tables/published.csv``. Nothing is simulated from it, so it is
not one of the simulator's tables.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from swgw.virtual import SECONDS, Parameters
from swgw.virtual.domain import Domain, make_domain
from swgw.virtual.reach import CANALS
from swgw.virtual.truth import STUDY, Truth

HELD_OUT = pd.read_csv(Path(__file__).with_suffix(".csv"))
SLOWER = 2005  # the year from which storage is lost more slowly (Mi et al. 2016b)


def compare_held_out(basin, truth: Truth) -> pd.DataFrame:
    """Published numbers held out of the calibration, and the simulated ones.

    Parameters
    ----------
    basin : Basin
        A virtual basin.
    truth : Truth

    Returns
    -------
    DataFrame (key, ...)
        Columns of :func:`compare_published` but by_construction.
    """
    parameters = truth.parameters or Parameters()
    domain = make_domain(parameters.aquifer, truth.seed or 0)
    simulated = flow_extremes(basin) | river_gains(truth, domain) | storage_numbers(truth, domain)
    simulated["width_exponent"] = parameters.river.width_exponent
    table = HELD_OUT.set_index("key")
    table["simulated"] = pd.Series(simulated)
    table["difference"] = table["simulated"] - table["simulated"].clip(table["low"], table["high"])
    table["met"] = table["difference"].abs() <= table["tolerance"] + 1e-9
    return table


def flow_extremes(basin) -> dict[str, float]:
    """Every held-out number of the discharge at the target gauge: medians over the years."""
    table = basin.surface_water.set_index("date")
    at_gauge = table["gauge_id"] == basin.settings.target_gauge
    flow = table.loc[at_gauge, "value"].asfreq("D").loc[STUDY]
    years = flow.index.year
    smooth = {k: flow.rolling(k).mean().groupby(years) for k in (7, 30, 90)}
    return {
        "max_7": smooth[7].max().median(), "max_90": smooth[90].max().median(),
        "min_30": smooth[30].min().median(), "min_90": smooth[90].min().median(),
        "max_day": flow.groupby(years).idxmax().dt.dayofyear.median(),
    }  # fmt: skip


def river_gains(truth: Truth, domain: Domain) -> dict[str, float]:
    """Every held-out number of the river and its exchange; sections are in order downstream."""
    exchange = truth.exchange[truth.exchange["date"] >= STUDY.start]
    mean = exchange.groupby("section", sort=False)[["exchange", "discharge"]].mean()
    month, gain = exchange["date"].dt.month, -mean["exchange"].to_numpy()  # m³/s
    flow = truth.fluxes.loc[STUDY].mean()
    metres = np.bincount(domain.reach_section, domain.reach_length)
    diverted = mean["discharge"].iloc[2] + gain[2:].sum() - flow["river_end"]  # below Gaoya
    surfacing = -flow[["springs", "river_gain"]].sum()
    return {
        "river_end": 100 * flow["river_end"] / flow["gorge"],
        "gain_diverted": gain[2:].sum() / diverted,
        "gain_share": 100 * gain[1:4].sum() / gain[1:].sum(),
        "gain_km": (1e3 * gain / metres).max(),
        "losing_months": (exchange.groupby(month)["exchange"].sum() > 0).sum(),
        "springs": surfacing * SECONDS * 365.25 / 1e8,
    }


def storage_numbers(truth: Truth, domain: Domain) -> dict[str, float]:
    """Every held-out number of the storage lost by the aquifer [%]."""
    lost = truth.fluxes.loc[STUDY, "storage_change"]
    late = lost.index.year >= SLOWER
    fall = (truth.water_table["head"] - truth.water_table["head_end"]) * domain.specific_yield
    mixed = np.isin(domain.district, CANALS.index)  # irrigated from canals and wells
    return {
        "storage_late": 100 * lost[late].mean() / lost[~late].mean(),
        "storage_mixed": 100 * fall[mixed].sum() / fall.sum(),
    }
