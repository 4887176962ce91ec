"""A basin on the complete calendar of its step: gaps in observations kept, gaps in weather filled.

Everything is averaged over the bin, first within each day, so that a day read hourly weighs no
more than one read once. A bin with at least one observation counts as observed.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin.folder import Basin

Weather = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Prepared:
    """A basin's series on one calendar. Treat the frames as read-only.

    Attributes
    ----------
    basin : Basin
    time : DatetimeIndex (time,)
        First day of each bin, complete, from the earliest datum to the end of the test period.
    heads : DataFrame (time, well)
        Heads [m above the datum]; NaN is a gap.
    surface_water : DataFrame (time, gauge)
        Discharge [m³/s] or stage [m]; NaN is a gap.
    weather : dict of str to DataFrame (time, variable)
        By place (``"basin"``, ``"well:<id>"``, ``"gauge:<id>"``): the variables observed there in
        the training years, without gaps [mm/d, °C, m/s, …].
    weather_filled : dict of str to DataFrame (time, variable)
        True where `weather` holds the training years' mean of that step of the year.
    held_out : bool array (time,) or None
        Bins kept out of the training years; see :meth:`without`.
    """

    basin: Basin
    time: pd.DatetimeIndex
    heads: pd.DataFrame
    surface_water: pd.DataFrame
    weather: Weather
    weather_filled: Weather
    held_out: np.ndarray | None = None

    @property
    def steps_per_year(self) -> int:
        """Steps in a year: 365, 73, 52 or 12."""
        return steps.STEPS_PER_YEAR[self.basin.settings.step]

    @property
    def variables(self) -> list[str]:
        """Names of the weather variables, in the order of ``forcing.csv``."""
        seen = {name for frame in self.weather.values() for name in frame.columns}
        return [name for name in self.basin.forcing.columns if name in seen]

    def step_of_year(self) -> np.ndarray:
        """Number each bin within its year from 0 (time,)."""
        return steps.step_of_year(self.time, self.basin.settings.step)

    def steps_in_months(self, months: int) -> int:
        """Give the number of steps nearest to so many months.

        Pentads: 1 month is 6 steps, 12 months are 73.
        """
        return round(months * self.steps_per_year / 12)

    def inside(self, period: str) -> np.ndarray:
        """Mark the bins that lie wholly inside a period (time,).

        Parameters
        ----------
        period : str
            ``"train"``, ``"validation"`` or ``"test"``.
        """
        found = _inside(self.time, self.basin, period)
        kept_out = period == "train" and self.held_out is not None
        return found & ~self.held_out if kept_out else found

    def without(self, held_out: np.ndarray) -> "Prepared":
        """Keep bins (time,) out of the training years, so that nothing is fitted on them."""
        return replace(self, held_out=held_out)

    def weather_of_well(self, well_id: str) -> pd.DataFrame:
        """Give the weather at a well (time, variable); see :meth:`weather_of_gauge`."""
        return self._weather_of(f"well:{well_id}")

    def weather_of_gauge(self, gauge_id: str) -> pd.DataFrame:
        """Give the weather of a gauge's catchment (time, variable).

        Each variable is the place's own, else the whole basin's, else the mean over the places
        that have it.
        """
        return self._weather_of(f"gauge:{gauge_id}")

    def _weather_of(self, place: str) -> pd.DataFrame:
        own, shared = self.weather.get(place), self._shared_weather
        if own is None or list(own.columns) == self.variables:
            return shared if own is None else own
        return pd.DataFrame({v: own[v] if v in own else shared[v] for v in self.variables})

    @cached_property
    def _shared_weather(self) -> pd.DataFrame:
        """The whole basin's weather (time, variable), else the mean over the places."""
        whole = self.weather.get("basin", {})
        having = {v: [f[v] for f in self.weather.values() if v in f] for v in self.variables}
        mean = {v: sum(frames) / len(frames) for v, frames in having.items() if v not in whole}
        return pd.DataFrame({v: whole[v] if v in whole else mean[v] for v in self.variables})


def prepare_basin(basin: Basin) -> Prepared:
    """Aggregate a basin to the complete calendar of its step.

    Parameters
    ----------
    basin : Basin

    Returns
    -------
    Prepared
        Heads and surface water keep their gaps as NaN. Gaps in the weather are filled with the
        mean of that step of the year over the training years, and marked. A target gauge whose
        water does not change in the training or the test years, such as that of a river that is
        dry, cannot be learned or scored: it is the target no more.
    """
    tables = (basin.heads, basin.surface_water, basin.forcing)
    first = min(table["date"].min() for table in tables if len(table))
    time = steps.calendar(first, basin.settings.test.end, basin.settings.step)
    heads = _means(basin.heads, "well_id", "head", basin, time)[basin.wells.index]
    water = _means(basin.surface_water, "gauge_id", "value", basin, time)[basin.gauges.index]
    spread = [water[_inside(time, basin, name)].std() for name in ("train", "test")]
    if (target := basin.settings.target_gauge) and not all(s[target] > 0 for s in spread):
        basin = replace(basin, settings=replace(basin.settings, target_gauge=None))
    return Prepared(basin, time, heads, water, *_weather(basin, time))


