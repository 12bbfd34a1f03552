// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "server/store/key_file.h"
#include "server/store/secret_box.h"
#include "tests/support/store_scratch.h"

namespace scrim::store {
namespace {

using testing::HasSubstr;

base::Secret keyOf(char c) { return base::Secret(std::string(kKeyBytes, c)); }

TEST(SecretBox, OpensWhatItSealed) {
  SecretBox box(keyOf('a'));
  for (const std::string& plain : {std::string(), std::string("secret"), std::string(5000, '\0')}) {
    std::string sealed = box.seal(plain, "connection retail");
    EXPECT_EQ(box.open(sealed, "connection retail")->reveal(), plain);
    EXPECT_NE(sealed, box.seal(plain, "connection retail")) << "two seals of one secret look alike";
  }
}

TEST(SecretBox, RefusesOtherKeysOtherPlacesAndEveryFlippedByte) {
  SecretBox box(keyOf('a'));
  std::string sealed = box.seal("secret", "connection retail");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_FALSE(SecretBox(keyOf('b')).open(sealed, "connection retail").ok());
  EXPECT_FALSE(box.open(sealed, "connection other").ok());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string damaged = sealed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(box.open(damaged, "connection retail").ok()) << i;
    EXPECT_FALSE(box.open(sealed.substr(0, i), "connection retail").ok()) << i;
  }
}

TEST(KeyFile, IsMadeOnceAndReadAgain) {
  Scratch scratch;
  auto first = loadOrCreateKeyFile(scratch.path() / "secret.key");
  ASSERT_TRUE(first.ok()) << first.error().message;
  auto second = loadOrCreateKeyFile(scratch.path() / "secret.key");
  EXPECT_EQ(first->reveal(), second->reveal());
  struct stat facts {};
  stat((scratch.path() / "secret.key").c_str(), &facts);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(KeyFile, IsRefusedWhenItIsNotOursAlone) {
  Scratch scratch;
  auto path = scratch.path() / "secret.key";
  ASSERT_TRUE(loadOrCreateKeyFile(path).ok());
  for (mode_t mode : {0640U, 0604U, 0660U, 0644U, 0601U}) {
    chmod(path.c_str(), mode);
    EXPECT_THAT(loadOrCreateKeyFile(path).error().message, HasSubstr("can be read by others: run chmod 600"));
  }
  chmod(path.c_str(), 0600);
  std::filesystem::create_symlink(path, scratch.path() / "link");
  EXPECT_THAT(loadOrCreateKeyFile(scratch.path() / "link").error().message, HasSubstr("is a link"));
  EXPECT_THAT(loadOrCreateKeyFile(scratch.path()).error().message, HasSubstr("no regular file"));
  if (geteuid() == 0) {
    ASSERT_EQ(chown(path.c_str(), 65534, 65534), 0);
    EXPECT_THAT(loadOrCreateKeyFile(path).error().message, HasSubstr("belongs to another user"));
  }
}

TEST(KeyFile, IsRefusedWhenItsSizeIsWrong) {
  Scratch scratch;
  for (std::size_t size : {0U, 31U, 33U, 4096U}) {
    auto path = scratch.path() / ("key" + std::to_string(size));
    ASSERT_TRUE(writePrivateFile(path, std::string(size, 'k')).ok());
    auto loaded = loadOrCreateKeyFile(path);
    ASSERT_FALSE(loaded.ok()) << size;
    EXPECT_THAT(loaded.error().message, testing::AnyOf(HasSubstr("damaged"), HasSubstr("too long")));
  }
}

}  // namespace
}  // namespace scrim::store
