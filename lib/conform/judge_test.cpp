#include "lib/conform/judge.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"

using namespace weft::conform;
using Catch::Contains;

namespace {

ProbeAnswer answer(std::string outcome, std::string backend = "app-b") {
  ProbeAnswer out;
  out.outcome = std::move(outcome);
  out.backend = std::move(backend);
  return out;
}

std::vector<ProbeAnswer> answers(std::uint64_t to_b, std::uint64_t to_c) {
  std::vector<ProbeAnswer> out(to_b, answer("http:200", "app-b"));
  out.resize(to_b + to_c, answer("http:200", "app-c"));
  return out;
}

Observation judged(const ExpectSpec& expect, const std::vector<ProbeAnswer>& all) {
  Observation out;
  judge_answers(expect, all, out);
  return out;
}

std::string located(const char* location, const LocationSpec& wanted) {
  ExpectSpec expect;
  expect.status = {302};
  expect.location = wanted;
  ProbeAnswer one = answer("http:302", "");
  if (location != nullptr) one.headers = {{"location", location}};
  const Observation seen = judged(expect, {one});
  return seen.verdict == Verdict::pass ? "" : seen.observed;
}

weft::doc::Value value(const char* text) { return weft::doc::read({"object", text})->root; }

}  // namespace

TEST_CASE("one wrong answer of many fails, and is told") {
  ExpectSpec expect;
  expect.status = {200};
  expect.backends = {"app-b"};
  auto all = answers(9, 1);
  const Observation seen = judged(expect, all);
  CHECK(seen.verdict == Verdict::fail);
  CHECK(seen.observed == "1 of 10 not: app-c answered");
  CHECK(seen.outcomes.at("http:200") == 10);
}

TEST_CASE("a shortage of the prober itself is an error, not a verdict on the mesh") {
  ExpectSpec expect;
  expect.denied = true;
  CHECK(judged(expect, {answer("resources", "")}).verdict == Verdict::error);
  CHECK(judged(expect, {answer("reset", "")}).verdict == Verdict::pass);
  CHECK(judged(expect, {answer("timeout", "")}).verdict == Verdict::fail);
}

TEST_CASE("every part of a Location is compared") {
  const LocationSpec all{"http", "example.org", "8083", "/new"};
  CHECK(located("http://example.org:8083/new", all).empty());
  CHECK_THAT(located("https://example.org:8083/new", all), Contains("Location is https"));
  CHECK_THAT(located("http://example.com:8083/new", all), Contains("Location is"));
  CHECK_THAT(located("http://example.org/new", all), Contains("Location is"));
  CHECK_THAT(located("http://example.org:8083/old", all), Contains("Location is"));
  CHECK_THAT(located(nullptr, all), Contains("has no Location"));
  CHECK(located("http://example.org/new", {.host = "example.org", .port = "80"}).empty());
}

TEST_CASE("an application that does not tell what it received proves nothing about it") {
  ExpectSpec expect;
  expect.path = "/one";
  CHECK(judged(expect, {answer("http:200")}).verdict == Verdict::fail);
  ProbeAnswer one = answer("http:200");
  one.seen = Seen{"GET", "/two", "app-b", {}};
  CHECK_THAT(judged(expect, {one}).observed, Contains("received the path /two"));
  one.seen->path = "/one";
  CHECK(judged(expect, {one}).verdict == Verdict::pass);
}

TEST_CASE("shares are judged by their exact interval") {
  ExpectSpec expect;
  expect.shares = {{"app-b", 0.75}, {"app-c", 0.25}};
  Observation out;
  CHECK(judge_shares(expect, answers(375, 125), out) == weft::stats::ShareVerdict::pass);
  CHECK(out.shares.at(0).hits == 375);
  out = {};
  CHECK(judge_shares(expect, answers(250, 250), out) == weft::stats::ShareVerdict::fail);
  CHECK(out.verdict == Verdict::fail);
  out = {};
  CHECK(judge_shares(expect, answers(15, 5), out) == weft::stats::ShareVerdict::open);
  CHECK(out.verdict == Verdict::inconclusive);
}

