// SMP's enums in every spelling found: current and former numbers, names of the protobuf
// definition, lower-case names and words that people and tools write.
//
//   smp::mesh_of_text("Istio")          // "istio"
//   smp::mesh_of_number(3, true)        // "kuma": up to v0.2.1 the numbers were one lower
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::smp {

// The enum name in lower case, "" for no mesh ("None", "No mesh"); absent when not known.
std::optional<std::string> mesh_of_text(std::string_view text);
std::optional<std::string> mesh_of_number(std::int64_t number, bool old_numbers);
// "ISTIO"; absent when SMP has no value for it.
std::optional<std::string> mesh_enum_name(std::string_view mesh);
std::vector<std::string> mesh_names();

// "http", "tcp", "udp", "grpc"; "" for PROTOCOL_INVALID; absent when not known.
std::optional<std::string> protocol_of_text(std::string_view text);
std::optional<std::string> protocol_of_number(std::int64_t number, bool old_numbers);
// "PROTOCOL_HTTP" of "http", "http/1.1", "h2"; absent when SMP has no value for it.
std::optional<std::string> protocol_enum_name(std::string_view protocol);

}  // namespace weft::smp
