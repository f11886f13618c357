#include "lib/pattern/planning/dry_run.h"

#include <algorithm>
#include <map>

#include "lib/base/format.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Failure;

constexpr std::size_t kBatch = 200;  // one call has a time limit

// Nothing else will be answered either.
bool is_fatal(const Error& error) {
  switch (kube::failure_of(error)) {
    case Failure::unreachable:
    case Failure::no_context:
    case Failure::unauthorised:
    case Failure::unknown_flag:
      return true;
    default:
      return error.code == ExitCode::interrupted || error.code == ExitCode::timeout;
  }
}

// Rights and kinds are the same for all objects of one kind and namespace.
bool is_of_kind(const Error& error) {
  const Failure failure = kube::failure_of(error);
  return failure == Failure::forbidden || failure == Failure::no_such_kind;
}

class Asker {
 public:
  Asker(kube::Cluster& cluster, const kube::Objects& objects, bool force)
      : cluster_(cluster), objects_(objects), force_(force), answers_(objects.size()) {}

  Result<std::vector<Answer>> run() {
    for (std::size_t at = 0; at < objects_.size(); at += kBatch)
      WEFT_CHECK(ask(at, std::min(at + kBatch, objects_.size())));
    return std::move(answers_);
  }

 private:
  std::string kind_of(std::size_t index) const {
    const kube::Ref ref = kube::ref_of(objects_[index]);
    return fmt::format("{} {} {}", ref.api_version(), ref.kind, ref.ns);
  }

  Result<kube::Objects> send(std::size_t begin, std::size_t end, bool force) {
    const auto from = objects_.begin();
    const kube::Objects some(from + static_cast<std::ptrdiff_t>(begin),
                             from + static_cast<std::ptrdiff_t>(end));
    WEFT_TRY(served, cluster_.apply(some, {.force = force, .dry_run = true}));
    if (served.size() != some.size())
      return Error{ExitCode::tool, fmt::format("the server answered for {} of {} objects",
                                               served.size(), some.size())};
    return std::move(served);
  }

  // Whether all of them are of kinds that were refused already.
  bool refuse_known(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      if (!refused_.contains(kind_of(i))) return false;
    for (std::size_t i = begin; i < end; ++i) answers_[i].refusal = refused_.at(kind_of(i));
    return true;
  }

  Result<void> ask(std::size_t begin, std::size_t end) {
    if (!refused_.empty() && refuse_known(begin, end)) return {};
    auto served = send(begin, end, force_);
    if (served.ok()) {
      for (std::size_t i = begin; i < end; ++i)
        answers_[i].served = std::move((*served)[i - begin]);
      return {};
    }
    if (is_fatal(served.error())) return served.error();
    if (end - begin == 1) return refuse(begin, served.error());
    const std::size_t middle = begin + (end - begin) / 2;
    WEFT_CHECK(ask(begin, middle));
    return ask(middle, end);
  }

  Result<void> refuse(std::size_t index, const Error& error) {
    Answer& answer = answers_[index];
    answer.refusal = error;
    if (is_of_kind(error)) refused_.emplace(kind_of(index), error);
    if (kube::failure_of(error) != Failure::conflict) return {};
    answer.conflicts = kube::conflicts_in(error.cause);
    auto forced = send(index, index + 1, true);
    if (forced.ok()) answer.served = std::move(forced->front());
    return {};
  }

  kube::Cluster& cluster_;
  const kube::Objects& objects_;
  bool force_;
  std::vector<Answer> answers_;
  std::map<std::string, Error> refused_;
};

}  // namespace

Result<std::vector<Answer>> dry_run(kube::Cluster& cluster, const kube::Objects& objects,
                                    bool force) {
  return Asker(cluster, objects, force).run();
}

}  // namespace weft::pattern
