#include "lib/pattern/applying/apply.h"

#include <algorithm>
#include <array>
#include <span>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/applying/installing.h"
#include "lib/pattern/applying/waiting.h"
#include "lib/pattern/planning/leaving.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

std::string text_of(const Error& error) {
  return error.cause.empty() ? error.message : fmt::format("{}: {}", error.message, error.cause);
}

std::string version_of(const kube::Object& object) {
  return std::string(kube::text_at(object, {"metadata", "resourceVersion"}));
}

constexpr std::size_t kBatch = 200;  // objects in one call

class Run {
 public:
  Run(Target& target, const Resolution& resolution, const Graph& graph, const ApplyOptions& options)
      : target_(target),
        resolution_(resolution),
        graph_(graph),
        options_(options),
        owners_(target.cluster, target.inventory),
        states_(resolution.parts.size()),
        objects_(resolution.parts.size()),
        versions_(resolution.parts.size()) {
    for (std::size_t i = 0; i < states_.size(); ++i) states_[i].service = i;
  }

  Result<Report> run() {
    WEFT_CHECK(prepare());
    for (std::size_t level = 0; level < graph_.levels.size() && !over(); ++level) {
      level_ = level;
      carry_out(ready_in(graph_.levels[level]));
    }
    if (over()) fail_all(over_code());
    finish();
    Report out = std::move(report_);
    for (const auto& level : graph_.levels)
      for (std::size_t i : level) out.services.push_back(std::move(states_[i]));
    return out;
  }

 private:
  bool over() const {
    return (options_.wait.stop != nullptr && options_.wait.stop->requested()) ||
           options_.wait.clock.monotonic() >= options_.wait.deadline;
  }
  ExitCode over_code() const {
    const bool stopped = options_.wait.stop != nullptr && options_.wait.stop->requested();
    return stopped ? ExitCode::interrupted : ExitCode::timeout;
  }
  void fail_all(ExitCode code) {
    if (report_.code == ExitCode::done) report_.code = code;
  }

  // The parent names everything that may become a member before the first member is there.
  Result<void> prepare() {
    const kube::Objects namespaces = namespaces_of(target_, resolution_);
    WEFT_TRY(live, read_namespaces(target_.cluster, namespaces));
    kube::Objects missing;
    for (std::size_t i = 0; i < live.size(); ++i)
      if (kube::compare(namespaces[i], live[i]).action != kube::Action::none)
        missing.push_back(namespaces[i]);
    WEFT_TRY(parent, target_.cluster.get(target_.inventory.parent()));
    if (parent) before_ = holdings_of(*parent);
    for (const Part& part : resolution_.parts) {
      add_holdings(wanted_, part.objects);
      if (part.type.what == TypeKind::mesh && before_.meshes.contains(part.order.id))
        wanted_.meshes.insert(part.order.id);
    }
    wanted_.marks = marked_in(resolution_);
    all_ = before_;
    all_.kinds.insert(wanted_.kinds.begin(), wanted_.kinds.end());
    all_.namespaces.insert(wanted_.namespaces.begin(), wanted_.namespaces.end());
    all_.marks.insert(wanted_.marks.begin(), wanted_.marks.end());
    WEFT_CHECK(send(missing, options_.force));
    return write_parent(all_);
  }

  Result<void> send(const kube::Objects& objects, bool force) {
    if (objects.empty()) return {};
    auto applied = target_.cluster.apply(objects, {.force = force});
    return applied.ok() ? Result<void>() : Result<void>(applied.error());
  }

  Result<void> write_parent(const Holdings& holdings) {
    return send({parent_of(target_.inventory, holdings, options_.weft_version)}, true);
  }

  std::vector<std::size_t> ready_in(const std::vector<std::size_t>& level) {
    std::vector<std::size_t> out;
    for (std::size_t i : level) {
      const Done* hold = nullptr;
      for (const Edge& edge : graph_.needs[i]) {
        const Done& need = states_[edge.needs];
        if (need.outcome != Outcome::done && need.outcome != Outcome::unchanged) hold = &need;
      }
      if (hold == nullptr) {
        out.push_back(i);
        continue;
      }
      states_[i].outcome = Outcome::withheld;
      states_[i].text = "needs " + resolution_.parts[hold->service].service->key;
    }
    return out;
  }

