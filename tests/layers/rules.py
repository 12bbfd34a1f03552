# SPDX-License-Identifier: Apache-2.0
"""One function a rule: it takes the tree and yields problems as sentences "path:line: what is wrong"."""

import os
import re

from vendors import VENDORS_OF_TESTS, allowed_in, vendor_of

LONGEST_FILE = 400
# Who may ask a source for rows without going through a ProtectedQuery (law 1): each with its reason.
CALLERS_OF_SOURCES = {
    "server/sources": "the room itself",
    "server/query/push": "sends protected statements, the only way for a user's query",
    "server/query/federate": "scans guarded relations",
    "server/query": "hands the pool of a connection to push",
    "server/catalog": "reads the shape of a table when it is registered, never its rows",
    "server/fingerprint": "samples, by its own request type",
    "server/gateway": "cancels and counts upstream connections",
    "server/app": "wiring",
}
ALWAYS_ANY = ("tests/",)


def resolve(tree, include):
    """The file that a quoted include names, from the root or (in tests) beside the includer; None if there is none."""
    if include.header in tree.file_set:
        return include.header
    beside = os.path.normpath(os.path.join(os.path.dirname(include.path), include.header))
    return beside if include.path.startswith(ALWAYS_ANY) and beside in tree.file_set else None


def imports_are_declared(tree):
    """A file includes only its own room and rooms that its room's IMPORTS name, each one itself: what is only reachable
    through another import is not declared. A unit test may use all that its room can reach."""
    homeless = set()
    for include in tree.includes:
        if not include.quoted:
            continue
        where, target = f"{include.path}:{include.line}", resolve(tree, include)
        if target is None:
            yield f'{where}: "{include.header}" does not exist (includes are written from the root)'
            continue
        wanted, room = tree.room_of(target), tree.room_of(include.path)
        if room is None or include.path.startswith(ALWAYS_ANY):
            tested = tree.room_under_test(include.path)
            if tested and wanted and wanted not in tree.closure(tested):
                yield f"{where}: the tests of {tested} include {wanted}, which {tested} does not reach"
            if not include.path.startswith(ALWAYS_ANY) and include.path not in homeless:
                homeless.add(include.path)
                yield f"{where}: this file belongs to no room"
        elif wanted is None:
            yield f"{where}: {target} belongs to no room"
        elif wanted != room and wanted not in tree.rooms[room].imports:
            yield f"{where}: room {room} includes {wanted} but does not declare it in IMPORTS"


def declared_imports_are_used(tree):
    """An import that no file uses is taken out: the list of imports is what a reader trusts."""
    used = {}
    for include in tree.includes:
        target = include.quoted and resolve(tree, include)
        room = tree.room_of(include.path)
        if target and room:
            used.setdefault(room, set()).add(tree.room_of(target))
    for room in tree.rooms.values():
        for name in room.imports:
            if name not in used.get(room.name, set()) and not room.name.startswith(ALWAYS_ANY):
                yield f"{room.name}/CMakeLists.txt:1: IMPORTS {name} is never used"


def rooms_form_no_cycle(tree):
    """IMPORTS name rooms that exist and stand above in the top CMakeLists.txt."""
    order = {name: place for place, name in enumerate(tree.declared_order)}
    for room in tree.rooms.values():
        where = f"{room.name}/CMakeLists.txt:1"
        if room.name not in order:
            yield f"{where}: room {room.name} is not added by the top CMakeLists.txt"
        for name in room.imports:
            if name not in tree.rooms:
                yield f"{where}: imports {name}, which is no room"
            elif order.get(name, -1) >= order.get(room.name, len(order)):
                yield f"{where}: imports {name}, which is not declared above it"


def files_form_no_cycle(tree):
    """No header includes itself by way of others."""
    graph = {}
    for include in tree.includes:
        target = include.quoted and resolve(tree, include)
        if target:
            graph.setdefault(include.path, []).append(target)
    done, reported = set(), set()
    for start in sorted(graph):
        path, trail = [(start, iter(graph.get(start, ())))], [start]
        while path:
            following = next(path[-1][1], None)
            if following is None:
                done.add(path.pop()[0])
                trail.pop()
            elif following in trail:
                ring = trail[trail.index(following):]
                if frozenset(ring) not in reported:
                    reported.add(frozenset(ring))
                    yield f"{ring[0]}:1: include cycle: {' -> '.join([*ring, following])}"
            elif following not in done:
                path.append((following, iter(graph.get(following, ()))))
                trail.append(following)


