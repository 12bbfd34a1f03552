// SPDX-License-Identifier: Apache-2.0
// DataFolder: the folder that is ours, locked against a second scrimd for as long as this lives. One owner.
#pragma once

#include <filesystem>

#include "common/base/result.h"

namespace scrim::app {

class DataFolder {
 public:
  /// Makes it if it is not there. Mode 0700; 0711 as root, for the embedded server's account to pass through.
  /// Errors: configInvalid with what to do (not ours, open to others, not writable, in use), diskFull.
  static base::Result<DataFolder> open(const std::filesystem::path& path);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_;
};

}  // namespace scrim::app
