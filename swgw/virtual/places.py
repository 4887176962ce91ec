"""Where the virtual basin is observed: 25 wells and two gauges.

The first six wells bear the names of the paper's Fig. 7; the other names are of villages of the
Zhangye plain and were chosen by us. No coordinates are published: the places are ours, laid out
in the paper's three settings. The last well stands on the hilly margin, unlike all others.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class WellPlace:
    """A well of the virtual basin and the setting in which it stands."""

    well_id: str
    name: str
    longitude: float
    latitude: float
    setting: str


CHANNEL, NEAR, FAR, MARGIN = "along the channel", "irrigated, near", "far", "hilly margin"

WELLS = (
    WellPlace("H01", "Yanuanzhangwan", 100.182, 39.283, CHANNEL),
    WellPlace("H02", "Yingkeganqu", 100.378, 39.035, CHANNEL),
    WellPlace("H03", "Wangqizha", 100.462, 39.005, NEAR),
    WellPlace("H04", "Taipingpu", 100.640, 39.020, FAR),
    WellPlace("H05", "Liaojiapu", 100.020, 39.170, FAR),
    WellPlace("H06", "Liuquan", 100.030, 39.310, NEAR),
    WellPlace("H07", "Caotan", 100.262, 38.915, CHANNEL),
    WellPlace("H08", "Gaoya", 100.385, 39.135, CHANNEL),
    WellPlace("H09", "Banqiao", 100.252, 39.262, CHANNEL),
    WellPlace("H10", "Pingchuan", 100.095, 39.322, CHANNEL),
    WellPlace("H11", "Chengguan", 99.850, 39.386, CHANNEL),
    WellPlace("H12", "Wujiang", 100.391, 39.105, CHANNEL),
    WellPlace("H13", "Xiaoman", 100.435, 38.935, NEAR),
    WellPlace("H14", "Xindun", 100.395, 38.995, NEAR),
    WellPlace("H15", "Xijun", 100.215, 39.015, NEAR),
    WellPlace("H16", "Shajing", 100.250, 39.085, NEAR),
    WellPlace("H17", "Yanuan", 100.300, 39.180, NEAR),
    WellPlace("H18", "Xuanhua", 99.905, 39.330, NEAR),
    WellPlace("H19", "Youlian", 99.830, 39.345, NEAR),
    WellPlace("H20", "Daman", 100.545, 38.905, FAR),
    WellPlace("H21", "Dangzhai", 100.585, 38.960, FAR),
    WellPlace("H22", "Jiantan", 100.560, 39.085, FAR),
    WellPlace("H23", "Shahe", 99.985, 39.130, FAR),
    WellPlace("H24", "Liyuan", 100.060, 39.110, FAR),
    WellPlace("H25", "Pingshan", 100.420, 39.312, MARGIN),
)

GAUGES = (
    ("yingluo", "Yingluo gorge", 100.180, 38.800, ""),
    ("gaoya", "Gaoya", 100.375, 39.140, "yingluo"),
)
