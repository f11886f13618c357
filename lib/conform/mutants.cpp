// What the reference mesh can be told to do wrong.
#include "lib/conform/reference_mesh.h"

namespace weft::conform {

std::vector<Mutant> mutants() {
  return {{"weights-ignored", "every backend with a weight gets the same share"},
          {"weights-swapped", "weights go to the wrong backends, in reverse order"},
          {"weights-skewed", "the first backend gets 15 points less than its weight"},
          {"zero-weight-leaks", "a backend of weight 0 gets 2 % of the requests"},
          {"split-ignored", "a TrafficSplit has no effect"},
          {"split-by-connection", "the backend is chosen once for a connection"},
          {"split-matches-ignored", "requests are split whether they match or not"},
          {"split-outside", "clients outside the mesh are split too"},
          {"backend-errors", "one backend answers 503 to 5 % of the requests"},
          {"update-ignored", "an object that is changed keeps its first content"},
          {"delete-ignored", "an object that is deleted stays in force"},
          {"stale-config", "a change takes effect half a second late"},
          {"deny-reset", "requests are denied by a reset"},
          {"default-allow", "everything is allowed"},
          {"nothing-gets-in", "every request is denied"},
          {"any-source", "what one source may do, all sources may"},
          {"any-direction", "who may be called may call too"},
          {"first-source-only", "of several sources only the first counts"},
          {"outside-allowed", "callers without an identity are allowed"},
          {"ports-ignored", "a TCPRoute allows every port"},
          {"path-ignored", "a route allows every path"},
          {"path-unanchored", "the path expression may match anywhere"},
          {"method-ignored", "a route allows every method"},
          {"headers-or", "one of the headers of a match is enough"},
          {"headers-ignored", "headers of a match are not looked at"},
          {"first-match-only", "of several matches only the first counts"},
          {"rule-matches-ignored", "a rule allows all matches of its group"},
          {"journal-blocked", "what reached the applications cannot be read"}};
}

}  // namespace weft::conform
