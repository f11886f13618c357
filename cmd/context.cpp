#include "cmd/context.h"

#include <filesystem>
#include <system_error>

namespace weft::cmd {

std::string path_in(const Context& context, const std::string& path) {
  if (path.empty() || path == "-" || path.front() == '/' || context.directory.empty()) return path;
  return context.directory + '/' + path;
}

base::Result<std::string> own_program() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed)
    return base::system_error(base::ExitCode::tool, "cannot find the program itself",
                              failed.value());
  return path.string();
}

}  // namespace weft::cmd
