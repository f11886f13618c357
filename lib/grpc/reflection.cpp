// Field numbers are those of grpc/reflection/v1/reflection.proto; v1alpha has the same.
#include "lib/grpc/reflection.h"

#include <algorithm>
#include <set>
#include <utility>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/grpc/wire.h"

namespace weft::grpc {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint32_t kFileByName = 3, kFileOfSymbol = 4, kListServices = 7;
constexpr int kMostRounds = 32;  // of imports of imports
constexpr std::size_t kMostFiles = 2000;

std::string question(std::uint32_t kind, std::string_view text) {
  std::string out;
  put_string(out, kind, text);
  return out;
}

class Reflection {
 public:
  Reflection(Call server, std::string service)
      : server_(std::move(server)), service_(std::move(service)) {}

  Result<Schema> run() {
    WEFT_CHECK(ask({question(kFileOfSymbol, service_)}));
    for (int round = 0; round < kMostRounds; ++round) {
      std::vector<std::string> questions;
      for (const std::string& file : schema_.missing_files())
        if (asked_.insert(file).second) questions.push_back(question(kFileByName, file));
      if (questions.empty()) return std::move(schema_);
      if (asked_.size() > kMostFiles) break;
      WEFT_CHECK(ask(std::move(questions)));
    }
    return Error{ExitCode::input,
                 fmt::format("the reflection of {} has no end of files", server_.url.authority())};
  }

 private:
  // Puts the files of the answers into the schema.
  Result<void> ask(std::vector<std::string> questions) {
    WEFT_TRY(answers, exchange(std::move(questions)));
    for (const std::string& answer : answers) {
      WireReader reader(answer);
      while (const auto field = reader.next()) {
        if (field->number == 4) WEFT_CHECK(add_files(field->bytes));
        if (field->number == 7 && schema_.method_names().empty()) return unknown_service();
      }
      if (reader.failed()) return malformed();
    }
    return {};
  }

  Result<void> add_files(std::string_view response) {
    WireReader reader(response);
    while (const auto field = reader.next())
      if (field->number == 1) WEFT_CHECK(schema_.add_file(field->bytes, server_.url.authority()));
    return reader.failed() ? Result<void>(malformed()) : Result<void>();
  }

  Result<std::vector<std::string>> exchange(std::vector<std::string> questions) {
    server_.messages = std::move(questions);
    for (;;) {
      server_.method = fmt::format("grpc.reflection.{}.ServerReflection/ServerReflectionInfo",
                                   alpha_ ? "v1alpha" : "v1");
      WEFT_TRY(answer, call(server_));
      if (answer.status.code == StatusCode::ok) return std::move(answer.messages);
      if (answer.status.code == StatusCode::unimplemented && !std::exchange(alpha_, true)) continue;
      return Error{
          ExitCode::input,
          fmt::format("{} does not tell what its services look like", server_.url.authority()),
          "give a descriptor set with --descriptors FILE"}
          .because(fmt::format("{}: {}", status_name(answer.status.code), answer.status.message));
    }
  }

  Error malformed() const {
    return {ExitCode::input,
            fmt::format("the answer of the reflection of {} is malformed", server_.url.authority()),
            "give a descriptor set with --descriptors FILE"};
  }

  Error unknown_service() {
    const auto names = service_names();
    if (std::ranges::count(names, service_) > 0)
      return {ExitCode::input,
              fmt::format("{} names the service {} but does not describe it",
                          server_.url.authority(), service_),
              "give a descriptor set with --descriptors FILE"};
    std::string remedy = "the server tells of no services";
    if (!names.empty()) remedy = "it has " + base::join(names, ", ");
    return {ExitCode::input,
            fmt::format("{} does not know the service {}{}", server_.url.authority(), service_,
                        base::did_you_mean(service_, names)),
            std::move(remedy)};
  }

  // ServerReflectionResponse.list_services_response.service.name; empty when that fails.
  std::vector<std::string> service_names() {
    std::vector<std::string> names;
    const auto answers = exchange({question(kListServices, "")});
    if (!answers.ok()) return names;
    const auto each = [](std::string_view bytes, std::uint32_t number, auto take) {
      WireReader reader(bytes);
      while (const auto field = reader.next())
        if (field->number == number && field->type == WireType::bytes) take(field->bytes);
    };
    for (const std::string& answer : *answers)
      each(answer, 6, [&](std::string_view list) {
        each(list, 1, [&](std::string_view service) {
          each(service, 1, [&](std::string_view name) { names.emplace_back(name); });
        });
      });
    return names;
  }

  Call server_;
  const std::string service_;
  Schema schema_;
  std::set<std::string> asked_;  // files
  bool alpha_ = false;           // the server speaks the older version only
};

}  // namespace

Result<Schema> reflect(Call server, const std::string& service) {
  return Reflection(std::move(server), service).run();
}

}  // namespace weft::grpc
