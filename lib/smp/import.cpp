#include "lib/smp/import.h"

#include <algorithm>
#include <memory>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/smp/facts.h"
#include "lib/smp/fortio.h"
#include "lib/smp/ghz.h"
#include "lib/smp/h2load.h"
#include "lib/smp/hey.h"
#include "lib/smp/hlog.h"
#include "lib/smp/istio.h"
#include "lib/smp/k6.h"
#include "lib/smp/meshery.h"
#include "lib/smp/nighthawk.h"
#include "lib/smp/not_results.h"
#include "lib/smp/oha.h"
#include "lib/smp/run_json.h"
#include "lib/smp/smp_document.h"
#include "lib/smp/vegeta.h"
#include "lib/smp/wrk.h"
#include "lib/smp/wrk2_json.h"

namespace weft::smp {

namespace {

using Runs = base::Result<std::vector<Run>>;

// Readers of one run as readers of many.
template <auto read>
Runs one(const doc::Document& document, const ImportOptions&) {
  WEFT_TRY(run, read(document));
  return std::vector<Run>{std::move(run)};
}

template <auto read>
Runs one(const doc::Source& source) {
  WEFT_TRY(run, read(source));
  return std::vector<Run>{std::move(run)};
}

base::Result<Run> read_fortio_root(const doc::Document& document) {
  return read_fortio(document, document.root);
}

Runs read_meshery_results(const doc::Document& document, const ImportOptions&) {
  return read_meshery(document);
}

bool is_weft(const doc::Value& root) {
  const doc::Value* schema = root.find("schema");
  return schema != nullptr && schema->is_string() && schema->string() == kRunSchema;
}

bool is_smp(const doc::Value& root) {
  return smp_dialect(root).has_value() && !is_known_not_result(root);
}

Runs read_smp(const doc::Document& document, const ImportOptions& options) {
  WEFT_TRY(run, read_smp_result(document, {.unit = options.latency_unit}));
  return std::vector<Run>{std::move(run)};
}

struct DocumentReader {
  std::string_view format;
  bool (*detect)(const doc::Value& root);
  Runs (*read)(const doc::Document& document, const ImportOptions& options);
};

// Envelopes before what they contain.
constexpr DocumentReader kDocumentReaders[] = {
    {"weft", is_weft, one<run_from_json>},
    {"meshery", is_meshery, read_meshery_results},
    {"fortio", is_fortio, one<read_fortio_root>},
    {"nighthawk", is_nighthawk, one<read_nighthawk>},
    {"wrk", is_wrk2_json, one<read_wrk2_json>},
    {"h2load", is_h2load_json, one<read_h2load_json>},
    {"k6", is_k6, one<read_k6>},
    {"oha", is_oha, one<read_oha>},
    {"vegeta", is_vegeta, one<read_vegeta>},
    {"ghz", is_ghz, one<read_ghz>},
    {"istio", is_istio_row, one<read_istio_row>},
    {"smp", is_smp, read_smp},
};

struct TextReader {
  std::string_view format;
  bool (*detect)(std::string_view text);
  Runs (*read)(const doc::Source& source);
};

constexpr TextReader kTextReaders[] = {
    {"wrk", is_wrk, read_wrk},
    {"h2load", is_h2load_text, one<read_h2load_text>},
    {"h2load", is_h2load_log, one<read_h2load_log>},
    {"hey", is_hey, one<read_hey>},
    {"hlog", is_hlog, read_hlog},
    {"istio", is_istio_csv, read_istio_csv},
};

constexpr ImportFormat kFormats[] = {
    {"weft", "weft's own JSON of a run"},
    {"smp", "SMP results in every spelling, YAML or JSON"},
    {"fortio", "fortio JSON, also as written by Nighthawk"},
    {"meshery", "Meshery results: one, a page or a list"},
    {"nighthawk", "Nighthawk JSON or YAML"},
    {"wrk", "text of wrk or wrk2"},
    {"hey", "text or CSV of hey"},
    {"h2load", "text, JSON or log file of h2load"},
    {"hlog", "HdrHistogram interval logs, a run for every tag"},
    {"k6", "k6 summary JSON"},
    {"oha", "oha JSON"},
    {"vegeta", "vegeta report JSON"},
    {"ghz", "ghz JSON"},
    {"istio", "Istio benchmark report, CSV or JSON lines"},
};

// What a file of results may hold: a long run's file has a few thousand values, a page of
// Meshery with its pods some hundred thousand.
constexpr doc::Limits kLimits{.depth = 100, .nodes = 8'000'000};

std::string known_formats() {
  std::string names;
  for (const auto& format : kFormats)
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  return names;
}

base::Error unknown_format(const doc::Source& source) {
  return base::Error{base::ExitCode::input,
                     fmt::format("not a result that weft can read; known: {}", known_formats()),
                     "name the format with --format if you are sure"}
      .at({source.name(), 0, 0, {}});
}

bool wanted(std::string_view format, const ImportOptions& options) {
  return options.format.empty() || options.format == format;
}

// By content; a forced format narrows the choice and, where it has one reader only, decides it.
template <typename Reader, std::size_t N, typename Content>
const Reader* choose(const Reader (&readers)[N], const Content& content,
                     const ImportOptions& options) {
  const Reader* only = nullptr;
  std::size_t candidates = 0;
  for (const Reader& reader : readers) {
    if (!wanted(reader.format, options)) continue;
    if (reader.detect(content)) return &reader;
    only = &reader;
    ++candidates;
  }
  return !options.format.empty() && candidates == 1 ? only : nullptr;
}

void stamp(std::vector<Run>& runs, std::string_view format, const doc::Source& source) {
  for (Run& run : runs) {
    if (run.origin.format.empty()) run.origin.format = format;
    run.origin.path = source.name();
    add_doubts(run);
  }
}

Runs import_document(const doc::Document& document, const ImportOptions& options) {
  const DocumentReader* reader = choose(kDocumentReaders, document.root, options);
  if (reader == nullptr) {
    if (auto refusal = refusal_of(document)) return std::move(*refusal);
    return unknown_format(*document.source);
  }
  WEFT_TRY(runs, reader->read(document, options));
  stamp(runs, reader->format, *document.source);
  return std::move(runs);
}

// One JSON object a line: the second line starts another one.
bool is_json_lines(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !base::trim(text.substr(0, end)).ends_with('}'))
    return false;
  const std::size_t next = text.find_first_not_of(" \t\r\n", end);
  return text.starts_with('{') && next != std::string_view::npos && text[next] == '{';
}

Runs import_json_lines(const doc::Source& source, const ImportOptions& options) {
  std::vector<Run> runs;
  std::uint32_t before = 0;
  for (const auto line : base::split(source.text(), '\n')) {
    if (!base::trim(line).empty()) {
      const auto read = [&]() -> Runs {
        WEFT_TRY(document, doc::read_json(doc::Source(source.name(), std::string(line)), kLimits));
        return import_document(document, options);
      }();
      if (!read) {
        base::Error error = read.error();
        if (error.where.line != 0) error.where.line += before;
        return error;
      }
      runs.insert(runs.end(), read->begin(), read->end());
    }
    ++before;
  }
  return runs;
}

// Meshery's build of wrk2 prints other text before its JSON.
doc::Source without_preamble(doc::Source source) {
  const std::string& text = source.text();
  const std::size_t start = text.find('{');
  if (start == std::string::npos ||
      text.find("\"DurationInMicroseconds\"", start) == std::string::npos)
    return source;
  return {source.name(), text.substr(start, text.rfind('}') - start + 1)};
}

Runs import_documents(doc::Source source, const ImportOptions& options) {
  source = without_preamble(std::move(source));
  const char first = base::trim(source.text()).front();
  if (first == '{' || first == '[') {
    if (is_json_lines(source.text())) return import_json_lines(source, options);
    WEFT_TRY(document, doc::read_json(std::move(source), kLimits));
    return import_document(document, options);
  }
  const doc::Source kept = source;
  WEFT_TRY(documents, doc::read_yaml(std::move(source), kLimits));
  std::vector<Run> runs;
  for (const doc::Document& document : documents) {
    if (!document.root.is_map() && !document.root.is_list()) return unknown_format(kept);
    WEFT_TRY(read, import_document(document, options));
    runs.insert(runs.end(), read.begin(), read.end());
  }
  if (runs.empty()) return unknown_format(kept);
  return runs;
}

base::Result<void> check_format(const ImportOptions& options) {
  if (options.format.empty()) return {};
  std::vector<std::string> names;
  for (const auto& format : kFormats) names.emplace_back(format.name);
  if (std::find(names.begin(), names.end(), options.format) != names.end()) return {};
  return base::Error{base::ExitCode::usage,
                     fmt::format("unknown format \"{}\"{}", options.format,
                                 base::did_you_mean(options.format, names)),
                     fmt::format("known: {}", known_formats())};
}

}  // namespace

std::span<const ImportFormat> import_formats() { return kFormats; }

Runs import_text(doc::Source source, const ImportOptions& options) {
  WEFT_CHECK(check_format(options));
  if (base::trim(source.text()).empty())
    return base::Error{base::ExitCode::input, "the file is empty"}.at({source.name(), 0, 0, {}});
  if (auto refusal = refusal_of(source)) return std::move(*refusal);
  if (const TextReader* reader = choose(kTextReaders, std::string_view(source.text()), options)) {
    WEFT_TRY(runs, reader->read(source));
    stamp(runs, reader->format, source);
    return std::move(runs);
  }
  return import_documents(std::move(source), options);
}

}  // namespace weft::smp
