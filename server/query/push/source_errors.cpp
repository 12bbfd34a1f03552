// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/source_errors.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace scrim::push {
namespace {

struct Template {
  std::string_view code;  // five characters: that SQLSTATE; two: its class
  std::string_view words;
};

/// PostgreSQL's own words where they hold no value or name, else the same without it. Exact codes come first.
constexpr std::array kTemplates{
    Template{"08P01", "the formats or values in the Bind message do not fit the statement"},
    Template{"0A000", "this is not supported by the data source"},
    Template{"21000", "more than one row returned by a subquery used as an expression"},
    Template{"22000", "invalid data in an expression"},
    Template{"22001", "value too long for its type"},
    Template{"22003", "value out of range"},
    Template{"22004", "null value not allowed"},
    Template{"22007", "invalid input syntax for a date or time"},
    Template{"22008", "date/time field value out of range"},
    Template{"22009", "time zone displacement out of range"},
    Template{"2200B", "escape character conflict"},
    Template{"2200C", "invalid use of escape character"},
    Template{"2200D", "invalid escape octet"},
    Template{"2200F", "zero-length character string"},
    Template{"2200G", "most specific type mismatch"},
    Template{"2200H", "sequence limit exceeded"},
    Template{"2200L", "not an XML document"},
    Template{"2200M", "invalid XML document"},
    Template{"2200N", "invalid XML content"},
    Template{"2200S", "invalid XML comment"},
    Template{"2200T", "invalid XML processing instruction"},
    Template{"22010", "invalid indicator parameter value"},
    Template{"22011", "negative substring length not allowed"},
    Template{"22012", "division by zero"},
    Template{"22013", "invalid preceding or following size in window function"},
    Template{"22014", "argument of ntile must be greater than zero"},
    Template{"22015", "interval field overflow"},
    Template{"22016", "argument of nth_value must be greater than zero"},
    Template{"22018", "invalid character value for cast"},
    Template{"22019", "invalid escape character"},
    Template{"2201B", "invalid regular expression"},
    Template{"2201E", "cannot take logarithm of a number that is not positive"},
    Template{"2201F", "invalid argument for a power or root"},
    Template{"2201G", "invalid argument for width_bucket"},
    Template{"2201W", "LIMIT must not be negative"},
    Template{"2201X", "OFFSET must not be negative"},
    Template{"22021", "invalid byte sequence or character"},
    Template{"22022", "indicator overflow"},
    Template{"22023", "invalid parameter value in an expression"},
    Template{"22024", "unterminated C string"},
    Template{"22025", "invalid escape sequence"},
    Template{"22026", "string lengths do not match"},
    Template{"22027", "trim error"},
    Template{"2202E", "wrong number of array subscripts or dimensions"},
    Template{"2202G", "invalid TABLESAMPLE repeat"},
    Template{"2202H", "invalid TABLESAMPLE argument"},
    Template{"22030", "duplicate JSON object key value"},
    Template{"22031", "invalid argument for SQL/JSON datetime function"},
    Template{"22032", "invalid JSON text"},
    Template{"22033", "invalid SQL/JSON subscript"},
    Template{"22034", "more than one SQL/JSON item"},
    Template{"22035", "no SQL/JSON item"},
    Template{"22036", "non-numeric SQL/JSON item"},
    Template{"22037", "non-unique keys in a JSON object"},
    Template{"22038", "singleton SQL/JSON item required"},
    Template{"22039", "SQL/JSON array not found"},
    Template{"2203A", "SQL/JSON member not found"},
    Template{"2203B", "SQL/JSON number not found"},
    Template{"2203C", "SQL/JSON object not found"},
    Template{"22P01", "floating-point exception"},
    Template{"22P02", "invalid input syntax for the type of an expression"},
    Template{"22P03", "invalid binary value"},
    Template{"22P05", "a character has no equivalent in the target encoding"},
    Template{"25P02", "current transaction is aborted, commands ignored until end of transaction block"},
    Template{"25006", "cannot execute this in a read-only transaction"},
    Template{"26000", "the prepared statement is gone at the data source; run the statement again"},
    Template{"34000", "the cursor does not exist"},
    Template{"40001", "could not serialize access; run the transaction again"},
    Template{"40P01", "deadlock detected"},
    Template{"42501", "the data source's account may not read this; ask the data source's owner"},
    Template{"42601", "the data source did not accept the statement"},
    Template{"42703", "a column is missing at the data source; ask the data source's owner"},
    Template{"42804", "types do not match"},
    Template{"42883", "no function or operator matches the given name and argument types; explicit casts may help"},
    Template{"42P01", "a table is missing at the data source; ask the data source's owner"},
    Template{"42P18", "could not determine the type of a parameter or expression"},
    Template{"42P21", "collation mismatch between expressions"},
    Template{"42P22", "could not determine which collation to use; a COLLATE clause may help"},
    Template{"53100", "the data source has no disk space left for this statement"},
    Template{"53200", "the data source has no memory left for this statement"},
    Template{"53300", "the data source has no free connection; try again later"},
    Template{"53400", "the data source's configured limit was exceeded"},
    Template{"54000", "a limit of the data source was exceeded"},
    Template{"54001", "the statement is too deeply nested for the data source"},
    Template{"54011", "too many columns"},
    Template{"54023", "too many arguments"},
    Template{"55000", "the object is not in the state this needs; a cursor scans backward only if declared SCROLL"},
    Template{"55P03", "could not get a lock at the data source in time"},
    Template{"57014", "canceling statement due to user request"},
    Template{"57P01", "terminating connection due to administrator command"},
    Template{"57P02", "the data source's server ended unexpectedly; run the statement again"},
    Template{"57P03", "the data source cannot take connections now; try again later"},
    Template{"57P05", "the data source ended an idle session"},
    Template{"08", "the connection to the data source failed; run the statement again"},
    Template{"21", "wrong number of rows in an expression"},
    Template{"22", "invalid data in an expression"},
    Template{"23", "a constraint of the data source was violated"},
    Template{"24", "the cursor is not in the state this needs"},
    Template{"25", "the transaction is not in the state this needs"},
    Template{"28", "the data source refused the account it is reached with; ask the data source's owner"},
    Template{"38", "a function failed at the data source"},
    Template{"39", "a function failed at the data source"},
    Template{"40", "the transaction was rolled back at the data source; run it again"},
    Template{"42", "the data source did not accept the statement"},
    Template{"53", "the data source lacks resources for this statement"},
    Template{"54", "a limit of the data source was exceeded"},
    Template{"55", "the object is not in the state this needs"},
    Template{"57", "the data source ended the statement"},
    Template{"58", "the data source's system failed"},
};

/// Names and types only, never a value: their messages may pass if they also quote no name.
constexpr std::array<std::string_view, 8> kTypeErrors{"42804", "42883", "42725", "42846",
                                                      "42P18", "42P21", "42P22", "42803"};

std::string_view wordsFor(std::string_view sqlstate) {
  for (const Template& entry : kTemplates) {
    if (sqlstate.starts_with(entry.code)) return entry.words;
  }
  return "the statement failed at the data source";
}

/// Which of the two the source meant is no secret, and tools tell them apart by it.
bool isStatementTimeout(const postgres::SourceMessage& message) {
  return message.sqlstate == "57014" && message.message == "canceling statement due to statement timeout";
}

/// A type error found while reading the text quotes names in double quotes; without them it speaks of types alone.
bool speaksOfTypesOnly(const postgres::SourceMessage& message, ErrorPhase phase) {
  return phase == ErrorPhase::parse && std::ranges::find(kTypeErrors, message.sqlstate) != kTypeErrors.end() &&
         message.message.find('"') == std::string::npos && message.message.find('\'') == std::string::npos;
}

/// While parameters are converted, the only texts among them are the user's own; ours go in binary. (Planning belongs
/// to the same phase, and folds constants; the context tells the two apart.)
bool speaksOfUsersValue(const postgres::SourceMessage& message, ErrorPhase phase) {
  return phase == ErrorPhase::bind && message.sqlstate.starts_with("22") && message.sqlstate != "22P03" &&
         message.where.find("portal parameter $") != std::string::npos;
}

bool mayPass(const postgres::SourceMessage& message, const ErrorContext& context) {
  return isStatementTimeout(message) || speaksOfTypesOnly(message, context.phase) ||
         speaksOfUsersValue(message, context.phase) ||
         (context.phase == ErrorPhase::preliminary && message.sqlstate == "22023");
}

std::optional<std::size_t> byteOfCharacter(std::string_view text, std::size_t character) {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (++seen == character) return at;
  }
  return std::nullopt;
}

