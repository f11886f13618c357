// Any text either compiles or is refused; what compiles ends, within its budget.
#include "lib/cel/program.h"
#include "lib/doc/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  static const auto self = doc::read_json(doc::Source(
      "self",
      R"({"s":"text é 1h","i":3,"d":1.5,"b":true,"n":null,"l":[1,"a",[2]],"m":{"k":{"x":1}}})"));
  constexpr cel::Variable kSelf[] = {{"self"}};
  const auto program =
      cel::Program::compile(std::string(reinterpret_cast<const char*>(data), size), kSelf);
  if (!program.ok()) return 0;
  constexpr std::uint64_t kBudget = 20'000;
  cel::Evaluator evaluator(kBudget);
  static_cast<void>(evaluator.run(*program, {{{&self->root}}}));
  return 0;
}
