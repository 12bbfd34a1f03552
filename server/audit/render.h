// SPDX-License-Identifier: Apache-2.0
// From a record to its JSON members, without the sequence before them and the hash after them, which the chain adds.
// Each function replaces `out`. Any thread.
#pragma once

#include <string>

#include "server/audit/record.h"

namespace scrim::audit {

void render(std::string& out, const Started& record);
void render(std::string& out, const Finished& record);
void render(std::string& out, const Refused& record);
void render(std::string& out, const Login& record);
void render(std::string& out, const PolicyChange& record);
void render(std::string& out, ServerEvent event, std::string_view version);
/// Written first after the journal was broken: how long, how many calls were refused meanwhile, and which records
/// (`lateFrom` to `lateTo`; 0: none) came to the disk only now, so that no row was served on the strength of them.
void renderRecovered(std::string& out, std::uint64_t brokenMilliseconds, std::uint64_t refused, std::uint64_t lateFrom,
                     std::uint64_t lateTo, std::string_view reason);

}  // namespace scrim::audit
