# SPDX-License-Identifier: Apache-2.0
"""A line of the page that ./dev bench prints."""

import os
import platform
from dataclasses import dataclass
from statistics import median
from typing import Optional

__all__ = ["Row", "table", "note", "median"]


@dataclass
class Row:
    what: str
    against: str
    target: str
    figure: str
    met: Optional[bool] = None  # None: no target, shown to be read beside the others


def at_least(what, against, ratio, least, detail=""):
    return Row(what, against, f">= {least:g}", f"{ratio:.2f}{detail}", ratio >= least)


def at_most(what, against, ratio, most, detail=""):
    return Row(what, against, f"<= {most:g}", f"{ratio:.2f}{detail}", ratio <= most)


def table(rows):
    cells = [("what", "against", "target", "figure", ""),
             *((r.what, r.against, r.target, r.figure, {True: "met", False: "MISSED", None: ""}[r.met]) for r in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(5)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells)


def note(options):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return (f"On {os.cpu_count()} cores ({model}), shared by clients, PostgreSQL and what is measured; load {os.getloadavg()[0]:.1f}. "
            "Loopback TCP without TLS, rules and audit journal on, pools of equal size, medians of interleaved rounds."
            + (" QUICK: sizes too small to judge by." if options.quick else ""))
