// SPDX-License-Identifier: Apache-2.0
#include "server/api/idempotency.h"

#include <algorithm>

#include "common/base/hash.h"

namespace scrim::api {
namespace {

constexpr std::size_t kLongestKey = 128;

std::string placeOf(base::UserId user, const std::string& key) {
  return "idempotency " + std::to_string(user.value) + " " + key;
}

}  // namespace

base::Result<Idempotency> Idempotency::of(const Call& call) {
  Idempotency made(call);
  const std::string* key = call.request.header("Idempotency-Key");
  if (key == nullptr || call.request.method != "POST") return made;
  const bool printable = std::all_of(key->begin(), key->end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (key->empty() || key->size() > kLongestKey || !printable) {
    return base::Error{base::ErrorCode::invalidValue,
                       "Idempotency-Key must be 1 to 128 printable characters without spaces."};
  }
  made.key_ = *key;
  made.requestHash_ = std::string(base::asBytes(base::sha256(call.request.target + "\n" + call.request.body)));
  return made;
}

base::Result<std::optional<Answer>> Idempotency::find(catalog::Writer& writer) const {
  if (key_.empty()) return std::optional<Answer>();
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.idempotency_key WHERE created_at < now() - interval '1 day'"));
  SCRIM_TRY(store::Rows rows, writer.link().run("SELECT request_hash, status, answer FROM scrim.idempotency_key"
                                                " WHERE account_id = $1::bigint AND key = $2",
                                                {store::value(user_.value), key_}));
  if (rows.size() == 0) return std::optional<Answer>();
  SCRIM_TRY(const base::Secret request, writer.box().open(rows.bytes(0, 0), placeOf(user_, key_) + " request"));
  if (request.reveal() != requestHash_) {
    return base::Error{base::ErrorCode::invalidValue,
                       "This Idempotency-Key was used for another request.",
                       {},
                       "Use a new key for a new request."};
  }
  SCRIM_TRY(const base::Secret opened, writer.box().open(rows.bytes(0, 2), placeOf(user_, key_)));
  SCRIM_TRY(const contract::Json json, contract::parseJson(opened.reveal()));
  Answer answer;
  answer.status = static_cast<int>(rows.integer(0, 1));
  const auto kept = json.extract<ObjectPtr>();
  answer.body = kept->getObject("body");
  answer.etag = kept->getValue<std::string>("etag");
  answer.location = kept->getValue<std::string>("location");
  return std::optional<Answer>(std::move(answer));
}

base::Result<void> Idempotency::keep(catalog::Writer& writer, const Answer& answer) const {
  if (key_.empty()) return {};
  auto kept = contract::newObject();
  kept->set("etag", answer.etag);
  kept->set("location", answer.location);
  kept->set("body", answer.body);
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.idempotency_key (account_id, key, request_hash, status, answer)"
                        " VALUES ($1::bigint, $2, $3::bytea, $4::integer, $5::bytea)",
                        {store::value(user_.value), key_,
                         store::bytes(writer.box().seal(requestHash_, placeOf(user_, key_) + " request")),
                         store::value(static_cast<std::int64_t>(answer.status)),
                         store::bytes(writer.box().seal(contract::written(kept), placeOf(user_, key_)))}));
  return {};
}

}  // namespace scrim::api
