// SPDX-License-Identifier: Apache-2.0
#include "server/apply/apply.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "server/apply/work.h"
#include "server/store/key_file.h"

namespace scrim::apply {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kLongestPassword = 4096;

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

/// The text of the file; a problem if it cannot be read.
std::optional<std::string> textOf(const std::string& path, Problems& problems) {
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.is_open() && !stream.bad()) return text;
  problems.add({}, "the file cannot be read: is it there, and may this user read it?");
  return std::nullopt;
}

Error invalid(const Problems& problems) {
  return {ErrorCode::configInvalid, problems.file() + " has problems; nothing was changed."};
}

}  // namespace

base::Result<base::Secret> readLocalPassword(const PasswordSource& source) {
  if (source.kind == PasswordSource::Kind::environment) {
    const char* value = std::getenv(source.name.c_str());
    if (value != nullptr && *value != '\0') return base::Secret(value);
    return Error{ErrorCode::configInvalid, "the environment variable " + source.name + " is not set"};
  }
  SCRIM_TRY(const base::Secret text, store::readPrivateFile(source.name, kLongestPassword));
  std::string_view line = text.reveal();
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.empty()) return Error{ErrorCode::configInvalid, "the file " + source.name + " is empty"};
  return base::Secret(std::string(line));
}

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

base::Result<Applied> applyDocument(const Document& document, catalog::Catalog& catalog,
                                    const catalog::ReferencedTables& referencedTables, Problems& problems) {
  ShapeCache shapes(referencedTables);
  Applied applied;
  base::SnapshotVersion before = catalog.snapshot()->version();
  auto version = catalog.change("apply", [&](catalog::Writer& writer) {
    problems = problems.fresh();
    Work work(document, writer, shapes, problems);
    auto done = work.run();
    Problems warnings = problems.fresh();
    for (const Problem& warning : work.warnings()) warnings.add(warning.at, warning.text);
    applied.warnings = warnings.lines();
    return done;
  });
  if (!version) return std::move(version).error();
  applied.version = *version;
  applied.changed = *version != before;
  return applied;
}

base::Result<Applied> applyFile(const std::string& path, catalog::Catalog& catalog,
                                const catalog::ReferencedTables& referencedTables, Problems& problems) {
  auto text = textOf(path, problems);
  if (!text) return invalid(problems);
  Document document = readDocument(*text, problems);
  if (problems.empty()) fetchPasswords(document, readLocalPassword, problems);
  if (!problems.empty()) return invalid(problems);
  return applyDocument(document, catalog, referencedTables, problems);
}

void checkApplyFile(const std::string& path, Problems& problems) {
  auto text = textOf(path, problems);
  if (!text) return;
  Document document = readDocument(*text, problems);
  fetchPasswords(document, readLocalPassword, problems);
}

}  // namespace scrim::apply
