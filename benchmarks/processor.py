"""Processor and elapsed time of a command and of every process that it leaves behind.

    python benchmarks/processor.py swgw book --profile quick --output FOLDER

Linux alone. ``time`` does not count processes that others fork, as the book's are: here they come
back to this process when their own parent has ended, and it waits for all of them.
"""

import ctypes
import os
import resource
import subprocess
import sys
import time

ADOPT = 36  # PR_SET_CHILD_SUBREAPER


def main(*words: str) -> None:
    """Run a command and print what it took."""
    ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
    started, load = time.perf_counter(), os.getloadavg()[0]
    code = subprocess.run(words, check=False).returncode
    elapsed = time.perf_counter() - started
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"processor {used.ru_utime + used.ru_stime:.0f} s, elapsed {elapsed:.0f} s, largest "
        f"process {used.ru_maxrss / 1e6:.2f} GB, exit {code}, load before {load:.1f}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
