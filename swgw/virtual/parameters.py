"""The simulator's parameters: value, unit, plausible range and where the range comes from.

Nothing here is measured in the basin. Where no number is published the value was chosen inside
the textbook range of the lithology or process, and then moved within it until the flows, the
exchange and the storage loss of ``published.py`` were met.
"""

from dataclasses import dataclass, field, fields

import pandas as pd

FREEZE = "Freeze & Cherry 1979, conductivity by lithology"
JOHNSON = "Johnson 1967, specific yield by lithology"
HBV = "Seibert & Vis 2012, ranges of the HBV model"
OURS = "chosen here; no published number was used"


def _parameter(value: float, unit: str, low: float, high: float, meaning: str, source: str):
    note = {"unit": unit, "low": low, "high": high, "meaning": meaning, "source": source}
    return field(default=value, metadata=note)


@dataclass(frozen=True)
class CatchmentParameters:
    """Mountain catchment above the gorge: snow, soil, two linear reservoirs."""

    area: float = _parameter(
        10_000, "km²", 9_900, 10_100, "catchment area", "published size of the catchment"
    )
    melt_factor: float = _parameter(2.45, "mm/°C/d", 1, 8, "degree-day factor", HBV)
    melt_threshold: float = _parameter(1.5, "°C", -2, 2, "snow below, melt above", HBV)
    field_capacity: float = _parameter(420, "mm", 50, 500, "size of the soil store", HBV)
    soil_exponent: float = _parameter(2.7, "–", 1, 6, "exponent of the soil's outflow", HBV)
    evaporation_limit: float = _parameter(
        0.79, "–", 0.3, 1, "soil wetness from which plants lack nothing", HBV
    )
    evaporation_factor: float = _parameter(
        1.11, "–", 0.5, 1.2, "potential evapotranspiration over Oudin's", OURS
    )
    percolation: float = _parameter(
        0.625, "–", 0.1, 0.9, "share of the outflow to the slow reservoir", OURS
    )
    fast_time: float = _parameter(7, "d", 2, 30, "residence time of the fast reservoir", HBV)
    slow_time: float = _parameter(97, "d", 20, 1000, "residence time of the slow reservoir", HBV)
    ice_share: float = _parameter(
        0.41, "–", 0, 0.6, "share of the flow that deep frost binds", OURS
    )
    frost: float = _parameter(1.5, "°C", 0, 5, "frost at which the river begins to freeze", OURS)
    noon: float = _parameter(2.4, "°C", 0, 5, "warmth of noon above the mean of the day", OURS)
    thaw_rate: float = _parameter(
        0.05, "1/d", 0.03, 0.12, "share of the river ice melting at 8 °C", OURS
    )
    lapse_rate: float = _parameter(0.0062, "°C/m", 0.004, 0.0075, "cooling with height", OURS)


@dataclass(frozen=True)
class AquiferParameters:
    """Middle-reach aquifer: one layer of fixed transmissivity."""

    t_gravel: float = _parameter(16000, "m²/d", 1000, 30000, "transmissivity, gravel fan", FREEZE)
    t_silt: float = _parameter(500, "m²/d", 100, 2500, "transmissivity, sand and silt", FREEZE)
    t_margin: float = _parameter(60, "m²/d", 5, 200, "transmissivity, hilly margin", FREEZE)
    t_spread: float = _parameter(
        0.3, "–", 0.1, 1, "sd of log transmissivity between places", FREEZE
    )
    sy_gravel: float = _parameter(0.20, "–", 0.15, 0.30, "specific yield, gravel", JOHNSON)
    sy_silt: float = _parameter(0.10, "–", 0.03, 0.19, "specific yield, sand and silt", JOHNSON)
    sy_margin: float = _parameter(0.04, "–", 0.02, 0.10, "specific yield, margin", JOHNSON)
    front_inflow: float = _parameter(
        9, "m³/s", 2, 15, "inflow along the front, small streams", OURS
    )
    spring_leakance: float = _parameter(
        0.006, "1/d", 0.001, 0.05, "leakance of springs and ditches", OURS
    )
    spring_depth: float = _parameter(1.5, "m", 0.5, 3, "depth at which springs begin", OURS)
    et_depth: float = _parameter(
        4.0, "m", 2, 8, "depth of the table beyond the reach of plants", OURS
    )
    et_factor: float = _parameter(
        0.4, "–", 0.2, 1.0, "evapotranspiration of a table at the ground", OURS
    )
    vadose_speed: float = _parameter(
        0.1, "m/d", 0.02, 0.5, "downward speed of recharge", "Wang et al. 2010 (delay with depth)"
    )
    margin_speed: float = _parameter(
        1.0, "m/d", 0.1, 5, "downward speed of recharge in hills", OURS
    )


