// Messages of workers as lines of text, for pipes and container logs: what stands between them is
// passed over, and what is cut, damaged or said twice is noticed.
//
//   weft-frame/1 KIND WORKER PART/PARTS BYTES SHA256 BASE64
//   weft-frame/1 result 2 17/57 512000 9f86d0... eyJzY2hlbWEi...
//
// WORKER counts from 0, PART from 1; BYTES and SHA256 are of the whole message. Lines stay under
// the 16 KiB at which container runtimes split them.
//
//   out << write_frame({"result", 2, document});
//   FrameReader reader;
//   for (line : lines) if (auto message = reader.take(line)) use(*message);
//   reader.problems();      // "the result of worker 2 is not whole: 40 of 57 lines are missing"
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace weft::perf {

inline constexpr std::string_view kFrameMark = "weft-frame/";
inline constexpr std::size_t kMaxMessage = 16u << 20;

struct Message {
  std::string kind;  // one word
  unsigned worker = 0;
  std::string payload;
  friend bool operator==(const Message&, const Message&) = default;
};

// One line or more, each with its end. The payload is at most kMaxMessage.
std::string write_frame(const Message& message);

// Puts messages together again; what does not look like a line of one costs nothing.
class FrameReader {
 public:
  // The message that this line completes. A message that came before is not given again.
  std::optional<Message> take(std::string_view line);
  // What came in part only, or damaged: one sentence each.
  std::vector<std::string> problems() const;

 private:
  using Key = std::tuple<std::string, unsigned, std::string>;  // kind, worker, hash
  struct Pending {
    std::size_t bytes = 0;
    std::map<unsigned, std::string> parts;
    unsigned count = 0;
    bool done = false;
  };
  std::map<Key, Pending> pending_;
  std::vector<std::string> damage_;
};

}  // namespace weft::perf
