// SPDX-License-Identifier: Apache-2.0
// Opening a Link. libldap reads ldap.conf and the environment (LDAPTLS_REQCERT=never would be one line): whatever
// matters is therefore set here, on the handle itself.
#include <cstring>

#include "ldap/link.h"
#include "ldap/text.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kOn = 1;
// TLS 1.2 or newer, keys of at least 2048 bits, forward secrecy. Debian's libldap uses GnuTLS, which takes protocol
// versions from this string alone; OpenSSL takes them from LDAP_OPT_X_TLS_PROTOCOL_MIN.
constexpr const char* kGnuTlsPriorities = "SECURE128:-VERS-TLS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%PROFILE_MEDIUM";

bool usesGnuTls() {
  char* name = nullptr;
  ldap_get_option(nullptr, LDAP_OPT_X_TLS_PACKAGE, &name);
  const std::unique_ptr<char, decltype(&ldap_memfree)> owner(name, ldap_memfree);
  return name != nullptr && std::strcmp(name, "GnuTLS") == 0;
}

struct Option {
  int name;
  const void* value;
};

template <typename Options>
bool setAll(LDAP* handle, const Options& options) {
  for (const Option& option : options) {
    if (ldap_set_option(handle, option.name, option.value) != LDAP_OPT_SUCCESS) return false;
  }
  return true;
}

std::string textOption(LDAP* handle, int name) {
  char* text = nullptr;
  ldap_get_option(handle, name, &text);
  const std::unique_ptr<char, decltype(&ldap_memfree)> owner(text, ldap_memfree);
  return text == nullptr ? "?" : printable(text);
}

}  // namespace

base::Result<Link> Link::open(const DirectoryOptions& options, const Server& server, const Call& call) {
  Link link(options, urlOf(options, server));
  LDAP* handle = nullptr;
  if (ldap_initialize(&handle, link.url_.c_str()) != LDAP_SUCCESS) {
    return Error{ErrorCode::configInvalid, link.url_ + " is not an address that can be connected to."};
  }
  link.handle_.reset(handle);
  SCRIM_CHECK_OK(link.prepare());
  if (options.transport != Transport::plain) SCRIM_CHECK_OK(link.prepareTls());
  SCRIM_CHECK_OK(link.connect(call));
  if (options.transport == Transport::startTls) SCRIM_CHECK_OK(link.startTls(call));
  if (options.transport != Transport::plain && ldap_tls_inplace(handle) == 0) {
    return Error{ErrorCode::sourceUnavailable, link.url_ + " is not protected by TLS; nothing was sent."};
  }
  link.makeBounded();
  return link;
}

base::Result<void> Link::prepare() {
  const int version = LDAP_VERSION3;
  const int never = LDAP_DEREF_NEVER;
  const int none = 0;
  const timeval limit{static_cast<time_t>(options_->connectTimeout.count() / 1000),
                      static_cast<suseconds_t>(options_->connectTimeout.count() % 1000 * 1000)};
  const Option wanted[] = {{LDAP_OPT_PROTOCOL_VERSION, &version}, {LDAP_OPT_REFERRALS, LDAP_OPT_OFF},
                           {LDAP_OPT_RESTART, LDAP_OPT_OFF},      {LDAP_OPT_DEREF, &never},
                           {LDAP_OPT_SIZELIMIT, &none},           {LDAP_OPT_TIMELIMIT, &none},
                           {LDAP_OPT_NETWORK_TIMEOUT, &limit},    {LDAP_OPT_TIMEOUT, &limit}};
  if (!setAll(handle_.get(), wanted)) return Error{ErrorCode::internal, "libldap does not take its options."};
  return {};
}

base::Result<void> Link::prepareTls() {
  const int demand = LDAP_OPT_X_TLS_DEMAND;
  const int minimum = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
  const int client = 0;
  const Option wanted[] = {{LDAP_OPT_X_TLS_REQUIRE_CERT, &demand},
                           {LDAP_OPT_X_TLS_REQUIRE_SAN, &demand},
                           {LDAP_OPT_X_TLS_PROTOCOL_MIN, &minimum},
                           {LDAP_OPT_X_TLS_CACERTDIR, ""},
                           {LDAP_OPT_X_TLS_CERTFILE, ""},
                           {LDAP_OPT_X_TLS_KEYFILE, ""},
                           {LDAP_OPT_X_TLS_CACERTFILE, options_->caFile.c_str()}};
  bool taken = setAll(handle_.get(), wanted);
  if (usesGnuTls())
    taken =
        taken && setAll(handle_.get(), std::initializer_list<Option>{{LDAP_OPT_X_TLS_CIPHER_SUITE, kGnuTlsPriorities}});
  if (!taken) return Error{ErrorCode::internal, "libldap does not take its TLS options."};
  // Last: the context is made from all of the above. What can be wrong with it is the file.
  if (ldap_set_option(handle_.get(), LDAP_OPT_X_TLS_NEWCTX, &client) != LDAP_OPT_SUCCESS) {
    return Error{ErrorCode::configInvalid, "ca_file: " + options_->caFile + " cannot be read as certificates."};
  }
  return {};
}

base::Result<void> Link::connect(const Call& call) {
  if (call.stop.stop_requested()) return Error{ErrorCode::queryCanceled, "The request to the directory was stopped."};
  const int code = ldap_connect(handle_.get());
  if (code != LDAP_SUCCESS) return failed(code, diagnostic(), "connecting");
  return {};
}

base::Result<void> Link::startTls(const Call& call) {
  int id = 0;
  const int sent = ldap_start_tls(handle_.get(), nullptr, nullptr, &id);
  if (sent != LDAP_SUCCESS) return failed(sent, diagnostic(), "asking for TLS");
  SCRIM_TRY(const Message message, next(id, bounded(call)));
  const Answer answer = read(message.get());
  if (answer.code != LDAP_SUCCESS) {
    broken_ = true;
    return Error{ErrorCode::sourceUnavailable, url_ + " refuses StartTLS. " + answer.diagnostic};
  }
  const int installed = ldap_install_tls(handle_.get());
  if (installed != LDAP_SUCCESS) return failed(LDAP_CONNECT_ERROR, diagnostic(), "starting TLS");
  return {};
}

/// A server that sends half a message must not hold the thread, nor one that announces gigabytes the memory.
void Link::makeBounded() {
  Sockbuf* socket = nullptr;
  int yes = kOn;
  ber_len_t most = options_->mostBytes;
  ldap_get_option(handle_.get(), LDAP_OPT_SOCKBUF, &socket);
  ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_NONBLOCK, &yes);
  ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_MAX_INCOMING, &most);
}

std::string Link::protection() const {
  if (options_->transport == Transport::plain) return "no TLS";
  return textOption(handle_.get(), LDAP_OPT_X_TLS_VERSION) + " with " +
         textOption(handle_.get(), LDAP_OPT_X_TLS_CIPHER);
}

}  // namespace scrim::ldap
