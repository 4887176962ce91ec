"""Helpers behind the executable companion to Jing, Tian & Zheng (2025), Hydrology 12(11) 291."""

import importlib
import json
from pathlib import Path

_HOME = json.loads((Path(__file__).parent / "data" / "names.json").read_text("utf-8"))
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
