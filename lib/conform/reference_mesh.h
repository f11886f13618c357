// A mesh for testing the tests: SMI objects in, the configuration of one nginx per application
// out. It does what the standard says, or breaks one behaviour on purpose.
//
//   ReferenceMesh mesh(suite, addresses, {"weights-ignored"});
//   mesh.put(object);
//   write(mesh.config("app-a"));
//
// A proxy beside every application takes what arrives for it (policy, by the source address, which
// stands for the identity) and what it sends to a service (splits). An application outside the
// mesh has neither.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/conform/suite.h"
#include "lib/kube/object.h"

namespace weft::conform {

struct Mutant {
  std::string_view name;
  std::string_view meaning;
};
std::vector<Mutant> mutants();

// Where things are. Services get addresses of their own, in the order they are made.
struct Addresses {
  std::map<std::string, std::string> apps;  // "app-b" -> "10.77.0.3"
  std::string service_prefix;               // "10.77.1."
  std::uint16_t port = 9091;
};

class ReferenceMesh {
 public:
  ReferenceMesh(Addresses addresses, std::set<std::string> broken)
      : addresses_(std::move(addresses)), broken_(std::move(broken)) {}

  // The applications and labels of this suite, from now on.
  void use(const SuiteSpec& suite);
  void put(const kube::Object& object);
  void remove(const kube::Ref& ref);
  std::optional<kube::Object> get(const kube::Ref& ref) const;

  // The part of nginx's configuration inside "http".
  std::string config(const std::string& app) const;
  // Names of all services with their addresses, as in /etc/hosts.
  std::string hosts() const;
  bool is_broken(std::string_view mutant) const { return broken_.contains(std::string(mutant)); }

 private:
  friend class ConfigWriter;
  std::vector<const kube::Object*> all(std::string_view kind) const;
  const kube::Object* find(std::string_view kind, std::string_view name) const;
  std::vector<std::string> pods_of(const std::string& service) const;  // applications

  Addresses addresses_;
  std::set<std::string> broken_;
  SuiteSpec suite_;
  std::map<kube::Ref, kube::Object> objects_;
  std::map<std::string, std::string> services_;  // name -> address
  int next_address_ = 1;
};

}  // namespace weft::conform
