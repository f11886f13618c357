// The parts of `weft mesh show`, each a heading with its lines; empty when there is nothing to say.
#pragma once

#include <string>
#include <string_view>

#include "lib/mesh/mesh.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

// `today` as "2026-11-23": what is still supported.
std::string versions_section(const mesh::Mesh& mesh, std::string_view today,
                             const term::Terminal& terminal);
std::string choices_section(const mesh::Mesh& mesh, const term::Terminal& terminal);
std::string steps_section(const mesh::Mesh& mesh, const term::Terminal& terminal);
std::string joining_section(const mesh::Mesh& mesh, const term::Terminal& terminal);
std::string needs_section(const mesh::Mesh& mesh, const term::Terminal& terminal);
std::string upgrade_section(const mesh::Mesh& mesh, const term::Terminal& terminal);
std::string removal_section(const mesh::Mesh& mesh, const term::Terminal& terminal);

}  // namespace weft::cmd
