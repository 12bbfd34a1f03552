// SPDX-License-Identifier: Apache-2.0
// CtrlC: while one lives, the first Ctrl-C is noted instead of ending the program; the second ends it. At most one at
// a time, in the thread that waits.
#pragma once

namespace scrim::cli::sql {

class CtrlC {
 public:
  CtrlC();
  CtrlC(const CtrlC&) = delete;
  CtrlC& operator=(const CtrlC&) = delete;
  ~CtrlC();

  static bool pressed();
  /// Readable once it was pressed; -1: none lives.
  static int file();
};

}  // namespace scrim::cli::sql