def vendors_stay_behind_their_wall(tree):
    """A library's header appears only in the rooms that own it (vendors.py); an unknown header is refused."""
    for include in tree.includes:
        if include.quoted:
            continue
        where, name = f"{include.path}:{include.line}", vendor_of(include.header)
        room = tree.room_of(include.path) or ""
        if name is None:
            yield f"{where}: <{include.header}> is in no vendor's list (tests/layers/vendors.py)"
        elif name == "standard":
            continue
        elif include.path.startswith(ALWAYS_ANY):
            tested = tree.room_under_test(include.path)
            if name not in VENDORS_OF_TESTS and tested and not allowed_in(name, tested):
                yield f"{where}: <{include.header}> ({name}) is not for the tests of {tested}"
        elif not allowed_in(name, room):
            yield f"{where}: <{include.header}> ({name}) is not for room {room or '(none)'}"


def sources_have_few_callers(tree):
    """Law 1: only the rooms listed may see server/sources."""
    for include in tree.includes:
        target = include.quoted and resolve(tree, include)
        room = tree.room_of(include.path)
        if not target or not room or include.path.startswith(ALWAYS_ANY):
            continue
        if target.startswith("server/sources/") and not any(
                room == name or (name == "server/sources" and room.startswith(name + "/")) for name in CALLERS_OF_SOURCES):
            yield f"{include.path}:{include.line}: room {room} may not talk to sources (law 1)"


def files_are_short(tree):
    """At most 400 lines, or a line with the reason in tests/layers/long_files.txt."""
    listed = {}
    if "tests/layers/long_files.txt" in tree.file_set:
        for line in tree.text("tests/layers/long_files.txt").splitlines():
            if line.strip() and not line.startswith("#"):
                path, _, reason = line.partition(" ")
                listed[path] = reason.strip()
    scripts = [path for path in tree.files if path.endswith((".py", ".sh", ".cmake", ".js", ".java"))]
    for path in [*tree.sources, *scripts]:
        lines = tree.text(path).count("\n")
        if lines > LONGEST_FILE and not listed.get(path):
            yield f"{path}:{lines}: {lines} lines; the limit is {LONGEST_FILE} (or a reason in tests/layers/long_files.txt)"
        if lines <= LONGEST_FILE and path in listed:
            yield f"tests/layers/long_files.txt:1: {path} is short again; take it out"
    for path in listed:
        if path not in tree.file_set:
            yield f"tests/layers/long_files.txt:1: {path} does not exist"


def files_carry_their_license(tree):
    """SPDX line first (after a script's #! line); headers have #pragma once."""
    for path in tree.files:
        if not path.endswith((".h", ".hpp", ".cpp", ".cc", ".c", ".inc", ".py", ".sh", ".cmake", ".java")) and path != "dev":
            continue
        text = tree.text(path)
        lines = text.splitlines()
        first = lines[1:2] if lines and lines[0].startswith("#!") else lines[:1]
        if not first or "SPDX-License-Identifier: Apache-2.0" not in first[0]:
            yield f"{path}:1: the first line is not the SPDX line"
        if path.endswith((".h", ".hpp")) and "#pragma once" not in text:
            yield f"{path}:1: no #pragma once"


PATH_IN_DOCS = re.compile(r"`([^`\s]+)`")
TOP = r"(common|server|ldap|gui|plugins|installers|tests|docs|cmake|tools|demo|\.ci)"


def paths_in_docs_exist(tree):
    """A path in backticks in any Markdown page exists; `*` and `<name>` match anything, build/ is not looked at."""
    folders = {os.path.dirname(path) for path in tree.files}
    for path in list(folders):
        while path:
            path = os.path.dirname(path)
            folders.add(path)
    everything = tree.file_set | folders
    for page in tree.files:
        if not page.endswith(".md"):
            continue
        for number, line in enumerate(tree.text(page).splitlines(), 1):
            for word in PATH_IN_DOCS.findall(line):
                word = word.rstrip(".,:;").removeprefix("./")
                if re.fullmatch(TOP + r"/[\w./*<>-]*", word):
                    candidates = [word.rstrip("/"), word + ".h"]  # `server/query/parse/guard` names a header and its source
                elif "/" not in word and re.fullmatch(r"[\w-]+\.(h|cpp|py|sh|sql|cmake)", word):
                    candidates = [os.path.join(os.path.dirname(page), "**", word), "**/" + word]
                else:
                    continue
                if not any(exists(everything, candidate) for candidate in candidates):
                    yield f"{page}:{number}: `{word}` does not exist"


def exists(everything, pattern):
    if pattern in everything:
        return True
    if not re.search(r"[*<]", pattern):
        return False
    parts = re.split(r"(\*\*/|\*|<[^>]*>)", re.sub(r"^\*\*/|(?<=/)\*\*/", "**/", pattern))
    table = {"**/": "(.*/)?", "*": "[^/]*"}
    regex = "".join(table.get(p, "[^/]+" if p.startswith("<") else re.escape(p)) for p in parts)
    return any(re.fullmatch(regex, path) for path in everything)


RULES = [imports_are_declared, declared_imports_are_used, rooms_form_no_cycle, files_form_no_cycle,
         vendors_stay_behind_their_wall, sources_have_few_callers, files_are_short, files_carry_their_license,
         paths_in_docs_exist]
