// SPDX-License-Identifier: Apache-2.0
#include "server/cli/prompt.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "server/cli/exit_codes.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

/// Input of a terminal byte by byte, unseen, without signals by keys: what is broken off leaves the terminal as it was.
class Unseen {
 public:
  Unseen(int terminal, const std::string& question) : terminal_(terminal) {
    ::tcgetattr(terminal_, &before_);
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    ::tcsetattr(terminal_, TCSAFLUSH, &now);
    std::cerr << printable(question) << ": " << std::flush;  // not before: what is typed early must not show either
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    std::cerr << std::endl;
  }

 private:
  int terminal_;
  termios before_{};
};

constexpr char kCtrlC = 3;
constexpr char kCtrlD = 4;
constexpr char kCtrlU = 21;

void dropLastCharacter(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0U) == 0x80U) text.pop_back();
  if (!text.empty()) text.pop_back();
}

base::Result<std::string> readUnseen(int terminal, const std::string& question) {
  const Unseen unseen(terminal, question);
  std::string text;
  for (char c = 0; ::read(terminal, &c, 1) == 1;) {
    if (c == '\n' || c == '\r') return text;
    if (c == kCtrlC || c == kCtrlD) break;
    if (c == kCtrlU) {
      text.clear();
    } else if (c == '\b' || c == 0x7f) {
      dropLastCharacter(text);
    } else {
      text += c;
    }
  }
  return wrongCommandLine("Broken off.");
}

}  // namespace

bool isTerminal(int file) { return ::isatty(file) == 1; }

base::Result<std::string> readLine() {
  std::string line;
  if (!std::getline(std::cin, line)) return wrongCommandLine("Standard input ended where a line was expected.");
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

base::Result<std::string> askPassword(const std::string& question) {
  SCRIM_TRY(std::string password, isTerminal(STDIN_FILENO) ? readUnseen(STDIN_FILENO, question) : readLine());
  if (password.empty()) return wrongCommandLine("A password is needed.");
  return password;
}

base::Result<std::string> askPasswordAtTerminal(const std::string& question) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0)
    return wrongCommandLine("A password is needed.", "Give --password-stdin, or type it on a terminal.");
  auto password = readUnseen(terminal, question);
  ::close(terminal);
  if (password && password->empty()) return wrongCommandLine("A password is needed.");
  return password;
}

base::Result<std::string> newPassword() {
  SCRIM_TRY(std::string first, askPassword("Password"));
  if (!isTerminal(STDIN_FILENO)) return first;
  SCRIM_TRY(const std::string second, askPassword("The same again"));
  if (first != second) return wrongCommandLine("The two are not the same.");
  return first;
}

base::Result<std::string> ask(const std::string& question) {
  if (!isTerminal(STDIN_FILENO)) return wrongCommandLine("Standard input is no terminal, so nobody can be asked.");
  std::cerr << printable(question) << ": " << std::flush;
  return readLine();
}

}  // namespace scrim::cli
