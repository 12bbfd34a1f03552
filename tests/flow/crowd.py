#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""crowd.py [TIMES]: clients do at once all that clients do, each deed TIMES times at least, while a rule changes all the time,
connections of the source end and it restarts; at last the server ends under them. Every answer is one that some version of the
rule gives, and every refusal one that has a reason. Made for builds with the thread and the address sanitizer.
Last line: N passed, N failed."""

import multiprocessing
import random
import select
import sys
import time
import traceback

import gateway_world
from gateway_world import CANCEL, PASSWORD, SYNC, Closed, bind, errors, everything, execute, message, packet, parse, rows, tags
from wire import Wire

CLIENTS, RESTARTS, PATIENCE_SECONDS = 32, 2, 400
# What may be refused at any time: the rule changed meanwhile, a cancel that came late, a source that restarts, what follows
# in a failed transaction.
REASONS = {"40001", "57014", "08001", "08006", "57P01", "57P02", "57P03", "25P02"}
END_ONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scrim_reader' ORDER BY random() LIMIT 1"
SLOW = b"SELECT count(*) FROM big a, big b WHERE a.filler < b.filler\0"
FIRST_MADE = {"UTC": b"2024-01-01 01:00:00+00", "Asia/Tokyo": b"2024-01-01 10:00:00+09"}


class Wrong(Exception):
    """An answer that should not be."""


def expect(good, what):
    if not good:
        raise Wrong(what)


def answered(messages, also=()):
    """Whether it was; a refusal without a reason is wrong."""
    codes = {error["C"] for error in errors(messages)}
    expect(codes <= REASONS | set(also), f"refused: {errors(messages)}")
    return not codes


def one_colour(messages, *columns):
    """Rows of one statement are of one version of the rule, and answer what was asked."""
    if answered(messages):
        found = set(rows(messages))
        expect(found in ({(b"red", *columns)}, {(b"blue", *columns)}), f"for {columns}: {found}")


def number(dice):
    return b"%d" % dice.randrange(10**9)


def asks(wire, dice, _):
    for _ in range(5):
        mark = number(dice)
        one_colour(wire.simple(f"SELECT grp, {mark.decode()} FROM watched WHERE id > 990"), mark)


def asks_prepared(wire, dice, _):
    wire.socket.sendall(message(b"C", b"Sp\0") + parse("SELECT grp, $1 FROM watched WHERE id > 990", "p", [23]) + SYNC)
    if answered(wire.until_ready()):
        for _ in range(10):
            mark = number(dice)
            wire.socket.sendall(bind("p", values=[mark]) + execute() + SYNC)
            one_colour(wire.until_ready(), mark)


def asks_in_a_row(wire, dice, _):
    """Many statements before the first answer: they share connections of the source with those of others."""
    marks = [number(dice) for _ in range(10)]
    wire.socket.sendall(parse("SELECT grp, $1 FROM watched WHERE id > 990", "", [23]) + SYNC)
    if answered(wire.until_ready()):
        wire.socket.sendall(b"".join(bind(values=[mark]) + execute() + SYNC for mark in marks))
        for mark in marks:
            one_colour(wire.until_ready(), mark)


def asks_anonymously(wire, dice, _):
    wire.socket.sendall(parse(f"SELECT grp FROM watched WHERE amount > {dice.randrange(900)}") + bind() + execute(limit=3) + execute() + SYNC)
    one_colour(wire.until_ready())


def fetches(wire, _, __):
    if answered(wire.simple("BEGIN; DECLARE c SCROLL CURSOR FOR SELECT grp FROM watched")):
        for sql in ("FETCH 5 FROM c", "FETCH LAST FROM c", "FETCH BACKWARD 5 FROM c"):
            one_colour(wire.simple(sql))
    ended = wire.simple("ROLLBACK")
    expect(tags(ended) == ["ROLLBACK"], f"no way out of a transaction: {errors(ended)}")


def copies(wire, _, __):
    messages = wire.simple("COPY (SELECT grp FROM watched) TO STDOUT")
    if answered(messages):
        colours = {body for kind, body in messages if kind == b"d"}
        expect(colours in ({b"red\n"}, {b"blue\n"}), f"copied {colours}")


def sets(wire, dice, _):
    zone = dice.choice(sorted(FIRST_MADE))
    messages = wire.simple(f"SET timezone = '{zone}'; SELECT made FROM watched WHERE id = 1")
    if answered(messages):
        expect(rows(messages) in ([], [(FIRST_MADE[zone],)]), f"in {zone}: {rows(messages)}")


def explains(wire, _, __):
    answered(wire.simple("EXPLAIN SELECT grp FROM watched"))


def fails(wire, _, __):
    expect(not answered(wire.simple("SELECT 1/0"), ["22012"]), "1/0 has a value")


def leaves(wire, dice, _):
    wire.send(b"Q", b"SELECT filler FROM big\0")
    wire.socket.recv(1 + dice.randrange(100000))
    wire.socket.close()


def leaves_many(wire, dice, _):
    wire.socket.sendall(parse("SELECT filler FROM big WHERE id < $1", "", [23]) + (bind(values=[b"1000"]) + execute() + SYNC) * 10)
    wire.socket.recv(1 + dice.randrange(100000))
    wire.socket.close()


def cancels(wire, _, world):
    wire.send(b"Q", SLOW)
    while not select.select([wire.socket], [], [], 0.2)[0]:
        with world.socket() as canceller:
            canceller.sendall(packet(CANCEL, wire.key))
            everything(canceller)
    expect(not answered(wire.until_ready()), "not cancelled")


def is_turned_away(_, __, world):
    try:
        world.wire("mallory")
    except Closed as refusal:
        expect("C28P01" in str(refusal), refusal)
    else:
        raise Wrong("mallory was let in")


LAST_DEEDS = [leaves, leaves_many]
DEEDS = [asks, asks_prepared, asks_in_a_row, asks_anonymously, fetches, copies, sets, explains, fails, cancels, is_turned_away, *LAST_DEEDS]


class Crowd:
    """Each client is a process, so that they do not wait for each other."""

    def __init__(self, world):
        self.world = world
        self.done, self.wrong = multiprocessing.Array("i", len(DEEDS)), multiprocessing.Value("i", 0)
        self.ending, self.over = multiprocessing.Event(), multiprocessing.Event()
        self.clients = [multiprocessing.Process(target=self._live, args=(random.Random(number),)) for number in range(CLIENTS)]
        for client in self.clients:
            client.start()

    def _connect(self, dice):
        if dice.random() < 0.5:
            return self.world.wire(dice.choice(["alice", "bob"]))
        scrim = self.world.scrim
        wire = Wire(scrim.host, scrim.port, "alice", PASSWORD, "scrim", scrim.ca)
        wire.key = None
        return wire

    def _live(self, dice):
        while not self.over.is_set():
            try:
                self._visit(dice)
            except (Closed, OSError, Wrong) as problem:
                self._wrong(f"{type(problem).__name__}: {problem}")
            except Exception:  # what a client of ours does not understand is wrong, too
                self._wrong(traceback.format_exc())

    def _wrong(self, problem):
        if not self.ending.is_set():
            self.wrong.value += 1
            self.over.set()
            print("  wrong:", problem, flush=True)

    def _visit(self, dice):
        wire = self._connect(dice)
        wire.socket.settimeout(120)
        for _ in range(dice.randrange(1, 20)):
            deed = dice.choice(DEEDS)
            if self.over.is_set() or deed is cancels and not wire.key:
                continue
            deed(wire, dice, self.world)
            with self.done.get_lock():
                self.done[DEEDS.index(deed)] += 1
            wire.received = b""
            if deed in LAST_DEEDS:
                return
        wire.close()

    def satisfied(self, times):
        return min(self.done) >= times

    def join(self):
        self.over.set()
        for client in self.clients:
            client.join(150)
            client.kill()


def stir(world, crowd, times):
    """Until every deed was done often enough, or something is wrong."""
    deadline, changes, restarts = time.monotonic() + PATIENCE_SECONDS, 0, 0
    while not crowd.wrong.value and time.monotonic() < deadline and not (restarts == RESTARTS and crowd.satisfied(times)):
        changes += 3
        world.set_watched(*(["blue", "red", "blue"] if changes % 2 else ["red", "blue", "red"]))
        if changes % 2 == 0:
            world.postgres.psql(END_ONE)
        if restarts < RESTARTS and crowd.satisfied((restarts + 1) * times // (RESTARTS + 1)):
            restarts += 1
            world.postgres.stop()
            world.postgres.start()
    names = [deed.__name__ for deed in DEEDS]
    print(f"  {changes} changes of the rule, {restarts} restarts of the source; {dict(zip(names, crowd.done))}", flush=True)


def ends_well(world):
    try:
        world.stop()
    except RuntimeError as problem:
        print(problem)
        return False
    return True


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    world = gateway_world.World()
    crowd, results = Crowd(world), {}
    try:
        stir(world, crowd, times)
        results["every answer and every refusal has its reason"] = not crowd.wrong.value
        results[f"every deed was done {times} times"] = crowd.satisfied(times)
        crowd.ending.set()
    finally:
        results["the server ends in good order"] = ends_well(world)
        crowd.join()
    for name, passed in results.items():
        print("ok" if passed else "FAIL", name)
    failed = sum(not passed for passed in results.values())
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
