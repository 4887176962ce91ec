"""Helpers behind the executable companion to Jing, Tian & Zheng (2025), Hydrology 12(11) 291."""

import importlib

_HOME = {
    "storage": "UserError",
    "scores": "paper",
    "scores.skill": "nse r2 rmse kge bias median_error pinball crps coverage",
    "scores.resample": "intervals differences resampled_scores interval verdict",
    "scores.means": "sample_means over_seeds",
    "scores.correlation": "pearson rank_correlation "
    "without_seasons largest_correlations seasonal_null",
    "attribution.attention": "attention null_attention attention_match rise_of_loss "
    "shares_of_past driver_of shares_by_driver agreement",
    "figures.style": "colours use_style",
    "figures.series": "plot_intervals plot_series plot_fan plot_by_lead_time set_time_axis",
    "figures.drawings": "plot_map plot_scheme",
    "basin.folder": "check_basin load_basin",
    "basin.prepare": "prepare_basin",
    "virtual": "Parameters parameters_table published",
    "virtual.simulate": "simulate_period",
    "virtual.truth": "load_truth compare_published",
    "inputs.wells": "fit_map number_clusters permutation_entropy",
    "transfer.results": "transfer_results",
    "experiments.study": "open_study",
    "book.say": "say",
    "claims.judge": "claim findings passages",
    "book.render": "write_provenance",
}
_ROOM_OF = {name: room for room, names in _HOME.items() for name in names.split()}
__all__ = sorted(_ROOM_OF)
__version__ = "0.1.0"


def __getattr__(name: str):
    """Load a public name when it is first used, so that ``import swgw`` stays light."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'swgw' has no attribute {name!r}")
    return getattr(importlib.import_module(f"swgw.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
