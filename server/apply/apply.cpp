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

void fetch(PasswordSource& source, Problems& problems) {
  if (source.kind == PasswordSource::Kind::environment) {
    const char* value = std::getenv(source.name.c_str());
    if (value == nullptr || *value == '\0') {
      return problems.add(source.at, "the environment variable " + source.name + " is not set");
    }
    source.literal = base::Secret(value);
  }
  if (source.kind == PasswordSource::Kind::file) {
    auto text = store::readPrivateFile(source.name, kLongestPassword);
    if (!text) return problems.add(source.at, text.error().message);
    std::string_view line = text->reveal();
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.empty()) return problems.add(source.at, "the file " + source.name + " is empty");
    source.literal = base::Secret(std::string(line));
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

void fetchPasswords(Document& document, Problems& problems) {
  for (ConnectionEntry& entry : document.connections) fetch(entry.password, problems);
  for (IdentityProviderEntry& entry : document.identityProviders) fetch(entry.password, problems);
  for (UserEntry& entry : document.users) fetch(entry.password, problems);
}

base::Result<Applied> applyDocument(const Document& document, catalog::Catalog& catalog,
                                    const catalog::ReferencedTables& referencedTables, Problems& problems) {
  ShapeCache shapes(referencedTables);
  Applied applied;
  base::SnapshotVersion before = catalog.snapshot()->version();
  auto version = catalog.change("apply", [&](catalog::Writer& writer) {
    Problems found(problems.file());
    Work work(document, writer, shapes, found);
    auto done = work.run();
    problems = found;
    Problems warnings(problems.file());
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
  if (problems.empty()) fetchPasswords(document, problems);
  if (!problems.empty()) return invalid(problems);
  return applyDocument(document, catalog, referencedTables, problems);
}

void checkApplyFile(const std::string& path, Problems& problems) {
  auto text = textOf(path, problems);
  if (!text) return;
  Document document = readDocument(*text, problems);
  fetchPasswords(document, problems);
}

}  // namespace scrim::apply
