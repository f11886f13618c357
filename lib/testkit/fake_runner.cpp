#include "lib/testkit/fake_runner.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"

namespace weft::testkit {

FakeRunner::~FakeRunner() {
  for (const std::string& problem : problems()) FAIL_CHECK(problem);
}

FakeRunner& FakeRunner::on(const std::string& command, base::Result<proc::Finished> answer) {
  answers_[command].push_back(std::move(answer));
  return has(command.substr(0, command.find(' ')));
}

FakeRunner& FakeRunner::on(const std::string& command, proc::Finished answer) {
  return on(command, base::Result<proc::Finished>(std::move(answer)));
}

FakeRunner& FakeRunner::has(const std::string& program) {
  programs_.insert(program);
  return *this;
}

base::Result<proc::Finished> FakeRunner::run(const proc::Command& command) {
  calls_.push_back(command);
  const auto found = answers_.find(command.text());
  if (found == answers_.end()) {
    unknown_.push_back(command.text());
    return base::Error{base::ExitCode::tool, "no answer prepared for: " + command.text()};
  }
  auto answer = std::move(found->second.front());
  found->second.erase(found->second.begin());
  if (found->second.empty()) answers_.erase(found);
  return answer;
}

std::optional<std::string> FakeRunner::find(const std::string& program) const {
  return programs_.contains(program) ? std::optional("/fake/bin/" + program) : std::nullopt;
}

std::vector<std::string> FakeRunner::problems() const {
  std::vector<std::string> found;
  for (const std::string& command : unknown_) found.push_back("call not foreseen: " + command);
  for (const auto& [command, answers] : answers_)
    found.push_back(fmt::format("{} unused answer(s) to: {}", answers.size(), command));
  return found;
}

}  // namespace weft::testkit
