"""The virtual basin beside the published hydrology: the same numbers, computed from its files."""

import numpy as np
import pandas as pd

from swgw.virtual.published import PUBLISHED, Published
from swgw.virtual.truth import Truth

FROM, TO = "2001-01-01", "2012-12-31"  # the years of the paper
TEST = ("2010-01-01", "2012-12-31")
DRY, WET = (12, 1, 2, 3), (6, 7, 8, 9)
"""Months of the dry and of the wet season; the sources do not give theirs."""
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def compare(basin, truth: Truth) -> pd.DataFrame:
    """Published and simulated hydrology side by side.

    Parameters
    ----------
    basin : Basin
        A virtual basin with a mountain catchment's weather at its target gauge.
    truth : Truth

    Returns
    -------
    DataFrame
        One row a published number: key, label, unit, low, high, ours, difference (to the nearer
        end of the published range, in the unit), tolerance (in the unit), within, source.
    """
    ours = weather_numbers(basin) | flow_numbers(basin) | water_numbers(truth)
    return pd.DataFrame([_row(item, float(ours[item.key])) for item in PUBLISHED])


def _row(item: Published, ours: float) -> dict:
    end = np.clip(ours, item.low, item.high)
    tolerance = item.tolerance * abs(end) if item.relative else item.tolerance
    within = bool(abs(ours - end) <= tolerance + 1e-9)
    return {
        "key": item.key, "label": item.label, "unit": item.unit,
        "low": item.low, "high": item.high, "ours": ours, "difference": ours - end,
        "tolerance": tolerance, "within": within, "source": item.source,
    }  # fmt: skip


def place_series(basin, place: str, variable: str) -> pd.Series:
    """A forcing variable (time,) at ``"basin"`` or ``"gauge:<id>"``, in the paper's years."""
    table = basin.forcing[basin.forcing["place"] == place]
    return table.set_index("date")[variable].loc[FROM:TO]


def gorge_flow(basin) -> pd.Series:
    """Observed discharge (time,) at the target gauge [m³/s], gaps as NaN."""
    table = basin.surface_water
    flow = table[table["gauge_id"] == basin.settings.target_gauge].set_index("date")["value"]
    return flow.asfreq("D").loc[FROM:TO]


def monthly_rain(series: pd.Series) -> pd.Series:
    """Mean monthly total (month,) [mm] of a daily series [mm/d]."""
    years = series.index.year.nunique()
    return series.groupby(series.index.month).sum() / years


def weather_numbers(basin) -> dict[str, float]:
    """Every published weather number, by key."""
    rain = place_series(basin, "basin", "precipitation")
    warmth = place_series(basin, "basin", "temperature")
    wind = place_series(basin, "basin", "wind")
    mountains = place_series(basin, f"gauge:{basin.settings.target_gauge}", "precipitation")
    by_month, monthly = warmth.groupby(warmth.index.month).mean(), monthly_rain(rain)
    return {
        "rain_plain": monthly.sum(),
        "wet_days": 100 * (rain > 0).mean(),
        "rain_mountains": monthly_rain(mountains).sum(),
        "temperature": warmth.mean(),
        "temperature_1": by_month[1],
        "temperature_7": by_month[7],
        "temperature_sd": deseasonalise(warmth).std(),
        "wind": wind.mean(),
        "wind_sd": wind.std(),
        "wind_ac_1": wind.autocorr(1),
    } | {f"rain_plain_{month}": value for month, value in monthly.items()}


def deseasonalise(series: pd.Series) -> pd.Series:
    """Departure of a daily series from its mean by day of the year, smoothed over a month."""
    normal = series.groupby(series.index.dayofyear).mean()
    around = pd.concat([normal.iloc[-15:], normal, normal.iloc[:15]])
    smooth = around.rolling(31, center=True).mean().iloc[15:-15]
    return series - smooth.reindex(series.index.dayofyear).to_numpy()


def flow_numbers(basin) -> dict[str, float]:
    """Every published number of the discharge at the gorge, by key."""
    flow = gorge_flow(basin)
    pentads = flow[TEST[0] : TEST[1]].resample("5D").mean()
    by_month = flow.groupby(flow.index.month).mean()
    return {
        "flow": by_month.mean(),
        "flow_log_sd": np.log(flow).std(),
        "flow_max": flow.max(),
        "flow_test_sd": pentads.std(),
    } | {f"flow_ac_{lag}": flow.autocorr(lag) for lag in (1, 5, 30)} | {
        f"flow_{month}": value for month, value in by_month.items()
    }  # fmt: skip


def exchange_by_section(truth: Truth) -> pd.DataFrame:
    """Net loss to the aquifer of each section, by season, and its share of the flow.

    A loss is a share of the flow that enters the section, a gain a share of the flow that leaves
    it, so that no share exceeds one.

    Returns
    -------
    DataFrame
        Index section, in order downstream; columns year, dry and wet: exchange [m³/s, positive
        to the aquifer]; flow_year …: the flow it is a share of [m³/s]; share_year …: that share.
    """
    table = truth.exchange[truth.exchange["date"].between(FROM, TO)]
    net = table.pivot_table(values="exchange", index="date", columns="section", sort=False)
    entering = table.pivot_table(values="discharge", index="date", columns="section", sort=False)
    leaving = entering.shift(-1, axis=1)
    leaving.iloc[:, -1] = truth.fluxes["river_end"].reindex(leaving.index)
    seasons = {
        "year": np.full(len(net), True),
        "dry": net.index.month.isin(DRY),
        "wet": net.index.month.isin(WET),
    }
    columns = {}
    for season, part in seasons.items():
        mean = net[part].mean()
        flow = entering[part].mean().where(mean > 0, leaving[part].mean())
        columns |= {season: mean, f"flow_{season}": flow, f"share_{season}": mean / flow}
    return pd.DataFrame(columns)


def water_numbers(truth: Truth) -> dict[str, float]:
    """Every published number of storage and exchange, by key."""
    sections = exchange_by_section(truth)
    share = 100 * sections["share_year"].abs()
    upper, middle = 100 * sections.iloc[0], 100 * sections.iloc[1]
    loss = -truth.fluxes.loc[FROM:TO, "storage_change"].mean()
    return {
        "storage_loss": loss * 86400 * 365.25 / 1e8,
        "exchange_least": share.min(),
        "exchange_most": share.max(),
        "loss_dry": upper["share_dry"],
        "loss_wet": upper["share_wet"],
        "gain_dry": -middle["share_dry"],
    }
