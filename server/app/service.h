// SPDX-License-Identifier: Apache-2.0
// Service: a Scrimd that serves, between its start and its end: signals, reloads, and what the service manager hears.
#pragma once

#include <signal.h>

#include "server/app/notify.h"
#include "server/app/options.h"
#include "server/app/wiring.h"

namespace scrim::app {

/// Serves until SIGTERM or SIGINT, and ends the Scrimd. `signals` are blocked in all threads: these two and SIGHUP,
/// which reads the options again from where they came from.
void serveUntilSignal(std::unique_ptr<Scrimd> scrimd, const Surroundings& surroundings, const Notifier& notifier,
                      const sigset_t& signals);

}  // namespace scrim::app
