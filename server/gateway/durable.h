// SPDX-License-Identifier: Apache-2.0
// durable: waits, without blocking the thread, until a journal record is on the disk.
#pragma once

#include <asio/awaitable.hpp>

#include "server/audit/journal.h"

namespace scrim::gateway {

/// On the session's own executor. Errors: auditUnavailable.
asio::awaitable<base::Result<void>> durable(audit::Journal& journal, audit::Ticket ticket);

}  // namespace scrim::gateway
