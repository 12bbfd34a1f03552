#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo world: a private PostgreSQL with the company's database `retail`, scrimd in front of it, and what `scrim apply` tells it.

Usage: demo.py [--detach | --stop] [--folder DIR]

Keeps running until Ctrl-C; --detach returns when all is up and leaves DIR/env (default build/demo/env) for scripts to read.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

from demo_world import Problem, World

EXAMPLE = "SELECT * FROM customer_purchases WHERE age BETWEEN 18 AND 24 AND product_id = 15"


def say(text=""):
    print(text, flush=True)


def prepare(world):
    """Everything that must be there before a server starts."""
    for title, command in (("packages", ["tools/dev/install.sh", "--quiet"]), ("build", ["./dev", "build", "scrimd", "scrim"])):
        say(f"demo: {title} ...")
        started = time.monotonic()
        done = subprocess.run(command, cwd=world.root, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE if title == "build" and not sys.stdout.isatty() else None, text=True)
        if done.returncode != 0:
            raise Problem(f"{title} failed\n{(done.stdout or '')[-4000:]}")
        if time.monotonic() - started > 5:
            say(f"demo: {title} took {time.monotonic() - started:.0f} s")


def show(world):
    say("\n-- alice (groups Toys and Home Goods) asks:")
    say(f"   {EXAMPLE}")
    say("\n-- grace, a governor, asks what Scrim makes of it: the logical plan as written and after policy, and the SQL:")
    say(world.ask("grace", f"EXPLAIN (AS_USER 'alice') {EXAMPLE}", "-At"))
    with world.log_of_retail() as statements:
        rows = world.ask("alice", EXAMPLE + " ORDER BY purchase_date DESC, id LIMIT 10")
    say("\n-- the SQL sent to retail, from retail's own log (for the ten latest of the rows):")
    say("\n".join(statements) or "   (retail's log shows none)")
    say("\n-- the rows:")
    say(rows)
    say(f"-- alice sees {world.ask('alice', f'SELECT count(*) FROM ({EXAMPLE}) AS q', '-At')} rows, "
        f"bob (group HR) {world.ask('bob', f'SELECT count(*) FROM ({EXAMPLE}) AS q', '-At')}, "
        f"and retail holds {world.count_unprotected(EXAMPLE)}.")


def show_how_to_go_on(world):
    say("\nGo on with:")
    for user in world.users:
        say(f"  {world.command_line(user)}")
    say("\nand, to see what they may not:\n  " + f'psql "{world.environment()["RETAIL_DSN"]}"')
    say(f"\nThe REST API is at {world.environment()['SCRIM_API_URL']}/api/v1, described by its openapi.json. On the command line, from here:")
    for line in world.scrim_lines(EXAMPLE + " LIMIT 5"):
        say(f"  {line}")


def wait_until_told(world):
    """Returns at Ctrl-C or a request to end; raises when a server died."""
    told = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: told.set())
    say("\nRunning. Ctrl-C ends it.")
    while not told.wait(0.5):
        world.check_alive()
    say("\ndemo: stopping ...")


def lock(world):
    world.folder.mkdir(parents=True, exist_ok=True)
    handle = open(world.folder / "lock", "w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Problem(f"another ./dev demo is at work in {world.folder}") from None
    return handle


def run(world, detach):
    running = world.is_up()
    if running:
        say("demo: already up")
    else:
        prepare(world)
        try:
            world.start(say)
        except BaseException:
            world.stop()
            raise
    world.write_environment()
    if detach:
        show_how_to_go_on(world)
        say(f"\nUp. Settings for scripts: {os.path.relpath(world.folder / 'env', world.root)}. ./dev demo --stop ends it.")
        return
    try:
        show(world)
        show_how_to_go_on(world)
        wait_until_told(world)
    finally:
        world.stop()


def main():
    parser = argparse.ArgumentParser(prog="./dev demo")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--detach", action="store_true", help="return when all is up")
    choice.add_argument("--stop", action="store_true", help="end a detached world")
    parser.add_argument("--folder", default="build/demo", help="where the world lives (default: build/demo)")
    options = parser.parse_args()
    world = World(options.folder)
    try:
        if options.stop:
            say("demo: stopped" if world.stop() else "demo: nothing was running")
            return 0
        held = lock(world)
        run(world, options.detach)
        held.close()
        return 0
    except KeyboardInterrupt:
        return 130
    except Problem as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
