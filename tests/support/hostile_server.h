// SPDX-License-Identifier: Apache-2.0
// HostileServer: speaks just enough PostgreSQL to be logged in to; then it answers the first thing it is asked with the
// bytes it was given, whatever they are, and closes. It serves as many connections as come while it lives.
#pragma once

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "server/sources/postgres/wire.h"

namespace scrim::test {

class HostileServer {
 public:
  explicit HostileServer(std::string bytes) : bytes_(std::move(bytes)), thread_([this] { serve(); }) {}
  ~HostileServer() {
    stopping_ = true;
    asio::io_context context;
    asio::ip::tcp::socket knock(context);
    asio::error_code ignored;
    knock.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void serve() {
    while (true) {
      asio::ip::tcp::socket socket(context_);
      acceptor_.accept(socket);
      if (stopping_) return;
      answer(socket);
    }
  }
  void answer(asio::ip::tcp::socket& socket) const {
    std::array<char, 4096> request;
    asio::error_code ignored;
    socket.read_some(asio::buffer(request), ignored);
    std::string login;
    postgres::MessageWriter writer(login);
    writer.begin(postgres::reply::kAuthentication);
    writer.u32(0);
    writer.end();
    writer.begin(postgres::reply::kReady);
    writer.bytes("I");
    writer.end();
    asio::write(socket, asio::buffer(login), ignored);
    socket.read_some(asio::buffer(request), ignored);
    asio::write(socket, asio::buffer(bytes_), ignored);
  }

  std::string bytes_;
  std::atomic<bool> stopping_ = false;
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
  std::thread thread_;
};

}  // namespace scrim::test
