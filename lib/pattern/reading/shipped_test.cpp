#include "lib/pattern/reading/shipped.h"

#include <catch2/catch.hpp>

#include "lib/capability/capability.h"
#include "lib/pattern/reading/read.h"

namespace weft::pattern {

TEST_CASE("every file of the catalogue can be read, and the 56 patterns of the book are there") {
  CHECK(shipped_problems().empty());
  CHECK(shipped().size() == 56);
  CHECK(std::ranges::count_if(shipped(), &Shipped::executable) == 33);
}

TEST_CASE("every shipped pattern is a pattern without notes, and its variables are all used") {
  for (const Shipped& entry : shipped()) {
    if (!entry.executable()) continue;
    INFO(entry.id);
    const auto source = source_of(entry);
    REQUIRE(source.ok());
    for (const doc::Member& var : entry.vars()->members())
      CHECK(source->text().find("$(#ref.vars." + var.key + ")") != std::string::npos);
    const auto reading = read(*source, {});
    REQUIRE(reading.ok());
    CHECK(reading->notes.empty());
    CHECK(reading->pattern.name == entry.id);
  }
}

TEST_CASE("a shipped pattern is found by id and by name, and a near one is suggested") {
  CHECK((*find_shipped("Canary"))->name == "Canary deployments");
  CHECK((*find_shipped("canary deployments"))->id == "canary");
  const auto missing = find_shipped("retrys");
  REQUIRE(!missing.ok());
  CHECK(missing.error().code == base::ExitCode::usage);
  CHECK(missing.error().message.find("retries") != std::string::npos);
}

TEST_CASE("a concept says what to use instead of applying it") {
  const auto entry = find_shipped("cloud-bursting");
  REQUIRE(entry.ok());
  const auto source = source_of(**entry);
  REQUIRE(!source.ok());
  CHECK(source.error().remedy == (*entry)->instead);
}

}  // namespace weft::pattern
