// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "server/identity/certificate.h"
#include "server/identity/private_ca.h"
#include "tests/support/store_scratch.h"

namespace scrim::identity {
namespace {

using store::Scratch;

class FakeClock : public base::Clock {
 public:
  base::WallTime wall() const override { return now; }
  base::MonotonicTime monotonic() const override { return {}; }
  base::WallTime now = std::chrono::system_clock::now();
};

std::string textOf(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(PrivateCa, IsMadeOnceAndVerifies) {
  Scratch scratch;
  auto files = ensureCertificates(scratch.path() / "tls", {"db.example", "10.1.2.3"});
  ASSERT_TRUE(files.ok()) << files.error().message;
  std::string check = "openssl verify -x509_strict -purpose sslserver -CAfile '" + files->ca.string() + "' '" +
                      files->certificate.string() + "' >/dev/null 2>&1";
  EXPECT_EQ(std::system(check.c_str()), 0) << "openssl does not accept the chain";
  auto certificate = certificateFrom(textOf(files->certificate));
  EXPECT_TRUE(isFor(*certificate, {"localhost", "127.0.0.1", "::1", "db.example", "10.1.2.3"}));
  EXPECT_FALSE(isFor(*certificate, {"evil.example"}));
  struct stat facts {};
  ASSERT_EQ(stat(files->key.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  std::string before = textOf(files->certificate) + textOf(files->ca);
  ASSERT_TRUE(ensureCertificates(scratch.path() / "tls", {"db.example", "10.1.2.3"}).ok());
  EXPECT_EQ(textOf(files->certificate) + textOf(files->ca), before);
}

TEST(PrivateCa, RenewsTheServerBeforeItEndsAndWhenItsNamesChange) {
  Scratch scratch;
  FakeClock clock;
  auto files = ensureCertificates(scratch.path() / "tls", {}, clock);
  std::string ca = textOf(files->ca);
  std::string server = textOf(files->certificate);
  clock.now += std::chrono::hours(24 * 300);
  ASSERT_TRUE(ensureCertificates(scratch.path() / "tls", {}, clock).ok());
  EXPECT_EQ(textOf(files->certificate), server);
  clock.now += std::chrono::hours(24 * 40);
  ASSERT_TRUE(ensureCertificates(scratch.path() / "tls", {}, clock).ok());
  EXPECT_NE(textOf(files->certificate), server);
  EXPECT_EQ(textOf(files->ca), ca);
  server = textOf(files->certificate);
  ASSERT_TRUE(ensureCertificates(scratch.path() / "tls", {"new.example"}, clock).ok());
  EXPECT_NE(textOf(files->certificate), server);
}

TEST(PrivateCa, RefusesAKeyThatOthersCanRead) {
  Scratch scratch;
  auto files = ensureCertificates(scratch.path() / "tls", {});
  ASSERT_EQ(chmod(files->key.c_str(), 0644), 0);
  EXPECT_THAT(ensureCertificates(scratch.path() / "tls", {}).error().message, testing::HasSubstr("chmod 600"));
}

}  // namespace
}  // namespace scrim::identity
