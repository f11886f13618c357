// A run with every field filled, for tests of what writes runs and reads them back.
#pragma once

#include "lib/smp/run.h"

namespace weft::smp {

inline Run sample_run() {
  Run run;
  run.id = "20260301-120000-k3f9x2";
  run.name = "checkout through istio";
  run.labels = {{"team", "shop"}, {"build", "1.10"}};
  run.origin = {"weft", "", ""};
  run.started = base::WallTime(std::chrono::nanoseconds(1'772'366'400'123'456'789));
  run.ended = *run.started + std::chrono::seconds(10);
  run.interrupted = true;
  run.setup = {.load_generator = "weft",
               .load_generator_version = "0.1.0",
               .urls = {"http://127.0.0.1:8080/echo"},
               .method = "GET",
               .protocol = "http/1.1",
               .connections = 16,
               .threads = 1,
               .requested_qps = 1000,
               .unthrottled = false,
               .duration = std::chrono::seconds(10),
               .requests = 10'000,
               .warmup = std::chrono::milliseconds(1500),
               .warmup_rule = "settled after 1s",
               .timeout = std::chrono::seconds(5),
               .loop = Loop::open,
               .omission = Omission::corrected,
               .arrival = "poisson",
               .keepalive = true,
               .seed = 18'446'744'073'709'551'615u,
               .body_bytes = 0,
               .proxy = "http://10.0.0.1:3128",
               .renewal = "after 100 requests"};
  run.counts = {.planned = 10'000,
                .completed = 9'990,
                .skipped = 3,
                .errors = {{"refused", 7}, {"status", 20}},
                .statuses = {{"200", 9'970}, {"503", 20}},
                .messages_received = 30'000,
                .messages_sent = 10'000,
                .bytes_received = 1'234'567,
                .bytes_sent = 765'432,
                .retransmits = 12};
  run.actual_qps = 999.0123456789;
  stats::Histogram latency, service, lag;
  std::uint64_t ns = 12'345;
  for (int i = 0; i < 9'990; ++i) {
    ns = (ns * 6364136223846793005u + 1442695040888963407u);
    latency.record(200'001 + ns % 3'000'007);
    service.record(150'000 + ns % 2'000'003);
    lag.record(ns % 50'021);
  }
  stats::Histogram first, second;
  first.record(333'333, 17);
  second.record(stats::Histogram::kMaxValue + 5);
  run.intervals = {{0, 5, 5'000, 17, 2, first.sparse()},
                   {5, 5.000001, 5'000, 1, 25, second.sparse()},
                   {10.000001, 0.1, 0, 0, 0, {}}};
  run.parts = {{"GET /", {.sent = 5'000, .completed = 4'990, .errors = 10}},
               {"pay",
                {.sent = 5'000,
                 .completed = 5'000,
                 .errors = 17,
                 .statuses = {{"200", 4'983}, {"503", 17}},
                 .latency = Distribution::of(stats::Histogram(latency))}}};
  run.latency = Distribution::of(std::move(latency));
  run.message_latency = Distribution::of(stats::Histogram(service));
  run.service_time = Distribution::of(std::move(service));
  run.generator_lag = Distribution::of(stats::Histogram(lag));
  run.send_lag = Distribution::of(std::move(lag));
  run.generator = {.verdict = Verdict::suspect,
                   .reasons = {"3 planned requests were never sent"},
                   .cpu_seconds = 1.25,
                   .busy_percent = 91.5,
                   .cpu_wait_percent = 2.5,
                   .preempted = 17,
                   .missed_deadlines = 3,
                   .pacing_cv = 0.16,
                   .max_rss_bytes = 12'000'000};
  run.environment = {.kubernetes_version = "v1.29.2",
                     .nodes = {{"n2-standard-4", 4, 16'384}, {"", 2, std::nullopt}},
                     .facts = {{"kernel", "6.1.0"}, {"os", "Debian 12"}}};
  run.mesh = {"istio", "1.20.3"};
  run.resources = {{"cp", {.cpu_mcores = 30, .mem_mb = 150}}, {"dp", {.cpu_mcores = 120.5}}};
  run.details_uri = "https://results.example/1";
  run.test_id = "test-1";
  run.mesh_config_id = "mesh-1";
  run.env_id = "env-1";
  run.warnings = {"the clock was stepped"};
  return run;
}

}  // namespace weft::smp
