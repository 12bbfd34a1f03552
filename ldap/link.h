// SPDX-License-Identifier: Apache-2.0
// Link: one connection to one server of a directory. Every wait ends at its time limit, and within a tenth of a second
// of a stop request (connecting and the TLS handshake: within connectTimeout). One thread at a time.
//
// Errors: sourceUnavailable: this server cannot be used now, another one may; the link is then broken. queryCanceled:
// stop was asked for, or the call's time is over. Others are the server's answer, and the same from every server.
#pragma once

#include <ldap.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "ldap/entry.h"
#include "ldap/options.h"

namespace scrim::ldap {

/// What one call of the outside may take.
struct Call {
  std::stop_token stop;
  base::MonotonicTime deadline;
};

enum class Scope { base, subtree };

struct SearchRequest {
  std::string base;
  Scope scope = Scope::subtree;
  std::string filter;
  std::vector<std::string> attributes;
  int limit = 0;     // entries; more are not asked for; 0: options.mostEntries
  int pageSize = 0;  // for page(); 0: options.pageSize
};

struct Page {
  std::vector<Entry> entries;
  std::string cookie;  // empty: it was the last page
};

class Link {
 public:
  /// Connects and, unless the transport is plain, has TLS in place with the server's certificate and name checked.
  /// `options` outlive the link.
  static base::Result<Link> open(const DirectoryOptions& options, const Server& server, const Call& call);

  /// Proves a password. Errors: invalidPassword, with the reason in its message. An empty name or password is refused
  /// here, before anything is sent: servers answer it with success.
  base::Result<void> bind(const std::string& dn, const base::Secret& password, const Call& call);

  /// All that matches, in one answer. References to other servers are not followed.
  /// Errors: undefinedObject: no such base; programLimit: more than our limits, or the server's, allow.
  base::Result<std::vector<Entry>> search(const SearchRequest& request, const Call& call);
  /// The next page (RFC 2696); `cookie` is empty for the first.
  base::Result<Page> page(const SearchRequest& request, const std::string& cookie, const Call& call);

  bool broken() const { return broken_; }
  const std::string& url() const { return url_; }
  /// "TLS1.3 with ECDHE-..", or "no TLS".
  std::string protection() const;

 private:
  struct Close {
    void operator()(LDAP* handle) const { ldap_unbind_ext(handle, nullptr, nullptr); }
  };
  struct Free {
    void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
  };
  using Message = std::unique_ptr<LDAPMessage, Free>;
  struct Answer {
    int code = LDAP_SUCCESS;
    std::string diagnostic;
    std::string cookie;
  };
  struct Collected {
    Page page;
    std::size_t bytes = 0;
  };

  Link(const DirectoryOptions& options, std::string url) : options_(&options), url_(std::move(url)) {}
  base::Result<void> prepare();
  base::Result<void> prepareTls();
  base::Result<void> connect(const Call& call);
  base::Result<void> startTls(const Call& call);
  void makeBounded();

  Call bounded(const Call& call) const;
  base::Result<Message> next(int id, const Call& call);
  Answer read(LDAPMessage* message);
  base::Result<int> send(const SearchRequest& request, LDAPControl** controls);
  base::Result<Page> collect(int id, const SearchRequest& request, const Call& call);
  base::Result<void> take(LDAPMessage* message, std::size_t most, Collected& into);
  base::Result<Page> finish(const SearchRequest& request, const Answer& answer, Page page);
  base::Error failed(int code, const std::string& diagnostic, std::string_view doing);
  std::string diagnostic() const;

  const DirectoryOptions* options_;
  std::string url_;
  std::unique_ptr<LDAP, Close> handle_;
  bool broken_ = false;
};

}  // namespace scrim::ldap
