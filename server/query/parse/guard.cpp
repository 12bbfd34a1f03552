// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/guard.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "common/base/utf8.h"
#include "server/query/parse/lexer.h"

namespace scrim::parse {
namespace {

using base::Error;
using base::ErrorCode;

enum class Word { other, opensCase, closesCase, flat, between, chain, join };

// Only words that can stand between operands repeatedly without brackets, or that bound such chains, matter.
Word wordOf(std::string_view word) {
  struct Row {
    std::string_view text;
    Word meaning;
  };
  static constexpr Row kRows[] = {
      {"or", Word::flat},        {"at", Word::chain},       {"in", Word::chain},      {"is", Word::chain},
      {"and", Word::flat},       {"end", Word::closesCase}, {"not", Word::chain},     {"case", Word::opensCase},
      {"join", Word::join},      {"like", Word::chain},     {"ilike", Word::chain},   {"union", Word::join},
      {"except", Word::join},    {"isnull", Word::chain},   {"escape", Word::chain},  {"between", Word::between},
      {"collate", Word::chain},  {"notnull", Word::chain},  {"similar", Word::chain}, {"operator", Word::chain},
      {"overlaps", Word::chain}, {"intersect", Word::join},
  };
  if (word.size() < 2 || word.size() > 9) return Word::other;
  for (const Row& row : kRows) {
    if (row.text.size() == word.size() && isWord(word, row.text)) return row.meaning;
  }
  return Word::other;
}

// One open bracket or CASE. A group is a stretch whose operators can nest in one another.
struct Level {
  bool isCase = false;
  std::size_t joins = 0;            // nest over the whole level
  std::size_t chain = 0;            // operators of the current group
  std::size_t deepestChild = 0;     // brackets closed in the current group
  std::size_t deepestGroup = 0;     // groups before it
  std::size_t pendingBetweens = 0;  // each owns one AND to come
  void endGroup() {
    deepestGroup = std::max(deepestGroup, chain + deepestChild);
    chain = deepestChild = 0;
  }
};

class DepthCounter {
 public:
  // A bracket can hold a sub-select: SubLink, SelectStmt, ResTarget; CASE: CaseExpr, CaseWhen.
  static constexpr std::size_t kWeightOfLevel = 4;

  DepthCounter() { levels_.emplace_back(); }

  void take(const Token& token, std::string_view text) {
    const char first = text[token.begin];
    if (token.kind == TokenKind::word) {
      if (!nameExpected_) takeWord(wordOf(text.substr(token.begin, token.end - token.begin)));
    } else if (token.kind == TokenKind::op || token.kind == TokenKind::twoColons) {
      ++levels_.back().chain;
    } else if (token.kind == TokenKind::symbol) {
      takeSymbol(first);
    }
    nameExpected_ = token.kind == TokenKind::symbol && first == '.';
  }

  // The bound if the text ended here.
  std::size_t bound() const {
    std::size_t depth = 0;
    for (std::size_t i = levels_.size(); i-- > 0;) {
      const Level& level = levels_[i];
      depth = kWeightOfLevel + level.joins +
              std::max(level.deepestGroup, level.chain + std::max(level.deepestChild, depth));
    }
    return depth;
  }
  std::size_t openLevels() const { return levels_.size(); }

