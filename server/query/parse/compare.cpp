// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/compare.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace scrim::parse {
namespace {

using Field = ProtobufCFieldDescriptor;
using Message = ProtobufCMessage;

template <typename T>
const T& at(const Message& message, unsigned offset) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(&message) + offset);
}
template <typename T>
T& at(Message& message, unsigned offset) {
  return *reinterpret_cast<T*>(reinterpret_cast<char*>(&message) + offset);
}

// Of an int32 field.
bool isLocation(const Field& field) {
  const std::string_view name = field.name;
  return name == "location" || name == "stmt_location" || name == "stmt_len";
}

// Whether a member of a oneof is the one that is set.
bool isPresent(const Message& message, const Field& field) {
  return (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 ||
         at<std::uint32_t>(message, field.quantifier_offset) == field.id;
}

// The fields that can hold something: of a PgQuery__Node, a oneof of all node types, only the one that is set.
std::span<const Field> fieldsOf(const Message& message) {
  const ProtobufCMessageDescriptor& descriptor = *message.descriptor;
  if (&descriptor != &pg_query__node__descriptor) return {descriptor.fields, descriptor.n_fields};
  const auto set = static_cast<unsigned>(reinterpret_cast<const PgQuery__Node&>(message).node_case);
  if (set == 0) return {};
  // The types of nodes are numbered from 1 without gaps; were they not, the slow way finds it.
  const bool inPlace = set <= descriptor.n_fields && descriptor.fields[set - 1].id == set;
  const Field* field =
      inPlace ? &descriptor.fields[set - 1] : protobuf_c_message_descriptor_get_field(&descriptor, set);
  return {field, field == nullptr ? 0U : 1U};
}

std::size_t sizeOf(const Field& field) {
  switch (field.type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      return 8;
    case PROTOBUF_C_TYPE_BYTES:
      return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
      return sizeof(void*);
    default:
      return 4;
  }
}

struct Values {
  const char* first;
  std::size_t count;
};

// A field as an array: of its items, or of the one value it is.
Values valuesOf(const Message& message, const Field& field) {
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    return {at<const char*>(message, field.offset), at<std::size_t>(message, field.quantifier_offset)};
  }
  return {reinterpret_cast<const char*>(&message) + field.offset, isPresent(message, field) ? 1U : 0U};
}

const Message* messageAt(const char* place) { return *reinterpret_cast<const Message* const*>(place); }

// No text and an empty one are the same.
bool sameText(const char* a, const char* b) {
  if (a == b) return true;
  return std::strcmp(a == nullptr ? "" : a, b == nullptr ? "" : b) == 0;
}

// Compares; on a difference prepends the way there to `path`, if asked for.
class Comparison {
 public:
  explicit Comparison(std::string* path) : path_(path) {}

  bool same(const Message* a, const Message* b) {
    if (a == nullptr || b == nullptr) return a == b;
    if (a->descriptor != b->descriptor || a->n_unknown_fields != 0 || b->n_unknown_fields != 0) return false;
    const std::span<const Field> fields = fieldsOf(*a);
    if (fields.data() != fieldsOf(*b).data()) return false;
    for (const Field& field : fields) {
      if (!sameField(*a, *b, field)) return false;
    }
    return true;
  }

 private:
  bool sameField(const Message& a, const Message& b, const Field& field) {
    const bool single = field.label != PROTOBUF_C_LABEL_REPEATED && (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0;
    if (single) return sameValue(&at<char>(a, field.offset), &at<char>(b, field.offset), field) || differs(field, 0);
    const Values left = valuesOf(a, field);
    const Values right = valuesOf(b, field);
    if (left.count != right.count) return differs(field, std::min(left.count, right.count));
    for (std::size_t i = 0; i < left.count; ++i) {
      const std::size_t offset = i * sizeOf(field);
      if (!sameValue(left.first + offset, right.first + offset, field)) return differs(field, i);
    }
    return true;
  }

  // There are no bytes fields in this schema.
  bool sameValue(const char* a, const char* b, const Field& field) {
    switch (field.type) {
      case PROTOBUF_C_TYPE_MESSAGE:
        return same(messageAt(a), messageAt(b));
      case PROTOBUF_C_TYPE_STRING:
        return sameText(*reinterpret_cast<const char* const*>(a), *reinterpret_cast<const char* const*>(b));
      case PROTOBUF_C_TYPE_INT32:
        return std::memcmp(a, b, 4) == 0 || isLocation(field);
      default:
        return sizeOf(field) == 4 ? std::memcmp(a, b, 4) == 0 : std::memcmp(a, b, sizeOf(field)) == 0;
    }
  }

  bool differs(const Field& field, std::size_t index) {
    if (path_ == nullptr) return false;
    std::string step = field.name;
    if (field.label == PROTOBUF_C_LABEL_REPEATED) step += "[" + std::to_string(index) + "]";
    *path_ = path_->empty() ? step : step + "." + *path_;
    return false;
  }

  std::string* path_;
};

// Calls take(message) for each message directly below.
template <typename Take>
void forEachChild(const Message& message, const Take& take) {
  for (const Field& field : fieldsOf(message)) {
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) continue;
    const Values values = valuesOf(message, field);
    for (std::size_t j = 0; j < values.count; ++j) {
      const Message* child = messageAt(values.first + j * sizeof(void*));
      if (child != nullptr) take(*child);
    }
  }
}