TEST_CASE("a connection that never leaves its backend is found") {
  ExpectSpec expect;
  expect.shares = {{"app-b", 0.5}, {"app-c", 0.5}};
  auto all = answers(30, 30);
  for (auto& one : all) one.connection = one.backend == "app-b" ? 1 : 2;
  Observation out;
  judge_granularity(expect, all, out);
  CHECK(out.verdict == Verdict::fail);
  CHECK_THAT(out.observed, Contains("2 of 2 connections"));
}

TEST_CASE("conditions count for every parent of a route") {
  const auto route = value(
      "status: {parents: [{conditions: [{type: Accepted, status: 'True', reason: Accepted}]},"
      " {conditions: [{type: Accepted, status: 'False', reason: NoMatchingParent}]}]}");
  WaitStep wait;
  wait.conditions = {{"Accepted", "True"}};
  CHECK(missing_in(wait, route) == "Accepted has the status False");
  wait.conditions = {{"ResolvedRefs", "True"}};
  CHECK(missing_in(wait, route) == "the condition ResolvedRefs is missing");
  CHECK(missing_in(wait, value("spec: {}")) == "it has no conditions");
}

TEST_CASE("quantities of an answer are compared as numbers") {
  const auto metrics = value(
      "kind: TrafficMetrics\nmetrics: [{name: p50, value: 900u}, {name: p99, value: 12m},"
      " {name: success_count, value: '50'}]");
  RawStep raw;
  raw.equals = {{"kind", "TrafficMetrics"}};
  raw.at_least = {{"metrics.name=success_count.value", 50}};
  raw.ascending = {"metrics.name=p50.value", "metrics.name=p99.value"};
  CHECK(missing_in(raw, metrics).empty());
  raw.at_least.begin()->second = 51;
  CHECK(missing_in(raw, metrics) == "metrics.name=success_count.value is 50, less than 51");
  raw.at_least.clear();
  std::swap(raw.ascending[0], raw.ascending[1]);
  CHECK_THAT(missing_in(raw, metrics), Contains("less than"));
  raw.ascending = {"metrics.7.value"};
  CHECK_THAT(missing_in(raw, metrics), Contains("is no quantity"));
}

TEST_CASE("all headers of a name are compared, divided or not") {
  ExpectSpec expect;
  expect.headers = {{"x-many", "one"}, {"x-many", "two"}};
  const auto wrong = [&](std::vector<std::pair<std::string, std::string>> headers) {
    ProbeAnswer answer{.outcome = "http:200"};
    answer.seen = Seen{.headers = std::move(headers)};
    return wrong_answer(expect, answer);
  };
  CHECK(wrong({{"x-many", "one"}, {"X-Many", "two"}}).empty());
  CHECK(wrong({{"x-many", "one,two"}}).empty());
  CHECK_FALSE(wrong({{"x-many", "one"}}).empty());
  CHECK_FALSE(wrong({{"x-many", "two"}, {"x-many", "one"}}).empty());
  CHECK_FALSE(wrong({}).empty());
}

TEST_CASE("a status of gRPC is compared, and connections that were not kept are found") {
  ExpectSpec expect;
  expect.grpc_status = 12;
  CHECK(wrong_answer(expect, {.outcome = "grpc:12"}).empty());
  CHECK(wrong_answer(expect, {.outcome = "grpc:0"}) == "grpc:0");
  CHECK(wrong_answer(expect, {.outcome = "protocol"}) == "protocol");
  std::vector<ProbeAnswer> answers(3);
  for (ProbeAnswer& one : answers) one.connection = 1;
  answers[1].reused = answers[2].reused = true;
  Observation seen;
  judge_kept(answers, seen);
  CHECK(seen.verdict == Verdict::pass);
  answers[2].reused = false;
  judge_kept(answers, seen);
  CHECK(seen.verdict == Verdict::fail);
}
