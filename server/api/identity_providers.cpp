// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ldap/directory.h"
#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/identity_provider_fields.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/catalog/identity_provider_store.h"

namespace scrim::api::identity_providers {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::IdentityProvider;

constexpr std::string_view kNoun = "identity provider";

/// The room that talks to directories says what is wrong with one, in terms of its own fields.
base::Result<void> checkDirectory(const IdentityProvider& provider) {
  auto checked = ldap::check(provider.directory);
  if (!checked) checked.error().code = ErrorCode::invalidValue;
  return checked;
}

base::Result<catalog::IdentityProviderPtr> named(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "identityProvider", kNoun));
  for (const auto& each : call.snapshot->identityProviders()) {
    if (each->id.value == id) return each;
  }
  return noSuch(kNoun, std::to_string(id));
}

base::Result<IdentityProvider> present(catalog::Writer& writer, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "identityProvider", kNoun));
  SCRIM_TRY(auto found, catalog::loadIdentityProviders(writer.link(), writer.box(), {false, {id}}));
  if (found.empty()) return noSuch(kNoun, std::to_string(id));
  return std::move(found.front());
}

/// Whether the password would go to somebody else: then it has to be given again.
bool sameReceiver(const ldap::DirectoryOptions& left, const ldap::DirectoryOptions& right) {
  const auto same = [](const ldap::Server& a, const ldap::Server& b) { return a.host == b.host && a.port == b.port; };
  return std::equal(left.servers.begin(), left.servers.end(), right.servers.begin(), right.servers.end(), same) &&
         left.transport == right.transport && left.caFile == right.caFile && left.bindDn == right.bindDn;
}

base::Result<void> takePassword(const IdentityProvider& before, bool given, IdentityProvider& provider) {
  if (given || before.directory.bindPassword.empty() || provider.directory.bindDn.empty()) return {};
  if (!sameReceiver(before.directory, provider.directory)) {
    return Error{ErrorCode::invalidValue, "Give the password again: it would go to another server or account.",
                 "$.password"};
  }
  provider.directory.bindPassword = before.directory.bindPassword.clone();
  return {};
}

struct Trial {
  std::string user;
  base::Secret password;
};

base::Result<Trial> readTrial(contract::Fields& fields) {
  Trial trial;
  SCRIM_TRY(trial.user, fields.text("user"));
  SCRIM_TRY(std::string password, optionalText(fields, "password"));
  trial.password = base::Secret(std::move(password));
  return trial;
}

}  // namespace

base::Result<Answer> list(Call& call) {
  auto all = call.snapshot->identityProviders();
  std::sort(all.begin(), all.end(), [](const auto& left, const auto& right) { return left->id < right->id; });
  return pageAnswer(
      call, all, [](const auto& each) { return each->id.value; }, [](const auto&) { return true; },
      [](const auto& each) { return show(*each); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const catalog::IdentityProviderPtr found, named(call));
  return answerOf(show(*found));
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(Wanted wanted, readBody<Wanted>(call, read));
  SCRIM_CHECK_OK(checkDirectory(wanted.provider));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    IdentityProvider provider = copyOf(wanted.provider);
    SCRIM_TRY(provider.id, save(writer, provider));
    return Outcome{createdAnswer(show(provider), "/api/v1/identity-providers/" + std::to_string(provider.id.value)),
                   "identity provider " + provider.name + " made: " + contract::written(show(provider))};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(Wanted wanted, readBody<Wanted>(call, read));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const IdentityProvider before, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(before)));
    IdentityProvider provider = copyOf(wanted.provider);
    provider.id = before.id;
    SCRIM_CHECK_OK(takePassword(before, wanted.hasPassword, provider));
    SCRIM_CHECK_OK(checkDirectory(provider));
    SCRIM_CHECK_OK(save(writer, provider));
    return Outcome{answerOf(show(provider)),
                   "identity provider " + provider.name + " changed: " + contract::written(show(provider))};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const IdentityProvider before, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(before)));
    SCRIM_CHECK_OK(removeIdentityProvider(writer, before.id));
    return Outcome{Answer{}, "identity provider " + before.name + " removed, with the accounts that came from it"};
  });
}

base::Result<Answer> test(Call& call) {
  SCRIM_TRY(const Trial trial, readBody<Trial>(call, readTrial));
  SCRIM_TRY(const catalog::IdentityProviderPtr found, named(call));
  SCRIM_CHECK_OK(call.services.journal->policyChanged(
      {call.caller->subject.user,
       "request " + call.request.id + ": identity provider " + found->name + " tried with user " + trial.user,
       call.snapshot->version()}));
  SCRIM_CHECK_OK(call.services.journal->flush());
  auto directory = ldap::Directory::make(ldap::copyOf(found->directory));
  if (!directory) directory.error().code = ErrorCode::invalidValue;
  SCRIM_CHECK_OK(directory ? base::Result<void>() : directory.error());
  ArrayPtr steps(new Poco::JSON::Array);
  bool good = true;
  for (const ldap::Step& step : (*directory)->test(trial.user, trial.password)) {
    ObjectPtr each = contract::newObject();
    each->set("name", step.name);
    each->set("ok", step.ok);
    each->set("text", step.text);
    steps->add(each);
    good = good && step.ok;
  }
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("ok", good);
  answer.body->set("steps", steps);
  return answer;
}

}  // namespace scrim::api::identity_providers
