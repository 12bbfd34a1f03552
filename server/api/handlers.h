// SPDX-License-Identifier: Apache-2.0
// The handlers, one namespace a noun, each in the file of its name. routes.cpp says what each stands for.
#pragma once

#include "server/api/call.h"

namespace scrim::api {

namespace health {
base::Result<Answer> live(Call& call);
base::Result<Answer> ready(Call& call);
base::Result<Answer> metrics(Call& call);
base::Result<Answer> openapi(Call& call);
}  // namespace health

namespace sessions {
base::Result<Answer> create(Call& call);
base::Result<Answer> end(Call& call);
base::Result<Answer> me(Call& call);
base::Result<Answer> changePassword(Call& call);
}  // namespace sessions

namespace tokens {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> revoke(Call& call);
}  // namespace tokens

namespace users {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
}  // namespace users

namespace groups {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
base::Result<Answer> members(Call& call);
base::Result<Answer> addMember(Call& call);
base::Result<Answer> removeMember(Call& call);
}  // namespace groups

namespace identity_providers {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
base::Result<Answer> test(Call& call);
}  // namespace identity_providers

namespace connections {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
base::Result<Answer> test(Call& call);
base::Result<Answer> tables(Call& call);
}  // namespace connections

namespace data_sources {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> createMany(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
base::Result<Answer> refresh(Call& call);
base::Result<Answer> decision(Call& call);
base::Result<Answer> subscribers(Call& call);
base::Result<Answer> setSubscribers(Call& call);
}  // namespace data_sources

namespace tags {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
base::Result<Answer> uses(Call& call);
}  // namespace tags

namespace access_requests {
base::Result<Answer> requestable(Call& call);
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> decide(Call& call);
}  // namespace access_requests

namespace purposes {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
}  // namespace purposes

namespace projects {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
base::Result<Answer> members(Call& call);
base::Result<Answer> setMembers(Call& call);
base::Result<Answer> sources(Call& call);
base::Result<Answer> setSources(Call& call);
base::Result<Answer> acknowledge(Call& call);
base::Result<Answer> acknowledgements(Call& call);
}  // namespace projects

namespace rules {
base::Result<Answer> list(Call& call);
base::Result<Answer> create(Call& call);
base::Result<Answer> get(Call& call);
base::Result<Answer> replace(Call& call);
base::Result<Answer> remove(Call& call);
base::Result<Answer> history(Call& call);
base::Result<Answer> diff(Call& call);
base::Result<Answer> check(Call& call);
base::Result<Answer> impact(Call& call);
}  // namespace rules

namespace plans {
base::Result<Answer> create(Call& call);
}  // namespace plans

namespace configuration {
base::Result<Answer> get(Call& call);
base::Result<Answer> write(Call& call);
}  // namespace configuration

namespace journal {
base::Result<Answer> records(Call& call);
base::Result<Answer> verify(Call& call);
}  // namespace journal

}  // namespace scrim::api
