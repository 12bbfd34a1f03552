// SPDX-License-Identifier: Apache-2.0
#include "server/identity/lane.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <thread>

#include "server/identity/directory_watch.h"

namespace scrim::identity {
namespace {

/// A job that goes on until it is told to.
struct Long {
  std::latch begun{1};
  std::promise<void> end;
  Lane::Job job() {
    return [this, ended = end.get_future().share()](const std::stop_token&) {
      begun.count_down();
      ended.wait();
    };
  }
};

TEST(Lane, HoldsNoMoreThanItMay) {
  Long first;
  std::atomic<int> ran = 0;
  const auto count = [&](const std::stop_token& stop) { ran += stop.stop_requested() ? 100 : 1; };
  {
    Lane lane(1, 2);
    ASSERT_TRUE(lane.add(first.job()));
    first.begun.wait();
    EXPECT_TRUE(lane.add(count));
    EXPECT_TRUE(lane.add(count));
    EXPECT_FALSE(lane.add(count)) << "two wait already";
    first.end.set_value();
    while (ran < 2) std::this_thread::yield();
    lane.stop();
    EXPECT_FALSE(lane.add(count)) << "it has stopped";
  }
  EXPECT_EQ(ran, 2);
}

TEST(Lane, TellsThoseWhoWaitThatItStops) {
  std::atomic<int> told = 0;
  std::latch begun(1);
  Lane lane(1, 10);
  ASSERT_TRUE(lane.add([&](const std::stop_token& stop) {
    begun.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
  }));
  begun.wait();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(lane.add([&](const std::stop_token& stop) { told += stop.stop_requested() ? 1 : 0; }));
  }
  lane.stop();
  EXPECT_EQ(told, 3);
}

class FakeClock : public base::Clock {
 public:
  base::WallTime wall() const override { return {}; }
  base::MonotonicTime monotonic() const override { return base::MonotonicTime(std::chrono::seconds(now.load())); }
  std::atomic<int> now = 1000;
};

catalog::IdentityProvider provider(std::int64_t id) {
  catalog::IdentityProvider provider;
  provider.id = {id};
  provider.refresh = std::chrono::seconds(60);
  provider.lease = std::chrono::seconds(300);
  return provider;
}

TEST(DirectoryWatch, AsksAgainAboutThoseWithSessionsWhateverOtherDirectoriesDo) {
  FakeClock clock;
  std::atomic<int> asked = 0;
  std::promise<void> end;
  const auto ended = end.get_future().share();
  DirectoryWatch watch(
      [&](base::UserId id, const std::stop_token&) -> base::Result<std::chrono::seconds> {
        if (id.value == 1) ended.wait();  // its directory hangs
        if (id.value == 2) ++asked;
        if (id.value == 3) return base::Error{base::ErrorCode::sourceUnavailable, "gone"};
        return std::chrono::seconds(60);
      },
      1, clock);
  const auto hanging = watch.watch({1}, provider(1), clock.monotonic());
  const auto well = watch.watch({2}, provider(2), clock.monotonic());
  const auto failing = watch.watch({3}, provider(3), clock.monotonic());
  for (int round = 1; round <= 6; ++round) {
    clock.now += 60;
    while (asked < round || well->at() < clock.monotonic()) std::this_thread::yield();
  }
  EXPECT_TRUE(well->holds());
  clock.now += 1;
  EXPECT_FALSE(hanging->holds()) << "360 seconds, with a lease of 300";
  EXPECT_FALSE(failing->holds());
  end.set_value();
}

TEST(DirectoryWatch, ForgetsThoseWithoutSessions) {
  FakeClock clock;
  std::atomic<int> aboutFirst = 0;
  std::atomic<int> aboutSecond = 0;
  DirectoryWatch watch(
      [&](base::UserId id, const std::stop_token&) -> base::Result<std::chrono::seconds> {
        ++(id.value == 1 ? aboutFirst : aboutSecond);
        return std::chrono::seconds(60);
      },
      1, clock);
  auto first = watch.watch({1}, provider(1), clock.monotonic());
  const auto second = watch.watch({2}, provider(1), clock.monotonic());
  EXPECT_EQ(watch.watch({1}, provider(1), clock.monotonic()), first) << "shared by the sessions of one user";
  first.reset();
  clock.now += 60;
  while (aboutSecond < 1) std::this_thread::yield();
  EXPECT_EQ(aboutFirst, 0);
}

}  // namespace
}  // namespace scrim::identity
