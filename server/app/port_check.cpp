// SPDX-License-Identifier: Apache-2.0
#include "server/app/port_check.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace scrim::app {

base::Result<void> checkPortIsFree(const Listen& listen) {
  addrinfo wanted{};
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  std::string name = listen.host + ":" + std::to_string(listen.port);
  if (getaddrinfo(listen.host.c_str(), std::to_string(listen.port).c_str(), &wanted, &found) != 0) {
    return base::Error{base::ErrorCode::configInvalid, name + " is no address and port."};
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  int socketNumber = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int yes = 1;
  setsockopt(socketNumber, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));  // connections that are ending do not count
  int bound = socketNumber < 0 ? -1 : bind(socketNumber, found->ai_addr, found->ai_addrlen);
  int number = errno;
  // Two sockets may be bound with SO_REUSEADDR as long as neither listens.
  if (bound == 0 && ::listen(socketNumber, 1) != 0) {
    bound = -1;
    number = errno;
  }
  if (socketNumber >= 0) close(socketNumber);
  if (bound == 0) return {};
  std::string why = number == EADDRINUSE      ? " is taken by another program: stop it, or choose another --listen."
                    : number == EACCES        ? " may not be used by this user: choose a port above 1023."
                    : number == EADDRNOTAVAIL ? " is no address of this machine: choose another --listen."
                                              : std::string(" cannot be listened on: ") + std::strerror(number) + ".";
  return base::Error{base::ErrorCode::configInvalid, name + why};
}

}  // namespace scrim::app
