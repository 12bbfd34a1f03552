// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "server/gateway/startup.h"

namespace scrim::gateway {
namespace {

std::string int32(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
          static_cast<char>(value)};
}
std::string zero(std::string text) { return text + '\0'; }
std::string packet(std::uint32_t code, const std::string& body) {
  return int32(static_cast<std::uint32_t>(body.size()) + 8) + int32(code) + body;
}

base::Result<StartupPacket> read(const std::string& bytes) {
  auto result = readStartup(bytes);
  if (!result.ok()) return std::move(result).error();
  if (!result->packet) return base::Error{base::ErrorCode::internal, "incomplete"};
  return std::move(*result->packet);
}

TEST(Startup, LengthFieldSweep) {
  for (const std::uint32_t length : {0U, 1U, 3U, 4U, 5U, 7U, 10'001U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    const auto result = readStartup(int32(length) + int32(kProtocol30));
    ASSERT_FALSE(result.ok()) << length;
    EXPECT_EQ(result.error().code, base::ErrorCode::protocolViolation);
  }
}

TEST(Startup, WaitsForTheWhole) {
  const std::string whole = packet(kProtocol30, zero("user") + zero("alice") + '\0');
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto result = readStartup(std::string_view(whole).substr(0, size));
    ASSERT_TRUE(result.ok()) << size;
    EXPECT_FALSE(result->packet);
    EXPECT_EQ(result->wanted, size < 8 ? 8 : whole.size());
  }
  EXPECT_EQ(readStartup(whole + "more")->size, whole.size());
}

TEST(Startup, NamesAndValues) {
  const std::string body = zero("user") + zero("alice") + zero("database") + zero("scrim") + zero("options") +
                           zero("-c a=b") + zero("application_name") + zero("psql") + zero("_pq_.x") + zero("1") + '\0';
  const std::string bytes = packet(kProtocol32, body);
  const auto result = read(bytes);
  ASSERT_TRUE(result.ok());
  const auto& request = std::get<StartupRequest>(*result);
  EXPECT_EQ(request.user, "alice");
  EXPECT_EQ(request.database, "scrim");
  EXPECT_EQ(request.options, "-c a=b");
  ASSERT_EQ(request.settings.size(), 1U);
  EXPECT_EQ(request.settings[0].second, "psql");
  EXPECT_EQ(request.protocolOptions.size(), 1U);
}

TEST(Startup, RefusesWhatIsMalformed) {
  EXPECT_FALSE(read(packet(kProtocol30, "")).ok());
  EXPECT_FALSE(read(packet(kProtocol30, std::string(1, '\0'))).ok()) << "no user";
  EXPECT_FALSE(read(packet(kProtocol30, zero("user") + "alice")).ok());
  EXPECT_FALSE(read(packet(kProtocol30, zero("user") + zero("alice"))).ok()) << "no terminator";
  EXPECT_FALSE(read(packet(kProtocol30, zero("user") + zero("alice") + '\0' + "x")).ok());
  EXPECT_FALSE(read(packet(2U << 16U, zero("user") + zero("alice") + '\0')).ok());
  EXPECT_FALSE(read(packet(4U << 16U, zero("user") + zero("alice") + '\0')).ok());
  EXPECT_FALSE(read(packet(kProtocol30, zero("user") + zero("a") + zero("replication") + zero("true") + '\0')).ok());
  EXPECT_TRUE(read(packet(kProtocol30, zero("user") + zero("a") + zero("replication") + zero("off") + '\0')).ok());
}

TEST(Startup, RequestCodes) {
  EXPECT_TRUE(std::holds_alternative<SslRequest>(*read(packet(kSslRequestCode, ""))));
  EXPECT_TRUE(std::holds_alternative<GssEncRequest>(*read(packet(kGssEncRequestCode, ""))));
  EXPECT_FALSE(read(packet(kSslRequestCode, "x")).ok());
  const std::string bytes = packet(kCancelRequestCode, int32(7) + "keyk");
  const auto cancel = read(bytes);
  ASSERT_TRUE(cancel.ok());
  EXPECT_EQ(std::get<CancelRequest>(*cancel).processId, 7U);
  EXPECT_TRUE(read(packet(kCancelRequestCode, int32(7) + std::string(256, 'k'))).ok());
  EXPECT_FALSE(read(packet(kCancelRequestCode, int32(7) + std::string(257, 'k'))).ok());
  EXPECT_FALSE(read(packet(kCancelRequestCode, int32(7) + "key")).ok());
}

TEST(Startup, VersionsAreNegotiatedDown) {
  EXPECT_EQ(negotiatedVersion(kProtocol30), kProtocol30);
  EXPECT_EQ(negotiatedVersion(kProtocol30 + 1), kProtocol30);
  EXPECT_EQ(negotiatedVersion(kProtocol32), kProtocol32);
  EXPECT_EQ(negotiatedVersion(kProtocol30 + 9999), kProtocol32);
}

TEST(Options, AreReadAsPostgresqlReadsThem) {
  const auto options = readOptions("-c TimeZone=UTC  -cextra_float_digits=2 --statement-timeout=5s -c x=a\\ b");
  ASSERT_TRUE(options.ok());
  ASSERT_EQ(options->size(), 4U);
  EXPECT_EQ((*options)[0], NameAndValue("TimeZone", "UTC"));
  EXPECT_EQ((*options)[1], NameAndValue("extra_float_digits", "2"));
  EXPECT_EQ((*options)[2], NameAndValue("statement_timeout", "5s"));
  EXPECT_EQ((*options)[3], NameAndValue("x", "a b"));
}

TEST(Options, EndOnAnything) {
  for (const char* bad : {"-c =", "-c", "-c x", "=", "-", "--", "--=", "-x", "x=y", "\\", "-c \\", "-d 5"}) {
    const auto options = readOptions(bad);
    ASSERT_FALSE(options.ok()) << bad;
    EXPECT_EQ(options.error().code, base::ErrorCode::invalidParameter) << bad;
  }
  EXPECT_TRUE(readOptions("  ")->empty());
}

}  // namespace
}  // namespace scrim::gateway
