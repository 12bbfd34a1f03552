// SPDX-License-Identifier: Apache-2.0
// Digests: every field behind its length, so that no two values share a text.
#include <charconv>

#include "common/base/hash.h"
#include "common/policy/decision.h"
#include "common/policy/subject.h"

namespace scrim::policy {
namespace {

class Writer {
 public:
  void text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    out_ += value;
  }
  void number(std::int64_t value) { out_ += std::to_string(value) + ":"; }
  void texts(const std::set<std::string>& values) {
    number(static_cast<std::int64_t>(values.size()));
    for (const std::string& value : values) text(value);
  }

  void expression(const ExpressionPtr& e) {
    number(e ? 1 : 0);
    if (!e) return;
    number(static_cast<int>(e->kind));
    text(e->name);
    literal(e->literal);
    number(e->negated ? 1 : 0);
    number(e->type.oid);
    number(e->type.modifier);
    text(e->type.name);
    text(e->lookupSource.schema);
    text(e->lookupSource.name);
    text(e->lookupColumn);
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, e->percent).ptr;
    text({digits, static_cast<std::size_t>(end - digits)});
    expression(e->lookupWhere);
    number(static_cast<std::int64_t>(e->children.size()));
    for (const ExpressionPtr& child : e->children) expression(child);
  }

  void mask(const Mask& mask) {
    number(static_cast<int>(mask.method));
    literal(mask.constant);
    text(mask.pattern);
    text(mask.replacement);
    number(mask.caseInsensitive ? 1 : 0);
    number(static_cast<int>(mask.unit));
    text(mask.step);
    number(mask.showFirst ? 1 : 0);
    number(mask.shown);
    text(mask.filler);
  }

  std::string finish() const { return base::toHex(base::sha256(out_)); }

 private:
  void literal(const Literal& literal) {
    number(static_cast<int>(literal.type));
    text(literal.text);
  }

  std::string out_;
};

}  // namespace

std::string digestOf(const Subject& subject) {
  Writer out;
  out.text(subject.user);
  out.texts(subject.groups);
  out.number(static_cast<std::int64_t>(subject.attributes.size()));
  for (const auto& [name, values] : subject.attributes) {
    out.text(name);
    out.texts(values);
  }
  out.text(subject.project);
  out.texts(subject.purposes);
  out.texts(subject.permissions);
  return out.finish();
}

std::string digestOf(const Decision& decision) {
  Writer out;
  out.number((decision.allowed ? 1 : 0) + (decision.visible ? 2 : 0));
  out.number(static_cast<std::int64_t>(decision.rows.size()));
  for (const RowGuard& guard : decision.rows) {
    out.expression(guard.predicate);
    out.number(guard.rule.value);
    out.text(guard.sentence);
  }
  out.number(static_cast<std::int64_t>(decision.masks.size()));
  for (const auto& [column, masks] : decision.masks) {
    out.text(column);
    out.number(static_cast<std::int64_t>(masks.size()));
    for (const ColumnMask& mask : masks) {
      out.expression(mask.condition.value_or(nullptr));
      out.mask(mask.mask);
      out.number(mask.rule.value);
      out.text(mask.sentence);
    }
  }
  return out.finish();
}

}  // namespace scrim::policy
