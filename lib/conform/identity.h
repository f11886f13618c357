// Who a workload is, as meshes say it: in certificates, and in the headers by which the proxy tells
// the application of its caller. And an authority for certificates: that of the reference mesh, and
// for strangers, who want to be taken for somebody else.
//
//   identifies("spiffe://cluster.local/ns/shop/sa/cart", {"shop", "cart", "cart-v2"});     // true
//   WEFT_TRY(stranger, Authority::make(clock.wall()));
//   WEFT_TRY(certificate, stranger.issue({"shop", "cart", "cart-v2"}, false));
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/conform/suite.h"
#include "lib/pki/issue.h"

namespace weft::conform {

inline constexpr std::string_view kTrustDomain = "cluster.local";

using Headers = std::vector<std::pair<std::string, std::string>>;

// The forms of Istio (.../ns/NS/sa/ACCOUNT), Linkerd (ACCOUNT.NS.serviceaccount.identity...),
// Consul (.../ns/NS/dc/DC/svc/APP) and Kuma (.../APP_NS_svc_PORT). Consul's NS is one of its own.
bool identifies(std::string_view identity, const Workload& workload);

std::string spiffe_id(const Workload& workload);  // in Istio's form

// What is wrong with what the application was told of its caller; empty when nothing is. One
// header has to name the caller and nobody else; a header that this mesh does not set may hold
// anything. Without a caller no header may name anybody.
std::string wrong_caller(const Headers& received, const Workload& caller);
std::string wrong_no_caller(const Headers& received);

class Authority {
 public:
  static base::Result<Authority> make(base::WallTime now);

  // Valid from now on, or until yesterday. Beside the SPIFFE id it has the names dns_name(workload)
  // and kAnyWorkload.
  base::Result<pki::Issued> issue(const Workload& workload, bool expired) const;
  const std::string& root() const { return root_.certificate; }

  static std::string dns_name(const Workload& workload) { return workload.account + ".weft"; }
  static constexpr std::string_view kAnyWorkload = "workload.weft";

 private:
  Authority(base::WallTime now, pki::Issued root) : now_(now), root_(std::move(root)) {}
  base::WallTime now_;
  pki::Issued root_;
};

}  // namespace weft::conform
