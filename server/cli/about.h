// SPDX-License-Identifier: Apache-2.0
// What scrim says about itself beyond its verbs: variables, files, routes. For help texts and the manual page. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scrim::cli {

struct Term {
  std::string_view name;
  std::string_view means;
};

/// Variables of the environment, and files.
const std::vector<Term>& variables();
const std::vector<Term>& files();
/// "GET /api/v1/users   user list", one line a verb.
std::string routesText();
/// "scrim user show USER", with the flags that must be given.
std::string synopsisOf(const struct Verb& verb);
std::string manPage();

}  // namespace scrim::cli
