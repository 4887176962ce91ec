"""One benchmark in this process: its sizes, and its result as JSON. See run.py."""

import json
import sys
from pathlib import Path

from swgw.storage.files import write_text

SIZES = {
    "full": {
        "speed": {"hidden_sizes": (16, 32), "steps": 20, "repetitions": 7},
        "same_loss": {"hidden_sizes": (32,), "steps": 20, "epochs": 8, "seeds": 5},
        "scaling": {"counts": (25, 250, 2500), "steps": 40, "repetitions": 5},
        "peers": {"hidden_sizes": (16, 32), "steps": 20, "repetitions": 5},
        "budget": {"profile": "paper", "models": ("MT-TFT",), "times": 10, "workers": 2},
        "paper": {},
    },
    "tiny": {
        "speed": {"hidden_sizes": (8,), "steps": 1, "repetitions": 2},
        "same_loss": {"hidden_sizes": (8,), "steps": 1, "epochs": 2, "seeds": 2},
        "scaling": {"counts": (4, 8), "steps": 1, "repetitions": 2},
        "peers": {"hidden_sizes": (8,), "steps": 1, "repetitions": 2},
        "budget": {"profile": "smoke", "models": ("MT-TFT",), "times": 2, "workers": 1},
        "paper": {},
    },
}


def measure(name: str, basin: str, size: dict, peers_python: str, book: Path) -> dict:
    """Run a benchmark of a name and give its result."""
    if name == "speed":
        from speed import measure as benchmark
    elif name == "same_loss":
        from same_loss import measure as benchmark
    elif name == "scaling":
        from scaling import measure as benchmark
    elif name == "peers":
        from peers_speed import WORKER
        from peers_speed import measure as benchmark

        size = size | {"command": [peers_python, str(WORKER)]}
    elif name == "budget":
        from budget import measure as benchmark

        size = size | {"book": book}
    else:
        from paper import measure as benchmark

        return benchmark(book)
    return benchmark(basin, **size)


if __name__ == "__main__":
    name, basin, size, peers_python, book, path = sys.argv[1:]
    result = measure(name, basin, SIZES[size][name], peers_python, Path(book))
    write_text(path, json.dumps(result, indent=1) + "\n")
