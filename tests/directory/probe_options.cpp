// SPDX-License-Identifier: Apache-2.0
#include "probe_options.h"

#include <functional>
#include <map>

namespace scrim::tests {
namespace {

using ldap::DirectoryOptions;
using ldap::GroupLookup;
using ldap::MemberValue;
using ldap::Transport;
using Setter = std::function<bool(DirectoryOptions&, const std::string&)>;

Setter text(std::function<std::string&(DirectoryOptions&)> field) {
  return [field](DirectoryOptions& options, const std::string& value) {
    field(options) = value;
    return true;
  };
}

template <typename Number>
Setter number(std::function<void(DirectoryOptions&, Number)> set) {
  return [set](DirectoryOptions& options, const std::string& value) {
    set(options, static_cast<Number>(std::stoll(value)));
    return true;
  };
}

template <typename Value>
Setter choice(std::map<std::string, Value> values, std::function<void(DirectoryOptions&, Value)> set) {
  return [values, set](DirectoryOptions& options, const std::string& value) {
    const auto found = values.find(value);
    if (found == values.end()) return false;
    set(options, found->second);
    return true;
  };
}

bool addServer(DirectoryOptions& options, const std::string& value) {
  const std::size_t colon = value.rfind(':');
  options.servers.push_back({value.substr(0, colon), static_cast<std::uint16_t>(std::stoi(value.substr(colon + 1)))});
  return true;
}

bool addAttribute(DirectoryOptions& options, const std::string& value) {
  const std::size_t equals = value.find('=');
  options.users.attributes.push_back({value.substr(0, equals), value.substr(equals + 1)});
  return true;
}

using Milliseconds = std::chrono::milliseconds;

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> kSetters{
      {"server", addServer},
      {"attribute", addAttribute},
      {"ca_file", text([](DirectoryOptions& o) -> std::string& { return o.caFile; })},
      {"bind_dn", text([](DirectoryOptions& o) -> std::string& { return o.bindDn; })},
      {"bind_password",
       [](DirectoryOptions& o, const std::string& value) { return o.bindPassword = base::Secret(value), true; }},
      {"users.base", text([](DirectoryOptions& o) -> std::string& { return o.users.base; })},
      {"users.filter", text([](DirectoryOptions& o) -> std::string& { return o.users.filter; })},
      {"users.login", text([](DirectoryOptions& o) -> std::string& { return o.users.login; })},
      {"groups.base", text([](DirectoryOptions& o) -> std::string& { return o.groups.base; })},
      {"groups.filter", text([](DirectoryOptions& o) -> std::string& { return o.groups.filter; })},
      {"groups.member", text([](DirectoryOptions& o) -> std::string& { return o.groups.member; })},
      {"transport",
       choice<Transport>({{"ldaps", Transport::ldaps}, {"start-tls", Transport::startTls}, {"plain", Transport::plain}},
                         [](DirectoryOptions& o, Transport value) { o.transport = value; })},
      {"groups.lookup", choice<GroupLookup>({{"none", GroupLookup::none},
                                             {"search", GroupLookup::search},
                                             {"member-of", GroupLookup::memberOf},
                                             {"in-chain", GroupLookup::inChain}},
                                            [](DirectoryOptions& o, GroupLookup value) { o.groups.lookup = value; })},
      {"groups.member_value",
       choice<MemberValue>({{"dn", MemberValue::dn}, {"login", MemberValue::login}},
                           [](DirectoryOptions& o, MemberValue value) { o.groups.memberValue = value; })},
      {"groups.nested", number<int>([](DirectoryOptions& o, int value) { o.groups.nested = value != 0; })},
      {"groups.depth", number<int>([](DirectoryOptions& o, int value) { o.groups.depth = value; })},
      {"page_size", number<int>([](DirectoryOptions& o, int value) { o.pageSize = value; })},
      {"most_entries", number<std::size_t>([](DirectoryOptions& o, std::size_t value) { o.mostEntries = value; })},
      {"most_groups", number<std::size_t>([](DirectoryOptions& o, std::size_t value) { o.mostGroups = value; })},
      {"most_bytes", number<std::size_t>([](DirectoryOptions& o, std::size_t value) { o.mostBytes = value; })},
      {"connect_ms", number<long>([](DirectoryOptions& o, long value) { o.connectTimeout = Milliseconds(value); })},
      {"operation_ms", number<long>([](DirectoryOptions& o, long value) { o.operationTimeout = Milliseconds(value); })},
      {"call_ms", number<long>([](DirectoryOptions& o, long value) { o.callTimeout = Milliseconds(value); })},
      {"retry_ms", number<long>([](DirectoryOptions& o, long value) { o.retryServerAfter = Milliseconds(value); })},
  };
  return kSetters;
}

}  // namespace

bool setOption(DirectoryOptions& options, const std::string& name, const std::string& value) {
  if (name == "kind") {
    options = ldap::defaultsFor(value == "active-directory" ? ldap::Kind::activeDirectory : ldap::Kind::openLdap);
    return true;
  }
  const auto found = setters().find(name);
  return found != setters().end() && found->second(options, value);
}

}  // namespace scrim::tests
