#include "lib/smp/meshmark_json.h"

namespace weft::smp {
namespace {

doc::Value list_of(const std::vector<std::string>& texts) {
  doc::Value list = doc::Value::list();
  for (const auto& text : texts) list.push(text);
  return list;
}

doc::Value to_json(const MueScore& scored) {
  const Mue& mue = scored.mue;
  doc::Value inputs = doc::Value::map();
  const auto& names = row(mue.kind).inputs;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!names[i].empty()) inputs.set(std::string(names[i]), mue.inputs[i]);
  doc::Value value;
  value.set("id", mue.id)
      .set("kind", row(mue.kind).name)
      .set("value", scored.value)
      .set("weight", mue.weight)
      .set("inputs", std::move(inputs));
  if (!mue.unit.empty()) value.set("unit", mue.unit);
  if (!mue.origin.empty()) value.set("from", mue.origin);
  return value.set("points", scored.points)
      .set("points_lost", scored.lost)
      .set("points_gained_by_10_percent", scored.gain);
}

}  // namespace

doc::Value meshmark_to_json(const MeshMark& mark) {
  doc::Value classes = doc::Value::list();
  for (const auto& group : mark.classes) {
    doc::Value mues = doc::Value::list();
    for (const auto& scored : group.mues) mues.push(to_json(scored));
    doc::Value value;
    value.set("name", group.name)
        .set("value", group.value)
        .set("mues", std::move(mues))
        .set("missing", list_of(group.missing));
    classes.push(std::move(value));
  }
  doc::Value coverage;
  coverage.set("used", std::uint64_t{mark.used}).set("defined", std::uint64_t{mark.defined});
  doc::Value value;
  value.set("schema", "weft.meshmark/v1")
      .set("profile", kMeshMarkProfile)
      .set("method", method_name(mark.method))
      .set("score", mark.score)
      .set("literal", mark.literal)
      .set("mue_total", mark.mue_total)
      .set("partial", mark.partial)
      .set("missing_classes", list_of(mark.missing_classes))
      .set("coverage", std::move(coverage))
      .set("classes", std::move(classes));
  return value;
}

}  // namespace weft::smp
