# SPDX-License-Identifier: Apache-2.0
"""The work tree as the checks see it: rooms as declared, files, includes."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

IGNORED = {"build", ".git", ".cache", ".ccache", "node_modules", "__pycache__", "target", ".venv", ".pytest_cache"}
ROOM_CALL = re.compile(r"\broom\(\s*([^\s)]+)([^)]*)\)")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
CODE = (".h", ".hpp", ".cpp", ".cc", ".c", ".inc")


@dataclass(frozen=True)
class Room:
    name: str
    imports: tuple
    vendors: tuple


@dataclass(frozen=True)
class Include:
    path: str      # the file that includes
    line: int
    header: str
    quoted: bool


def without_comments(text):
    return re.sub(r"#[^\n]*", "", text)


def read_room_call(name, rest):
    lists = {"IMPORTS": [], "VENDORS": [], "SUBFOLDERS": []}
    current = None
    for word in rest.split():
        if word in lists:
            current = word
        elif current:
            lists[current].append(word.strip('"'))
    return Room(name, tuple(lists["IMPORTS"]), tuple(lists["VENDORS"]))


class Tree:
    def __init__(self, root):
        self.root = Path(root)

    @cached_property
    def files(self):
        """Every file, as a path from the root with '/'."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(f for f in folders if f not in IGNORED)
            found += [os.path.relpath(os.path.join(folder, name), self.root) for name in sorted(names)]
        return found

    @cached_property
    def file_set(self):
        return set(self.files)

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    @cached_property
    def rooms(self):
        found = {}
        for path in self.files:
            if os.path.basename(path) == "CMakeLists.txt" and path != "CMakeLists.txt":
                for name, rest in ROOM_CALL.findall(without_comments(self.text(path))):
                    found[name] = read_room_call(name, rest)
        return found

    @cached_property
    def declared_order(self):
        """The rooms in the order in which the top CMakeLists.txt adds them."""
        if "CMakeLists.txt" not in self.file_set:
            return []
        return re.findall(r"add_room_folder\(\s*([^\s)]+)\s*\)", without_comments(self.text("CMakeLists.txt")))

    def room_of(self, path):
        """The room that a source file belongs to: the nearest declared folder above it."""
        folder = os.path.dirname(path)
        while folder:
            if folder in self.rooms:
                return folder
            folder = os.path.dirname(folder)
        return None

    def room_under_test(self, path):
        match = re.match(r"tests/unit/([^/]+)/", path)
        if not match:
            return None
        return next((name for name in self.rooms if name.replace("/", "_") == match[1]), None)

    def closure(self, room):
        """The room and everything it imports, directly or not."""
        seen, todo = set(), [room]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.rooms[name].imports if name in self.rooms else ()
        return seen

    @cached_property
    def sources(self):
        return [path for path in self.files if path.endswith(CODE)]

    @cached_property
    def includes(self):
        found = []
        for path in self.sources:
            for number, line in enumerate(self.text(path).splitlines(), 1):
                match = INCLUDE.match(line)
                if match:
                    found.append(Include(path, number, match[1] or match[2], match[1] is not None))
        return found
