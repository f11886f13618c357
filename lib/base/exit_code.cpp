#include "lib/base/exit_code.h"

namespace weft::base {
namespace {

constexpr ExitCodeRow kRows[] = {
    {ExitCode::done, "done", "the command did what it was asked"},
    {ExitCode::no, "no", "the answer is \"no\": findings, missed threshold, differences"},
    {ExitCode::usage, "usage", "wrong flags or arguments; nothing was done"},
    {ExitCode::input, "input", "a file or document is not usable; its position is printed"},
    {ExitCode::cluster, "cluster", "cluster unreachable, unauthorised, or object not found"},
    {ExitCode::tool, "tool", "a program that weft drives is missing or failed"},
    {ExitCode::timeout, "timeout", "a time limit was reached"},
    {ExitCode::unconfirmed, "unconfirmed", "a confirmation was needed and not given"},
    {ExitCode::invalid, "invalid", "the measurement or result cannot be trusted"},
    {ExitCode::bug, "bug", "a defect of weft: please report it"},
    {ExitCode::interrupted, "interrupted", "128 + signal number: stopped by that signal"},
};

}  // namespace

std::span<const ExitCodeRow> exit_codes() { return kRows; }

}  // namespace weft::base
