"""What the tables of a basin folder must hold, column by column (pandera).

Text has become numbers and dates before (:mod:`swgw.basin.reading`); what is left is their range.
"""

import pandas as pd
import pandera.pandas as pa

from swgw.basin.contract import shown
from swgw.basin.reading import rows
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
