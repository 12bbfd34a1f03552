// SPDX-License-Identifier: Apache-2.0
// The keys of an apply file, one list for each kind of entry; docs/admin/configuration.md explains each.
#pragma once

#include <string>
#include <vector>

namespace scrim::apply {

inline const std::vector<std::string> kFileKeys{"prune",    "connections",  "identity_providers", "users",
                                                "purposes", "data_sources", "projects",           "rules"};
inline const std::vector<std::string> kPurposeKeys{"name", "description"};
inline const std::vector<std::string> kProjectKeys{
    "name", "description", "enabled", "purposes", "acknowledgement", "masked_joins", "users", "groups", "data_sources"};
inline const std::vector<std::string> kConnectionKeys{"name",
                                                      "kind",
                                                      "hosts",
                                                      "ports",
                                                      "database",
                                                      "user",
                                                      "password",
                                                      "password_env",
                                                      "password_file",
                                                      "tls",
                                                      "ca_file",
                                                      "max_connections",
                                                      "statement_timeout_seconds"};
inline const std::vector<std::string> kProviderKeys{"name",
                                                    "kind",
                                                    "hosts",
                                                    "ports",
                                                    "transport",
                                                    "ca_file",
                                                    "bind_dn",
                                                    "password",
                                                    "password_env",
                                                    "password_file",
                                                    "users",
                                                    "groups",
                                                    "refresh_seconds",
                                                    "lease_seconds",
                                                    "sync_seconds",
                                                    "connect_timeout_ms",
                                                    "operation_timeout_ms",
                                                    "call_timeout_ms"};
inline const std::vector<std::string> kProviderUserKeys{"base", "filter", "login", "id", "attributes"};
inline const std::vector<std::string> kProviderGroupKeys{"lookup",       "base",   "filter", "name",  "member",
                                                         "member_value", "nested", "depth",  "prefix"};
inline const std::vector<std::string> kUserKeys{"name",          "password",       "password_env",
                                                "password_file", "scram_verifier", "groups",
                                                "attributes",    "permissions",    "disabled"};
inline const std::vector<std::string> kDataSourceKeys{
    "name",   "connection",  "table",   "definition",        "sql",  "expose", "columns", "tags",
    "owners", "subscribers", "comment", "event_time_column", "rules"};
inline const std::vector<std::string> kColumnKeys{"name", "tags", "comment", "exposed"};
inline const std::vector<std::string> kRuleKeys{"data_source", "rule", "state", "author", "reason"};
inline const std::vector<std::string> kLocalRuleKeys{"rule", "state", "author", "reason"};
inline const std::vector<std::string> kPermissions{"ADMIN", "GOVERNOR", "USER_ADMIN", "CREATE_DATA_SOURCE", "AUDIT"};

}  // namespace scrim::apply
