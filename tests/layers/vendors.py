# SPDX-License-Identifier: Apache-2.0
"""Which library's headers may be included where: the vendor wall. The table in docs/architecture.md says why."""

import re

# name: (pattern of the header, rooms that may include it; "room/*" also covers the rooms below it)
VENDORS = {
    "libpg_query": (r"pg_query(/.*|\.h|\.pb-c\.h)|protobuf-c/.*", ["server/query/*"]),
    "asio": (r"asio(\.hpp|/.*)", ["server/net", "server/http", "server/gateway", "server/sources/postgres", "server/query/push", "server/app"]),
    "libpq": (r"libpq-fe\.h|postgres_ext\.h|libpq/.*", ["server/store", "server/sources/postgres", "server/cli/sql"]),
    "openssl": (r"openssl/.*",
                ["server/net", "server/identity", "server/tokens", "server/store", "common/base", "server/sources/postgres"]),
    "yaml-cpp": (r"yaml-cpp/.*", ["common/yaml"]),
    "poco": (r"Poco/.*", ["server/http", "server/api", "server/app", "server/cli", "common/contract"]),
    "re2": (r"re2/.*", ["common/policy"]),
    "cli11": (r"CLI/.*", ["server/app", "server/cli"]),
    "openldap": (r"ldap\.h|lber\.h", ["ldap"]),
    "duckdb": (r"duckdb\.h", ["server/query/federate"]),
    "mariadb": (r"mariadb/.*|mysql\.h", ["server/sources/mysql"]),
    "googletest": (r"g(test|mock)/.*", []),  # tests only
    "benchmark": (r"benchmark/.*", []),      # tests only
}

# Tests talk to the server from outside, as a client does.
VENDORS_OF_TESTS = {"googletest", "benchmark", "libpq", "asio", "openssl", "poco"}

# The C++ standard library, C's and POSIX's: free for all.
STANDARD = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale
cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution filesystem forward_list fstream functional future
initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new
numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location
span sstream stack stdexcept stop_token streambuf string string_view syncstream system_error thread tuple type_traits
typeindex typeinfo unordered_map unordered_set utility valarray variant vector version
assert.h ctype.h errno.h float.h inttypes.h limits.h locale.h math.h setjmp.h signal.h stdarg.h stdbool.h stddef.h stdint.h
stdio.h stdlib.h string.h time.h wchar.h
dirent.h dlfcn.h endian.h fcntl.h fts.h ftw.h getopt.h glob.h grp.h ifaddrs.h netdb.h poll.h pthread.h pwd.h sched.h spawn.h
strings.h syslog.h termios.h ucontext.h unistd.h malloc.h execinfo.h cxxabi.h
""".split())
STANDARD_FOLDERS = re.compile(r"(sys|net|netinet|arpa|linux|sanitizer|bits)/.+")


def vendor_of(header):
    """The vendor's name, "standard", or None when nobody has declared the header."""
    if header in STANDARD or STANDARD_FOLDERS.fullmatch(header):
        return "standard"
    for name, (pattern, _) in VENDORS.items():
        if re.fullmatch(pattern, header):
            return name
    return None


def allowed_in(name, room):
    for owner in VENDORS[name][1]:
        if room == owner or (owner.endswith("/*") and (room + "/").startswith(owner[:-1])):
            return True
    return False
