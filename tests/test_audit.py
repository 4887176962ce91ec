"""The paper's arithmetic, redone: literal numbers, computed once by hand."""

import numpy as np
import pandas as pd
import pytest
from fake_study import VARIANTS, make_study
from IPython.display import Markdown
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from test_pages_results import functions, is_labelled

from swgw.claims import audit
from swgw.claims.inconsistencies import REMARKS
from swgw.pages import audit as page


def test_variances_of_table_3():
    table = audit.table_3_variances().set_index("model")
    expected = {
        "ST-GRU": 3189, "MT-GRU": 3160, "MT-LSTM": 3136,
        "ST-LSTM": 3475, "MT-TFT": 2994, "ST-TFT": 2433,
    }  # fmt: skip
    assert table["value"].round().to_dict() == pytest.approx(expected)
    assert set(table.index[table["agrees"]]) == {"ST-GRU", "MT-GRU", "MT-LSTM"}
    assert all(table["low"] < table["value"]) and all(table["value"] < table["high"])


def test_the_shared_variance_is_3156_to_3167():
    middle, low, high = audit.common_variance()
    assert (round(low), round(high)) == (3156, 3167)
    assert low < middle < high


def test_the_headline_gain_shrinks():
    table = audit.reconciled().set_index("model")
    single, multi = table.loc["ST-TFT"], table.loc["MT-TFT"]
    assert single["nse_if_rmse_holds"] == pytest.approx(0.738, abs=5e-4)
    assert multi["nse_if_rmse_holds"] == pytest.approx(0.745, abs=1e-3)
    gain = multi["nse_if_rmse_holds"] - single["nse_if_rmse_holds"]
    assert gain == pytest.approx(0.006, abs=5e-4)
    assert single["rmse_if_nse_holds"] == pytest.approx(32.8, abs=0.05)
    assert multi["rmse_if_nse_holds"] == pytest.approx(29.2, abs=0.05)


def test_relative_changes_are_not_15_to_20_per_cent():
    table = audit.relative_changes()
    percent = (
        100 * table.pivot_table(index="architecture", columns="score", values="change")
    ).round(1)
    assert percent["nse"].to_dict() == {"GRU": -11.8, "LSTM": 20.0, "TFT": 10.6}
    assert percent["r2"].to_dict() == {"GRU": -5.8, "LSTM": 16.7, "TFT": 10.3}
    low, high = audit.STATED_GAIN
    can = table[(table["low"] <= high) & (table["high"] >= low)]
    assert set(can["architecture"]) == {"LSTM"}


def test_rounding_brackets_every_pair_it_may_stand_for():
    rng = np.random.default_rng(0)
    for _ in range(200):
        nse, rmse = rng.uniform(-1, 0.95), rng.uniform(1, 50)
        low, high = audit.implied_range(round(nse, 2), round(rmse, 2))
        assert low <= audit.implied_variance(nse, rmse) <= high
        assert audit.nse_from_rmse(rmse, audit.implied_variance(nse, rmse)) == pytest.approx(nse)


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ([(1, 4), (2, 5), (8, 9)], (2, 4)),
        ([(1, 2), (3, 4), (3.5, 6)], (3.5, 4)),
        ([(0, 10)], (0, 10)),
        ([(0, 10), (2, 3), (2, 3)], (2, 3)),
    ],
)
def test_the_range_that_most_intervals_share(rows, shared):
    assert audit.common_range(pd.DataFrame(rows, columns=["low", "high"])) == shared


def test_one_correlation_holds_and_one_does_not():
    table = audit.correlations().set_index("name")
    assert table["p"].round(3).to_dict() == {"entropy_distance": 0.209, "r2_distance": 0.008}
    assert table.loc["entropy_distance", "low"] < 0 < table.loc["entropy_distance", "high"]
    assert table.loc["r2_distance", "low"] > 0


def test_p_agrees_with_scipy_on_made_up_wells():
    from scipy import stats

    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 25))
    found = stats.pearsonr(x, y)
    assert audit.p_of_correlation(found.statistic, 25) == pytest.approx(found.pvalue)
    low, high = found.confidence_interval(0.9)
    assert audit.correlation_range(found.statistic, 25) == pytest.approx((low, high))


def test_orders_of_the_clusters():
    orders = audit.cluster_orders()
    assert orders["closest first"] == (2, 1, 3)
    assert orders["highest entropy first"] == (1, 2, 3)
    assert orders["lowest R² first"] == (2, 1, 3)


def test_units():
    assert audit.litres_per_second(28.43) == pytest.approx(0.33, abs=0.005)
    assert audit.entropy_ceiling(3, np.e) == pytest.approx(1.79, abs=0.005)
    assert audit.entropy_ceiling(3, 2) > 2.19


def test_remarks_say_where_and_what_follows():
    assert len({remark.topic for remark in REMARKS}) == len(REMARKS) >= 12
    assert all(remark.where and remark.found and remark.matters for remark in REMARKS)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_page_stands_for_every_basin(variant):
    study = make_study(**VARIANTS[variant])
    for name, function in functions("audit").items():
        result = function(study)
        if name.startswith("figure"):
            assert isinstance(result, Figure) and is_labelled(result)
            result.canvas.draw()
            plt.close(result)
        else:
            assert isinstance(result, Markdown)
            assert "nan" not in result.data.split()


def test_the_words_give_the_numbers():
    study = make_study(**VARIANTS["everything"])
    text = page.words_variances(study).data
    for part in ("3,156 and 3,167", "0.738 and 0.744", "0.006", "32.8 and 29.2", "0.07"):
        assert part in text
    assert "0.33 litres" in page.words_unit(study).data
    assert "one case of 5" in page.words_correlations(study).data
    assert "0.000000 %" in page.words_ours(study).data
