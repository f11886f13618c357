// fmt::format without the cost of its implementation: the library is compiled once in format.cpp.
#pragma once

#include <fmt/core.h>
