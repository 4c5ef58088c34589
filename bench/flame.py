"""Draws where the time of accepted updates goes: a flame graph of the mock at 16 connections.

    python -m bench.flame after                      bench/flame-after.svg
    python -m bench.flame before --checkout FOLDER   another commit, checked out there

Needs wrk and py-spy, which is no requirement of the project: `pip install py-spy==0.4.3` in an environment of its own,
and --py-spy PATH where it is not on the PATH. Attaching to a process may need root, or CAP_SYS_PTRACE.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread

from bench import machine, servers
from bench.servers import HERE, ROOT
from bench.workload import ACCEPTED
from bench.wrk import Wrk

SECONDS, RATE, CONNECTIONS = 10, 250, 16
MOST_BYTES = 150_000


def draw(profiler, file, checkout):
    """Samples a loaded mock for ten seconds, by function."""
    command = [profiler, "record", "--function", "--rate", str(RATE), "--duration", str(SECONDS), "--output", str(file)]
    with Wrk() as wrk, servers.mock(cwd=checkout) as mock:
        wrk(mock, ACCEPTED, CONNECTIONS, 2)
        load = Thread(target=wrk, args=(mock, ACCEPTED, CONNECTIONS, SECONDS + 2))
        load.start()
        ran = subprocess.run([*command, "--pid", str(mock.process.pid)], capture_output=True, text=True, check=False)
        load.join()
    if ran.returncode:
        sys.exit(f"py-spy could not attach: {ran.stderr.strip()}")
    # py-spy titles the picture with its own command, paths and all.
    title = f"accepted updates, {CONNECTIONS} connections; commit {machine.commit(checkout)}"
    file.write_text(re.sub(r"(<text id=\"title\"[^>]*>)[^<]*", rf"\g<1>{title}", file.read_text()))
    if file.stat().st_size > MOST_BYTES:
        sys.exit(f"{file.name} is larger than {MOST_BYTES} bytes: too large to keep")


def main():
    arguments = argparse.ArgumentParser(prog="python -m bench.flame", description=__doc__.splitlines()[0])
    arguments.add_argument("name", choices=("before", "after"))
    arguments.add_argument("--checkout", type=Path, default=ROOT, help="where the code stands that is served")
    arguments.add_argument("--py-spy", default=shutil.which("py-spy"), metavar="PATH")
    given = arguments.parse_args()
    if given.py_spy is None:
        sys.exit("py-spy is not installed: pip install py-spy==0.4.3, or name it by --py-spy")
    file = HERE / f"flame-{given.name}.svg"
    draw(given.py_spy, file, given.checkout.resolve())
    print(file.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
