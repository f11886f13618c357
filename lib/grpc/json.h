// JSON to Protocol Buffers on the wire, by the mapping that Protocol Buffers define: names of
// fields in either spelling, 64-bit numbers as numbers or strings, bytes in base64, enumerations by
// name or number, the JSON forms of Timestamp, Duration, FieldMask, Struct and the wrappers.
//
//   WEFT_TRY(message, grpc::encode_json(schema, "shop.AddRequest", document));
//   // document: {"item": "tea", "count": 2}
#pragma once

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/grpc/schema.h"

namespace weft::grpc {

// Input errors with their place in the document; so is a type that the schema does not describe.
base::Result<std::string> encode_json(const Schema& schema, std::string_view message,
                                      const doc::Document& document);

}  // namespace weft::grpc
