#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that the tree is what its rooms declare. Rules: rules.py; who owns which library: vendors.py.

Usage: check.py [ROOT]. Prints every problem as "path:line: sentence"; exit code 1 when there is one.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from rules import RULES  # noqa: E402
from tree import Tree  # noqa: E402


def check(root):
    """[(rule name, [problem ..])], in the order of RULES."""
    tree = Tree(root)
    return [(rule.__name__, list(rule(tree))) for rule in RULES]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    results = check(root)
    for name, problems in results:
        print(f"{'FAIL' if problems else 'ok  '} {name.replace('_', ' ')}")
        for problem in problems:
            print("     " + problem)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
