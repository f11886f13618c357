#include "lib/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "lib/base/format.h"
#include "lib/base/number.h"

namespace weft::base {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return system_error(ExitCode::input, fmt::format("cannot write {}", path), errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0)
    return system_error(ExitCode::input, fmt::format("cannot open {}", path), errno);
  std::string content;
  struct stat facts {};
  if (::fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0)
    content.reserve(std::min<std::uint64_t>(static_cast<std::uint64_t>(facts.st_size), limit) + 1);
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(ExitCode::input, fmt::format("cannot read {}", path), errno);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > limit)
      return Error{ExitCode::input, fmt::format("{} is larger than {}", path,
                                                format_size(static_cast<double>(limit)))};
  }
}

Result<void> write_file(const std::string& path, std::string_view content, Access access) {
  const std::filesystem::path target(path);
  std::error_code error;
  if (target.has_parent_path()) std::filesystem::create_directories(target.parent_path(), error);
  if (error)
    return Error{ExitCode::input, fmt::format("cannot create {}", target.parent_path().string())}
        .because(error.message());
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0)
    return system_error(ExitCode::input, fmt::format("cannot write {}", path), errno);
  auto written = write_all(file.get(), content, path);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = access == Access::owner ? 0600 : 0666 & ~mask;
  if (written.ok() && (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0 ||
                       ::rename(temporary.c_str(), path.c_str()) != 0))
    written = system_error(ExitCode::input, fmt::format("cannot write {}", path), errno);
  if (!written.ok()) ::unlink(temporary.c_str());
  return written;
}

Result<void> create_file(const std::string& path, std::string_view content, Access access) {
  const mode_t mode = access == Access::owner ? 0600 : 0666;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.get() < 0)
    return system_error(ExitCode::input, fmt::format("cannot create {}", path), errno);
  auto written = write_all(file.get(), content, path);
  if (written.ok() && ::fsync(file.get()) != 0)
    written = system_error(ExitCode::input, fmt::format("cannot write {}", path), errno);
  if (!written.ok()) ::unlink(path.c_str());
  return written;
}

Result<void> create_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  return system_error(ExitCode::input, fmt::format("cannot create {}", path), errno);
}

}  // namespace weft::base
