#include "lib/perf/target_bodies.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/perf/spec_target.h"
#include "lib/testkit/temp_dir.h"

namespace weft::perf {
namespace {

TEST_CASE("body files are found beside the list, each once") {
  const testkit::TempDir folder;
  const std::string binary("\0\xff{{x}}\n", 8);
  REQUIRE(base::write_file(folder.path() + "/bodies/pay.json", "{\"a\": 1}").ok());
  REQUIRE(base::write_file(folder.path() + "/raw", binary).ok());
  const NamedText list{folder.path() + "/list",
                       "POST http://shop/pay\n@bodies/pay.json\n\nPOST http://shop/again\n"
                       "@bodies/pay.json\n\nPUT http://shop/raw\n@" +
                           folder.path() + "/raw\n\nGET http://shop/\n"};
  const auto bodies = read_bodies(list);
  REQUIRE(bodies.ok());
  CHECK(*bodies == Bodies{{"bodies/pay.json", "{\"a\": 1}"}, {folder.path() + "/raw", binary}});
  const auto back = unpack_bodies("target-bodies", pack_bodies(*bodies));
  REQUIRE(back.ok());
  CHECK(*back == *bodies);

  const auto plan_of = [&](const NamedText& targets, const std::optional<Bodies>& own) {
    Spec spec;
    spec.targets = targets;
    spec.bodies = own;
    return to_plan(spec);
  };
  const auto here = plan_of(list, std::nullopt), there = plan_of({"/etc/list", list.text}, *back);
  REQUIRE(here.ok());
  REQUIRE(there.ok());
  REQUIRE(there->kinds.size() == 4);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(there->kinds[i].body.empty() == here->kinds[i].body.empty());
  CHECK(plan_of(list, Bodies{}).error().message ==
        "the body bodies/pay.json did not come with the list");
  CHECK(read_bodies({"/nowhere/list", list.text}).error().code == base::ExitCode::input);
  CHECK(read_bodies({"list", "GET http://shop/\n"})->empty());
}

TEST_CASE("the variables that values stand for are known, from wherever they are named") {
  Spec spec;
  spec.url = "http://shop/{{env:WHERE}}";
  spec.headers = {{"Authorization", "Bearer {{env:TOKEN}}"}};
  spec.templated = true;
  spec.environment = base::Environment({{"TOKEN", "abc"}, {"WHERE", "cart"}, {"HOME", "/root"}});
  CHECK(*variables_of(spec) == Variables{{"TOKEN", "abc"}, {"WHERE", "cart"}});
  spec.url = "http://shop/";
  spec.targets = NamedText{"list", "POST http://shop/\n@body\n"};
  spec.bodies = Bodies{{"body", "{{env:WHERE}}"}};
  CHECK(*variables_of(spec) == Variables{{"TOKEN", "abc"}, {"WHERE", "cart"}});
  spec.templated = false;
  CHECK(variables_of(spec)->empty());
}

TEST_CASE("what is no packed bodies is refused at its place") {
  CHECK(unpack_bodies("bodies", "[]").error().message == "bodies must be an object of files");
  CHECK(unpack_bodies("bodies", "{\"a\": \"!\"}").error().message ==
        "the body of a must be base64");
  CHECK(unpack_bodies("bodies", "{\"a\": 1}").error().where.source == "bodies");
}

}  // namespace
}  // namespace weft::perf
