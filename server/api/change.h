// SPDX-License-Identifier: Apache-2.0
// Changes of the catalog by a request: one transaction that becomes one version, holds If-Match against what is there
// now, leaves its trace in the audit journal before it is committed, and is carried out once for one Idempotency-Key.
#pragma once

#include <functional>

#include "server/api/call.h"

namespace scrim::api {

/// What the request did, in words, for the audit journal; and what the client gets.
struct Outcome {
  Answer answer;
  std::string what;
  bool always = false;  // leaves its trace though it makes no version
};
using ChangeWork = std::function<base::Result<Outcome>(catalog::Writer&)>;

/// Runs `work` (which may run more than once). Errors: those of the work and the catalog; auditUnavailable;
/// invalidValue when the key was used for another request.
/// The record of an act that is no change of the catalog's version, on its way to the disk. Before it is committed.
base::Result<void> recordAct(const Call& call, const std::string& what);
base::Result<Answer> change(Call& call, const ChangeWork& work);

/// Within the work: whether the representation is the one that If-Match names. Errors: preconditionFailed.
base::Result<void> holdMatch(const Call& call, const ObjectPtr& present);

}  // namespace scrim::api
