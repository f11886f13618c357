#include "lib/conform/run_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using base::ExitCode;
using base::Result;

constexpr std::uint64_t kMaxJournal = 64u << 20;

std::string boot_id() {
  const auto text = base::read_file("/proc/sys/kernel/random/boot_id", 4096);
  return text.ok() ? std::string(base::trim(*text)) : "";
}

// Field 22 of proc(5) stat; the name before it, in brackets, may hold anything.
std::string start_of(std::int64_t pid) {
  const auto text = base::read_file(fmt::format("/proc/{}/stat", pid), 4096);
  if (!text.ok()) return {};
  const auto after_name = text->rfind(") ");
  if (after_name == std::string::npos) return {};
  const auto fields = base::split(std::string_view(*text).substr(after_name + 2), ' ');
  return fields.size() > 19 ? std::string(fields[19]) : "";
}

Result<void> append(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return base::system_error(ExitCode::tool, "cannot write " + path, errno);
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      error = errno;
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  ::close(fd);
  if (error != 0) return base::system_error(ExitCode::tool, "cannot write " + path, error);
  return {};
}

std::string line_of(const Made& made) {
  doc::Value out;
  out.set("kind", made.kind).set("apiVersion", made.api_version).set("namespace", made.ns);
  out.set("name", made.name).set("uid", made.uid);
  return doc::write_json(out, 0) + "\n";
}

Result<JournalHead> read_head(const doc::Document& line) {
  JournalHead out;
  doc::Fields in(line, doc::Unknown::ignored);
  in.need("run", out.run).need("driver", out.driver).get("place", out.place);
  in.need("pid", out.process.pid);
  in.need("started", out.process.started).need("boot", out.process.boot);
  WEFT_CHECK(in.done());
  return out;
}

Result<Made> read_made(const doc::Document& line) {
  Made out;
  doc::Fields in(line, doc::Unknown::ignored);
  in.need("kind", out.kind).need("apiVersion", out.api_version).need("namespace", out.ns);
  in.need("name", out.name).need("uid", out.uid);
  WEFT_CHECK(in.done());
  return out;
}

void add(std::vector<Made>& all, Made one) {
  const auto same = std::ranges::find_if(all, [&](const Made& other) {
    return other.kind == one.kind && other.api_version == one.api_version && other.ns == one.ns &&
           other.name == one.name;
  });
  if (same == all.end())
    all.push_back(std::move(one));
  else if (!one.uid.empty())
    same->uid = std::move(one.uid);
}

Result<JournalFile> read_journal_file(const std::string& path) {
  WEFT_TRY(text, base::read_file(path, kMaxJournal));
  JournalFile out{.path = path, .head = {}, .made = {}};
  bool first = true;
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.empty()) continue;
    const auto document = doc::read_json(doc::Source(path, std::string(line)));
    if (!document.ok()) {
      if (first) return document.error();
      continue;
    }
    if (first) {
      WEFT_TRY(head, read_head(*document));
      out.head = std::move(head);
      first = false;
    } else if (auto made = read_made(*document); made.ok()) {
      add(out.made, *std::move(made));
    }
  }
  if (first) return base::Error{ExitCode::input, path + " is empty"};
  return out;
}

}  // namespace

ProcessId ProcessId::own() {
  const std::int64_t pid = ::getpid();
  return {pid, start_of(pid), boot_id()};
}

bool ProcessId::runs() const { return boot == boot_id() && start_of(pid) == started; }

Result<RunJournal> RunJournal::create(const std::string& folder, JournalHead head) {
  head.process = ProcessId::own();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  RunJournal out;
  out.path_ = folder + "/" + head.run + ".jsonl";
  doc::Value line;
  line.set("run", head.run).set("driver", head.driver).set("place", head.place);
  line.set("pid", head.process.pid);
  line.set("started", head.process.started).set("boot", head.process.boot);
  WEFT_CHECK(append(out.path_, doc::write_json(line, 0) + "\n"));
  return out;
}

Result<void> RunJournal::note(const std::vector<Made>& made) {
  std::string lines;
  for (const Made& one : made) lines += line_of(one);
  const std::lock_guard lock(*mutex_);
  return append(path_, lines);
}

void RunJournal::remove() {
  std::error_code none;
  std::filesystem::remove(path_, none);
}

void remove_journal(const JournalFile& journal) {
  std::error_code none;
  std::filesystem::remove(journal.path, none);
}

std::vector<JournalFile> read_journals(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".jsonl") paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  std::vector<JournalFile> out;
  for (const std::string& path : paths)
    if (auto file = read_journal_file(path); file.ok()) out.push_back(*std::move(file));
  return out;
}

}  // namespace weft::conform
