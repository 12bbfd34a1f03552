// SPDX-License-Identifier: Apache-2.0
#include "server/identity/private_ca.h"

#include <openssl/err.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "common/base/log.h"
#include "server/identity/certificate.h"
#include "server/store/key_file.h"

namespace scrim::identity {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kCaLifetime = 3650 * kDay;
constexpr std::chrono::hours kServerLifetime = 365 * kDay;
constexpr std::chrono::hours kRenewBefore = 30 * kDay;
constexpr std::size_t kLongestPem = 64 * 1024;

struct Pair {
  Key key;
  Certificate certificate;
};

std::string textOf(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The pair in the folder; nullopt: there is none. Keys that others can read are an error, not "none".
base::Result<std::optional<Pair>> read(const fs::path& folder, const std::string& name) {
  std::optional<Pair> none;
  auto pem = store::readPrivateFile(folder / (name + ".key"), kLongestPem);
  if (!pem && pem.error().code == ErrorCode::undefinedObject) return none;
  if (!pem) return std::move(pem).error();
  std::optional<Pair> pair(Pair{keyFrom(pem->reveal()), certificateFrom(textOf(folder / (name + ".pem")))});
  ERR_clear_error();
  if (pair->key == nullptr || pair->certificate == nullptr) return none;
  return pair;
}

base::Result<void> write(const fs::path& folder, const std::string& name, const Pair& pair) {
  base::Secret key(pemOf(*pair.key));
  SCRIM_CHECK_OK(store::writePrivateFile(folder / (name + ".key"), key.reveal()));
  fs::path certificate = folder / (name + ".pem");
  SCRIM_CHECK_OK(store::writePrivateFile(certificate, pemOf(*pair.certificate)));
  chmod(certificate.c_str(), 0644);  // clients are given it
  return {};
}

base::Result<Pair> ensureCa(const fs::path& folder, base::WallTime now) {
  SCRIM_TRY(auto found, read(folder, "ca"));
  if (found && isSound(*found->certificate, *found->key, *found->key, now + kRenewBefore)) return *std::move(found);
  Key key = newKey();
  Certificate certificate = sign({"Scrim private CA", {}, now, kCaLifetime, *key, nullptr, *key});
  Pair pair{std::move(key), std::move(certificate)};
  SCRIM_CHECK_OK(write(folder, "ca", pair));
  base::logInfo("identity", "private CA made: give clients its certificate", {{"file", (folder / "ca.pem").string()}});
  return pair;
}

void addOwnNames(std::vector<std::string>& names) {
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) == 0 && *host != '\0') names.emplace_back(host);
  for (const char* each : {"localhost", "127.0.0.1", "::1"}) names.emplace_back(each);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

base::Result<CertificateFiles> ensureCertificates(const fs::path& folder, std::vector<std::string> names,
                                                  const base::Clock& clock) {
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return Error{ErrorCode::configInvalid,
                 "The folder " + folder.string() + " cannot be made: " + std::strerror(errno) + "."};
  }
  chmod(folder.c_str(), 0755);  // whatever the umask: clients on this machine read ca.pem
  addOwnNames(names);
  base::WallTime now = clock.wall();
  SCRIM_TRY(Pair ca, ensureCa(folder, now));
  SCRIM_TRY(auto server, read(folder, "server"));
  bool good = server && isSound(*server->certificate, *server->key, *ca.key, now + kRenewBefore) &&
              isFor(*server->certificate, names);
  if (!good) {
    Key key = newKey();
    Certificate certificate = sign({names.front(), names, now, kServerLifetime, *key, ca.certificate.get(), *ca.key});
    SCRIM_CHECK_OK(write(folder, "server", {std::move(key), std::move(certificate)}));
  }
  return CertificateFiles{folder / "ca.pem", folder / "server.pem", folder / "server.key"};
}

}  // namespace scrim::identity