void cloneText(Arena& arena, char*& text) {
  const bool empty = text == nullptr || *text == '\0';
  text = empty ? const_cast<char*>(protobuf_c_empty_string) : arena.copy(text);
}

// The message itself was copied byte by byte: what it points at is not yet its own.
void cloneValues(Arena& arena, Message& target, const Field& field) {
  const bool points = field.type == PROTOBUF_C_TYPE_STRING || field.type == PROTOBUF_C_TYPE_MESSAGE;
  const bool repeated = field.label == PROTOBUF_C_LABEL_REPEATED;
  if (!points && !repeated) return;
  const Values values = valuesOf(target, field);
  if (values.count == 0) return;
  char* first = const_cast<char*>(values.first);
  if (repeated) {
    first = static_cast<char*>(arena.allocate(values.count * sizeOf(field)));
    std::memcpy(first, values.first, values.count * sizeOf(field));
    at<char*>(target, field.offset) = first;
  }
  for (std::size_t i = 0; points && i < values.count; ++i) {
    char* place = first + i * sizeof(void*);
    if (field.type == PROTOBUF_C_TYPE_STRING) {
      cloneText(arena, *reinterpret_cast<char**>(place));
    } else if (messageAt(place) != nullptr) {
      *reinterpret_cast<Message**>(place) = cloneMessage(arena, *messageAt(place));
    }
  }
}

}  // namespace

bool sameTree(const PgQuery__Node& a, const PgQuery__Node& b) { return Comparison(nullptr).same(&a.base, &b.base); }

std::string firstDifference(const PgQuery__Node& a, const PgQuery__Node& b) {
  std::string path;
  if (!Comparison(&path).same(&a.base, &b.base) && path.empty()) path = "node";
  return path;
}

void forEachMessage(const ProtobufCMessage& root, const std::function<bool(const ProtobufCMessage&)>& visit) {
  if (!visit(root)) return;
  forEachChild(root, [&](const Message& child) { forEachMessage(child, visit); });
}

void forEachNode(const PgQuery__Node& root, const std::function<bool(const PgQuery__Node&)>& visit) {
  forEachMessage(root.base, [&](const Message& message) {
    if (message.descriptor != &pg_query__node__descriptor) return true;
    return visit(reinterpret_cast<const PgQuery__Node&>(message));
  });
}

void forEachNode(PgQuery__Node& root, const std::function<bool(PgQuery__Node&)>& visit) {
  forEachNode(std::as_const(root), [&](const PgQuery__Node& node) { return visit(const_cast<PgQuery__Node&>(node)); });
}

std::size_t depthOf(const ProtobufCMessage& root) {
  std::size_t deepest = 0;
  forEachChild(root, [&](const Message& child) { deepest = std::max(deepest, depthOf(child)); });
  return deepest + 1;
}

Message* cloneMessage(Arena& arena, const Message& source) {
  auto* target = static_cast<Message*>(arena.allocate(source.descriptor->sizeof_message));
  std::memcpy(static_cast<void*>(target), &source, source.descriptor->sizeof_message);
  for (const Field& field : fieldsOf(source)) cloneValues(arena, *target, field);
  return target;
}

PgQuery__Node* clone(Arena& arena, const PgQuery__Node& node) {
  return reinterpret_cast<PgQuery__Node*>(cloneMessage(arena, node.base));
}

}  // namespace scrim::parse