std::optional<std::size_t> positionInUsersText(const postgres::SourceMessage& message, const ErrorContext& context) {
  // The prefix is ours and plain ASCII: as many characters as bytes.
  if (!message.position || *message.position <= context.prefix) return std::nullopt;
  const auto byte = byteOfCharacter(context.query.sql, *message.position - context.prefix);
  if (!byte) return std::nullopt;
  return parse::PrintedQuery{{}, context.query.positions}.sourceOf(*byte);
}

}  // namespace

base::Error commandError(const postgres::SourceMessage& message) {
  base::Error error{base::ErrorCode::sourceError, std::string(wordsFor(message.sqlstate))};
  error.sqlstate = message.sqlstate;
  return error;
}

base::Error clientError(const postgres::SourceMessage& message, const ErrorContext& context) {
  base::Error error{base::ErrorCode::sourceError, message.message};
  error.sqlstate = message.sqlstate;
  error.position = positionInUsersText(message, context);
  if (!context.query.touchesProtected) {
    error.detail = message.detail;
    error.hint = message.hint;
    return error;
  }
  if (!mayPass(message, context)) error.message = wordsFor(message.sqlstate);
  if (!context.auditId.empty()) error.message.append(" (audit id ").append(context.auditId).append(")");
  return error;
}

}  // namespace scrim::push
