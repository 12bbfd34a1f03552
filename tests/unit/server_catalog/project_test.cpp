// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/catalog/catalog.h"
#include "server/catalog/project_store.h"
#include "server/catalog/purpose_store.h"
#include "server/catalog/user_store.h"
#include "tests/support/store_scratch.h"

namespace scrim::catalog {
namespace {

using store::SharedServer;
using testing::ElementsAre;

class Projects : public testing::Test {
 protected:
  void SetUp() override {
    catalog_ = openAnother();
    change([&](Writer& writer) -> base::Result<void> {
      for (const char* name : {"Fraud", "Marketing", "Marketing.Email"})
        SCRIM_CHECK_OK(save(writer, Purpose{{}, name, ""}));
      User user;
      user.name = "sam";
      user.scramVerifier = "x";
      SCRIM_TRY(sam_, save(writer, user));
      Project project;
      project.name = "Retail fraud";
      project.purposes = {"fraud", "Marketing.Email"};
      project.acknowledgement = "Use it well.";
      SCRIM_TRY(id_, save(writer, project));
      return saveMembers(writer, id_, {sam_}, {"Analysts"});
    });
  }

  std::unique_ptr<Catalog> openAnother() {
    auto opened = Catalog::open({dsn_}, store::SecretBox(base::Secret(std::string(store::kKeyBytes, 'k'))));
    EXPECT_TRUE(opened.ok());
    return opened.ok() ? std::move(opened).value() : nullptr;
  }

  void change(const Catalog::Work& work) {
    const auto done = catalog_->change("test", work);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  /// Changes what the stored project says.
  void edit(const std::function<void(Project&)>& how) {
    change([&](Writer& writer) -> base::Result<void> {
      SCRIM_TRY(auto found, loadProjects(writer.link(), writer.box(), {false, {id_.value}}));
      how(found.at(0));
      SCRIM_CHECK_OK(save(writer, found.at(0)));
      return {};
    });
  }

  void acknowledgeAsSam() {
    change([&](Writer& writer) -> base::Result<void> {
      SCRIM_TRY(auto found, loadProjects(writer.link(), writer.box(), {false, {id_.value}}));
      return acknowledge(writer, found.at(0), *catalog_->snapshot()->user(sam_));
    });
  }

  ProjectPtr project() const { return catalog_->snapshot()->project(id_); }

  std::string dsn_ = SharedServer::get().newDatabase();
  std::unique_ptr<Catalog> catalog_;
  base::UserId sam_;
  base::ProjectId id_;
};

TEST_F(Projects, AreKeptAndFoundByNameOnEveryInstance) {
  const auto second = openAnother();
  for (const SnapshotPtr& snapshot : {catalog_->snapshot(), second->snapshot()}) {
    const ProjectPtr found = snapshot->project("Retail fraud");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->id, id_);
    EXPECT_THAT(found->purposes, ElementsAre("Fraud", "Marketing.Email"));
    EXPECT_THAT(found->users, ElementsAre(sam_));
    EXPECT_THAT(found->groups, ElementsAre("Analysts"));
    EXPECT_TRUE(found->enabled);
    EXPECT_EQ(found->hashKey.reveal().size(), 32u);
    EXPECT_EQ(found->hashKey.reveal(), project()->hashKey.reveal());
    EXPECT_EQ(snapshot->project("retail fraud"), nullptr) << "letter case counts";
    EXPECT_EQ(snapshot->purpose("marketing.EMAIL")->name, "Marketing.Email");
    EXPECT_EQ(snapshot->purposes().size(), 3u);
  }
}

TEST_F(Projects, HaveMembersByNameAndByGroup) {
  User sam;
  sam.id = sam_;
  EXPECT_TRUE(isMember(*project(), sam));
  User other;
  other.id = {sam_.value + 1};
  EXPECT_FALSE(isMember(*project(), other));
  other.groups = {"Analysts"};
  EXPECT_TRUE(isMember(*project(), other));
}

TEST_F(Projects, AnotherTextHasToBeAcknowledgedAnew) {
  EXPECT_FALSE(hasAcknowledged(*project(), sam_));
  acknowledgeAsSam();
  EXPECT_TRUE(hasAcknowledged(*project(), sam_));
  const std::int64_t version = catalog_->snapshot()->version().value;
  acknowledgeAsSam();
  EXPECT_EQ(catalog_->snapshot()->version().value, version) << "nothing changed";
  edit([](Project& each) { each.description = "more"; });
  EXPECT_TRUE(hasAcknowledged(*project(), sam_)) << "the text is the same";
  edit([](Project& each) { each.acknowledgement = "Use it better."; });
  EXPECT_EQ(project()->acknowledgementVersion, 2);
  EXPECT_FALSE(hasAcknowledged(*project(), sam_));
  edit([](Project& each) { each.acknowledgement = "Use it well."; });
  EXPECT_FALSE(hasAcknowledged(*project(), sam_)) << "an old text that comes back is another version";
  edit([](Project& each) { each.acknowledgement = ""; });
  EXPECT_TRUE(hasAcknowledged(*project(), sam_)) << "there is nothing to agree to";
}

TEST_F(Projects, WhoAgreedStaysKnownWhenTheAccountGoes) {
  acknowledgeAsSam();
  change([&](Writer& writer) { return removeUser(writer, sam_); });
  change([&](Writer& writer) -> base::Result<void> {
    SCRIM_TRY(const auto all, loadAcknowledgements(writer.link(), id_, 0, 10));
    EXPECT_EQ(all.size(), 1u);
    EXPECT_EQ(all.at(0).user, "sam");
    EXPECT_EQ(all.at(0).version, 1);
    return {};
  });
  EXPECT_THAT(openAnother()->snapshot()->project(id_)->users, ElementsAre());
}

TEST_F(Projects, AndPurposesGo) {
  const auto fraud = catalog_->snapshot()->purpose("Fraud")->id;
  const auto refused = catalog_->change("test", [&](Writer& writer) { return removePurpose(writer, fraud); });
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().sqlstate, "23503") << "a project has it";
  change([&](Writer& writer) { return removeProject(writer, id_); });
  EXPECT_EQ(project(), nullptr);
  EXPECT_EQ(catalog_->snapshot()->project("Retail fraud"), nullptr);
  change([&](Writer& writer) { return removePurpose(writer, fraud); });
  EXPECT_EQ(catalog_->snapshot()->purpose("Fraud"), nullptr);
}

}  // namespace
}  // namespace scrim::catalog
