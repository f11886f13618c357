#include "cmd/output.h"

#include <ostream>

#include "lib/doc/write.h"

namespace weft::cmd {

bool is_structured(const Context& context) {
  return context.output == Output::json || context.output == Output::yaml;
}

base::ExitCode print(Context& context, const doc::Value& document) {
  context.out << (context.output == Output::yaml ? doc::write_yaml(document)
                                                 : doc::write_json(document));
  return base::ExitCode::done;
}

}  // namespace weft::cmd
