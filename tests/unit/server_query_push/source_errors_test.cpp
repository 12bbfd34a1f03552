// SPDX-License-Identifier: Apache-2.0
// What of a source's error may reach a client.
#include "server/query/push/source_errors.h"

#include <gtest/gtest.h>

namespace scrim::push {
namespace {

struct Case {
  const char* name;
  ErrorPhase phase;
  const char* sqlstate;
  const char* message;
  const char* where;
  const char* expected;
};

class RebuiltError : public testing::TestWithParam<Case> {};

TEST_P(RebuiltError, SaysNothingOfTheData) {
  const Case& given = GetParam();
  route::RoutedQuery query;
  query.sql = "SELECT 1";
  query.touchesProtected = true;
  postgres::SourceMessage message;
  message.severity = "ERROR";
  message.sqlstate = given.sqlstate;
  message.message = given.message;
  message.where = given.where;
  message.detail = "Key (ssn)=(123-45-6789)";
  message.hint = "look at hr.salaries";
  const base::Error error = clientError(message, {query, given.phase, 0, "j-1"});
  EXPECT_EQ(error.message, std::string(given.expected) + " (audit id j-1)");
  EXPECT_EQ(base::sqlstateOf(error), given.sqlstate);
  EXPECT_TRUE(error.detail.empty());
  EXPECT_TRUE(error.hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, RebuiltError,
    testing::Values(
        Case{"division", ErrorPhase::execute, "22012", "division by zero", "", "division by zero"},
        Case{"castOfAHiddenValue", ErrorPhase::execute, "22P02", "invalid input syntax for type integer: \"hidden\"",
             "", "invalid input syntax for the type of an expression"},
        Case{"policyConstantFoldedWhilePlanning", ErrorPhase::bind, "22P02",
             "invalid input syntax for type integer: \"secret\"", "",
             "invalid input syntax for the type of an expression"},
        Case{"constantWhileReadingTheText", ErrorPhase::parse, "22P02",
             "invalid input syntax for type integer: \"secret\"", "",
             "invalid input syntax for the type of an expression"},
        Case{"usersOwnValue", ErrorPhase::bind, "22P02", "invalid input syntax for type integer: \"abc\"",
             "unnamed portal parameter $1 = '...'", "invalid input syntax for type integer: \"abc\""},
        Case{"valueWhileRunning", ErrorPhase::execute, "22P02", "invalid input syntax for type integer: \"abc\"",
             "unnamed portal parameter $1 = '...'", "invalid input syntax for the type of an expression"},
        Case{"typesOnly", ErrorPhase::parse, "42883", "operator does not exist: text = integer", "",
             "operator does not exist: text = integer"},
        Case{"quotedName", ErrorPhase::parse, "42804", "column \"salary\" is of type text", "", "types do not match"},
        Case{"missingColumn", ErrorPhase::parse, "42703", "column t.salary_2 does not exist", "",
             "a column is missing at the data source; ask the data source's owner"},
        Case{"permission", ErrorPhase::execute, "42501", "permission denied for table salaries", "",
             "the data source's account may not read this; ask the data source's owner"},
        Case{"statementTimeout", ErrorPhase::execute, "57014", "canceling statement due to statement timeout", "",
             "canceling statement due to statement timeout"},
        Case{"cancelled", ErrorPhase::execute, "57014", "canceling statement due to lock timeout on x", "",
             "canceling statement due to user request"},
        Case{"unknownOfAKnownClass", ErrorPhase::execute, "22ZZZ", "hidden", "", "invalid data in an expression"},
        Case{"unknown", ErrorPhase::execute, "XX999", "hidden", "", "the statement failed at the data source"},
        Case{"raised", ErrorPhase::execute, "P0001", "hidden", "", "the statement failed at the data source"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(SourceError, UnprotectedStatementsKeepTheSourcesWords) {
  route::RoutedQuery query;
  query.sql = "SELECT 1/0";
  postgres::SourceMessage message;
  message.sqlstate = "22012";
  message.message = "division by zero";
  message.hint = "do not";
  const base::Error error = clientError(message, {query, ErrorPhase::execute, 0, "j-1"});
  EXPECT_EQ(error.message, "division by zero");
  EXPECT_EQ(error.hint, "do not");
}

TEST(SourceError, PositionsAreOfTheUsersText) {
  route::RoutedQuery query;
  query.sql = "SELECT 'é', (nosuch(1))";
  query.positions = {{7, 26, 100}, {13, 22, 200}};
  query.touchesProtected = true;
  postgres::SourceMessage message;
  message.sqlstate = "42883";
  message.message = "function nosuch(integer) does not exist";
  const auto positionFor = [&](std::uint32_t character, std::size_t prefix) {
    message.position = character + static_cast<std::uint32_t>(prefix);
    return clientError(message, {query, ErrorPhase::parse, prefix, ""}).position;
  };
  EXPECT_EQ(positionFor(13, 0), 200U);  // the 13th character is byte 13, because é takes two
  EXPECT_EQ(positionFor(13, 10), 200U);
  EXPECT_EQ(positionFor(9, 0), 100U);
  EXPECT_EQ(positionFor(1, 0), std::nullopt);
  EXPECT_EQ(positionFor(1000, 0), std::nullopt);
}

}  // namespace
}  // namespace scrim::push
