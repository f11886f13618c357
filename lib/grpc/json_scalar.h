// Numbers, texts and bytes of JSON as the scalar types of Protocol Buffers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/doc/value.h"
#include "lib/grpc/schema.h"
#include "lib/grpc/wire.h"

namespace weft::grpc {

// The bits of a whole number that the type has room for, as two's complement; nothing for others.
std::optional<std::uint64_t> integer_bits(const doc::Value& value, FieldType type);
std::optional<double> real(const doc::Value& value);
// Base64 in either alphabet, with or without padding.
std::optional<std::string> decode_bytes(std::string_view text);

std::string_view type_word(FieldType type);  // "a whole number of 32 bits"

WireType wire_type_of(FieldType type);
std::uint64_t wire_bits(std::uint64_t bits, FieldType type);  // zigzag where the type has it
void put_scalar(std::string& out, std::uint64_t bits, FieldType type);  // without a tag

}  // namespace weft::grpc
