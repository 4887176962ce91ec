"""Helpers behind the executable companion to Jing, Tian & Zheng (2025), Hydrology 12(11) 291."""

import importlib

_HOME = {
    "load_basin": "basin.folder",
    "check_basin": "basin.check",
    "prepare_basin": "basin.prepare",
    "load_truth": "virtual",
    "open_study": "experiments.study",
    "claim": "claims.claim",
    "list_claims": "claims.catalogue",
}
__all__ = sorted(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str):
    """Load a public name's module when it is first used, so that ``import swgw`` stays light."""
    if name not in _HOME:
        raise AttributeError(f"module 'swgw' has no attribute {name!r}")
    return getattr(importlib.import_module(f"swgw.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
