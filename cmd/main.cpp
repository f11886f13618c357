#include "lib/base/version.h"

int main() { return weft::base::build_info().version.empty() ? 1 : 0; }
