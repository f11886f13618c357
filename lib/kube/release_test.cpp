#include "lib/kube/release.h"

#include <catch2/catch.hpp>

using namespace weft;
using namespace weft::kube;

namespace {

std::pair<std::string, std::string> split(std::string_view text) {
  std::pair<std::string, std::string> out;
  split_chart(text, out.first, out.second);
  return out;
}

}  // namespace

TEST_CASE("a chart's name and version are told apart") {
  using Pair = std::pair<std::string, std::string>;
  CHECK(split("istiod-1.29.6") == Pair{"istiod", "1.29.6"});
  CHECK(split("linkerd-control-plane-2026.6.3") == Pair{"linkerd-control-plane", "2026.6.3"});
  CHECK(split("demo-1.2.3-rc.1") == Pair{"demo", "1.2.3-rc.1"});
  CHECK(split("osm-v1.2.4") == Pair{"osm", "v1.2.4"});
  CHECK(split("linkerd2-cni-30.12.2") == Pair{"linkerd2-cni", "30.12.2"});
  CHECK(split("h2-2-go-0.1.0+build") == Pair{"h2-2-go", "0.1.0+build"});
  CHECK(split("plain") == Pair{"plain", ""});
  CHECK(split("") == Pair{"", ""});
}

TEST_CASE("helm's list is read, revisions given as text or number") {
  const auto rows = read_releases(R"([
    {"name":"istiod","namespace":"istio-system","revision":"3",
     "updated":"2026-11-22 19:10:50.752181139 +0100 CET","status":"pending-upgrade",
     "chart":"istiod-1.29.6","app_version":"1.29.6"},
    {"name":"x","namespace":"y","revision":2,"updated":"2026-11-22T19:10:50Z","status":"odd"}])");
  REQUIRE(rows.ok());
  REQUIRE(rows->size() == 2);
  CHECK(rows->at(0).revision == 3);
  CHECK(rows->at(0).updated == "2026-11-22T18:10:50.752181139Z");
  CHECK(is_pending(rows->at(0).status));
  CHECK(rows->at(1).revision == 2);
  CHECK(rows->at(1).status == ReleaseStatus::unknown);
}

TEST_CASE("no releases are an empty list however helm says it") {
  for (const char* text : {"[]", "null", "", "\n"}) CHECK(read_releases(text)->empty());
  CHECK_FALSE(read_releases("{}").ok());
  CHECK_FALSE(read_releases("[").ok());
}

TEST_CASE("a history is read") {
  const auto rows = read_history(R"([{"revision":1,"updated":"2026-11-22T19:10:50.75Z",
      "status":"superseded","chart":"demo-1.0.0","app_version":"","description":"Install complete"}])");
  REQUIRE(rows.ok());
  CHECK(rows->at(0).description == "Install complete");
  CHECK(rows->at(0).chart_version == "1.0.0");
}

TEST_CASE("a release is read in the dialect of helm 3") {
  const auto release =
      read_release(R"({"name":"demo","info":{"first_deployed":"2026-11-22T19:10:50Z",
      "last_deployed":"2026-11-22T19:10:50Z","deleted":"","description":"Upgrade complete",
      "status":"deployed","notes":"hi"},"chart":{"metadata":{"name":"demo"}},
      "manifest":"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
      "hooks":[{"name":"h","kind":"Job","manifest":"apiVersion: batch/v1\nkind: Job\nmetadata: {name: h}"}],
      "version":4,"namespace":"ns"})");
  REQUIRE(release.ok());
  CHECK(release->revision == 4);
  CHECK(release->status == ReleaseStatus::deployed);
  CHECK(release->notes == "hi");
  CHECK_FALSE(release->server_side);
  CHECK(release->objects()->size() == 1);
  CHECK(ref_of(release->hook_objects()->at(0)).text() == "Job h");
}

TEST_CASE("a release is read in the dialect of helm 4") {
  const auto release = read_release(R"({"name":"demo","info":{"status":"failed",
      "resources":{"v1/Deployment":[{"kind":"Deployment"}]}},"config":{"a":1},"manifest":"",
      "version":1,"namespace":"ns","apply_method":"ssa"})");
  REQUIRE(release.ok());
  CHECK(release->server_side);
  CHECK(release->status == ReleaseStatus::failed);
  CHECK(release->objects()->empty());
  CHECK_FALSE(read_release("{}").ok());
  CHECK_FALSE(read_release("Release \"x\" has been upgraded").ok());
}

TEST_CASE("names of statuses round-trip") {
  for (int i = 0; i <= static_cast<int>(ReleaseStatus::pending_rollback); ++i) {
    const auto status = static_cast<ReleaseStatus>(i);
    CHECK(parse_status(status_name(status)) == status);
  }
}
