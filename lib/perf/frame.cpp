#include "lib/perf/frame.h"

#include <algorithm>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"

namespace weft::perf {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::size_t kPartBytes = 9000;  // 12 000 in base64
constexpr std::size_t kMaxParts = kMaxMessage / kPartBytes + 1;
constexpr std::size_t kMaxPending = 4096;  // messages of all workers of a run
constexpr std::size_t kMaxDamage = 20;
constexpr unsigned kMaxWorkers = 100'000;

// The fields of one line.
struct Line {
  std::string kind;
  unsigned worker = 0;
  unsigned part = 0, parts = 0;
  std::size_t bytes = 0;
  std::string hash;
  std::string payload;
};

std::optional<unsigned> whole(std::string_view text, std::uint64_t most) {
  const auto value = base::parse_uint(text);
  if (!value || *value > most) return std::nullopt;
  return static_cast<unsigned>(*value);
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

// Absent when the line is cut or damaged.
std::optional<Line> parse(std::string_view text) {
  const auto words = base::split(text, ' ');
  if (words.size() != 7) return std::nullopt;
  const std::string_view place = words[3];
  const auto slash = place.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto worker = whole(words[2], kMaxWorkers), part = whole(place.substr(0, slash), kMaxParts),
             parts = whole(place.substr(slash + 1), kMaxParts),
             bytes = whole(words[4], kMaxMessage);
  auto payload = base::base64_decode(words[6]);
  if (!is_word(words[1]) || !worker || !part || !parts || !bytes || words[5].size() != 64 ||
      !payload || *part == 0 || *part > *parts || payload->size() > kPartBytes)
    return std::nullopt;
  return Line{std::string(words[1]), *worker, *part, *parts, *bytes, std::string(words[5]),
              *std::move(payload)};
}

}  // namespace

std::string write_frame(const Message& message) {
  const std::string hash = base::sha256_hex(message.payload);
  const std::size_t size = message.payload.size();
  const std::size_t parts = std::max<std::size_t>(1, (size + kPartBytes - 1) / kPartBytes);
  std::string text;
  for (std::size_t i = 0; i < parts; ++i)
    text += fmt::format(
        "{}{} {} {} {}/{} {} {} {}\n", kFrameMark, kVersion, message.kind, message.worker, i + 1,
        parts, size, hash,
        base::base64_encode(std::string_view(message.payload).substr(i * kPartBytes, kPartBytes)));
  return text;
}

std::optional<Message> FrameReader::take(std::string_view text) {
  if (!text.starts_with(kFrameMark)) return std::nullopt;
  const auto complain = [this](std::string sentence) {
    if (damage_.size() < kMaxDamage) damage_.push_back(std::move(sentence));
    return std::nullopt;
  };
  const std::string_view version =
      text.substr(kFrameMark.size(), text.find(' ') - kFrameMark.size());
  if (version != kVersion)
    return complain(fmt::format("a worker speaks version '{}' of the frames, not {}",
                                version.substr(0, 20), kVersion));
  auto line = parse(text);
  if (!line) return complain(fmt::format("a line of {} bytes is cut or damaged", text.size()));
  if (pending_.size() >= kMaxPending)
    std::erase_if(pending_, [](auto& one) { return one.second.done; });
  if (pending_.size() >= kMaxPending) return complain("there are too many unfinished messages");
  Pending& pending = pending_[{line->kind, line->worker, line->hash}];
  if (pending.done) return std::nullopt;
  if (pending.count == 0) {
    pending.count = line->parts;
    pending.bytes = line->bytes;
  }
  if (pending.count != line->parts || pending.bytes != line->bytes)
    return complain(
        fmt::format("the {} of worker {} contradicts itself", line->kind, line->worker));
  pending.parts.try_emplace(line->part, std::move(line->payload));
  if (pending.parts.size() < pending.count) return std::nullopt;
  Message message{line->kind, line->worker, {}};
  for (const auto& [part, payload] : pending.parts) message.payload += payload;
  pending.parts.clear();
  pending.done = true;
  if (message.payload.size() != line->bytes || base::sha256_hex(message.payload) != line->hash)
    return complain(fmt::format("the {} of worker {} is damaged", line->kind, line->worker));
  return message;
}

std::vector<std::string> FrameReader::problems() const {
  std::vector<std::string> problems = damage_;
  for (const auto& [key, pending] : pending_)
    if (!pending.done)
      problems.push_back(fmt::format("the {} of worker {} is not whole: {} of {} lines are missing",
                                     std::get<0>(key), std::get<1>(key),
                                     pending.count - pending.parts.size(), pending.count));
  return problems;
}

}  // namespace weft::perf
