"""The virtual basin: a coupled simulation with a known truth, written as a basin folder.

Its numbers come from the CSV files in ``tables``.

``parameters`` of the simulator: none is measured in the basin; most were chosen here, the others
within published ranges, and then moved until the published flows, exchange and storage loss were
met. ``published``: that hydrology; none of it is a result of the paper's models. ``wells`` and
``gauges``: places and the names of wells are ours; no coordinates are published. ``course``:
vertices of the main channel and the elevation of the plain there [m]. ``districts``: irrigated land
as ellipses with half-axes [km] and tilt [°], the place where its canal leaves the river (none:
pumped water only), and its shares of all canal water and of all pumping.
"""

import json
from dataclasses import asdict, dataclass, field, fields, make_dataclass
from pathlib import Path

import pandas as pd

from swgw.storage.files import write_text

TABLES = Path(__file__).parent / "tables"
TABLE_FILES = "virtual/tables/*"
RECORD = "simulation.json"
SECONDS = 86400.0  # in a day


def _table(name: str) -> pd.DataFrame:
    path, dtype = TABLES / f"{name}.csv", {"value": str}
    return pd.read_csv(path, float_precision="round_trip", dtype=dtype, keep_default_na=False)


PARAMETERS, PUBLISHED, HELD_OUT = map(_table, ("parameters", "published", "held_out"))
WELLS, GAUGES = _table("wells"), _table("gauges")
COURSE, DISTRICTS = _table("course"), _table("districts")
# Settings of wells that the simulator treats differently.
CHANNEL, MARGIN = "along the channel", "hilly margin"


def published(quantity: str) -> pd.Series:
    """Published hydrology of the virtual basin's model, by month or by lag in days.

    Parameters
    ----------
    quantity : str
        "flow" [m³/s] and "rain_plain" [mm] by month, "flow_ac" (autocorrelation) by lag.

    Examples
    --------
    >>> published("flow_ac").to_dict()
    {1: 0.98, 5: 0.9, 30: 0.76}
    """
    values = PUBLISHED.set_index("key")["low"].filter(regex=rf"^{quantity}_\d+$")
    return values.rename(lambda key: int(key.rpartition("_")[2]))


def _part(name: str, part: str) -> type:
    """Frozen dataclass of one part's parameters; each field's metadata is its row of the table."""
    own = PARAMETERS[PARAMETERS["part"] == part].to_dict("records")
    args = [(r["parameter"], float, field(default=json.loads(r["value"]), metadata=r)) for r in own]
    return make_dataclass(name, args, frozen=True, namespace={"__module__": __name__})


CatchmentParameters = _part("CatchmentParameters", "catchment")
AquiferParameters = _part("AquiferParameters", "aquifer")
RiverParameters = _part("RiverParameters", "river")
WaterUseParameters = _part("WaterUseParameters", "water_use")


@dataclass(frozen=True)
class Parameters:
    """Every parameter of the simulator, by part; the rows of ``parameters.csv`` are its fields.

    Examples
    --------
    >>> from dataclasses import replace
    >>> calibrated = Parameters()
    >>> wide = replace(calibrated, river=replace(calibrated.river, width=120))
    >>> wide.river.width, wide.river.depth
    (120, 0.6)
    """

    catchment: CatchmentParameters = field(default_factory=CatchmentParameters)
    aquifer: AquiferParameters = field(default_factory=AquiferParameters)
    river: RiverParameters = field(default_factory=RiverParameters)
    water_use: WaterUseParameters = field(default_factory=WaterUseParameters)


def parameters_table(parameters: Parameters | None = None) -> pd.DataFrame:
    """Every parameter with its value, unit, plausible range, meaning and source.

    Returns
    -------
    DataFrame
        Columns part, parameter, value, unit, low, high, meaning, source; one row a parameter.
    """
    values = asdict(parameters or Parameters())
    return PARAMETERS.assign(value=[v for part in values.values() for v in part.values()])


def write_origin(folder: Path, seed: int, parameters: Parameters) -> None:
    """Record the seed and the parameters of a simulation in the folder of its truth."""
    record = {"seed": seed, "parameters": asdict(parameters)}
    write_text(folder / RECORD, json.dumps(record, indent=1) + "\n")


def load_origin(folder: Path) -> tuple[int, Parameters] | None:
    """Read the seed and the parameters of a virtual basin.

    Parameters
    ----------
    folder : Path
        Folder of the truth.

    Returns
    -------
    tuple of int and Parameters, or None
        None where nothing is recorded, or something that this simulator does not know.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        parts = {p.name: p.type(**record["parameters"][p.name]) for p in fields(Parameters)}
        return int(record["seed"]), Parameters(**parts)
    except (OSError, ValueError, KeyError, TypeError):
        return None
