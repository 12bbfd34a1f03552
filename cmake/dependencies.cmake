# SPDX-License-Identifier: Apache-2.0
# Every library we use, as one interface target each: vendor_<name>. A room names the vendors it owns;
# tests/layers/check.py proves that their headers appear nowhere else.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(GTest REQUIRED)

function(vendor NAME)
  add_library(vendor_${NAME} INTERFACE)
  target_link_libraries(vendor_${NAME} INTERFACE ${ARGN})
endfunction()

pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(LDAP REQUIRED IMPORTED_TARGET ldap lber)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(PROTOBUFC REQUIRED IMPORTED_TARGET libprotobuf-c)
find_package(Poco REQUIRED COMPONENTS Foundation JSON Util Net NetSSL)

vendor(openssl OpenSSL::SSL OpenSSL::Crypto)
vendor(libpq PkgConfig::LIBPQ)
vendor(openldap PkgConfig::LDAP)
vendor(re2 PkgConfig::RE2)
vendor(yaml PkgConfig::YAML)
vendor(poco_json Poco::JSON Poco::Foundation)
vendor(poco_net Poco::Net Poco::Foundation)
vendor(poco_netssl Poco::NetSSL Poco::Net Poco::Foundation)
vendor(poco_util Poco::Util Poco::Foundation)
vendor(libpg_query pg_query PkgConfig::PROTOBUFC)
vendor(asio Threads::Threads)
# Asio 1.22 allocates with aligned_alloc or with new, depending on whether a header of libstdc++ came before it: what one
# source allocates so, another would free otherwise. Everywhere with new.
target_compile_definitions(vendor_asio INTERFACE ASIO_NO_DEPRECATED ASIO_DISABLE_STD_ALIGNED_ALLOC)
# GCC 12 mistakes the coroutine frames of Asio's awaitables, which have a new and a delete of their own.
target_compile_options(vendor_asio INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
if(SCRIM_SANITIZE STREQUAL "thread")
  # The thread sanitizer knows no fences. What goes from thread to thread goes through an event loop's mutex.
  target_compile_definitions(vendor_asio INTERFACE ASIO_DISABLE_FENCED_BLOCK)
endif()
vendor(cli11)
