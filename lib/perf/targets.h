// Lists of what to ask, in one of three forms told apart by how they begin:
//
//   targets:                                  # ours, YAML
//     - {name: browse, weight: 9, url: /products?page=2}
//     - name: pay
//       method: POST
//       url: /pay
//       headers: {Content-Type: application/json}
//       body: '{"order": 1}'                  # or body_file: pay.json
//
//   POST http://shop/pay                      # vegeta's text: an empty line between targets
//   Content-Type: application/json
//   @pay.json                                 # file with the body
//
//   {"method": "POST", "url": "http://shop/pay", "header": {"A": ["b"]}, "body": "base64"}
//                                             # vegeta's JSON, one a line; name and weight are ours
//
// URLs are whole or begin with a slash; all are of one scheme, host and port. Body files are sought
// beside the list. Texts may hold values, see load::Template.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/load/engine.h"
#include "lib/net/url.h"

namespace weft::perf {

// A text and where it stands, for the errors of what is found in it later.
struct PlacedText {
  std::string text;
  base::Where where;
};

struct TargetEntry {
  std::string name;
  std::uint64_t weight = 1;
  std::string method;
  PlacedText url;
  std::vector<std::pair<std::string, PlacedText>> headers;
  PlacedText body;
  PlacedText body_file;
};

// Input errors name `source` and the place in it.
base::Result<std::vector<TargetEntry>> read_targets(std::string_view source, std::string_view text);

// How texts become templates; null tells that they are taken as they stand.
struct Compiling {
  const load::Values* values = nullptr;
  std::vector<std::pair<std::string, std::string>> headers;  // of all targets that do not set them
  std::function<base::Result<std::string>(const std::string&)> read_body;
};

struct CompiledTargets {
  net::Url url;  // of the first; its scheme, host and port are those of all
  std::vector<load::RequestKind> kinds;
};

// `base`: what paths belong to; may be null where all URLs are whole.
base::Result<CompiledTargets> compile_targets(const std::vector<TargetEntry>& entries,
                                              const net::Url* base, const Compiling& how);

// A text at its place; the place of an error in it is that of the text and the one inside together.
base::Result<load::Template> compile_text(const PlacedText& text, load::Place place,
                                          const load::Values* values);

}  // namespace weft::perf
