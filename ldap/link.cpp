// SPDX-License-Identifier: Apache-2.0
#include "ldap/link.h"

#include <algorithm>

#include "ldap/answers.h"
#include "ldap/text.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::milliseconds;

constexpr milliseconds kSlice{100};  // how long a stop request may go unseen

timeval timevalOf(milliseconds time) {
  return {static_cast<time_t>(time.count() / 1000), static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

base::MonotonicTime now() { return base::systemClock().monotonic(); }

}  // namespace

Call Link::bounded(const Call& call) const {
  return {call.stop, std::min(call.deadline, now() + options_->operationTimeout)};
}

std::string Link::diagnostic() const {
  char* text = nullptr;
  ldap_get_option(handle_.get(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
  const std::unique_ptr<char, decltype(&ldap_memfree)> owner(text, ldap_memfree);
  return text == nullptr ? std::string() : printable(text);
}

Error Link::failed(int code, const std::string& diagnostic, std::string_view doing) {
  Error error = errorOf({code, diagnostic}, doing, url_);
  if (error.code == ErrorCode::sourceUnavailable) broken_ = true;
  return error;
}

base::Result<Link::Message> Link::next(int id, const Call& call) {
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(call.deadline - now());
    if (call.stop.stop_requested() || left <= milliseconds(0)) {
      broken_ = true;  // an answer that comes later must not be taken for another request's
      if (call.stop.stop_requested())
        return Error{ErrorCode::queryCanceled, "The request to the directory was stopped."};
      return Error{ErrorCode::sourceUnavailable, url_ + " does not answer in time."};
    }
    timeval slice = timevalOf(std::min(left + milliseconds(1), kSlice));
    LDAPMessage* message = nullptr;
    const int kind = ldap_result(handle_.get(), id, LDAP_MSG_ONE, &slice, &message);
    if (kind > 0) return Message(message);
    if (kind < 0) {
      int code = LDAP_SERVER_DOWN;
      ldap_get_option(handle_.get(), LDAP_OPT_RESULT_CODE, &code);
      return failed(code > 0 ? LDAP_SERVER_DOWN : code, diagnostic(), "reading an answer");
    }
  }
}

Link::Answer Link::read(LDAPMessage* message) {
  Answer answer;
  char* text = nullptr;
  LDAPControl** controls = nullptr;
  const int parsed =
      ldap_parse_result(handle_.get(), message, &answer.code, nullptr, &text, nullptr, &controls, /*freeit=*/0);
  const std::unique_ptr<char, decltype(&ldap_memfree)> textOwner(text, ldap_memfree);
  const std::unique_ptr<LDAPControl*, decltype(&ldap_controls_free)> owner(controls, ldap_controls_free);
  if (parsed != LDAP_SUCCESS) return {parsed, {}, {}};
  if (text != nullptr) answer.diagnostic = printable(text);
  LDAPControl* paging = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nullptr);
  if (paging != nullptr) {
    ber_int_t estimate = 0;
    berval cookie{};
    const int read = ldap_parse_pageresponse_control(handle_.get(), paging, &estimate, &cookie);
    if (read == LDAP_SUCCESS && cookie.bv_val != nullptr) answer.cookie.assign(cookie.bv_val, cookie.bv_len);
    ber_memfree(cookie.bv_val);
    if (read != LDAP_SUCCESS) answer.code = LDAP_DECODING_ERROR;
  }
  return answer;
}

base::Result<void> Link::bind(const std::string& dn, const base::Secret& password, const Call& call) {
  if (dn.empty() || password.empty()) return Error{ErrorCode::invalidPassword, "empty password"};
  const std::string_view bytes = password.reveal();
  // libldap only reads the bytes; its interface has no const.
  berval credentials{bytes.size(), const_cast<char*>(bytes.data())};
  int id = 0;
  const int sent = ldap_sasl_bind(handle_.get(), dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr, nullptr, &id);
  if (sent != LDAP_SUCCESS) return failed(sent, diagnostic(), "asking for a login");
  SCRIM_TRY(const Message message, next(id, bounded(call)));
  const Answer answer = read(message.get());
  if (answer.code == LDAP_SUCCESS) return {};
  if (isUnavailable(answer.code)) return failed(answer.code, answer.diagnostic, "checking a password");
  return Error{ErrorCode::invalidPassword, refusalOf({answer.code, answer.diagnostic})};
}

base::Result<int> Link::send(const SearchRequest& request, LDAPControl** controls) {
  std::vector<char*> names;
  for (const std::string& name : request.attributes) names.push_back(const_cast<char*>(name.c_str()));
  names.push_back(nullptr);
  timeval limit = timevalOf(std::max(options_->operationTimeout, milliseconds(1000)));
  int id = 0;
  const int sent = ldap_search_ext(
      handle_.get(), request.base.c_str(), request.scope == Scope::base ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE,
      request.filter.c_str(), names.data(), 0, controls, nullptr, &limit, request.limit, &id);
  if (sent != LDAP_SUCCESS) return failed(sent, diagnostic(), "asking for entries");
  return id;
}

base::Result<std::vector<Entry>> Link::search(const SearchRequest& request, const Call& call) {
  SCRIM_TRY(const int id, send(request, nullptr));
  SCRIM_TRY(Page page, collect(id, request, bounded(call)));
  return std::move(page.entries);
}

base::Result<Page> Link::page(const SearchRequest& request, const std::string& cookie, const Call& call) {
  berval bytes{cookie.size(), const_cast<char*>(cookie.data())};
  LDAPControl* control = nullptr;
  const int size = request.pageSize > 0 ? request.pageSize : options_->pageSize;
  const int made =
      ldap_create_page_control(handle_.get(), size, cookie.empty() ? nullptr : &bytes, /*iscritical=*/0, &control);
  if (made != LDAP_SUCCESS) return failed(made, {}, "asking for a page");
  const std::unique_ptr<LDAPControl, decltype(&ldap_control_free)> owner(control, ldap_control_free);
  LDAPControl* controls[] = {control, nullptr};
  SCRIM_TRY(const int id, send(request, controls));
  return collect(id, request, bounded(call));
}

base::Result<Page> Link::collect(int id, const SearchRequest& request, const Call& call) {
  const std::size_t most = request.limit > 0 ? static_cast<std::size_t>(request.limit) : options_->mostEntries;
  Collected collected;
  while (true) {
    SCRIM_TRY(const Message message, next(id, call));
    switch (ldap_msgtype(message.get())) {
      case LDAP_RES_SEARCH_ENTRY:
        SCRIM_CHECK_OK(take(message.get(), most, collected));
        break;
      case LDAP_RES_SEARCH_RESULT:
        return finish(request, read(message.get()), std::move(collected.page));
      default:
        break;  // a reference to another server, which is not followed
    }
  }
}

base::Result<Page> Link::finish(const SearchRequest& request, const Answer& answer, Page page) {
  const bool asked = answer.code == LDAP_SIZELIMIT_EXCEEDED && request.limit > 0 &&
                     page.entries.size() == static_cast<std::size_t>(request.limit);
  if (answer.code != LDAP_SUCCESS && !asked) return failed(answer.code, answer.diagnostic, "searching");
  page.cookie = answer.cookie;
  return page;
}

base::Result<void> Link::take(LDAPMessage* message, std::size_t most, Collected& into) {
  SCRIM_TRY(Entry entry, entryOf(handle_.get(), message, options_->mostValues));
  into.bytes += sizeOf(entry);
  if (into.page.entries.size() >= most || into.bytes > options_->mostBytes) {
    broken_ = true;
    return Error{ErrorCode::programLimit, url_ + " sends more than was asked for, or more than is taken."};
  }
  into.page.entries.push_back(std::move(entry));
  return {};
}

}  // namespace scrim::ldap
