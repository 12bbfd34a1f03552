# SPDX-License-Identifier: Apache-2.0
"""The checker on small trees: silent on a good one, and each planted violation is named."""

import tempfile
import unittest
from pathlib import Path

from check import check

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
GOOD = {
    "CMakeLists.txt": "add_room_folder(common/base)\nadd_room_folder(common/policy)\nadd_room_folder(server/store)\n"
                      "add_room_folder(server/audit)\n",
    "common/base/CMakeLists.txt": "room(common/base VENDORS openssl)",
    "common/base/error.h": SPDX + "#pragma once\n#include <string>\n#include <openssl/evp.h>\n",
    "common/policy/CMakeLists.txt": "room(common/policy IMPORTS common/base VENDORS re2)",
    "common/policy/rule.h": SPDX + '#pragma once\n#include <re2/re2.h>\n#include "common/base/error.h"\n',
    "server/store/CMakeLists.txt": "room(server/store IMPORTS common/base VENDORS libpq)",
    "server/store/pool.h": SPDX + '#pragma once\n#include "common/base/error.h"\n',
    "server/store/pool.cpp": SPDX + '#include "server/store/pool.h"\n#include <libpq-fe.h>\n',
    "server/audit/CMakeLists.txt": "room(server/audit IMPORTS common/policy)",
    "server/audit/journal.h": SPDX + '#pragma once\n#include "common/policy/rule.h"\n',
    "tests/unit/server_store/pool_test.cpp": SPDX + '#include <gtest/gtest.h>\n#include "server/store/pool.h"\n'
                                                    '#include "common/base/error.h"\n',
    "docs/page.md": "See `server/store/pool.h`, `server/<room>/CMakeLists.txt`, `tests/unit/*/pool_test.cpp`, `SELECT a/b`.\n",
}


class Planted(unittest.TestCase):
    def problems(self, changes):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**GOOD, **changes}.items():
                if text is not None:
                    target = Path(root) / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(text)
            return {name: found for name, found in check(root) if found}

    def expect(self, rule, part, changes):
        found = self.problems(changes)
        self.assertEqual(list(found), [rule], found)
        self.assertIn(part, found[rule][0])

    def test_a_good_tree_is_silent(self):
        self.assertEqual(self.problems({}), {})

    def test_an_import_reached_only_through_another_is_not_declared(self):
        self.expect("imports_are_declared", "room server/audit includes common/base",
                    {"server/audit/journal.h": SPDX + '#pragma once\n#include "common/policy/rule.h"\n#include "common/base/error.h"\n'})

    def test_a_lower_room_including_a_higher_one(self):
        found = self.problems({"common/base/error.h": SPDX + '#pragma once\n#include "server/store/pool.h"\n'})
        self.assertIn("imports_are_declared", found)
        self.assertIn("files_form_no_cycle", found)

    def test_an_include_that_does_not_exist(self):
        self.expect("imports_are_declared", '"pool.h" does not exist',
                    {"server/store/pool.cpp": SPDX + '#include "pool.h"\n'})

    def test_a_unit_test_that_reaches_past_its_room(self):
        self.expect("imports_are_declared", "the tests of server/store include common/policy",
                    {"tests/unit/server_store/pool_test.cpp": SPDX + '#include "common/policy/rule.h"\n'})

    def test_a_source_file_outside_every_room(self):
        self.expect("imports_are_declared", "belongs to no room",
                    {"server/lost/lost.cpp": SPDX + '#include "common/base/error.h"\n'})

    def test_an_import_nobody_uses(self):
        self.expect("declared_imports_are_used", "IMPORTS server/store is never used",
                    {"server/audit/CMakeLists.txt": "room(server/audit IMPORTS common/policy server/store)"})

    def test_a_room_that_imports_one_below_it(self):
        found = self.problems({"common/policy/CMakeLists.txt": "room(common/policy IMPORTS common/base server/audit)"})
        self.assertIn("not declared above", found["rooms_form_no_cycle"][0])

    def test_a_room_the_build_does_not_know(self):
        self.expect("rooms_form_no_cycle", "is not added", {"server/new/CMakeLists.txt": "room(server/new)"})

    def test_two_headers_in_a_ring(self):
        self.expect("files_form_no_cycle", "server/store/a.h -> server/store/b.h -> server/store/a.h",
                    {"server/store/a.h": SPDX + '#pragma once\n#include "server/store/b.h"\n',
                     "server/store/b.h": SPDX + '#pragma once\n#include "server/store/a.h"\n'})

    def test_a_library_outside_its_room(self):
        for header in ("libpq-fe.h", "asio/ip/tcp.hpp", "pg_query.h", "yaml-cpp/yaml.h", "Poco/JSON/Object.h", "openssl/ssl.h",
                       "re2/re2.h", "gtest/gtest.h"):
            self.expect("vendors_stay_behind_their_wall", f"<{header}>",
                        {"server/audit/journal.cpp": SPDX + f"#include <{header}>\n"})

    def test_a_library_nobody_declared(self):
        self.expect("vendors_stay_behind_their_wall", "<boost/any.hpp> is in no vendor's list",
                    {"server/store/pool.cpp": SPDX + "#include <boost/any.hpp>\n"})

    def test_a_room_that_may_not_see_sources(self):
        found = self.problems({
            "CMakeLists.txt": GOOD["CMakeLists.txt"] + "add_room_folder(server/sources)\nadd_room_folder(server/query/route)\n",
            "server/sources/CMakeLists.txt": "room(server/sources)",
            "server/sources/source.h": SPDX + "#pragma once\n",
            "server/query/route/CMakeLists.txt": "room(server/query/route IMPORTS server/sources)",
            "server/query/route/route.cpp": SPDX + '#include "server/sources/source.h"\n'})
        self.assertEqual(list(found), ["sources_have_few_callers"])

    def test_a_long_file(self):
        long = SPDX + "int x;\n" * 400
        self.expect("files_are_short", "401 lines", {"server/store/pool.cpp": long})
        self.assertEqual(self.problems({"server/store/pool.cpp": long,
                                        "tests/layers/long_files.txt": "server/store/pool.cpp one table\n"}), {})

    def test_a_list_of_long_files_that_is_out_of_date(self):
        self.expect("files_are_short", "short again", {"tests/layers/long_files.txt": "server/store/pool.cpp one table\n"})
        self.expect("files_are_short", "does not exist", {"tests/layers/long_files.txt": "server/gone.cpp one table\n"})

    def test_a_file_without_its_license_or_guard(self):
        self.expect("files_carry_their_license", "SPDX", {"server/store/pool.cpp": "int x;\n"})
        self.expect("files_carry_their_license", "#pragma once", {"server/store/other.h": SPDX})

    def test_a_path_in_the_docs_that_is_gone(self):
        self.expect("paths_in_docs_exist", "`server/store/gone.h`", {"docs/page.md": "See `server/store/gone.h`.\n"})
        self.expect("paths_in_docs_exist", "`gone.h`", {"server/store/README.md": "Start at `gone.h`.\n"})


if __name__ == "__main__":
    unittest.main()
