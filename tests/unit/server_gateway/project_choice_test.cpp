// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/project_choice.h"

#include <gtest/gtest.h>

#include "server/catalog/project.h"
#include "server/catalog/snapshot_builder.h"

namespace scrim::gateway {
namespace {

catalog::SnapshotPtr with(std::int64_t id) {
  catalog::Project project;
  project.id = {id};
  project.name = "Mail";
  project.users = {{5}};
  catalog::SnapshotBuilder builder;
  builder.put(std::move(project));
  return builder.build({id});
}

catalog::User alice() {
  catalog::User user;
  user.id = {5};
  return user;
}

TEST(ProjectChoice, NoNameIsNoProject) {
  ProjectChoice choice;
  EXPECT_TRUE(choice.choose(*with(1), alice(), "").ok());
  const auto found = choice.find(*with(1), alice(), "");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, nullptr);
}

TEST(ProjectChoice, ANameStandsForWhatWasChosen) {
  ProjectChoice choice;
  EXPECT_FALSE(choice.find(*with(1), alice(), "Mail").ok()) << "nobody chose it";
  EXPECT_TRUE(choice.choose(*with(1), alice(), "Mail").ok());
  EXPECT_TRUE(choice.find(*with(1), alice(), "Mail").ok());
  EXPECT_FALSE(choice.find(*with(2), alice(), "Mail").ok()) << "another one of the name";
  EXPECT_TRUE(choice.find(*with(1), alice(), "Mail").ok());
  EXPECT_TRUE(choice.choose(*with(2), alice(), "Mail").ok());
  EXPECT_TRUE(choice.find(*with(2), alice(), "Mail").ok());
}

TEST(ProjectChoice, WhatCannotBeChosenChangesNothing) {
  ProjectChoice choice;
  EXPECT_TRUE(choice.choose(*with(1), alice(), "Mail").ok());
  EXPECT_FALSE(choice.choose(*with(2), catalog::User{}, "Mail").ok());
  EXPECT_TRUE(choice.find(*with(1), alice(), "Mail").ok());
}

}  // namespace
}  // namespace scrim::gateway
