// A performance profile: what to measure, as a file says it. Reads SMP's PerformanceTestConfig in
// all its spellings and Meshery's own profiles.
//
//   WEFT_TRY(document, doc::read(doc::Source(path, text)));
//   WEFT_TRY(profile, smp::read_profile(document));
//   profile.clients.front().urls.front();
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

struct ProfileClient {
  std::vector<std::string> urls;
  std::string protocol;  // "http", "tcp", "udp", "grpc"; "" when not said
  std::optional<std::int64_t> connections;
  std::optional<std::int64_t> rps;  // 0: as many as possible
  Labels headers;
  Labels cookies;
  std::string body;
  std::string content_type;
  std::string load_generator;
  std::string certificate;         // PEM text, as the profile carries it
  std::string additional_options;  // for the load generator
  std::optional<bool> internal;    // the client runs inside the mesh
};

struct Profile {
  std::string id;
  std::string name;
  Labels labels;
  std::vector<ProfileClient> clients;  // at least one
  std::optional<base::Nanoseconds> duration;
  Mesh mesh;
  std::string dialect;                // see smp_document.h
  std::vector<std::string> warnings;  // see smp_quirks.h
};

base::Result<Profile> read_profile(const doc::Document& document);

}  // namespace weft::smp
