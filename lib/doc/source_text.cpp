#include "lib/doc/source_text.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::doc {
namespace {

bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

}  // namespace

base::Result<std::string_view> checked_text(const Source& source) {
  std::string_view text = source.text();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  WEFT_CHECK(check_text(source, text));
  return text;
}

base::Result<void> check_text(const Source& source, std::string_view part) {
  std::string_view text = source.text();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const auto start = static_cast<std::size_t>(part.data() - text.data());
  const auto place = [&](std::size_t offset) { return position_at(text, start + offset); };
  const auto control = std::find_if(part.begin(), part.end(), is_forbidden);
  const auto plain = static_cast<std::size_t>(control - part.begin());
  const std::size_t valid = base::valid_utf8_length(part.substr(0, plain));
  if (valid < plain)
    return input_error(source, place(valid), "the text is not UTF-8 here",
                       "save the file as UTF-8");
  if (plain < part.size())
    return input_error(source, place(plain),
                       fmt::format("a control character (byte 0x{:02x}) cannot stand in a text",
                                   static_cast<unsigned>(part[plain])),
                       "is this a binary file, or text in UTF-16?");
  return {};
}

std::string with_line_feeds(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      out += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n')
      out += '\n';
  }
  return out;
}

Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {lines + 1, static_cast<std::uint32_t>(before.size() - line_start) + 1};
}

base::Error input_error(const Source& source, Position at, std::string message,
                        std::string remedy) {
  return base::Error{base::ExitCode::input, std::move(message), std::move(remedy)}.at(
      source.where(at));
}

}  // namespace weft::doc