 private:
  void takeWord(Word word) {
    Level& level = levels_.back();
    if (word == Word::opensCase) open(true);
    if (word == Word::closesCase && level.isCase) close();
    if (word == Word::join) ++level.joins;
    if (word == Word::chain) ++level.chain;
    if (word == Word::between) {
      level.chain += 2;  // the operator and the list of its bounds
      ++level.pendingBetweens;
    }
    if (word == Word::flat) takeFlat(level);
  }
  // The AND of a BETWEEN does not end a chain: NOT a BETWEEN b AND NOT c BETWEEN d AND .. nests.
  static void takeFlat(Level& level) {
    if (level.pendingBetweens > 0) {
      --level.pendingBetweens;
    } else {
      level.endGroup();
    }
  }
  void takeSymbol(char symbol) {
    if (symbol == '(' || symbol == '[') open(false);
    if (symbol == ')' || symbol == ']') closeBracket();
    if (symbol == ',') levels_.back().endGroup();
  }
  void open(bool isCase) {
    levels_.emplace_back();
    levels_.back().isCase = isCase;
  }
  void closeBracket() {
    while (levels_.size() > 1 && levels_.back().isCase) close();
    if (levels_.size() > 1) close();
  }
  void close() {
    Level& level = levels_.back();
    level.endGroup();
    const std::size_t depth = kWeightOfLevel + level.joins + level.deepestGroup;
    levels_.pop_back();
    levels_.back().deepestChild = std::max(levels_.back().deepestChild, depth);
  }

  std::vector<Level> levels_;
  bool nameExpected_ = false;  // after a dot any word is a name
};

Error tooComplex() {
  return {ErrorCode::tooComplex, "statement is too complex", "It nests deeper or has more tokens than Scrim accepts.",
          "Split the statement, or shorten its expressions."};
}

// PostgreSQL's scanner takes a run of operator characters whole, then gives back what is not part of the first
// operator: plus and minus signs cost the third power of their number, and openings of comments the second.
class OperatorRuns {
 public:
  bool tooLong(const Token& token) {
    constexpr std::uint32_t kLongest = 64;
    if (token.kind != TokenKind::op) return false;
    if (token.begin != end_) begin_ = token.begin;
    end_ = token.end;
    return end_ - begin_ > kLongest;
  }

 private:
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
};

base::Result<void> checkCommentRuns(std::string_view text) {
  constexpr std::string_view kOperatorCharacters = "+-*/<>=~!@#%^&|`?";
  constexpr int kMost = 16;
  int openings = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (kOperatorCharacters.find(text[i]) == std::string_view::npos) openings = 0;
    if (text[i] == '/' && text[i + 1] == '*' && ++openings > kMost) return tooComplex();
  }
  return {};
}

base::Result<void> checkParameter(const Token& token, std::string_view text) {
  const std::string_view digits = text.substr(token.begin + 1, token.end - token.begin - 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc() && number >= 1 && number <= 65535) return {};
  return Error{.code = ErrorCode::undefinedParameter,
               .message = "there is no parameter $" + std::string(digits.substr(0, 20)),
               .position = token.begin};
}

base::Result<void> checkEncoding(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.maxTextBytes) {
    return Error{.code = ErrorCode::programLimit,
                 .message = "statement text is longer than " + std::to_string(limits.maxTextBytes) + " bytes"};
  }
  const std::size_t bad = std::min(base::firstInvalidUtf8(text), text.find('\0'));
  if (bad >= text.size()) return {};
  return Error{
      .code = ErrorCode::invalidText, .message = "invalid byte sequence for encoding \"UTF8\"", .position = bad};
}

}  // namespace

base::Result<void> guardText(std::string_view text, const ParseLimits& limits) {
  SCRIM_CHECK_OK(checkEncoding(text, limits));
  SCRIM_CHECK_OK(checkCommentRuns(text));
  Lexer lexer(text);
  DepthCounter depth;
  OperatorRuns runs;
  std::size_t tokens = 0;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (++tokens > limits.maxTokens || depth.openLevels() > limits.maxDepth || runs.tooLong(token)) return tooComplex();
    if (token.kind == TokenKind::parameter) SCRIM_CHECK_OK(checkParameter(token, text));
    depth.take(token, text);
  }
  if (depth.bound() > limits.maxDepth) return tooComplex();
  return {};
}

std::size_t depthBound(std::string_view text) {
  Lexer lexer(text);
  DepthCounter depth;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) depth.take(token, text);
  return depth.bound();
}

}  // namespace scrim::parse
