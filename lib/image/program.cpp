#include "lib/image/program.h"

#include <cstring>
#include <optional>

#include "lib/base/format.h"

namespace weft::image {
namespace {

constexpr std::string_view kMagic{
    "\x7f"
    "ELF\2\1",
    6};  // 64 bits, little-endian
constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kSegmentBytes = 56;
constexpr std::uint32_t kInterpreter = 3;  // PT_INTERP: the path of the dynamic loader

template <typename T>
T number_at(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::string_view architecture_of(std::uint16_t machine) {
  switch (machine) {
    case 62:
      return "amd64";
    case 183:
      return "arm64";
    case 243:
      return "riscv64";
    default:
      return {};
  }
}

// Absent when a segment lies outside of the file.
std::optional<bool> has_interpreter(std::string_view bytes) {
  const auto first = number_at<std::uint64_t>(bytes, 32);
  const auto count = number_at<std::uint16_t>(bytes, 56);
  if (number_at<std::uint16_t>(bytes, 54) != kSegmentBytes || first > bytes.size() ||
      count > (bytes.size() - first) / kSegmentBytes)
    return std::nullopt;
  for (std::size_t i = 0; i < count; ++i)
    if (number_at<std::uint32_t>(bytes, first + i * kSegmentBytes) == kInterpreter) return true;
  return false;
}

}  // namespace

base::Result<Program> inspect_program(std::string_view bytes, std::string_view path) {
  const auto no_program = [&](std::string_view why) {
    return base::Error{base::ExitCode::input, fmt::format("{} {}", path, why),
                       "give a weft that is built for Linux"};
  };
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic))
    return no_program("is not a 64-bit Linux program");
  const std::string_view architecture = architecture_of(number_at<std::uint16_t>(bytes, 18));
  if (architecture.empty()) return no_program("is for a processor that images have no name for");
  const auto interpreted = has_interpreter(bytes);
  if (!interpreted) return no_program("is cut off: its segments lie outside of the file");
  return Program{std::string(architecture), !*interpreted};
}

}  // namespace weft::image
