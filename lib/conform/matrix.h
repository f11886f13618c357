// Results of many meshes side by side: a section for each release of a standard, a row for each
// mesh and version, a column for each capability.
//
//   WEFT_TRY(matrix, conform::matrix_of(entries));
//   conform::matrix_markdown(matrix);
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/conform/result.h"

namespace weft::conform {

// What is known of who vouches for a result.
enum class Signed { no, verified };

struct Entry {
  Run run{};
  Signed mark = Signed::no;
};

struct MatrixCell {
  Capability capability = Capability::untested;
  std::string text{};  // "full 7/7", "partial 6/7", "untested"
};

struct MatrixRow {
  std::string mesh{};     // "istio@1.28"
  std::string setting{};  // channel and mode of the Gateway API, when they are told
  std::string source{};   // "weft", "gateway-api", "meshery"
  Signed mark = Signed::no;
  std::vector<MatrixCell> cells{};
  std::vector<std::string> notes{};  // what was skipped, what is unsupported, provisional tests
};

struct MatrixSection {
  std::string title{};  // "gateway-api v1.4.0", "smi"
  std::vector<std::string> columns{};
  std::vector<MatrixRow> rows{};
  std::vector<std::string> remarks{};  // what readers must know of all rows
};

struct Matrix {
  std::vector<MatrixSection> sections{};
};

// Sections in the order of standards and their versions, rows by name and version of the mesh. Of a
// report of the Gateway API only profiles of meshes are shown. More than 200 columns or sections
// are an input error: no standard has so many versions.
base::Result<Matrix> matrix_of(std::span<const Entry> entries);

std::string matrix_markdown(const Matrix& matrix);
doc::Value matrix_json(const Matrix& matrix);  // schema weft.conformance-matrix/v1

}  // namespace weft::conform
