#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Formatting and static checks.

Usage: check.py format [file ..]   formats C++ in place (all of ours when none is named)
       check.py check [file ..]    format, clang-tidy and layers; changes nothing

clang-tidy runs only on sources that changed, themselves or in a header of ours that they include, since they last passed:
a pass is remembered in .cache/tidy under a hash of all that text.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "tidy"
BUILD = ROOT / "build" / "dev"
OURS = re.compile(r"^(common|server|ldap|gui|tests)/.*\.(h|hpp|cpp|cc|c)$")
# What clang 14 needs to read what GCC 12 compiles (see cmake/compiler.cmake).
CLANG_FLAGS = ["-D__cpp_impl_coroutine=201902L", "-DASIO_HAS_CO_AWAIT=1", "-DASIO_HAS_STD_COROUTINE=1",
               "-Wno-unknown-warning-option"]


def our_files(named):
    if named:
        return [os.path.relpath(Path(name).resolve(), ROOT) for name in named]
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(path for path in set(listed.stdout.splitlines()) if OURS.match(path) and (ROOT / path).exists())


def run_in_batches(command, files, size=40):
    batches = [files[i:i + size] for i in range(0, len(files), size)]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda batch: subprocess.run([*command, *batch], cwd=ROOT, capture_output=True, text=True), batches))


def format_files(files):
    run_in_batches(["clang-format", "-i"], files)
    print(f"format: {len(files)} files")
    return True


def check_format(files):
    done = run_in_batches(["clang-format", "--dry-run", "--Werror"], files)
    wrong = sorted({os.path.relpath(m, ROOT) for d in done for m in re.findall(r"^(\S+?):\d+:\d+: error", d.stderr, re.M)})
    for path in wrong:
        print(f"{path}: not formatted")
    print(f"format: {len(files)} files, {len(wrong)} to format" + (" (./dev format)" if wrong else ""), flush=True)
    return not wrong


@lru_cache(None)
def includes_of(path):
    text = (ROOT / path).read_text(errors="replace")
    return text, [p for p in re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M) if (ROOT / p).exists()]


def fingerprint(path, command):
    """A hash of the source, every header of ours that it reaches, the settings and the compiler's command."""
    seen, todo = set(), [path]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += includes_of(name)[1]
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + command.encode() + "".join(CLANG_FLAGS).encode())
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + includes_of(name)[0].encode())
    return digest.hexdigest()


def tidy_one(path, key):
    extra = [f"--extra-arg={flag}" for flag in CLANG_FLAGS]
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(BUILD), *extra, path], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        (CACHE / key).touch()
        return True
    shown = [line for line in done.stdout.splitlines() if line.strip()]
    print("\n".join(shown[:40]) or done.stderr[-2000:], flush=True)
    return False


def check_tidy(files):
    if not (BUILD / "compile_commands.json").exists():
        print("tidy: no build/dev yet: run ./dev build first")
        return False
    commands = {os.path.relpath(c["file"], ROOT): c["command"] for c in json.loads((BUILD / "compile_commands.json").read_text())}
    CACHE.mkdir(parents=True, exist_ok=True)
    keyed = [(path, fingerprint(path, commands[path])) for path in files if path in commands]
    todo = [(path, key) for path, key in keyed if not (CACHE / key).exists()]
    print(f"tidy: {len(keyed)} sources, {len(todo)} to look at", flush=True)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda item: tidy_one(*item), todo))
    print(f"tidy: {results.count(False)} with problems", flush=True)
    return all(results)


def main():
    if sys.argv[1:2] == ["format"]:
        return 0 if format_files(our_files(sys.argv[2:])) else 1
    files = our_files(sys.argv[2:])
    good = [check_format(files), check_tidy(files),
            subprocess.run([sys.executable, "tests/layers/check.py"], cwd=ROOT).returncode == 0]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
