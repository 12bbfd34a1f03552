// SPDX-License-Identifier: Apache-2.0
// A fresh folder for a test, removed after it; the embedded server's account may pass through it.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "server/store/embedded.h"
#include "server/store/link.h"

namespace scrim::store {

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "scrim-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    chmod(name.c_str(), 0755);
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// One embedded server for all tests of a binary; each test takes a database of its own from it.
class SharedServer {
 public:
  static SharedServer& get() {
    static SharedServer server;
    return server;
  }
  EmbeddedPostgres& operator*() { return *server_; }

  /// The DSN of a new, empty database.
  std::string newDatabase() {
    auto link = Link::open({server_->catalogDsn(), {}});
    std::string name = "test" + std::to_string(++count_);
    if (!link || !link->script("CREATE DATABASE " + name)) std::abort();
    return server_->catalogDsn() + " dbname=" + name;
  }

 private:
  SharedServer() {
    auto started = EmbeddedPostgres::start({scratch_.path() / "pg"});
    if (!started) {
      ADD_FAILURE() << started.error().message;
      std::abort();
    }
    server_ = std::move(started).value();
  }

  Scratch scratch_;
  std::unique_ptr<EmbeddedPostgres> server_;
  int count_ = 0;
};

}  // namespace scrim::store
