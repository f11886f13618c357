#include "lib/perf/store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/id.h"

namespace weft::perf {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ExitCode;

// Folders on their way in or out. The dot keeps them from being taken for a result.
constexpr std::string_view kTemporary = ".tmp-";
constexpr std::size_t kTimeLength = std::string_view("20260301-120000").size();

std::string temporary_path(const std::string& directory, std::string_view id) {
  return fmt::format("{}/{}{}-{:x}", directory, kTemporary, id, base::random_bits());
}

// Makes a rename inside `directory` survive a power cut.
void sync_directory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

// What a crashed weft left behind. An hour is far longer than any save takes, and both times
// come from the file system, so no clock is needed.
void remove_leftovers(const std::string& directory, const fs::path& fresh) {
  std::error_code error;
  const auto now = fs::last_write_time(fresh, error);
  if (error) return;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    std::error_code ignored;
    const auto written = fs::last_write_time(entry.path(), ignored);
    if (ignored || !entry.path().filename().string().starts_with(kTemporary)) continue;
    if (now - written > std::chrono::hours(1)) fs::remove_all(entry.path(), ignored);
  }
}

base::Result<void> move_in(const std::string& temporary, const std::string& target) {
  if (::rename(temporary.c_str(), target.c_str()) == 0) return {};
  return base::system_error(ExitCode::input, fmt::format("cannot create {}", target), errno);
}

}  // namespace

bool valid_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !id.empty() && id.size() <= 80 && id.front() != '.' && std::ranges::all_of(id, allowed);
}

std::string Store::path(std::string_view id, std::string_view file) const {
  return file.empty() ? fmt::format("{}/{}", directory_, id)
                      : fmt::format("{}/{}/{}", directory_, id, file);
}

std::vector<std::string> Store::ids() const {
  struct Folder {
    std::string id;
    fs::file_time_type made;
  };
  std::vector<Folder> folders;
  std::error_code error;
  for (fs::directory_iterator it(directory_, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    const std::string id = it->path().filename().string();
    if (!valid_id(id) || !it->is_directory(ignored)) continue;
    folders.push_back({id, it->last_write_time(ignored)});
  }
  std::ranges::sort(folders, [](const Folder& a, const Folder& b) {
    const int by_time = a.id.compare(0, kTimeLength, b.id, 0, kTimeLength);
    if (by_time != 0) return by_time > 0;
    return a.made != b.made ? a.made > b.made : a.id > b.id;
  });
  std::vector<std::string> ids;
  ids.reserve(folders.size());
  for (Folder& folder : folders) ids.push_back(std::move(folder.id));
  return ids;
}

bool Store::contains(std::string_view id) const {
  std::error_code error;
  return valid_id(id) && fs::is_directory(path(id), error);
}

base::Result<void> Store::save(std::string_view id, const Files& files) const {
  if (!valid_id(id))
    return Error{ExitCode::input, fmt::format("'{}' cannot be the id of a result", id),
                 "use letters, digits, '-', '_' and '.'"};
  if (contains(id)) return Error{ExitCode::input, fmt::format("a result {} is already stored", id)};
  std::error_code error;
  const std::string temporary = temporary_path(directory_, id);
  fs::create_directories(temporary, error);
  if (error)
    return Error{ExitCode::input, fmt::format("cannot create {}", temporary)}.because(
        error.message());
  remove_leftovers(directory_, temporary);
  base::Result<void> saved;
  for (const auto& [name, content] : files) {
    if (saved.ok()) saved = base::write_file(fmt::format("{}/{}", temporary, name), content);
  }
  sync_directory(temporary);
  if (saved.ok()) saved = move_in(temporary, path(id));
  if (!saved.ok()) fs::remove_all(temporary, error);
  sync_directory(directory_);
  return saved;
}

base::Result<std::string> Store::read(std::string_view id, std::string_view file) const {
  return base::read_file(path(id, file));
}

base::Result<void> Store::remove(std::string_view id) const {
  if (!contains(id)) return Error{ExitCode::input, fmt::format("no result {} is stored", id)};
  const std::string temporary = temporary_path(directory_, id);
  if (::rename(path(id).c_str(), temporary.c_str()) != 0)
    return base::system_error(ExitCode::input, fmt::format("cannot remove {}", path(id)), errno);
  sync_directory(directory_);
  std::error_code error;
  fs::remove_all(temporary, error);
  if (error)
    return Error{ExitCode::input, fmt::format("cannot remove all of {}", temporary)}.because(
        error.message());
  return {};
}

}  // namespace weft::perf
