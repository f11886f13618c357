// Sealed references opened for the cluster: from the environment, from files, from Secrets. What
// they hold is never shown.
//
//   Secrets secrets(&cluster, environment);
//   WEFT_CHECK(secrets.open(objects));
//   out << secrets.hide(text);
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/kube/cluster.h"

namespace weft::pattern {

class Secrets {
 public:
  using Variable = std::function<std::optional<std::string>(const std::string& name)>;
  Secrets(kube::Cluster* cluster, Variable variable)
      : cluster_(cluster), variable_(std::move(variable)) {}

  // An unset variable, a missing Secret or key, an unreadable file: an input error that names the
  // reference.
  base::Result<void> open(kube::Objects& objects);
  // Every value that was opened replaced.
  std::string hide(std::string text) const;
  doc::Value masked(doc::Value value) const;

 private:
  base::Result<std::string> resolve(const std::string& path);
  base::Result<std::string> from_cluster(const std::string& path);

  kube::Cluster* cluster_;
  Variable variable_;
  std::map<std::string, std::string> known_;  // by path
};

}  // namespace weft::pattern