  void carry_out(const std::vector<std::size_t>& services) {
    install_meshes(services);
    if (over()) return;
    for (std::size_t i : services) {
      if (states_[i].outcome == Outcome::failed) continue;
      auto objects = outgoing(target_, resolution_.parts[i]);
      if (!objects.ok())
        fail(i, objects.error());
      else
        objects_[i] = std::move(*objects);
    }
    apply_objects(services);
    wait_for_objects(services);
    for (std::size_t i : services) settle(i);
  }

  bool is_planned_unchanged(std::size_t i) const {
    if (options_.plan == nullptr) return false;
    const auto& planned = options_.plan->services;
    const auto at = std::find_if(planned.begin(), planned.end(),
                                 [i](const PlannedService& each) { return each.service == i; });
    return at != planned.end() && at->refused.empty() && at->mesh.action == kube::Action::none;
  }

  // What came of them is told in the order of the file.
  void install_meshes(const std::vector<std::size_t>& services) {
    std::vector<Installation> all = installations_of(target_, resolution_, services);
    for (Installation& each : all) each.is_unchanged = is_planned_unchanged(each.services.front());
    const auto is_over = [this] { return over(); };
    plan_all(all, target_, is_over);
    for (const Installation& each : all)
      if (each.is_due())
        tell(Progress::What::waiting, each.services.front(),
             fmt::format("{} {}", each.order.id, each.plan->to));
    hold_meshes(all);
    install_all(all, target_, is_over);
    for (const Installation& each : all)
      for (std::size_t i : each.services) {
        if (each.error() != nullptr)
          fail(i, *each.error());
        else if (each.is_due())
          states_[i].outcome = Outcome::done;
      }
  }

  // A mesh that was there before is not the pattern's to delete; a new one is its own before it is
  // begun.
  void hold_meshes(std::vector<Installation>& all) {
    bool is_more = false;
    for (const Installation& each : all) {
      if (!each.is_new() || over()) continue;
      wanted_.meshes.insert(each.order.id);
      is_more |= all_.meshes.insert(each.order.id).second;
    }
    if (!is_more) return;
    const auto held = write_parent(all_);
    for (Installation& each : all)
      if (!held.ok() && each.is_new()) each.plan = held.error();
  }

  // As few calls for the level as their time limit allows; when one fails, halves of it tell whose
  // fault it is.
  void apply_objects(const std::vector<std::size_t>& services) {
    std::vector<std::size_t> some;
    kube::Objects all;
    for (std::size_t i : services) {
      if (states_[i].outcome == Outcome::failed || objects_[i].empty()) continue;
      some.push_back(i);
      all.insert(all.end(), objects_[i].begin(), objects_[i].end());
    }
    if (some.empty()) return;
    auto live = read_live(target_.cluster, all);
    if (!live.ok()) {
      for (std::size_t i : some) fail(i, live.error());
      return;
    }
    std::size_t at = 0;
    for (std::size_t i : some) {
      versions_[i].clear();
      for (std::size_t k = 0; k < objects_[i].size(); ++k, ++at) {
        const auto& there = (*live)[at];
        versions_[i].push_back(there ? version_of(*there) : std::string());
        if (there && !options_.force && states_[i].outcome != Outcome::failed)
          if (auto ours = check_owner(*there); !ours.ok()) fail(i, ours.error());
      }
    }
    std::erase_if(some, [this](std::size_t i) { return states_[i].outcome == Outcome::failed; });
    std::size_t begin = 0, count = 0;
    for (std::size_t k = 0; k < some.size(); ++k) {
      const std::size_t size = objects_[some[k]].size();
      if (count != 0 && count + size > kBatch) {
        apply_some(std::span(some).subspan(begin, k - begin));
        begin = k, count = 0;
      }
      count += size;
    }
    if (!some.empty()) apply_some(std::span(some).subspan(begin));
  }

  Result<void> check_owner(const kube::Object& live) {
    WEFT_TRY(owner, owners_.other_than_us(live));
    if (owner.empty()) return {};
    return Error{ExitCode::cluster,
                 fmt::format("{} belongs to {}", kube::ref_of(live).text(), owner), kTakeOver};
  }

  void apply_some(std::span<const std::size_t> services) {
    if (over()) {  // not begun, so not waited for
      for (std::size_t i : services) objects_[i].clear();
      return;
    }
    kube::Objects all;
    for (std::size_t i : services) all.insert(all.end(), objects_[i].begin(), objects_[i].end());
    auto applied = target_.cluster.apply(all, {.force = options_.force});
    if (applied.ok() && applied->size() == all.size()) {
      std::size_t at = 0;
      for (std::size_t i : services)
        for (const std::string& before : versions_[i])
          if (before != version_of((*applied)[at++])) states_[i].outcome = Outcome::done;
      return;
    }
    if (services.size() == 1) {
      const Error lost{ExitCode::tool, "the server did not answer for every object"};
      return fail(services.front(), applied.ok() ? lost : applied.error());
    }
    const std::size_t half = services.size() / 2;
    apply_some(services.first(half));
    apply_some(services.subspan(half));
  }

