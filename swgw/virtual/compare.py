"""Published hydrology beside that of the virtual basin: numbers calibrated, and held out."""

import numpy as np
import pandas as pd

from swgw.basin.calendar import step_of_year
from swgw.virtual import HELD_OUT, PUBLISHED, SECONDS, Parameters
from swgw.virtual.domain import Domain, make_domain
from swgw.virtual.reach import CANALS
from swgw.virtual.truth import Truth, climatology

SLOWER = 2005  # the year from which storage is lost more slowly (Mi et al. 2016b)
STUDY, TEST = slice("2001-01-01", "2012-12-31"), slice("2010-01-01", "2012-12-31")
# Months of the dry and of the wet season; the sources do not give theirs.
DRY, WET = (12, 1, 2, 3), (6, 7, 8, 9)


def compare_published(basin, truth: Truth) -> pd.DataFrame:
    """Published and simulated hydrology side by side.

    Parameters
    ----------
    basin : Basin
        A virtual basin with the mountain catchment's weather at its target gauge.
    truth : Truth

    Returns
    -------
    DataFrame (key, ...)
        quantity, unit, low, high (the published range, equal where one number is published),
        tolerance (around one number; a range has none), by_construction (whether the simulator is
        scaled to the number), source, simulated, difference (to the nearer end of the range), met.
    """
    simulated = weather_numbers(basin) | flow_numbers(basin) | exchange_numbers(truth)
    return judged(PUBLISHED, simulated)


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
    return judged(HELD_OUT, simulated)


def judged(published: pd.DataFrame, simulated: dict[str, float]) -> pd.DataFrame:
    """Lay simulated numbers beside published ones: difference, and whether it is tolerable."""
    table = published.set_index("key")
    table["simulated"] = pd.Series(simulated)
    table["difference"] = table["simulated"] - table["simulated"].clip(table["low"], table["high"])
    table["met"] = table["difference"].abs() <= table["tolerance"] + 1e-9
    return table


def weather_numbers(basin) -> dict[str, float]:
    """Every published number of the weather, by key."""
    by_place = basin.forcing.set_index("date").groupby("place")
    plain = by_place.get_group("basin").loc[STUDY]
    mountains = by_place.get_group(f"gauge:{basin.settings.target_gauge}").loc[STUDY]
    rain, warmth, wind = (plain[name] for name in ("precipitation", "temperature", "wind"))
    years, by_month = plain.index.year.nunique(), plain.groupby(plain.index.month)
    normal = climatology(warmth.to_numpy(), plain.index)[step_of_year(plain.index, "D")]
    return {
        "rain_plain": rain.sum() / years,
        "wet_days": 100 * (rain > 0).mean(),
        "rain_mountains": mountains["precipitation"].sum() / years,
        "temperature": warmth.mean(),
        "temperature_1": by_month["temperature"].mean()[1],
        "temperature_7": by_month["temperature"].mean()[7],
        "temperature_sd": (warmth - normal).std(),
        "wind": wind.mean(),
        "wind_sd": wind.std(),
        "wind_ac_1": wind.autocorr(1),
    } | {f"rain_plain_{m}": v / years for m, v in by_month["precipitation"].sum().items()}


def daily_flow(basin) -> pd.Series:
    """Discharge at the target gauge in the study period (day,) [m³/s]."""
    table = basin.surface_water.set_index("date")
    at_gauge = table["gauge_id"] == basin.settings.target_gauge
    return table.loc[at_gauge, "value"].asfreq("D").loc[STUDY]


def flow_numbers(basin) -> dict[str, float]:
    """Every published number of the discharge at the target gauge, by key."""
    flow = daily_flow(basin)
    by_month = flow.groupby(flow.index.month).mean()
    return {
        "flow": by_month.mean(), "flow_log_sd": np.log(flow).std(), "flow_max": flow.max(),
        "flow_test_sd": flow.loc[TEST].resample("5D").mean().std(),
        **{f"flow_ac_{lag}": flow.autocorr(lag) for lag in (1, 5, 30)},
        **{f"flow_{month}": value for month, value in by_month.items()},
    }  # fmt: skip


def exchange_by_section(truth: Truth) -> pd.DataFrame:
    """Net loss to the aquifer of each section of the river, by season, and its share of the flow.

    A loss is a share of the flow that enters the section, a gain a share of the flow that leaves
    it, so that no share exceeds one.

    Returns
    -------
    DataFrame
        Index section, in order downstream; columns year, dry and wet: exchange [m³/s, positive
        to the aquifer]; flow_year …: the flow it is a share of [m³/s]; share_year …: that share.
    """
    daily = truth.exchange.pivot_table(index="date", columns="section").loc[STUDY]
    order = truth.exchange["section"].unique()
    net, entering = daily["exchange"][order], daily["discharge"][order]
    leaving = entering.shift(-1, axis=1)
    leaving[order[-1]] = truth.fluxes["river_end"]
    month, columns = net.index.month, {}
    for season, months in {"year": range(1, 13), "dry": DRY, "wet": WET}.items():
        part = month.isin(months)
        mean = net[part].mean()
        flow = entering[part].mean().where(mean > 0, leaving[part].mean())
        columns |= {season: mean, f"flow_{season}": flow, f"share_{season}": mean / flow}
    return pd.DataFrame(columns)


def exchange_numbers(truth: Truth) -> dict[str, float]:
    """Every published number of storage and exchange, by key."""
    share = 100 * exchange_by_section(truth).filter(like="share")
    year, first, second = share["share_year"].abs(), share.iloc[0], share.iloc[1]
    return {
        "storage_loss": -truth.fluxes.loc[STUDY, "storage_change"].mean() * SECONDS * 365.25 / 1e8,
        "exchange_least": year.min(), "exchange_most": year.max(), "loss_dry": first["share_dry"],
        "loss_wet": first["share_wet"], "gain_dry": -second["share_dry"],
    }  # fmt: skip


def flow_extremes(basin) -> dict[str, float]:
    """Every held-out number of the discharge at the target gauge: medians over the years."""
    flow = daily_flow(basin)
    years = flow.index.year
    smooth = {k: flow.rolling(k).mean().groupby(years) for k in (1, 7, 30, 90)}
    return {
        **{f"max_{k}": smooth[k].max().median() for k in (1, 7, 90)},
        **{f"min_{k}": smooth[k].min().median() for k in (30, 90)},
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
