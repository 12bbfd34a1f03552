// SPDX-License-Identifier: Apache-2.0
#include "ldap/account_state.h"

#include <gtest/gtest.h>

namespace scrim::ldap {
namespace {

const base::WallTime kNow = *parseGeneralizedTime("20260102030405Z");

struct Case {
  std::vector<std::pair<std::string, std::string>> attributes;
  AccountState state;
};

void expectAll(Kind kind, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    Entry entry;
    std::string told;
    for (const auto& [name, value] : one.attributes) {
      entry.attributes[name].push_back(value);
      told.append(name).append("=").append(value).append(" ");
    }
    EXPECT_EQ(nameOf(accountState(kind, entry, kNow)), nameOf(one.state)) << told;
  }
}

TEST(AccountState, OfActiveDirectory) {
  const std::string control = "useraccountcontrol";
  const std::string computed = "msds-user-account-control-computed";
  // 2026-01-02 03:04:05 is 134117966450000000.
  expectAll(Kind::activeDirectory,
            {{{{control, "512"}}, AccountState::active},
             {{{control, "512"}, {computed, "0"}, {"accountexpires", "0"}}, AccountState::active},
             {{{control, "512"}, {"accountexpires", "9223372036854775807"}}, AccountState::active},
             {{{control, "514"}}, AccountState::disabled},
             {{{control, "66050"}}, AccountState::disabled},
             {{{control, "512"}, {"accountexpires", "134117966450000000"}}, AccountState::expired},
             {{{control, "512"}, {"accountexpires", "134117966460000000"}}, AccountState::active},
             {{{control, "512"}, {"accountexpires", "1"}}, AccountState::expired},
             {{{control, "512"}, {computed, "16"}}, AccountState::locked},
             {{{control, "512"}, {computed, "0"}, {"lockouttime", "134117966440000000"}}, AccountState::active},
             {{{control, "512"}, {"lockouttime", "134117966440000000"}}, AccountState::locked},
             {{{control, "512"}, {"lockouttime", "0"}}, AccountState::active},
             {{{control, "512"}, {computed, "8388608"}}, AccountState::passwordExpired},
             {{{control, "514"}, {computed, "16"}}, AccountState::disabled},
             {{}, AccountState::unknown},
             {{{control, ""}}, AccountState::unknown},
             {{{control, "512x"}}, AccountState::unknown},
             {{{control, "512"}, {control, "514"}}, AccountState::unknown},
             {{{control, "99999999999999999999"}}, AccountState::unknown},
             {{{control, "512"}, {"accountexpires", "never"}}, AccountState::unknown},
             {{{control, "512"}, {computed, "?"}}, AccountState::unknown}});
}

TEST(AccountState, OfOpenLdap) {
  expectAll(Kind::openLdap, {{{}, AccountState::active},
                             {{{"pwdaccountlockedtime", "000001010000Z"}}, AccountState::disabled},
                             {{{"pwdaccountlockedtime", "20260102030000Z"}}, AccountState::locked},
                             {{{"pwdaccountlockedtime", "soon"}}, AccountState::unknown},
                             {{{"pwdaccounttmplockoutend", "20260102030406Z"}}, AccountState::locked},
                             {{{"pwdaccounttmplockoutend", "20260102030405Z"}}, AccountState::active},
                             {{{"pwdendtime", "20260102030405Z"}}, AccountState::expired},
                             {{{"pwdendtime", "20260102030406Z"}}, AccountState::active},
                             {{{"pwdstarttime", "20260102030406Z"}}, AccountState::expired},
                             {{{"pwdreset", "TRUE"}}, AccountState::passwordExpired},
                             {{{"pwdreset", "FALSE"}}, AccountState::active},
                             {{{"shadowexpire", "20455"}}, AccountState::expired},  // 2026-01-02
                             {{{"shadowexpire", "20456"}}, AccountState::active},
                             {{{"shadowexpire", "0"}}, AccountState::expired},
                             {{{"shadowexpire", "-1"}}, AccountState::active},
                             {{{"shadowexpire", "x"}}, AccountState::unknown}});
}

TEST(AccountState, ReadsGeneralizedTime) {
  EXPECT_EQ(parseGeneralizedTime("19700101000001Z"), base::WallTime(std::chrono::seconds(1)));
  EXPECT_EQ(parseGeneralizedTime("197001010001Z"), base::WallTime(std::chrono::seconds(60)));
  EXPECT_EQ(parseGeneralizedTime("19700101000001.5Z"), base::WallTime(std::chrono::seconds(1)));
  for (const char* bad : {"", "Z", "19700101", "19691231235959Z", "20260230000000Z", "20261301000000Z",
                          "20260101240000Z", "20260101000000", "20260101000000+0100", "20260101000000.Z",
                          "20260101000000Zx", "2026010100000Z", "2026010100 000Z"}) {
    EXPECT_FALSE(parseGeneralizedTime(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace scrim::ldap
