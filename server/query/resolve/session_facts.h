// SPDX-License-Identifier: Apache-2.0
// SessionFacts: what a statement may ask about its own session. Such questions (CURRENT_USER, current_database(), ..)
// are answered by literals from here, never by the source. Values; any thread.
#pragma once

#include <string>
#include <vector>

namespace scrim::resolve {

struct SessionFacts {
  std::string user;      // CURRENT_USER, SESSION_USER, USER, CURRENT_ROLE; empty: such questions are refused
  std::string database;  // current_database(): the project's name, or "scrim"
  std::vector<std::string> searchPath = {"public"};  // where governed names without a schema are looked for, in order
  std::string serverVersion = "PostgreSQL 15.0 (Scrim)";  // version()
};

}  // namespace scrim::resolve