def _inside(time: pd.DatetimeIndex, basin: Basin, period: str) -> np.ndarray:
    days, ends = basin.settings.period(period), steps.bin_ends(time, basin.settings.step)
    return np.asarray((time >= days.start) & (ends <= days.end))


def _means(
    table: pd.DataFrame, key: str, value: str, basin: Basin, time: pd.DatetimeIndex
) -> pd.DataFrame:
    """Average a long table over days and then bins: (time, series), NaN where nothing is."""
    table = table[[key, "date", value]].dropna()
    days = pd.DatetimeIndex(table["date"]).normalize()
    daily = table[value].groupby([table[key], days]).mean()
    series, day = daily.index.get_level_values(0), daily.index.get_level_values(1)
    starts = steps.bin_starts(pd.DatetimeIndex(day), basin.settings.step)
    binned = daily.groupby([starts.rename("time"), series]).mean().unstack(key)  # noqa: PD010
    return binned.reindex(time.rename("time"))


def _weather(basin: Basin, time: pd.DatetimeIndex) -> tuple[Weather, Weather]:
    """Aggregate and fill the forcing: frames (time, variable) and their masks, by place."""
    number = steps.step_of_year(time, basin.settings.step)
    train = _inside(time, basin, "train")
    values, masks = {}, {}
    for variable in basin.forcing.columns.drop(["date", "place"]):
        observed = _means(basin.forcing, "place", variable, basin, time)
        observed = observed.loc[:, observed[train].notna().any()]
        # The training years' mean of each step of the year, for every step.
        mean = observed[train].groupby(number[train]).mean().reindex(np.unique(number))
        usual = mean.fillna(observed[train].mean()).loc[number].to_numpy()
        values[variable], masks[variable] = observed.where(observed.notna(), usual), observed.isna()
    return _by_place(values), _by_place(masks)


def _by_place(by_variable: dict[str, pd.DataFrame]) -> Weather:
    places = dict.fromkeys(place for frame in by_variable.values() for place in frame.columns)
    return {p: pd.DataFrame({v: f[p] for v, f in by_variable.items() if p in f}) for p in places}


def report(basin: Basin) -> pd.DataFrame:
    """Say how much of each series is observed.

    Parameters
    ----------
    basin : Basin

    Returns
    -------
    DataFrame (series, ...)
        ``kind`` (``"head"``, ``"discharge"`` or ``"stage"``, or a variable of the weather),
        ``series`` (a well, a gauge or a place of the forcing), ``first`` and ``last`` observation,
        ``observations`` and ``share``: of the steps from the start of training to the end of the
        test period, how many hold an observation (0–1).
    """
    settings = basin.settings
    heads = basin.heads.rename(columns={"well_id": "series"})
    water = basin.surface_water.set_axis(["date", "series", settings.surface_water], axis="columns")
    tables = (heads, water, basin.forcing.rename(columns={"place": "series"}))
    long = [table.melt(["date", "series"], var_name="kind").dropna() for table in tables]
    observed = pd.concat([table for table in long if len(table)])
    time = steps.calendar(settings.train.start, settings.test.end, settings.step)
    starts = steps.bin_starts(pd.DatetimeIndex(observed["date"]), settings.step)
    observed = observed.assign(step=starts.where(starts.isin(time)))
    groups = observed.groupby(["kind", "series"], sort=False)
    found = groups.agg(first=("date", "min"), last=("date", "max"), observations=("date", "size"),
                       share=("step", "nunique"))  # fmt: skip
    return found.assign(share=found["share"] / len(time)).reset_index()


def summary(coverage: pd.DataFrame) -> pd.DataFrame:
    """Sum up a report, one row a kind of series, whatever their number.

    Parameters
    ----------
    coverage : DataFrame (series, ...)
        From :func:`report`.

    Returns
    -------
    DataFrame (kind, ...)
        ``series`` (how many), ``first`` and ``last`` observation, ``observed`` and ``least
        observed``: the median and the lowest share of observed steps.
    """
    shares = {"observed": ("share", "median"), "least observed": ("share", "min")}
    spans = {"series": ("series", "size"), "first": ("first", "min"), "last": ("last", "max")}
    return coverage.groupby("kind", sort=False).agg(**spans, **shares)


def where(*places: pd.DataFrame | None) -> str:
    """Give the latitude and longitude of the places, so that a swap of all can be noticed.

    Examples
    --------
    >>> where(pd.DataFrame({"longitude": [-106.6], "latitude": [35.2]}))
    'The places are near 35.2° N, 106.6° W.'
    """
    known = pd.concat([table[["longitude", "latitude"]] for table in places if table is not None])
    east, north = known.median()
    north, east = f"{abs(north):.1f}° {'NS'[north < 0]}", f"{abs(east):.1f}° {'EW'[east < 0]}"
    return f"The places are near {north}, {east}."
