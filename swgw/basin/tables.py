"""The tables of a basin folder: what each must hold (pandera), and how each is read."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from swgw.basin import reading
from swgw.basin.reading import rows
from swgw.basin.settings import BasinSettings, shown
from swgw.storage.errors import Problem


def _between(low: float, high: float, expected: str) -> pa.Column:
    return pa.Column(
        float, pa.Check.in_range(low, high, error=expected), nullable=True, required=False
    )


_SWAPPED = "; if it is the other coordinate, the two columns are swapped"
PLACES = pa.DataFrameSchema(
    {
        "longitude": _between(-180, 180, f"a longitude between -180 and 180°{_SWAPPED}"),
        "latitude": _between(-90, 90, f"a latitude between -90 and 90°{_SWAPPED}"),
        "surface_elevation": _between(-500, 9000, "metres between -500 and 9000"),
        "slope": _between(0, 90, "degrees between 0 and 90"),
    }
)
HEADS = pa.DataFrameSchema(
    {
        "head": _between(-5000, 9000, "metres between -5000 and 9000; is the unit cm?"),
        "depth": _between(-100, 5000, "metres between -100 and 5000; is the unit cm?"),
    }
)
SURFACE_WATER = pa.DataFrameSchema(
    {
        "discharge": _between(-1e5, 1e6, "m³/s between -100000 and 1000000"),
        "stage": _between(-500, 9000, "metres between -500 and 9000; is the unit cm?"),
    }
)
FORCING = pa.DataFrameSchema(
    {
        "precipitation": _between(0, 2000, "mm/d between 0 and 2000"),
        "temperature": _between(-90, 60, "°C between -90 and 60"),
        "wind": _between(0, 120, "m/s between 0 and 120"),
        "pet": _between(-20, 100, "mm/d between -20 and 100"),
    }
)


def validate(
    table: pd.DataFrame, schema: pa.DataFrameSchema, file: str, problems: list[Problem]
) -> pd.DataFrame:
    """Report every value that breaks the schema, one problem a column and rule.

    Returns
    -------
    DataFrame
        The table with those values set to NaN, so that no later check trips over them again.
    """
    try:
        return schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    for (column, expected), group in cases.groupby(["column", "check"], sort=False):
        bad = table.index.isin(group["index"])
        place = f"{rows(bad, table)}, column {column}"
        problems.append(Problem(file, place, shown(float(group["failure_case"].iloc[0])), expected))
        table = table.assign(**{column: table[column].mask(bad)})
    return table


ATTRIBUTES = ("name", "surface_elevation", "gauge_id", "slope", "land_use")
VARIABLES = ("temperature", "wind", "pet")


@dataclass
class Reader:
    """Reads the tables of one folder and collects what is wrong with them."""

    folder: Path
    settings: BasinSettings | None
    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def find(self, name: str, needed_for: str = "") -> Path | None:
        """Give the path of a file of the folder; report it missing if it is `needed_for` one."""
        path = reading.inside_folder(self.folder, name, self.problems)
        if path is not None and path.exists():
            self.files.append(path)
            return path
        if path is not None and needed_for:
            self.problems.append(Problem(name, "", "no such file", f"this file, {needed_for}"))
        return None

    def raw(self, name: str, required: tuple, known: tuple, why: str) -> pd.DataFrame | None:
        """Read a table as text; None where it lacks or a required column does."""
        path = self.find(name, why)
        table = None if path is None else reading.read_table(path, self.problems)
        if table is None:
            return None
        whole = reading.check_columns(table, name, required, known, self.problems)
        if table.empty:
            self._report(name, "", "no row below the header", "data")
        return table if whole and len(table) else None

    def places(self, name: str, key: str, known: tuple[str, ...], why: str) -> pd.DataFrame | None:
        """Read ``wells.csv`` or ``gauges.csv``: one row an identifier, with its coordinates."""
        raw = self.raw(name, (key, "longitude", "latitude"), known, why)
        if raw is None:
            return None
        ids = reading.to_ids(raw, name, key, self.problems)
        columns = {}
        for column in raw.columns.drop(key):
            columns[column] = self._attribute(raw, name, column)
        table = pd.DataFrame(columns, index=raw.index)
        table = validate(table, PLACES, name, self.problems)
        twice = (ids.duplicated(keep=False) & (ids != "")).to_numpy()
        if twice.any():
            found = f"{key} {shown(ids[twice].iloc[0])} more than once"
            self._report(name, reading.rows(twice, raw), found, f"one row for each {key}")
        return table.set_index(pd.Index(ids, name=key, dtype=str))

    def _attribute(self, raw: pd.DataFrame, name: str, column: str) -> pd.Series:
        """Type one column of places: coordinates and known numbers must be, others may be."""
        if column in ("longitude", "latitude"):
            return reading.to_numbers(raw, name, column, self.problems, required=True)
        if column in ("surface_elevation", "slope"):
            return reading.to_numbers(raw, name, column, self.problems)
        if column.endswith("gauge_id"):
            return reading.to_ids(raw, name, column, self.problems, required=False)
        if column == "name":
            return raw[column]
        unnoticed: list[Problem] = []  # text is as good as numbers in an attribute of one's own
        numbers = reading.to_numbers(raw, name, column, unnoticed)
        return raw[column] if unnoticed else numbers

    def heads(self) -> pd.DataFrame | None:
        """Read ``heads.csv``: ``date``, ``well_id``, ``head`` or ``depth`` [m]."""
        return self._series(
            "heads.csv", "well_id", ("head", "depth"), HEADS, "which belongs to wells.csv"
        )

    def surface_water(self) -> pd.DataFrame | None:
        """Read ``surface_water.csv``: ``date``, ``gauge_id``, ``discharge`` or ``stage``."""
        kind = self.settings.surface_water if self.settings else None
        return self._series(
            "surface_water.csv", "gauge_id", (kind,) if kind else ("discharge", "stage"),
            SURFACE_WATER, "which belongs to gauges.csv",
        )  # fmt: skip

    def _series(
        self, name: str, key: str, choices: tuple[str, ...], schema: object, why: str
    ) -> pd.DataFrame | None:
        """Read a long table of one variable, the one of `choices` that stands in it."""
        raw = self.raw(name, ("date", key), choices, why)
        if raw is None:
            return None
        there = [column for column in choices if column in raw.columns]
        if len(there) != 1:
            found = " and ".join(there) or "columns " + shown(", ".join(raw.columns))[1:-1]
            self._report(name, f"column {' or '.join(choices)}", found, "exactly one such column")
            return None
        columns = {
            "date": reading.to_dates(raw, name, self.problems),
            key: reading.to_ids(raw, name, key, self.problems),
            there[0]: reading.to_numbers(raw, name, there[0], self.problems),
        }
        table = validate(pd.DataFrame(columns), schema, name, self.problems)
        self._report_twice(table, name, key)
        return table

    def forcing(self) -> pd.DataFrame | None:
        """Read ``forcing.csv``: ``date``, ``place``, then the variables."""
        name = "forcing.csv"
        ids = ("well_id", "gauge_id")
        why = "with at least date and precipitation; `swgw import power` writes one"
        raw = self.raw(name, ("date", "precipitation"), (*ids, *VARIABLES), why)
        if raw is None:
            return None
        columns = {"date": reading.to_dates(raw, name, self.problems)}
        columns["place"] = self._forcing_places(raw)
        for column in raw.columns.difference(["date", *ids], sort=False):
            columns[column] = reading.to_numbers(raw, name, column, self.problems)
        table = validate(pd.DataFrame(columns), FORCING, name, self.problems)
        self._report_twice(table, name, "place")
        return table

    def _forcing_places(self, raw: pd.DataFrame) -> pd.Series:
        place = pd.Series("basin", index=raw.index)
        for key, kind in (("well_id", "well:"), ("gauge_id", "gauge:")):
            if key in raw.columns:
                ids = reading.to_ids(raw, "forcing.csv", key, self.problems, required=False)
                both = ((ids != "") & (place != "basin")).to_numpy()
                if both.any():
                    found = "a well_id and a gauge_id in one row"
                    where = reading.rows(both, raw)
                    self._report("forcing.csv", where, found, "one of them, or neither")
                place = place.where(ids == "", kind + ids)
        return place

    def _report_twice(self, table: pd.DataFrame, name: str, key: str) -> None:
        """Report a time that stands twice in one series."""
        twice = table.duplicated(["date", key], keep=False) & table["date"].notna()
        if twice.any():
            first = table[twice].iloc[0]
            where = reading.rows(np.asarray(twice), table)
            found = f"{first['date']:%Y-%m-%d} twice for {key} {shown(first[key])}"
            self._report(name, where, found, "each date once in a series")

    def _report(self, file: str, place: str, found: str, expected: str) -> None:
        self.problems.append(Problem(file, place, found, expected))
