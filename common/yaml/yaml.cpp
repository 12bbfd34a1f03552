// SPDX-License-Identifier: Apache-2.0
#include "common/yaml/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <functional>
#include <set>
#include <sstream>

#include "common/base/utf8.h"

namespace scrim::yaml {
namespace {

constexpr std::size_t kLongestFile = 8U << 20U;
constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostNodes = 1'000'000;

/// Ends the parse from within a callback of yaml-cpp; caught in readYaml().
struct Refused {
  Place at;
  std::string text;
};

Place placeOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

/// Builds the tree from yaml-cpp's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    checkAnchor(mark, anchor);
    add({YamlNode::Kind::null, placeOf(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{placeOf(mark), "aliases (*name) are not supported here: write the value again"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    checkAnchor(mark, anchor);
    if (tag != "?" && tag != "!" && !tag.empty()) refuseTag(mark);
    YamlNode node{YamlNode::Kind::scalar, placeOf(mark), value, tag == "!"};
    bool isNull = !node.quoted && (value == "~" || value == "null" || value == "Null" || value == "NULL");
    if (isNull) node.kind = YamlNode::Kind::null;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlNode> take() { return std::move(root_); }

 private:
  struct Level {
    YamlNode node;
    std::optional<YamlNode> key;  // of a map, waiting for its value
  };

  static void checkAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0)
      throw Refused{placeOf(mark), "anchors (&name) are not supported here: write the value where it is used"};
  }
  [[noreturn]] static void refuseTag(const YAML::Mark& mark) {
    throw Refused{placeOf(mark), "tags (!name) are not supported here: write the plain value"};
  }
  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    checkAnchor(mark, anchor);
    if (tag != "?" && !tag.empty()) refuseTag(mark);
    if (levels_.size() >= kDeepest) throw Refused{placeOf(mark), "this is nested too deeply"};
    levels_.push_back({{kind, placeOf(mark)}, std::nullopt});
  }
  void close() {
    YamlNode done = std::move(levels_.back().node);
    levels_.pop_back();
    add(std::move(done));
  }
  void add(YamlNode node) {
    if (++nodes_ > kMostNodes) throw Refused{node.at, "the file holds too many values"};
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::list) {
      level.node.items.push_back(std::move(node));
    } else if (!level.key) {
      level.key = std::move(node);
    } else {
      level.node.keys.push_back(*std::move(level.key));
      level.node.items.push_back(std::move(node));
      level.key.reset();
    }
  }

  std::vector<Level> levels_;
  std::optional<YamlNode> root_;
  std::size_t nodes_ = 0;
};

Place placeOfOffset(std::string_view text, std::size_t offset) {
  Place place;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    ++place.column;
    if (text[i] == '\n') place = {place.line + 1, 1};
  }
  return place;
}

std::string_view lineOf(std::string_view file, int line) {
  for (int i = 1; i < line; ++i) {
    std::size_t end = file.find('\n');
    if (end == std::string_view::npos) return {};
    file.remove_prefix(end + 1);
  }
  return file.substr(0, file.find('\n'));
}

}  // namespace

namespace {

void stamp(YamlNode& node, int file) {
  node.at.file = file;
  for (YamlNode& key : node.keys) stamp(key, file);
  for (YamlNode& item : node.items) stamp(item, file);
}

std::optional<YamlNode> read(std::string_view text, Problems& problems) {
  const auto in = [&](Place place) { return Place{place.line, place.column, problems.currentFile()}; };
  const Place start = in({});
  if (text.size() > kLongestFile) {
    problems.add(start, "the file is longer than " + std::to_string(kLongestFile >> 20U) + " MiB");
    return std::nullopt;
  }
  std::size_t invalid = std::min(base::firstInvalidUtf8(text), text.find('\0'));
  if (invalid < text.size()) {
    problems.add(in(placeOfOffset(text, invalid)), "the file is not valid UTF-8 text here");
    return std::nullopt;
  }
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder first;
    if (!parser.HandleNextDocument(first)) return YamlNode{};
    TreeBuilder second;
    if (parser.HandleNextDocument(second)) {
      problems.add(start, "the file holds several YAML documents (---): make them one");
      return std::nullopt;
    }
    return first.take();
  } catch (const Refused& refused) {
    problems.add(in(refused.at), refused.text);
  } catch (const YAML::Exception& broken) {
    problems.add(in(placeOf(broken.mark)), "this is not YAML: " + broken.msg);
  }
  return std::nullopt;
}

}  // namespace

std::optional<YamlNode> readYaml(std::string_view text, Problems& problems) {
  auto root = read(text, problems);
  if (root) stamp(*root, problems.currentFile());
  return root;
}

