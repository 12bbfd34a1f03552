// SPDX-License-Identifier: Apache-2.0
#include "server/apply/apply.h"

#include "server/apply/work.h"

namespace scrim::apply {
namespace {

void fetch(PasswordSource& source, const PasswordReader& read, Problems& problems) {
  if (source.kind == PasswordSource::Kind::environment || source.kind == PasswordSource::Kind::file) {
    auto password = read(source);
    if (!password) return problems.add(source.at, password.error().message);
    source.literal = std::move(password).value();
  }
  if (source.literal.reveal().find('\0') != std::string_view::npos) {
    problems.add(source.at, "the password holds a zero byte");
  }
}

}  // namespace

void fetchPasswords(Document& document, const PasswordReader& read, Problems& problems) {
  for (ConnectionEntry& entry : document.connections) fetch(entry.password, read, problems);
  for (IdentityProviderEntry& entry : document.identityProviders) fetch(entry.password, read, problems);
  for (UserEntry& entry : document.users) fetch(entry.password, read, problems);
}

base::Result<Attempt> attempt(const Document& document, catalog::Writer& writer, ShapeCache& shapes,
                              Problems& problems) {
  SCRIM_TRY(const Written before, writeDown(writer));
  problems = problems.fresh();
  Work work(document, writer, shapes, problems);
  SCRIM_CHECK_OK(work.run());
  SCRIM_TRY(const Written after, writeDown(writer));
  Problems warnings = problems.fresh();
  for (const Problem& warning : work.warnings()) warnings.add(warning.at, warning.text);
  return Attempt{changesBetween(before, after), warnings.lines()};
}

}  // namespace scrim::apply
