#include "lib/rules/files.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/format.h"

namespace weft::rules {
namespace {

namespace fs = std::filesystem;

bool is_skipped_folder(const fs::path& folder) {
  const std::string name = folder.filename();
  if (name.starts_with('.') || name == "node_modules") return true;
  return name == "templates" && fs::exists(folder.parent_path() / "Chart.yaml");
}

bool is_manifest(const fs::path& file) {
  const std::string extension = file.extension();
  const std::string name = file.filename();
  return !name.starts_with('.') &&
         (extension == ".yaml" || extension == ".yml" || extension == ".json");
}

void collect(const fs::path& folder, std::vector<std::string>& files) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_directory(error) && is_skipped_folder(at->path()))
      at.disable_recursion_pending();
    else if (at->is_regular_file(error) && is_manifest(at->path()))
      files.push_back(at->path());
  }
}

}  // namespace

base::Result<std::vector<std::string>> manifest_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == "-" || (fs::exists(path, error) && !fs::is_directory(path, error)))
      files.push_back(path);
    else if (fs::is_directory(path, error))
      collect(path, files);
    else
      return base::Error{base::ExitCode::input, fmt::format("{} does not exist", path),
                         "name a file, a folder, or - for standard input"};
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace weft::rules
