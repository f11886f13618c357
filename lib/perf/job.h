// Workers as pods: the Kubernetes objects, an Indexed Job and a Secret with the files that flags
// name.
//
//   WEFT_TRY(objects, worker_objects({.id = id, .ns = "load", .count = 4, .image = image,
//                                     .arguments = words, .files = files}));
//
// The pods need no rights in the cluster and fit the "restricted" level of Pod Security. Orders
// reach them as an annotation that is mounted as a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/base/number.h"
#include "lib/kube/object.h"
#include "lib/smp/run.h"

namespace weft::perf {

inline constexpr std::string_view kOrdersAnnotation = "weft.dev/orders";
inline constexpr std::string_view kOwnerAnnotation = "weft.dev/owner";
inline constexpr std::string_view kRunLabel = "weft.dev/load";  // of every object: its run
inline constexpr std::string_view kWorkerContainer = "load";
inline constexpr std::string_view kFilesFolder = "/etc/weft-load";

struct PodWorkers {
  std::string id;  // of the run; becomes a part of names
  std::string ns;
  unsigned count = 1;
  std::string image;
  std::vector<std::string> arguments;            // of weft, but for --part and --orders
  std::map<std::string, std::string> files;      // by name below kFilesFolder
  std::map<std::string, std::string> variables;  // of the environment: the file with the value
  std::vector<std::string> nodes;                // only on these; empty: anywhere
  smp::Labels labels, annotations;               // of the pods: into a mesh, or out of it
  std::string cpu, memory;                       // requested, and no more than that; "" or "0": any
  base::Nanoseconds lease = std::chrono::seconds(60);  // the cluster ends them then, see run_pods
  std::string owner;                                   // who started them, see process_name()
};

std::string object_name(const PodWorkers& workers);
// The Secret, where there are files, then the Job. Input error: files over a megabyte.
base::Result<kube::Objects> worker_objects(const PodWorkers& workers);

// This process among all that ever ran on machines: "BOOT/PID/START". `root` stands for "/".
std::string process_name(const std::string& root, int pid);
// Whether it is known to be gone: it ran since this machine was booted, and does so no more.
bool is_gone(const std::string& root, std::string_view process);

}  // namespace weft::perf
