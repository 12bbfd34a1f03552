// SPDX-License-Identifier: Apache-2.0
// ConnectOptions: how to reach one PostgreSQL source, as typed fields (never a conninfo string). The wiring converts
// the catalog's connection into it. Immutable once shared; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/secret.h"

namespace scrim::postgres {

enum class TlsMode { disable, require, verifyCa, verifyFull };

struct ConnectOptions {
  std::string name;                  // the connection's name in the catalog: the only part users are told
  std::vector<std::string> hosts;    // names, addresses, or absolute paths of UNIX socket folders; tried in order
  std::vector<std::uint16_t> ports;  // one for all hosts, or one each
  std::string database;
  std::string user;
  base::Secret password;
  TlsMode tls = TlsMode::verifyFull;
  std::string caFile;                 // needed by verifyCa and verifyFull; "system" is the machine's store
  std::string clientCertificateFile;  // with clientKeyFile: log in with a certificate
  std::string clientKeyFile;
  bool anyPrimary = false;                   // several hosts: only one that accepts writes will do
  int maxConnections = 20;                   // all threads of this process together
  std::chrono::seconds statementTimeout{0};  // 0: the source's own
  std::chrono::seconds connectTimeout{10};
  std::chrono::seconds idleTimeout{60};  // an unused connection is closed after it
  std::string digest;                    // changes when any field changes: pools are keyed by it
};

using ConnectOptionsPtr = std::shared_ptr<const ConnectOptions>;

}  // namespace scrim::postgres
