// Flags that say how a mesh takes the fixture of a suite in, beside what the catalogue knows.
#pragma once

#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/base/result.h"
#include "lib/cli/command.h"
#include "lib/conform/mesh_recipe.h"

namespace weft::cmd {

struct RecipeFlags {
  std::string mesh;
  std::vector<std::string> labels, annotations;       // KEY=VALUE
  std::vector<std::string> outside;                   // likewise
  std::vector<std::string> deny, strict, permissive;  // likewise, or "@FILE" with objects
};
std::vector<cli::Flag> with_recipe_flags(RecipeFlags& target, std::vector<cli::Flag> flags);

base::Result<conform::MeshRecipe> recipe_of(const Context& context, const RecipeFlags& flags);

}  // namespace weft::cmd
