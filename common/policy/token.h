// SPDX-License-Identifier: Apache-2.0
// Tokens of the policy language: words, "identifiers", 'strings', numbers and signs. Values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace scrim::policy {

enum class TokenKind { word, quoted, string, number, sign, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;          // quoted and string: without quotes, doubled ones undone; otherwise as written
  std::string upper;         // word: in capitals
  std::size_t position = 0;  // byte offset of its first character
};

/// Limits of one sentence; past them it is refused.
inline constexpr std::size_t kLongestSentence = 65536;  // bytes
inline constexpr int kDeepestNesting = 64;              // parentheses and NOTs within each other
inline constexpr int kMostOperators = 500;              // arithmetic operators and NOTs

/// Ends with one `end` token. Errors carry the position of the offending byte.
base::Result<std::vector<Token>> tokensOf(std::string_view text);

std::string upperAscii(std::string_view text);
std::string lowerAscii(std::string_view text);
bool equalIgnoringCase(std::string_view left, std::string_view right);

/// Whether a word must stand in double quotes to name a column.
bool isReserved(std::string_view upperWord);
/// A name as the language writes it: plain where it can be, else in double quotes.
std::string printedName(std::string_view name);
/// A string in single quotes.
std::string printedString(std::string_view text);

}  // namespace scrim::policy
