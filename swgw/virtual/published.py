"""Published hydrology of the Heihe's middle reach that the virtual basin is calibrated on.

None of these numbers is a result of the paper's models. Months run from January to December.
"""

from dataclasses import dataclass

PLAIN_RAIN = (2.7, 1.0, 2.7, 5.1, 14.6, 20.7, 29.6, 23.4, 24.6, 5.9, 1.9, 2.3)
"""Mean monthly precipitation of the Zhangye plain [mm] (published station means)."""

GORGE_FLOW = (13.0, 15.0, 19.0, 32.0, 45.0, 76.0, 126.0, 135.0, 111.0, 61.0, 32.0, 18.0)
"""Mean monthly discharge at Yingluo gorge [m³/s] (ChinaXiv 202103.00064)."""


@dataclass(frozen=True)
class Published:
    """One published number, or range, and how near the virtual basin should come.

    Attributes
    ----------
    key, label, unit, source : str
    low, high : float
        The range; equal where one number is published.
    tolerance : float
        Accepted distance outside the range: a share of the number where ``relative``,
        otherwise in its unit.
    relative : bool
    """

    key: str
    label: str
    unit: str
    low: float
    high: float
    tolerance: float
    relative: bool
    source: str


STATION = "station means, NOAA GSOD 52652"
FLOW = "ChinaXiv 202103.00064"
YAO = "Yao et al. 2015, 2018, as cited in section 4.2 of the paper"
FLOWS, DEGREES, CORRELATION = (0.15, True), (1.0, False), (0.05, False)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _number(key, label, unit, value, tolerance, source):
    low, high = value if isinstance(value, tuple) else (value, value)
    return Published(key, label, unit, float(low), float(high), *tolerance, source)


PUBLISHED: tuple[Published, ...] = (
    _number("rain_plain", "Rain on the plain, year", "mm/yr", 135, FLOWS, STATION),
    *(
        _number(f"rain_plain_{m + 1}", f"Rain on the plain, {MONTHS[m]}", "mm", v, FLOWS, STATION)
        for m, v in enumerate(PLAIN_RAIN)
    ),
    _number("wet_days", "Wet days on the plain", "%", 13, FLOWS, STATION),
    _number(
        "rain_mountains",
        "Precipitation in the mountains",
        "mm/yr",
        (420, 460),
        FLOWS,
        "range of published means of the mountains",
    ),
    _number("temperature", "Air temperature, plain, year", "°C", 8.7, DEGREES, STATION),
    _number("temperature_1", "Air temperature, plain, Jan", "°C", -9.2, DEGREES, STATION),
    _number("temperature_7", "Air temperature, plain, Jul", "°C", 23.3, DEGREES, STATION),
    _number("temperature_sd", "Air temperature, deseasonalised sd", "°C", 3.4, DEGREES, STATION),
    _number("wind", "Wind speed, mean", "m/s", 2.17, FLOWS, STATION),
    _number("wind_sd", "Wind speed, sd", "m/s", 0.80, FLOWS, STATION),
    _number("wind_ac_1", "Wind speed, autocorrelation at 1 day", "–", 0.45, CORRELATION, STATION),
    _number("flow", "Discharge at the gorge, year", "m³/s", (50, 60), FLOWS, FLOW),
    *(
        _number(f"flow_{m + 1}", f"Discharge at the gorge, {MONTHS[m]}", "m³/s", v, FLOWS, FLOW)
        for m, v in enumerate(GORGE_FLOW)
    ),
    _number("flow_log_sd", "Log discharge, sd", "–", 0.83, FLOWS, FLOW),
    _number("flow_ac_1", "Discharge, autocorrelation at 1 day", "–", 0.98, CORRELATION, FLOW),
    _number("flow_ac_5", "Discharge, autocorrelation at 5 days", "–", 0.90, CORRELATION, FLOW),
    _number("flow_ac_30", "Discharge, autocorrelation at 30 days", "–", 0.76, CORRELATION, FLOW),
    _number("flow_max", "Largest daily discharge", "m³/s", (350, 500), FLOWS, FLOW),
    _number(
        "flow_test_sd",
        "5-day discharge 2010–2012, sd",
        "m³/s",
        56,
        FLOWS,
        "observed variance implied by Table 3 of the paper",
    ),
    _number(
        "storage_loss", "Storage lost by the aquifer", "10⁸ m³/yr", 1.6, FLOWS, "Mi et al. 2016"
    ),
    _number("exchange_least", "Least exchange of a section, of its flow", "%", (5, 27), FLOWS, YAO),
    _number(
        "exchange_most", "Largest exchange of a section, of its flow", "%", (5, 27), FLOWS, YAO
    ),
    _number("loss_dry", "Gorge to G312: lost in the dry season", "%", (50, 100), FLOWS, YAO),
    _number("loss_wet", "Gorge to G312: lost in the wet season", "%", 10, FLOWS, YAO),
    _number(
        "gain_dry", "G312 to Gaoya: groundwater in dry-season flow", "%", (60, 100), FLOWS, YAO
    ),
)
