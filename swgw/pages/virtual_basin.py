"""Section 2.9: the virtual basin beside the published hydrology it was calibrated on."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.text import Box, count, escape, listing, number, percent, table
from swgw.pages import needs
from swgw.plots import virtual_basin as plots
from swgw.virtual import parameters_table
from swgw.virtual import published as known
from swgw.virtual.compare import (
    DRY,
    FROM,
    MONTH_NAMES,
    TO,
    WET,
    compare,
    exchange_by_section,
    gorge_flow,
    monthly_rain,
    place_series,
)

BILLION = 1e8  # the unit of storage in the literature is 10⁸ m³
SECONDS_PER_YEAR = 86400 * 365.25
LAGS = (1, 5, 30)


def words_whose(study) -> Markdown | None:
    """Say, where the basin was observed, whose page this is; nothing where it is simulated."""
    if study.truth is not None:
        return None
    return Box(
        "Note",
        "This page describes the simulated basin that comes with the book. The basin of this "
        "edition was observed, so nothing of it is drawn here: the text tells what the figures "
        "show in a book of a simulated basin.",
        "note",
    )


@needs("truth")
def words_verdict(study) -> Markdown:
    """Say how many of the published numbers the basin meets, and name those it does not."""
    rows = compare(study.basin, study.truth)
    missed = rows[~rows["within"]]
    first = f"**{len(rows) - len(missed)} of {count(len(rows), 'published number')}** are met."
    if missed.empty:
        return Markdown(f"{first} None lies outside its tolerance.")
    names = listing(missed["label"])
    return Markdown(
        f"{first} Outside their tolerance: {names}. The parameters were chosen for one draw of "
        "the weather, that of the book's own basin. Another draw has other years in it, and "
        "with only twelve of them its means, extremes and memory differ by chance."
    )


@needs("truth")
def table_compare(study) -> Markdown:
    """Published and simulated hydrology side by side."""
    rows = compare(study.basin, study.truth)
    digits = [_digits(r.label, r.unit) for r in rows.itertuples()]
    rows = rows.assign(digits=digits)
    shown = pd.DataFrame(
        {
            "quantity": rows["label"],
            "unit": rows["unit"],
            "published": [_range(r.low, r.high, r.digits) for r in rows.itertuples()],
            "ours": [number(r.ours, r.digits) for r in rows.itertuples()],
            "difference": [number(r.difference, r.digits) for r in rows.itertuples()],
            "tolerance": [f"± {number(r.tolerance, r.digits)}" for r in rows.itertuples()],
            "verdict": ["met" if within else "**not met**" for within in rows["within"]],
            "source": rows["source"],
        }
    )
    return table(shown)


def _digits(label: str, unit: str) -> int:
    """Decimals that the published number is given with, and one more for correlations."""
    if "autocorrelation" in label:
        return 3
    return 2 if unit == "m/s" or label.startswith("Log") else 1


def _range(low: float, high: float, digits: int) -> str:
    if low == high:
        return number(low, digits)
    if high == 100:  # a share of which only the least is published
        return f"over {number(low, 0)}"
    return f"{number(low, 0)}–{number(high, 0)}"


@needs("truth")
def figure_weather(study) -> Figure:
    """Draw rain and temperature of the plain with the published values."""
    months = range(1, 13)
    warmth = _by_month(place_series(study.basin, "basin", "temperature"))
    values = {item.key: item.low for item in known.PUBLISHED}
    return plots.plot_weather(
        monthly_rain(place_series(study.basin, "basin", "precipitation")),
        pd.Series(known.PLAIN_RAIN, months),
        warmth,
        pd.Series({1: values["temperature_1"], 7: values["temperature_7"]}),
    )


def _by_month(series: pd.Series) -> pd.DataFrame:
    """Mean of each month over the years, with the lowest and highest year."""
    yearly = series.groupby([series.index.year, series.index.month]).mean()
    grouped = yearly.groupby(level=1)
    return pd.DataFrame({"mean": grouped.mean(), "low": grouped.min(), "high": grouped.max()})


@needs("truth")
def figure_flow(study) -> Figure:
    """Draw the year and the memory of the discharge with the published values."""
    flow = gorge_flow(study.basin)
    values = {item.key: item.low for item in known.PUBLISHED}
    memory = {
        "virtual basin": pd.Series({lag: flow.autocorr(lag) for lag in range(1, 61)}),
        "published": pd.Series({lag: values[f"flow_ac_{lag}"] for lag in LAGS}),
    }
    published = pd.Series(known.GORGE_FLOW, range(1, 13))
    return plots.plot_flow(_by_month(flow), published, memory)


@needs("truth")
def figure_storage(study) -> Figure:
    """Draw the storage of the aquifer with the published loss."""
    change = study.truth.fluxes.loc[FROM:TO, "storage_change"]
    storage = (change * SECONDS_PER_YEAR / study.prepared.steps_per_year).cumsum() / BILLION
    loss = next(item.low for item in known.PUBLISHED if item.key == "storage_loss")
    return plots.plot_storage(storage, loss)


@needs("truth")
def figure_exchange(study) -> Figure:
    """Draw the exchange of each section in the dry and the wet season."""
    sections = exchange_by_section(study.truth)
    shares = sections[["share_year", "share_dry", "share_wet"]]
    shares.columns = ["year", "dry season", "wet season"]
    shares.index = [name.title() for name in shares.index]
    least = next(item for item in known.PUBLISHED if item.key == "exchange_least")
    return plots.plot_exchange(100 * shares, (least.low, least.high))


@needs("truth")
def words_exchange(study) -> Markdown:
    """Say what each section gives and takes, in m³/s."""
    sections = exchange_by_section(study.truth)
    dry, wet = (listing([MONTH_NAMES[m - 1] for m in season]) for season in (DRY, WET))
    lines = [
        f"- {escape(name.title())}: {'loses' if row['year'] > 0 else 'gains'} "
        f"{number(abs(row['year']), 1)} m³/s, {percent(abs(row['share_year']))} of the "
        f"{number(row['flow_year'], 1)} m³/s that {'enter' if row['year'] > 0 else 'leave'} it"
        for name, row in sections.iterrows()
    ]
    seasons = f"The dry season is taken as {dry}, the wet season as {wet}."
    return Markdown("\n".join(lines) + f"\n\n{seasons}")


@needs("truth", "river")
def figure_water_table(study) -> Figure:
    """Draw depth and fall of the water table."""
    truth, basin = study.truth, study.basin
    return plots.plot_water_table(
        truth.water_table, basin.river, basin.wells, truth.wells["setting"]
    )


@needs("truth")
def figure_drivers(study) -> Figure:
    """Draw one well of each setting with its drivers replaced in turn."""
    truth, wells = study.truth, study.basin.wells
    head = truth.heads["head"]
    first = truth.wells.reset_index().groupby("setting", sort=False)["well_id"].first()
    panels = {}
    for setting, well in first.items():
        name = wells["name"][well] if "name" in wells else ""
        panels[f"{well} {name}: {setting}"] = head.sel(well=well).to_pandas().T
    return plots.plot_drivers(panels)


@needs("truth")
def figure_driver_shares(study) -> Figure:
    """Draw how much each driver moves each well."""
    return plots.plot_driver_shares(driver_shares(study), study.truth.wells["setting"])


def driver_shares(study) -> pd.DataFrame:
    """Standard deviation [m] of each driver's contribution (well, driver) in the paper's years."""
    parts = study.truth.contributions().sel(time=slice(FROM, TO))
    return parts.std("time").to_pandas().T


@needs("truth")
def words_drivers(study) -> Markdown:
    """Say which driver moves most wells of each setting most."""
    shares, settings = (
        driver_shares(study).drop(columns="interaction"),
        study.truth.wells["setting"],
    )
    lines = []
    for setting, wells in settings.groupby(settings, sort=False):
        group = shares.reindex(wells.index)
        lead = group.idxmax(axis=1).value_counts()
        name = plots.DRIVER_WORDS.get(lead.index[0], lead.index[0])
        lines.append(
            f"- {escape(setting)} ({count(len(group), 'well')}): {name} leads at "
            f"{percent(lead.iloc[0] / len(group))}; median sd of its contribution "
            f"{number(group[lead.index[0]].median(), 2)} m"
        )
    return Markdown("\n".join(lines))


@needs("truth")
def table_parameters(study) -> Markdown:
    """List every parameter of the simulator with its plausible range and source."""
    rows = parameters_table()
    shown = pd.DataFrame(
        {
            "part": rows["part"].str.replace("_", " "),
            "parameter": rows["meaning"],
            "value": [_plain(value) for value in rows["value"]],
            "unit": rows["unit"],
            "plausible": [f"{_plain(r.low)}–{_plain(r.high)}" for r in rows.itertuples()],
            "source of the range": rows["source"],
        }
    )
    return table(shown)


def _plain(value: float) -> str:
    """Write a parameter: powers of ten for volumes, no trailing zeros."""
    return f"{value / BILLION:g}·10⁸" if abs(value) >= 1e7 else f"{value:g}"
