// Is an object doing its job? Pure functions of what the API server says, with the reason when it
// is not. The rules per kind are those of the controllers' own status fields:
//
//   Deployment   observed, updated and available >= spec.replicas, not Progressing=False
//   StatefulSet  observed, updated and ready == replicas, one revision (unless OnDelete)
//   DaemonSet    observed, updated == desired, available >= desired - maxUnavailable
//   Job          Complete; Failed is final      Pod  Ready or Succeeded
//   CustomResourceDefinition  Established       APIService  Available
//   PersistentVolumeClaim  Bound                Namespace  not terminating
//   webhook configurations  every caBundle filled and every Service with a ready endpoint
//
// Any other kind is ready when it exists.
#pragma once

#include <string>

#include "lib/kube/object.h"

namespace weft::kube {

enum class State { ready, waiting, failed };

struct Readiness {
  State state = State::ready;
  std::string detail;   // "0/1 available", "caBundle of webhook x is empty"
  std::string warning;  // ready, but: "no node matches"
  int want = 0;         // pods wanted and there, for tables; 0 for kinds without pods
  int have = 0;
};

Readiness readiness(const Object& object);
// `slices` are the EndpointSlices of the cluster, or of the namespaces of the webhook's Services.
Readiness webhook_readiness(const Object& configuration, const Objects& slices);

}  // namespace weft::kube
