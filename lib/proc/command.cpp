#include "lib/base/text.h"
#include "lib/proc/runner.h"

namespace weft::proc {
namespace {

std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out += '\'';
}

}  // namespace

std::string Command::text() const {
  std::vector<std::string> words;
  for (const auto& [name, value] : env) words.push_back(name + '=' + quoted(value));
  for (const std::string& word : argv) words.push_back(quoted(word));
  return base::join(words, " ");
}

}  // namespace weft::proc
