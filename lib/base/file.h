// Files, read with a limit and written so that a reader never sees half of one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::base {

inline constexpr std::uint64_t kMaxInputBytes = 256u << 20;

// The whole file, "-" is standard input. A file over `limit` bytes, a folder or an unreadable
// file is an input error that names it.
Result<std::string> read_file(const std::string& path, std::uint64_t limit = kMaxInputBytes);

// Who may read a written file: everyone the umask lets, or, for secrets, nobody but its owner.
enum class Access { umask, owner };

// Writes beside the target, syncs, renames over it: after a crash the old or the new content is
// there, never a part. Creates missing parent folders.
Result<void> write_file(const std::string& path, std::string_view content,
                        Access access = Access::umask);

// The same for a file that must not exist yet: an input error when it does.
Result<void> create_file(const std::string& path, std::string_view content, Access access);

// A folder that only its owner may enter, for work in a place that others write to: an input error
// when something has this name.
Result<void> create_folder(const std::string& path);

}  // namespace weft::base
