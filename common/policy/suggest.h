// SPDX-License-Identifier: Apache-2.0
// The nearest of the words that would fit, for error messages. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace scrim::policy {

/// Damerau-Levenshtein distance in its "optimal string alignment" form (an insertion, deletion, substitution or swap
/// of neighbours costs 1), over bytes, without regard to ASCII letter case.
/// Source: Boytsov, "Indexing methods for approximate dictionary searching", 2011.
int editDistance(std::string_view left, std::string_view right);

/// The candidate nearest to `word`, if it is near enough to be meant (a third of its length, at most 3); empty: none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// `A`, `A or B`, `A, B or C`.
std::string listed(std::span<const std::string_view> words);

}  // namespace scrim::policy
