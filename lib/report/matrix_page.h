// The conformance matrix as one page: no script, nothing loaded.
#pragma once

#include <string>

#include "lib/conform/matrix.h"

namespace weft::report {

std::string matrix_page(const conform::Matrix& matrix);

}  // namespace weft::report
