// SPDX-License-Identifier: Apache-2.0
#include "server/identity/failure_rate.h"

#include <gtest/gtest.h>

namespace scrim::identity {
namespace {

class FakeClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(now.time_since_epoch()); }
  base::MonotonicTime monotonic() const override { return now; }
  base::MonotonicTime now{std::chrono::hours(1)};
};

TEST(FailureRate, FillsEmptiesAndBoundsItsMemory) {
  FakeClock clock;
  FailureRate rate({3, std::chrono::seconds(300), 2}, clock);
  EXPECT_FALSE(rate.failed("192.0.2.1"));
  EXPECT_FALSE(rate.failed("192.0.2.1"));
  EXPECT_EQ(rate.pause("192.0.2.1").count(), 0);
  EXPECT_TRUE(rate.failed("192.0.2.1"));
  EXPECT_FALSE(rate.failed("192.0.2.1")) << "it was full already";
  EXPECT_EQ(rate.pause("192.0.2.1").count(), 100);
  EXPECT_EQ(rate.pause("192.0.2.2").count(), 0);
  clock.now += std::chrono::seconds(100);
  EXPECT_EQ(rate.pause("192.0.2.1").count(), 0);
  EXPECT_TRUE(rate.failed("192.0.2.1"));
  for (const char* address : {"192.0.2.3", "192.0.2.4"}) EXPECT_FALSE(rate.failed(address));
  EXPECT_EQ(rate.pause("192.0.2.1").count(), 0) << "the list is longer than allowed";
  rate.setLimits({0, std::chrono::seconds(300), 2});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(rate.failed("192.0.2.3"));
  EXPECT_EQ(rate.pause("192.0.2.3").count(), 0);
}

TEST(FailureRate, AnIpv6AddressIsItsNetwork) {
  FakeClock clock;
  FailureRate rate({1, std::chrono::seconds(300), 10}, clock);
  EXPECT_TRUE(rate.failed("2001:db8::1"));
  EXPECT_NE(rate.pause("2001:db8::ffff:2").count(), 0);
  EXPECT_EQ(rate.pause("2001:db8:0:1::1").count(), 0);
  EXPECT_TRUE(rate.failed("::ffff:192.0.2.1"));
  EXPECT_EQ(rate.pause("::ffff:192.0.2.2").count(), 0);
}

}  // namespace
}  // namespace scrim::identity
