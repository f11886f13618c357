// The write-ahead journal of a run: a file of JSON lines that names everything the run is about to
// make, synced before it is made, so that a killed run can be cleaned up. The first line says which
// process it was.
//
//   WEFT_TRY(journal, RunJournal::create(folder, {.run = id, .driver = "local"}));
//   WEFT_CHECK(journal.note({.kind = "NetworkNamespace", .name = "weft-x-app-a"}));
//   journal.remove();                                        // everything is gone again
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::conform {

// An object of a cluster, or a kNetworkNamespace or kFolder of this machine.
struct Made {
  std::string kind;
  std::string api_version{};
  std::string ns{};
  std::string name{};
  std::string uid{};  // noted in a line of its own, once it is known

  friend bool operator==(const Made&, const Made&) = default;
};
inline constexpr std::string_view kNetworkNamespace = "NetworkNamespace";
inline constexpr std::string_view kFolder = "Folder";

// A process of this machine. Process ids are used again; start times with them are not.
struct ProcessId {
  std::int64_t pid = 0;
  std::string started;  // in ticks since the machine started
  std::string boot;     // of the machine

  static ProcessId own();
  bool runs() const;
};

struct JournalHead {
  std::string run;
  std::string driver;   // "kubectl", "local"
  std::string place{};  // the context of a cluster
  ProcessId process{};
};

class RunJournal {
 public:
  // The file "<folder>/<run>.jsonl"; the process is this one.
  static base::Result<RunJournal> create(const std::string& folder, JournalHead head);

  base::Result<void> note(const std::vector<Made>& made);
  void remove();

 private:
  RunJournal() = default;
  std::string path_;
  std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>();
};

struct JournalFile {
  std::string path;
  JournalHead head;
  std::vector<Made> made;  // in order, each once, with its uid where that was noted
};
// Every journal of the folder, oldest first. A last line that was cut off is no error; a file whose
// first line cannot be read is left out.
std::vector<JournalFile> read_journals(const std::string& folder);
void remove_journal(const JournalFile& journal);

}  // namespace weft::conform
