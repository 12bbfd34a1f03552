// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/catalog.h"

#include "common/base/hash.h"
#include "server/catalog/follower.h"
#include "server/store/migrate.h"
#include "server/store/transaction.h"

namespace scrim::catalog {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMockSecretBytes = 32;
constexpr const char* kMockSecretPlace = "mock secret";
constexpr std::int64_t kVersionsKept = 10'000;  // an instance that was away for longer loads everything

/// The content of a fact: `proposal`, if nobody wrote it before.
base::Result<std::string> agree(store::Link& link, const std::string& name, std::string_view proposal) {
  SCRIM_CHECK_OK(
      link.run("INSERT INTO scrim.fact VALUES ($1, $2::bytea) ON CONFLICT DO NOTHING", {name, store::bytes(proposal)}));
  SCRIM_TRY(store::Rows rows, link.run("SELECT content FROM scrim.fact WHERE name = $1", {name}));
  return rows.bytes(0, 0);
}

base::Result<void> noteChanges(store::Link& link, const Writer& writer, std::int64_t version) {
  std::vector<std::string> nouns;
  Ids ids;
  for (const auto& [noun, id] : writer.changes()) {
    nouns.emplace_back(nameOf(noun));
    ids.push_back(id);
  }
  SCRIM_CHECK_OK(
      link.run("INSERT INTO scrim.change (version, noun, id, author)"
               " SELECT $1::bigint, noun, id, $2 FROM unnest($3::text[], $4::bigint[]) AS c (noun, id)",
               {store::value(version), writer.author(), store::array(nouns), store::array(ids)}));
  SCRIM_CHECK_OK(
      link.run("DELETE FROM scrim.change WHERE version <= $1::bigint", {store::value(version - kVersionsKept)}));
  SCRIM_CHECK_OK(link.run("SELECT pg_notify('scrim_catalog', $1)", {std::to_string(version)}));
  return {};
}

}  // namespace

Catalog::Catalog(CatalogOptions options, store::SecretBox box)
    : options_(std::move(options)),
      box_(std::move(box)),
      pool_({options_.dsn, 4, std::chrono::milliseconds(5'000), options_.connectTimeout}) {}

Catalog::~Catalog() = default;

base::Result<std::unique_ptr<Catalog>> Catalog::open(CatalogOptions options, store::SecretBox box) {
  std::unique_ptr<Catalog> catalog(new Catalog(std::move(options), std::move(box)));
  SCRIM_CHECK_OK(catalog->prepare());
  catalog->follower_ = std::make_unique<Follower>(catalog->options_, catalog->pool_.linkOptions(), catalog->box_,
                                                  Follower::Target{catalog->snapshot_, catalog->heardAt_});
  SCRIM_CHECK_OK(catalog->follower_->load());
  catalog->follower_->run();
  return catalog;
}

base::Result<void> Catalog::prepare() {
  SCRIM_TRY(auto lease, pool_.acquire());
  lease->setAnswerTimeout(std::chrono::minutes(10));  // migrations of a large catalog, or of another instance
  SCRIM_CHECK_OK(store::migrate(*lease));
  lease->setAnswerTimeout(pool_.linkOptions().answerTimeout);
  return agreeOnFacts(*lease);
}

base::Result<void> Catalog::agreeOnFacts(store::Link& link) {
  SCRIM_TRY(std::string keyId, agree(link, "key id", box_.keyId()));
  if (keyId != box_.keyId()) {
    return Error{
        ErrorCode::configInvalid,
        "The key file does not belong to this catalog: its secrets were sealed with another one. Put the right key "
        "file in place (a copy from another instance or a backup)."};
  }
  std::string proposal = box_.seal(base::randomBytes(kMockSecretBytes), kMockSecretPlace);
  SCRIM_TRY(std::string sealed, agree(link, "mock secret", proposal));
  SCRIM_TRY(mockSecret_, box_.open(sealed, kMockSecretPlace));
  return {};
}

SnapshotPtr Catalog::snapshot() const { return snapshot_.load(); }

bool Catalog::healthy() const {
  auto heard = std::chrono::steady_clock::duration(heardAt_.load());
  return std::chrono::steady_clock::now().time_since_epoch() - heard < options_.lease;
}

base::Result<SnapshotPtr> Catalog::current() const {
  if (healthy()) return snapshot_.load();
  return Error{
      ErrorCode::catalogUnavailable,
      "The catalog has not answered for too long, so that what you may see is not known. Try again in a moment."};
}

void Catalog::onChange(std::function<void(const SnapshotPtr&)> listener) { follower_->onChange(std::move(listener)); }

FollowStatistics Catalog::statistics() const { return follower_->statistics(); }

base::Result<base::SnapshotVersion> Catalog::changeWithin(Writer& writer, const Work& work) {
  store::Link& link = writer.link();
  // First, so that versions are in the order of commits and no two changes run at a time.
  SCRIM_TRY(store::Rows rows, link.run("SELECT version FROM scrim.catalog_version FOR UPDATE"));
  std::int64_t version = rows.integer(0, 0);
  SCRIM_CHECK_OK(work(writer));
  if (writer.changes().empty()) return base::SnapshotVersion{version};
  ++version;
  SCRIM_CHECK_OK(link.run("UPDATE scrim.catalog_version SET version = $1::bigint", {store::value(version)}));
  SCRIM_CHECK_OK(noteChanges(link, writer, version));
  return base::SnapshotVersion{version};
}

base::Result<base::SnapshotVersion> Catalog::change(const std::string& author, const Work& work) {
  auto version = store::inTransaction(pool_, store::Isolation::readCommitted, [&](store::Link& link) {
    Writer writer(link, box_, author);
    return changeWithin(writer, work);
  });
  if (!version) {
    if (version.error().code == ErrorCode::connectionLost) version.error().code = ErrorCode::catalogUnavailable;
    return version;
  }
  SCRIM_CHECK_OK(waitFor(*version));
  return version;
}

base::Result<void> Catalog::run(const std::string& author, const Work& work) {
  auto done =
      store::inTransaction(pool_, store::Isolation::readCommitted, [&](store::Link& link) -> base::Result<void> {
        Writer writer(link, box_, author);
        SCRIM_CHECK_OK(work(writer));
        if (writer.changes().empty()) return {};
        return Error{ErrorCode::internal, "A change of the catalog was made without a version."};
      });
  if (!done && done.error().code == ErrorCode::connectionLost) done.error().code = ErrorCode::catalogUnavailable;
  return done;
}

base::Result<void> Catalog::waitFor(base::SnapshotVersion version) {
  if (follower_->waitFor(version, options_.lease)) return {};
  return Error{ErrorCode::catalogUnavailable, "The change is stored, but this instance has not read it back yet."};
}

}  // namespace scrim::catalog
