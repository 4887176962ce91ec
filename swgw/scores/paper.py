"""What Jing, Tian & Zheng (2025) publish, as data: the numbers, as printed, and where they stand.

Pages show them only beside a basin whose ``basin.yml`` says ``companion: jing2025``. Nothing in
this package is fitted to them. The paper's statements are on the pages.
"""

import pandas as pd

TABLE_1 = pd.DataFrame(
    [
        ("wind", "China Meteorological Forcing Dataset", "0.1°", "hourly"),
        ("precipitation", "China Meteorological Forcing Dataset", "0.1°", "hourly"),
        ("temperature", "China Meteorological Forcing Dataset", "0.1°", "hourly"),
        ("head", "Water Resources Department of Gansu Province", "in situ", "5 days"),
        ("discharge", "Water Resources Department of Gansu Province", "in situ", "daily"),
        ("land use", "Sentinel-2", "30 m", "yearly"),
    ],
    columns=["variable", "source", "spatial resolution", "temporal resolution"],
)
"""Table 1: the paper's data sets."""

TABLE_2 = pd.DataFrame(
    [
        ("single-task", "ST-GRU", "runoff"),
        ("single-task", "ST-LSTM", "runoff"),
        ("single-task", "ST-TFT", "runoff"),
        ("single-task", "ST-GRU", "heads"),
        ("single-task", "ST-LSTM", "heads"),
        ("single-task", "ST-TFT", "heads"),
        ("multi-task", "MT-GRU", "runoff and heads"),
        ("multi-task", "MT-LSTM", "runoff and heads"),
        ("multi-task", "MT-TFT", "runoff and heads"),
    ],
    columns=["learning", "model", "target"],
)
"""Table 2: the nine experiments."""

TABLE_3 = pd.DataFrame(
    [
        ("ST-GRU", 0.51, 0.52, 39.53),
        ("MT-GRU", 0.45, 0.49, 41.69),
        ("ST-LSTM", 0.40, 0.42, 45.66),
        ("MT-LSTM", 0.48, 0.49, 40.38),
        ("ST-TFT", 0.66, 0.68, 28.76),
        ("MT-TFT", 0.73, 0.75, 28.43),
    ],
    columns=["model", "nse", "r2", "rmse"],
)
"""Table 3: runoff, test period 2010–2012, 5-day series. The RMSE is printed in m³/d."""

GROUNDWATER_R2 = pd.DataFrame(
    [
        ("ST-GRU", 0.31, 0.32),
        ("ST-LSTM", 0.39, 0.33),
        ("ST-TFT", 0.43, 0.49),
        ("MT-GRU", 0.29, 0.30),
        ("MT-LSTM", 0.49, 0.43),
        ("MT-TFT", 0.52, 0.52),
    ],
    columns=["model", "median", "mean"],
)
"""Section 3.2 and Fig. 6: R² of heads over the 25 wells."""

CLUSTERS = pd.DataFrame(
    [
        (1, "agricultural areas near the channel", "green", 0.50, 0.50, 2.19),
        (2, "along the channel", "red", 0.45, 0.39, 2.13),
        (3, "farther away", "blue", 0.71, 0.68, 2.06),
    ],
    columns=["cluster", "setting", "colour", "r2_median", "r2_mean", "entropy_median"],
)
"""Section 3.2, Figs. 7 and 8: clusters, MT-TFT's R² and permutation entropy [bit, our reading]."""

CORRELATIONS = {"entropy_distance": -0.26, "r2_distance": 0.52}
"""Section 3.2, Fig. 9: Pearson correlations over the wells with the distance to the channel."""

DISTANCE_ORDER = (3, 1, 2)
"""Section 4.2: the clusters from the farthest to the closest to the channel."""

PERIODS = {"train": (2001, 2008), "validation": (2009, 2009), "test": (2010, 2012)}
"""Section 2.6: years, both included."""

WELLS = 25
"""Section 2.2: the number of wells."""

FIGURE_7_WELLS = {
    "Yanuanzhangwan": 2,
    "Yingkeganqu": 2,
    "Wangqizha": 1,
    "Taipingpu": 3,
    "Liaojiapu": 3,
    "Liuquan": 1,
}
"""Fig. 7: the six wells shown, each with its cluster."""
