#include "lib/grpc/wire.h"

namespace weft::grpc {
namespace {

constexpr int kMaxDepth = 100;  // of groups

template <typename T>
void put_bytes(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

std::optional<WireField> WireReader::fail() {
  failed_ = true;
  return std::nullopt;
}

std::optional<std::uint64_t> WireReader::varint() {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 10 && i < rest_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if ((byte & 0x80) != 0) continue;
    rest_.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> WireReader::fixed(std::size_t size) {
  if (rest_.size() < size) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  rest_.remove_prefix(size);
  return value;
}

std::optional<WireField> WireReader::field() {
  const auto tag = varint();
  if (!tag || (*tag >> 3) == 0 || (*tag >> 3) > kMaxFieldNumber || (*tag & 7) > 5) return fail();
  WireField out;
  out.number = static_cast<std::uint32_t>(*tag >> 3);
  out.type = static_cast<WireType>(*tag & 7);
  std::optional<std::uint64_t> value = 0;
  switch (out.type) {
    case WireType::varint:
    case WireType::bytes:
      value = varint();
      break;
    case WireType::fixed64:
      value = fixed(8);
      break;
    case WireType::fixed32:
      value = fixed(4);
      break;
    case WireType::group_begin:
    case WireType::group_end:
      break;
  }
  if (!value) return fail();
  if (out.type != WireType::bytes) {
    out.value = *value;
    return out;
  }
  if (*value > rest_.size()) return fail();
  out.bytes = rest_.substr(0, static_cast<std::size_t>(*value));
  rest_.remove_prefix(out.bytes.size());
  return out;
}

std::optional<WireField> WireReader::next() {
  int depth = 0;
  while (!rest_.empty() && !failed_) {
    const auto found = field();
    if (!found) return std::nullopt;
    if (found->type == WireType::group_begin) {
      if (++depth > kMaxDepth) return fail();
    } else if (found->type == WireType::group_end) {
      if (--depth < 0) return fail();
    } else if (depth == 0) {
      return found;
    }
  }
  return depth == 0 ? std::nullopt : fail();
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

void put_tag(std::string& out, std::uint32_t number, WireType type) {
  put_varint(out, std::uint64_t{number} << 3 | static_cast<std::uint64_t>(type));
}

void put_uint(std::string& out, std::uint32_t number, std::uint64_t value) {
  put_tag(out, number, WireType::varint);
  put_varint(out, value);
}

void put_fixed32(std::string& out, std::uint32_t number, std::uint32_t value) {
  put_tag(out, number, WireType::fixed32);
  put_bytes(out, value);
}

void put_fixed64(std::string& out, std::uint32_t number, std::uint64_t value) {
  put_tag(out, number, WireType::fixed64);
  put_bytes(out, value);
}

void put_string(std::string& out, std::uint32_t number, std::string_view bytes) {
  put_tag(out, number, WireType::bytes);
  put_varint(out, bytes.size());
  out += bytes;
}

}  // namespace weft::grpc
