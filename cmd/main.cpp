#include "cmd/run.h"

int main(int argc, char** argv) { return weft::cmd::run_process(argc, argv); }