@dataclass(frozen=True)
class RiverParameters:
    """River bed and rating of the main channel."""

    leakance: float = _parameter(0.115, "1/d", 0.005, 1.0, "leakance of the bed", FREEZE)
    bed_thickness: float = _parameter(
        3, "m", 0.5, 5, "bed's thickness; below it the river hangs", OURS
    )
    width: float = _parameter(80, "m", 30, 200, "wetted width at 50 m³/s", OURS)
    width_exponent: float = _parameter(0.02, "–", 0, 0.5, "growth of the width with flow", OURS)
    depth: float = _parameter(0.6, "m", 0.3, 2, "depth at 50 m³/s", OURS)
    depth_exponent: float = _parameter(
        0.4, "–", 0.3, 0.6, "growth of the depth with flow", "Leopold & Maddock 1953"
    )
    incision: float = _parameter(3.0, "m", 1, 8, "bed below the plain", OURS)


@dataclass(frozen=True)
class WaterUseParameters:
    """Irrigation, its return flow, and pumping, with their unobserved random part."""

    diversion_first: float = _parameter(15e8, "m³/yr", 6e8, 16e8, "canal demand in 1998", OURS)
    diversion_last: float = _parameter(11e8, "m³/yr", 6e8, 16e8, "canal demand in 2012", OURS)
    pumping_first: float = _parameter(1e8, "m³/yr", 0.5e8, 4e8, "pumping in 1998", OURS)
    pumping_last: float = _parameter(4.6e8, "m³/yr", 2e8, 8e8, "pumping in 2012", OURS)
    return_canal: float = _parameter(
        0.46, "–", 0.2, 0.5, "share of canal water that recharges", OURS
    )
    return_pumped: float = _parameter(
        0.15, "–", 0.05, 0.3, "share of pumped water that recharges", OURS
    )
    share_limit: float = _parameter(
        0.9, "–", 0.4, 0.95, "share of the flow that canals may take", OURS
    )
    base_pumping: float = _parameter(
        0.15, "–", 0.05, 0.4, "share of pumping that goes on all year", OURS
    )
    deficit_response: float = _parameter(
        0.8, "–", 0, 2, "rise of pumping as canals fall short", OURS
    )
    rain_response: float = _parameter(0.06, "1/mm", 0, 0.2, "fall of irrigation with rain", OURS)
    rain_recharge: float = _parameter(
        0.10, "–", 0.02, 0.2, "share of rain above 5 mm/d that recharges", OURS
    )
    pumping_sd: float = _parameter(
        0.45, "–", 0.1, 0.8, "random part of pumping, sd of its log", OURS
    )
    pumping_memory: float = _parameter(15, "d", 3, 60, "memory of the random part of pumping", OURS)
    diversion_sd: float = _parameter(
        0.20, "–", 0.05, 0.5, "random part of diversion, sd of its log", OURS
    )
    diversion_memory: float = _parameter(
        8, "d", 3, 60, "memory of the random part of diversion", OURS
    )


@dataclass(frozen=True)
class Parameters:
    """Every parameter of the simulator, by part."""

    catchment: CatchmentParameters = CatchmentParameters()
    aquifer: AquiferParameters = AquiferParameters()
    river: RiverParameters = RiverParameters()
    water_use: WaterUseParameters = WaterUseParameters()


def parameters_table(parameters: Parameters | None = None) -> pd.DataFrame:
    """Every parameter with its value, unit, plausible range, meaning and source.

    Returns
    -------
    DataFrame
        Columns part, parameter, value, unit, low, high, meaning, source; one row a parameter.
    """
    parameters = parameters or Parameters()
    rows = []
    for part in fields(parameters):
        values = getattr(parameters, part.name)
        for item in fields(values):
            row = {"part": part.name, "parameter": item.name, "value": getattr(values, item.name)}
            rows.append(row | dict(item.metadata))
    return pd.DataFrame(rows)[
        ["part", "parameter", "value", "unit", "low", "high", "meaning", "source"]
    ]
