// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/catalog/catalog.h"
#include "server/catalog/group_store.h"
#include "server/catalog/identity_provider_store.h"
#include "server/catalog/user_store.h"
#include "tests/support/store_scratch.h"

namespace scrim::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Groups : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Catalog::open({dsn_}, store::SecretBox(base::Secret(std::string(store::kKeyBytes, 'k'))));
    ASSERT_TRUE(opened.ok());
    catalog_ = std::move(opened).value();
    change([&](Writer& writer) -> base::Result<void> {
      IdentityProvider provider;
      provider.name = "corp";
      SCRIM_TRY(corp_, save(writer, provider));
      return {};
    });
  }

  void change(const Catalog::Work& work) {
    const auto done = catalog_->change("test", work);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  base::UserId put(const std::string& name, const std::set<std::string>& groups,
                   base::IdentityProviderId provider = {}) {
    base::UserId id;
    change([&](Writer& writer) -> base::Result<void> {
      SCRIM_TRY(const auto present, loadUser(writer.link(), name));
      User user = present.value_or(User{});
      user.name = name;
      user.groups = groups;
      user.provider = provider;
      SCRIM_TRY(id, save(writer, user));
      return {};
    });
    return id;
  }

  std::vector<Group> all() {
    std::vector<Group> found;
    change([&](Writer& writer) -> base::Result<void> {
      SCRIM_TRY(found, loadGroups(writer.link()));
      return {};
    });
    return found;
  }

  std::vector<std::string> directorys(const std::set<std::string>& names) {
    std::vector<std::string> found;
    change([&](Writer& writer) -> base::Result<void> {
      SCRIM_TRY(found, directoryGroups(writer, names));
      return {};
    });
    return found;
  }

  std::string dsn_ = store::SharedServer::get().newDatabase();
  std::unique_ptr<Catalog> catalog_;
  base::IdentityProviderId corp_;
};

TEST_F(Groups, OfADirectoryAreItsAsLongAsItHasMembersInThem) {
  put("ann", {"Giant"}, corp_);
  ASSERT_EQ(all().size(), 1U);
  EXPECT_FALSE(all()[0].builtIn);
  EXPECT_THAT(all()[0].directories, ElementsAre("corp"));
  EXPECT_THAT(directorys({"Giant", "Other"}), ElementsAre("Giant"));
  put("ann", {}, corp_);
  EXPECT_THAT(all(), IsEmpty());
  EXPECT_THAT(directorys({"Giant"}), IsEmpty());
  change([&](Writer& writer) -> base::Result<void> {
    SCRIM_CHECK_OK(save(writer, Group{{}, "Giant", "by hand", true, {}}));
    return {};
  });
  put("ann", {"Giant"}, corp_);
  ASSERT_EQ(all().size(), 1U);
  EXPECT_TRUE(all()[0].builtIn) << "a built-in group stays one when a directory uses its name";
  EXPECT_EQ(all()[0].description, "by hand");
  EXPECT_THAT(all()[0].directories, ElementsAre("corp"));
}

TEST_F(Groups, OfADirectoryAreNotMadeByHand) {
  put("ann", {"Giant"}, corp_);
  const auto made = catalog_->change("test", [&](Writer& writer) -> base::Result<void> {
    SCRIM_CHECK_OK(save(writer, Group{{}, "Giant", "", true, {}}));
    return {};
  });
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, base::ErrorCode::duplicateObject);
}

}  // namespace
}  // namespace scrim::catalog
