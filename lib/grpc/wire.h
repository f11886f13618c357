// Protocol Buffers on the wire: a message is fields, each a number, a type and a value. Enough for
// the few messages that are built in; those of other services are told by descriptors (schema.h).
//
//   std::string out;
//   grpc::put_string(out, 1, "shop");
//   grpc::WireReader reader(out);
//   while (const auto field = reader.next())
//     if (field->number == 1) use(field->bytes);
//   if (reader.failed()) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weft::grpc {

enum class WireType : std::uint8_t {
  varint = 0,
  fixed64 = 1,
  bytes = 2,
  group_begin = 3,
  group_end = 4,
  fixed32 = 5
};

inline constexpr std::uint32_t kMaxFieldNumber = (1u << 29) - 1;

struct WireField {
  std::uint32_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;  // of varint and fixed
  std::string_view bytes;   // of bytes, within the message
};

class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}
  // The next field, groups with all that is in them left out. Nothing: the end, or failed().
  std::optional<WireField> next();
  bool failed() const { return failed_; }

 private:
  std::optional<std::uint64_t> varint();
  std::optional<std::uint64_t> fixed(std::size_t size);
  std::optional<WireField> field();
  std::optional<WireField> fail();

  std::string_view rest_;
  bool failed_ = false;
};

void put_varint(std::string& out, std::uint64_t value);
void put_tag(std::string& out, std::uint32_t number, WireType type);
void put_uint(std::string& out, std::uint32_t number, std::uint64_t value);  // any varint type
void put_fixed32(std::string& out, std::uint32_t number, std::uint32_t value);
void put_fixed64(std::string& out, std::uint32_t number, std::uint64_t value);
void put_string(std::string& out, std::uint32_t number, std::string_view bytes);

constexpr std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

}  // namespace weft::grpc
