// Asks a server what its services look like (grpc.reflection.v1, else v1alpha).
//
//   grpc::Call server{.url = url};
//   WEFT_TRY(schema, grpc::reflect(server, "shop.Cart"));
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/grpc/client.h"
#include "lib/grpc/schema.h"

namespace weft::grpc {

// The service with all files it needs. `server` says where to ask and how; its method and messages
// are not used. Errors: input when the server has no reflection or does not know the service,
// those of call().
base::Result<Schema> reflect(Call server, const std::string& service);

}  // namespace weft::grpc
