// SPDX-License-Identifier: Apache-2.0
// The private CA: made at first start, so that TLS works without any preparation; and the server's certificate that it
// signs. ECDSA P-256; CA for ten years, server for one, both renewed a month before they end or when the names change.
// One process at a time (scrimd locks its data folder).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace scrim::identity {

struct CertificateFiles {
  std::filesystem::path ca;           // for clients: sslrootcert
  std::filesystem::path certificate;  // the server's
  std::filesystem::path key;          // the server's, mode 0600
};

/// In `folder` (made if it is not there): ca.pem, ca.key,
/// server.pem, server.key. Names: localhost, 127.0.0.1, ::1, the host's name, and `names` (DNS names or addresses).
/// Errors: configInvalid (cannot be read or written, keys readable by others), diskFull.
base::Result<CertificateFiles> ensureCertificates(const std::filesystem::path& folder, std::vector<std::string> names,
                                                  const base::Clock& clock = base::systemClock());

}  // namespace scrim::identity
