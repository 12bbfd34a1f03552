// SPDX-License-Identifier: Apache-2.0
// SourceServer: a private PostgreSQL that plays a data source in unit tests: fresh folder, UNIX socket and loopback TCP
// on a free port, SCRAM over TCP, TLS with a certificate of its own authority. Stopped and removed with the object.
#pragma once

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace scrim::test {

class SourceServer {
 public:
  SourceServer() : port_(freePort()) {
    std::string name = (std::filesystem::temp_directory_path() / "scrim-source-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
    must("chmod 755 " + name + " && install -d -m 700 " + (root() ? "-o nobody " : "") + name + "/data " + name +
         "/socket && chmod 755 " + name + "/socket");
    must(asServer(kBinaries + "initdb -D " + name + "/data -U postgres -A trust -N -E UTF8 --locale=C >" + name +
                  "/initdb.log"));
    makeCertificates();
    std::ofstream(folder_ / "data/pg_hba.conf")
        << "local all all trust\nhostssl all secure all scram-sha-256\nhost all all all scram-sha-256\n";
    std::ofstream(folder_ / "data/postgresql.auto.conf")
        << "listen_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '" << socketFolder()
        << "'\nfsync = off\nssl = on\nssl_cert_file = '" << name << "/data/server.crt'\nssl_key_file = '" << name
        << "/data/server.key'\nmax_connections = 60\nlogging_collector = off\nshared_buffers = '32MB'\n";
    start();
    watchOver();
  }
  ~SourceServer() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  SourceServer(const SourceServer&) = delete;
  SourceServer& operator=(const SourceServer&) = delete;

  /// One for all tests of a binary.
  static SourceServer& shared() {
    static SourceServer server;
    return server;
  }

  void start() { must(asServer(kBinaries + "pg_ctl -s -w -D " + data() + " -l " + data() + "/log start")); }
  void stop() { run(asServer(kBinaries + "pg_ctl -s -w -m immediate -D " + data() + " stop 2>/dev/null")); }
  void restart() { must(asServer(kBinaries + "pg_ctl -s -w -m fast -D " + data() + " -l " + data() + "/log restart")); }
  /// The whole server at once, as by a crash of the machine.
  void killHard() {
    pid_t pid = 0;
    std::ifstream(folder_ / "data/postmaster.pid") >> pid;
    for (const auto& child : children(pid)) ::kill(child, SIGKILL);
    ::kill(pid, SIGKILL);
    while (::kill(pid, 0) == 0) usleep(1000);
    std::filesystem::remove(folder_ / "data/postmaster.pid");
  }

  /// Runs SQL as the superuser; the output of psql -At.
  std::string sql(const std::string& text) const {
    const auto file = folder_ / "input.sql";
    std::ofstream(file) << text;
    return output("psql -X -At -v ON_ERROR_STOP=1 -h " + socketFolder() + " -p " + std::to_string(port_) +
                  " -U postgres -d postgres -f " + file.string());
  }
  std::string socketFolder() const { return (folder_ / "socket").string(); }
  std::uint16_t port() const { return port_; }
  std::string authorityFile() const { return (folder_ / "ca.crt").string(); }
  std::string strangerFile() const { return (folder_ / "stranger.crt").string(); }
  std::string logText() const {
    std::ifstream file(folder_ / "data/log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  inline static const std::string kBinaries = "/usr/lib/postgresql/15/bin/";
  static bool root() { return ::geteuid() == 0; }
  std::string data() const { return (folder_ / "data").string(); }
  std::string asServer(const std::string& command) const {
    const std::string inside = "cd " + folder_.string() + "/data && ";
    return root() ? inside + "setpriv --reuid=nobody --regid=nogroup --clear-groups " + command : inside + command;
  }
  static int run(const std::string& command) { return std::system(command.c_str()); }
  static void must(const std::string& command) {
    if (run(command) != 0) throw std::runtime_error("failed: " + command);
  }
  static std::string output(const std::string& command) {
    std::string text;
    FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
    std::array<char, 4096> bytes;
    while (const std::size_t count = fread(bytes.data(), 1, bytes.size(), pipe)) text.append(bytes.data(), count);
    if (pclose(pipe) != 0) throw std::runtime_error("failed: " + command + ": " + text);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  /// Stops the server if the test dies without its destructors.
  void watchOver() const {
    const std::string alive =
        "while kill -0 " + std::to_string(::getpid()) + " && test -d " + data() + "; do sleep 1; done; ";
    run("setsid sh -c '" + alive + asServer(kBinaries + "pg_ctl -s -w -m immediate -D " + data() + " stop") +
        "; rm -rf " + folder_.string() + "' >/dev/null 2>&1 </dev/null &");
  }
  static std::vector<pid_t> children(pid_t parent) {
    std::vector<pid_t> pids;
    std::ifstream file("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
    for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
    return pids;
  }
  static std::uint16_t freePort() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(probe);
    return ntohs(address.sin_port);
  }
  void makeCertificates() const {
    const std::string at = folder_.string();
    const std::string request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ";
    const std::string quiet = " 2>/dev/null";
    must(request + "-subj /CN=authority -keyout " + at + "/ca.key -out " + at + "/ca.crt" + quiet);
    must(request + "-subj /CN=stranger -keyout " + at + "/stranger.key -out " + at + "/stranger.crt" + quiet);
    must("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout " + at +
         "/data/server.key -out " + at + "/server.csr" + quiet);
    must("openssl x509 -req -in " + at + "/server.csr -CA " + at + "/ca.crt -CAkey " + at +
         "/ca.key -CAcreateserial -days 2 -out " + at + "/data/server.crt" + quiet);
    must("chmod 600 " + at + "/data/server.key" + (root() ? " && chown nobody " + at + "/data/server.key" : ""));
  }

  std::filesystem::path folder_;
  std::uint16_t port_;
};

}  // namespace scrim::test
