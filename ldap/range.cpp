// SPDX-License-Identifier: Apache-2.0
#include "ldap/range.h"

#include <charconv>
#include <iterator>

#include "ldap/text.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;

bool readNumber(std::string_view text, std::size_t& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && failure == std::errc() && end == text.data() + text.size();
}

struct Piece {
  Range range;
  std::vector<std::string> values;
};

/// The piece of the attribute that an entry holds; nullopt: none.
std::optional<Piece> pieceOf(const Entry& entry, const std::string& name) {
  for (const auto& [description, values] : entry.attributes) {
    if (description == name && values.empty()) continue;  // Active Directory names it so beside the piece
    if (description == name) return Piece{{}, values};
    if (const auto range = rangeOf(description, name)) return Piece{*range, values};
  }
  return std::nullopt;
}

std::string pieceFrom(const DirectoryOptions& options, const std::string& attribute, std::size_t first) {
  const std::size_t last = first + static_cast<std::size_t>(options.pageSize) - 1;
  return attribute + ";range=" + std::to_string(first) + "-" + std::to_string(last);
}

base::Result<Piece> nextPiece(Link& link, const DirectoryOptions& options, const std::string& dn,
                              const std::string& attribute, std::size_t first, const Call& call) {
  const SearchRequest request{dn, Scope::base, "(objectClass=*)", {pieceFrom(options, attribute, first)}, 1};
  SCRIM_TRY(const auto entries, link.search(request, call));
  auto piece = entries.size() == 1 ? pieceOf(entries.front(), lowerCase(attribute)) : std::nullopt;
  if (!piece) return Error{ErrorCode::sourceError, "A long attribute changed while it was read. Try again."};
  return *std::move(piece);
}

}  // namespace

std::optional<Range> rangeOf(std::string_view description, std::string_view lowerCaseName) {
  constexpr std::string_view kMark = ";range=";
  if (!description.starts_with(lowerCaseName)) return std::nullopt;
  description.remove_prefix(lowerCaseName.size());
  if (!description.starts_with(kMark)) return std::nullopt;
  description.remove_prefix(kMark.size());
  const std::size_t dash = description.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  Range range;
  if (!readNumber(description.substr(0, dash), range.first)) return std::nullopt;
  const std::string_view end = description.substr(dash + 1);
  std::size_t last = 0;
  if (end == "*") return range;
  if (!readNumber(end, last) || last < range.first) return std::nullopt;
  range.last = last;
  return range;
}

std::string firstPiece(const DirectoryOptions& options, const std::string& attribute) {
  return options.kind == Kind::activeDirectory ? pieceFrom(options, attribute, 0) : attribute;
}

base::Result<std::vector<std::string>> allValues(Link& link, const DirectoryOptions& options, const Entry& entry,
                                                 const std::string& attribute, const Call& call) {
  Piece piece = pieceOf(entry, lowerCase(attribute)).value_or(Piece{});
  std::vector<std::string> values;
  while (true) {
    const bool fits = piece.range.first == values.size() &&
                      (!piece.range.last || *piece.range.last - piece.range.first + 1 == piece.values.size());
    if (!fits) return Error{ErrorCode::sourceError, "The directory sent pieces of a long attribute that do not fit."};
    values.insert(values.end(), std::make_move_iterator(piece.values.begin()),
                  std::make_move_iterator(piece.values.end()));
    if (values.size() > options.mostValues) {
      return Error{ErrorCode::programLimit, "An attribute in the directory has more values than are taken."};
    }
    if (!piece.range.last) return values;
    SCRIM_TRY(piece, nextPiece(link, options, entry.dn, attribute, values.size(), call));
  }
}

}  // namespace scrim::ldap