std::string yamlText(std::string_view text) {
  const bool plain = !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
                     std::all_of(text.begin(), text.end(), [](unsigned char c) {
                       return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-');
                     });
  static const std::set<std::string, std::less<>> kWords{"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (plain && !kWords.contains(lower)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    char escape[8];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

Place placeWithin(const YamlNode& scalar, std::string_view file, std::size_t offset) {
  std::string_view line = lineOf(file, scalar.at.line);
  auto start = static_cast<std::size_t>(scalar.at.column - 1);
  if (start >= line.size()) return scalar.at;
  std::size_t quote = line[start] == '"' || line[start] == '\'' ? 1 : 0;
  // With escapes or folded lines in between, the text reads otherwise than the line does.
  if (line.substr(start + quote, scalar.text.size()) != scalar.text) return scalar.at;
  return {scalar.at.line, scalar.at.column + static_cast<int>(quote + std::min(offset, scalar.text.size())),
          scalar.at.file};
}

std::optional<std::string> scalarText(const YamlNode& node, const std::string& what, Problems& problems) {
  if (node.kind == YamlNode::Kind::scalar) return node.text;
  problems.add(node.at, what + " must be a text");
  return std::nullopt;
}

YamlMap::YamlMap(const YamlNode& node, std::string what, const std::vector<std::string>& keys, Problems& problems)
    : at_(node.at), what_(std::move(what)), problems_(problems) {
  if (node.kind != YamlNode::Kind::map) {
    problems.add(node.at, what_ + " must be a map of keys and values");
    return;
  }
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const YamlNode& key = node.keys[i];
    if (key.kind != YamlNode::Kind::scalar) {
      problems.add(key.at, "a key of " + what_ + " must be a text");
    } else if (std::find(keys.begin(), keys.end(), key.text) == keys.end()) {
      problems.add(key.at, what_ + " has no key " + key.text + suggestion(key.text, keys));
    } else if (find(key.text) != nullptr) {
      problems.add(key.at, "the key " + key.text + " stands here twice");
    } else {
      fields_.emplace_back(key.text, &node.items[i]);
    }
  }
}

const YamlNode* YamlMap::find(const std::string& key) const {
  for (const auto& [name, node] : fields_) {
    if (name == key) return node;
  }
  return nullptr;
}

const YamlNode* YamlMap::need(const std::string& key) {
  const YamlNode* node = find(key);
  if (node == nullptr) problems_.add(at_, what_ + " needs the key " + key);
  return node;
}

std::string YamlMap::text(const std::string& key, std::string otherwise) {
  const YamlNode* node = find(key);
  if (node == nullptr) return otherwise;
  return scalarText(*node, key, problems_).value_or(std::move(otherwise));
}

std::string YamlMap::neededText(const std::string& key) {
  const YamlNode* node = need(key);
  if (node == nullptr) return {};
  std::string text = scalarText(*node, key, problems_).value_or("?");
  if (text.empty()) problems_.add(node->at, key + " must not be empty");
  return text;
}

bool YamlMap::truth(const std::string& key, bool otherwise) {
  const YamlNode* node = find(key);
  if (node == nullptr) return otherwise;
  if (node->kind == YamlNode::Kind::scalar && !node->quoted && (node->text == "true" || node->text == "false")) {
    return node->text == "true";
  }
  problems_.add(node->at, key + " must be true or false");
  return otherwise;
}

long YamlMap::number(const std::string& key, long least, long most, long otherwise) {
  const YamlNode* node = find(key);
  if (node == nullptr) return otherwise;
  long value = 0;
  const char* end = node->text.data() + node->text.size();
  auto [stop, failure] = std::from_chars(node->text.data(), end, value);
  bool whole = node->kind == YamlNode::Kind::scalar && failure == std::errc() && stop == end && !node->text.empty();
  if (whole && !node->quoted && value >= least && value <= most) return value;
  problems_.add(node->at,
                key + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

std::vector<YamlNode> YamlMap::list(const std::string& key) {
  const YamlNode* node = find(key);
  if (node == nullptr || node->kind == YamlNode::Kind::null) return {};
  if (node->kind == YamlNode::Kind::list) return node->items;
  problems_.add(node->at, key + " must be a list");
  return {};
}

std::vector<std::string> YamlMap::texts(const std::string& key) {
  std::vector<std::string> all;
  for (const YamlNode& item : list(key)) {
    auto text = scalarText(item, "each of " + key, problems_);
    if (!text) continue;
    if (text->empty()) problems_.add(item.at, "each of " + key + " must not be empty");
    if (std::find(all.begin(), all.end(), *text) != all.end()) problems_.add(item.at, *text + " stands here twice");
    all.push_back(*std::move(text));
  }
  return all;
}

}  // namespace scrim::yaml