  void wait_for_objects(const std::vector<std::size_t>& services) {
    std::vector<Awaited> awaited;
    for (std::size_t i : services) {
      if (states_[i].outcome == Outcome::failed) continue;
      for (kube::Target& target : wait_targets(objects_[i]))
        awaited.push_back({i, std::move(target)});
    }
    kube::WaitOptions how = options_.wait;
    how.progress = [this](const auto& states) { tell_waiting(states); };
    for (const Unready& each : wait_for(target_.cluster, awaited, how))
      fail(each.service, each.error);
  }

  void tell_waiting(const std::vector<kube::TargetState>& states) {
    std::string text;
    std::size_t open = 0;
    for (const kube::TargetState& state : states) {
      if (state.readiness.state == kube::State::ready) continue;
      if (open++ == 0) text = state.text();
    }
    if (open == 0) return;
    if (open > 1) text += fmt::format(", and {} more", open - 1);
    options_.tell({Progress::What::waiting, level_ + 1, graph_.levels.size(), {}, text});
  }

  void fail(std::size_t i, const Error& error) {
    states_[i].outcome = Outcome::failed;
    states_[i].text = target_.secrets.hide(text_of(error));
    states_[i].remedy = error.remedy;
    fail_all(error.code);
  }

  void settle(std::size_t i) {
    if (states_[i].outcome == Outcome::open && !over()) states_[i].outcome = Outcome::unchanged;
    objects_[i].clear();
    versions_[i].clear();
    if (states_[i].outcome == Outcome::open) return;
    const bool failed = states_[i].outcome == Outcome::failed;
    tell(failed ? Progress::What::failed : Progress::What::settled, i,
         failed ? states_[i].text : std::string(name_of(states_[i].outcome)));
  }

  void tell(Progress::What what, std::size_t i, std::string text) {
    options_.tell({what, level_ + 1, graph_.levels.size(), resolution_.parts[i].service->key,
                   std::move(text)});
  }

  // What left the file goes when everything else stands.
  void finish() {
    if (!report_.complete()) {
      if (options_.prune)
        report_.notes.emplace_back("nothing was pruned: the pattern is not complete");
      return;
    }
    if (auto ended = clear_away(); !ended.ok()) {
      report_.notes.push_back(text_of(ended.error()));
      fail_all(ended.error().code);
    }
  }

  Result<void> clear_away() {
    WEFT_CHECK(send(unmarked(before_, resolution_), false));
    WEFT_TRY(leaving, find_leaving(target_.cluster, target_.inventory, before_, resolution_));
    if (!leaving.empty() && !options_.prune) {
      report_.notes.push_back(fmt::format("{} no longer in the pattern: --prune deletes {}",
                                          base::plural(leaving.size(), "object"),
                                          leaving.size() == 1 ? "it" : "them"));
      return {};
    }
    WEFT_CHECK(remove_members(target_.cluster, leaving, options_.wait));
    report_.pruned = std::move(leaving);
    for (const std::string& id : before_.meshes)
      if (!wanted_.meshes.contains(id)) {
        report_.notes.push_back(
            fmt::format("{} left the pattern and stays: weft uninstall {}", id, id));
      }
    return write_parent(wanted_);
  }

  Target& target_;
  const Resolution& resolution_;
  const Graph& graph_;
  const ApplyOptions& options_;
  Owners owners_;
  std::vector<Done> states_;
  std::vector<kube::Objects> objects_;              // of the level that is carried out
  std::vector<std::vector<std::string>> versions_;  // of those objects as they were before
  std::size_t level_ = 0;
  Holdings before_, wanted_, all_;  // all: both together, as the parent says meanwhile
  Report report_;
};

}  // namespace

std::string_view name_of(Outcome outcome) {
  constexpr std::array<std::string_view, 5> kNames = {"unchanged", "done", "failed", "withheld",
                                                      "open"};
  return kNames[static_cast<std::size_t>(outcome)];
}

Result<Report> apply(Target& target, const Resolution& resolution, const Graph& graph,
                     const ApplyOptions& options) {
  return Run(target, resolution, graph, options).run();
}

}  // namespace weft::pattern
