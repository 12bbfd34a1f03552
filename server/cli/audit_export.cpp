// SPDX-License-Identifier: Apache-2.0
// Page after page, so that neither side holds the journal in memory. A file that could not be written whole is removed:
// half an export must not pass for one.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "server/cli/exit_codes.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"

namespace scrim::cli::own {
namespace {

constexpr const char* kPage = "1000";
constexpr std::uint64_t kTold = 100'000;  // records between two words on the terminal

/// Standard output, or a new file.
class Sink {
 public:
  static base::Result<Sink> open(const std::string& path) {
    if (path.empty()) return Sink(STDOUT_FILENO, path);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) return Sink(file, path);
    return wrongCommandLine(path + " cannot be made: " + std::strerror(errno) + ".");
  }
  Sink(Sink&& other) noexcept : file_(other.file_), path_(std::move(other.path_)) { other.path_.clear(); }
  Sink& operator=(Sink&&) = delete;
  ~Sink() {
    if (path_.empty()) return;
    ::close(file_);
    ::unlink(path_.c_str());
  }

  base::Result<void> write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t wrote = ::write(file_, text.data(), text.size());
      if (wrote < 0 && errno != EINTR)
        return refused(std::string("The export cannot be written: ") + std::strerror(errno));
      if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return {};
  }

  /// It is whole: it stays.
  base::Result<void> keep() {
    if (path_.empty()) return {};
    if (::fsync(file_) != 0) return refused(std::string("The export cannot be written: ") + std::strerror(errno));
    ::close(file_);
    path_.clear();
    return {};
  }

 private:
  Sink(int file, std::string path) : file_(file), path_(std::move(path)) {}
  int file_;
  std::string path_;  // empty: nothing to remove
};

base::Result<std::string> linesOf(const ObjectPtr& page, std::uint64_t& count) {
  const ArrayPtr items = page && page->has("items") ? arrayOf(page->get("items")) : ArrayPtr();
  if (items.isNull()) return refused("The server's answer is no list.");
  std::string text;
  for (const Json& item : *items) text.append(compactJson(item)).append("\n");
  const std::uint64_t before = count;
  count += items->size();
  if (count / kTold != before / kTold) std::cerr << "scrim: " << count << " records\n";
  return text;
}

}  // namespace

base::Result<int> auditExport(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  SCRIM_TRY(Sink sink, Sink::open(given.has("--file") ? given.text("--file") : std::string()));
  const auto filters = call.query.size();
  std::uint64_t count = 0;
  for (std::string cursor;;) {
    call.query.resize(filters);
    call.query.emplace_back("limit", kPage);
    if (!cursor.empty()) call.query.emplace_back("cursor", cursor);
    SCRIM_TRY(const Reply reply, client.send(call));
    const ObjectPtr page = objectOf(reply.body);
    SCRIM_TRY(const std::string lines, linesOf(page, count));
    SCRIM_CHECK_OK(sink.write(lines));
    cursor = fieldText(page, "next");
    if (cursor.empty()) break;
  }
  SCRIM_CHECK_OK(sink.keep());
  if (given.has("--file")) std::cerr << "scrim: " << count << " records in " << given.text("--file") << "\n";
  return kDone;
}

}  // namespace scrim::cli::own
