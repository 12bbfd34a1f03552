// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/tree_capture.h"

#include <utility>

#include "server/query/parse/compare.h"

namespace scrim::parse {
namespace {

thread_local TreeCapture* capturing = nullptr;

}  // namespace

TreeCapture::TreeCapture(Arena& arena) : arena_(arena) { capturing = this; }
TreeCapture::~TreeCapture() { capturing = nullptr; }
TreeCapture* TreeCapture::current() { return capturing; }

PgQuery__ParseResult* TreeCapture::tree() const {
  if (failure_) std::rethrow_exception(failure_);
  return tree_;
}

// Called from C, which no exception may cross.
void TreeCapture::take(const PgQuery__ParseResult& tree) noexcept {
  try {
    tree_ = reinterpret_cast<PgQuery__ParseResult*>(cloneMessage(arena_, tree.base));
  } catch (const std::exception&) {
    failure_ = std::current_exception();
  }
}

}  // namespace scrim::parse

using scrim::parse::TreeCapture;

// In place of the library's own, for every caller in this program.
extern "C" std::size_t pg_query__parse_result__get_packed_size(const PgQuery__ParseResult* message) {
  TreeCapture* capture = TreeCapture::current();
  if (capture == nullptr) return protobuf_c_message_get_packed_size(&message->base);
  capture->take(*message);
  return 0;
}

extern "C" std::size_t pg_query__parse_result__pack(const PgQuery__ParseResult* message, std::uint8_t* out) {
  return TreeCapture::current() == nullptr ? protobuf_c_message_pack(&message->base, out) : 0;
}
