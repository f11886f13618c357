#include "cmd/pattern/fetch.h"

#include <ostream>

#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"

namespace weft::cmd {

using base::Error;
using base::ExitCode;
using base::Result;

bool is_url(std::string_view path) {
  return path.starts_with("https://") || path.starts_with("http://");
}

Result<void> check_digest(const std::string& name, std::string_view text,
                          const std::string& checksum) {
  if (checksum.empty()) return {};
  constexpr std::string_view kMethod = "sha256:";
  constexpr std::size_t kDigits = 64;
  if (!checksum.starts_with(kMethod) || checksum.size() != kMethod.size() + kDigits)
    return Error{ExitCode::usage, fmt::format("{} is no checksum", checksum),
                 "sha256: and 64 hexadecimal digits"};
  const std::string found = base::sha256_hex(text);
  if (base::lower(checksum.substr(kMethod.size())) == found) return {};
  return Error{ExitCode::input, fmt::format("{} is not the file that was meant", name),
               "look at it, then correct the checksum"}
      .because(fmt::format("its SHA-256 is {}", found));
}

Result<std::string> fetch(Context& context, const std::string& url, const std::string& checksum) {
  const bool is_encrypted = url.starts_with("https://");
  if (!is_encrypted && checksum.empty())
    return Error{ExitCode::usage, fmt::format("{} is not encrypted", url),
                 "use https://, or say with --checksum what must come"};
  if (!context.runner.find("curl"))
    return Error{ExitCode::tool, fmt::format("cannot read {}: curl was not found", url),
                 "install curl, or use a file"};
  const proc::Command command{
      .argv = {"curl", "-fsSL", "--proto", is_encrypted ? "=https" : "=http,https", "--max-time",
               "20", "--", url},
      .deadline = std::chrono::seconds(30),
      .output_limit = 64u << 20,
      .stop = &context.stop};
  WEFT_TRY(done, context.runner.run(command));
  if (done.exit_code != 0)
    return Error{ExitCode::tool, fmt::format("cannot read {}", url), "check the URL"}.because(
        std::string(base::trim(done.err)));
  WEFT_CHECK(check_digest(url, done.out, checksum));
  if (checksum.empty() && !context.quiet)
    context.err << fmt::format("note: {} has no checksum; now it is sha256:{}\n", url,
                               base::sha256_hex(done.out));
  return std::move(done.out);
}

}  // namespace weft::cmd
