"""The virtual basin against published hydrology: the same numbers, computed from its files."""

import numpy as np
import pandas as pd

from swgw.virtual.parameters import PUBLISHED
from swgw.virtual.truth import Truth

STUDY, TEST = slice("2001-01-01", "2012-12-31"), slice("2010-01-01", "2012-12-31")
DRY, WET = (12, 1, 2, 3), (6, 7, 8, 9)
"""Months of the dry and of the wet season; the sources do not give theirs."""


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
    table = PUBLISHED.set_index("key")
    simulated = weather_numbers(basin) | flow_numbers(basin) | exchange_numbers(truth)
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
    return {
        "rain_plain": rain.sum() / years,
        "wet_days": 100 * (rain > 0).mean(),
        "rain_mountains": mountains["precipitation"].sum() / years,
        "temperature": warmth.mean(),
        "temperature_1": by_month["temperature"].mean()[1],
        "temperature_7": by_month["temperature"].mean()[7],
        "temperature_sd": deseasonalise(warmth).std(),
        "wind": wind.mean(),
        "wind_sd": wind.std(),
        "wind_ac_1": wind.autocorr(1),
    } | {f"rain_plain_{m}": v / years for m, v in by_month["precipitation"].sum().items()}


def deseasonalise(series: pd.Series) -> pd.Series:
    """Departure of a daily series from its mean by day of the year, smoothed over a month."""
    normal = series.groupby(series.index.dayofyear).mean()
    around = pd.concat([normal.iloc[-15:], normal, normal.iloc[:15]])
    smooth = around.rolling(31, center=True).mean().iloc[15:-15]
    return series - smooth.reindex(series.index.dayofyear).to_numpy()


def flow_numbers(basin) -> dict[str, float]:
    """Every published number of the discharge at the target gauge, by key."""
    table = basin.surface_water.set_index("date")
    at_gauge = table["gauge_id"] == basin.settings.target_gauge
    flow = table.loc[at_gauge, "value"].asfreq("D").loc[STUDY]
    by_month = flow.groupby(flow.index.month).mean()
    return {
        "flow": by_month.mean(),
        "flow_log_sd": np.log(flow).std(),
        "flow_max": flow.max(),
        "flow_test_sd": flow.loc[TEST].resample("5D").mean().std(),
        **{f"flow_ac_{lag}": flow.autocorr(lag) for lag in (1, 5, 30)},
        **{f"flow_{month}": value for month, value in by_month.items()},
    }


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
    loss = -truth.fluxes.loc[STUDY, "storage_change"].mean()  # m³/s
    return {
        "storage_loss": loss * 86400 * 365.25 / 1e8,
        "exchange_least": year.min(),
        "exchange_most": year.max(),
        "loss_dry": first["share_dry"],
        "loss_wet": first["share_wet"],
        "gain_dry": -second["share_dry"],
    }
