// SPDX-License-Identifier: Apache-2.0
// Our lexer against PostgreSQL's: empty if they agree on where every token of a text begins and ends, else what
// differs.
#pragma once

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "server/query/parse/lexer.h"

namespace scrim::support {

struct ScannedToken {
  std::uint32_t begin;
  std::uint32_t end;
  bool operator==(const ScannedToken&) const = default;
};

struct Scan {
  bool ok;
  std::string error;
  std::vector<ScannedToken> tokens;
};

inline Scan scanOfPostgres(const std::string& text) {
  const PgQueryScanResult result = pg_query_scan(text.c_str());
  Scan scan{result.error == nullptr, result.error == nullptr ? "" : result.error->message, {}};
  if (scan.ok) {
    PgQuery__ScanResult* unpacked = pg_query__scan_result__unpack(
        nullptr, result.pbuf.len, reinterpret_cast<const std::uint8_t*>(result.pbuf.data));
    for (std::size_t i = 0; i < unpacked->n_tokens; ++i) {
      const PgQuery__ScanToken& token = *unpacked->tokens[i];
      const bool comment = token.token == PG_QUERY__TOKEN__SQL_COMMENT || token.token == PG_QUERY__TOKEN__C_COMMENT;
      if (!comment)
        scan.tokens.push_back({static_cast<std::uint32_t>(token.start), static_cast<std::uint32_t>(token.end)});
    }
    pg_query__scan_result__free_unpacked(unpacked, nullptr);
  }
  pg_query_free_scan_result(result);
  return scan;
}

inline Scan scanOfOurs(const std::string& text) {
  Scan scan{true, "", {}};
  parse::Lexer lexer(text);
  for (parse::Token token = lexer.next(); token.kind != parse::TokenKind::end; token = lexer.next()) {
    if (token.kind == parse::TokenKind::invalid) scan.ok = false;
    scan.tokens.push_back({token.begin, token.end});
  }
  return scan;
}

/// pg_query_scan says too early an end for U& literals and for those that go on in another line; where they truly end
/// shows in where the next token begins.
inline bool sameToken(const ScannedToken& expected, const ScannedToken& actual, const std::string& text) {
  if (expected == actual) return true;
  const std::string_view token = std::string_view(text).substr(actual.begin, actual.end - actual.begin);
  const bool literal = token.find('\'') != token.npos || token.find('&') != token.npos;
  return literal && expected.begin == actual.begin && expected.end < actual.end;
}

/// PostgreSQL refuses more than boundaries decide (bad escapes, operators too long), so only its successes are held
/// against ours, and ours against its failures.
inline std::string scanDifference(const std::string& text) {
  const Scan expected = scanOfPostgres(text);
  const Scan actual = scanOfOurs(text);
  if (!expected.ok) return "";
  if (!actual.ok) return "ours refuses what PostgreSQL scans";
  for (std::size_t i = 0; i < std::max(expected.tokens.size(), actual.tokens.size()); ++i) {
    const auto show = [i](const Scan& scan) {
      if (i >= scan.tokens.size()) return std::string("nothing");
      return std::to_string(scan.tokens[i].begin) + ".." + std::to_string(scan.tokens[i].end);
    };
    if (i >= expected.tokens.size() || i >= actual.tokens.size() ||
        !sameToken(expected.tokens[i], actual.tokens[i], text)) {
      return "token " + std::to_string(i) + ": PostgreSQL " + show(expected) + ", ours " + show(actual);
    }
  }
  return "";
}

}  // namespace scrim::support
