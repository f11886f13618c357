// nginx configuration in the making: conditions on a request become variables that are 0 or 1.
//
//   NginxText text;
//   const std::string both = text.all_of({text.map("$request_method", {"GET"}), ...});
//   text.maps                                    the definitions of all variables, for "http"
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/kube/object.h"

namespace weft::conform {

class NginxText {
 public:
  std::string maps;

  std::string variable() { return fmt_variable(next_++); }
  // 1 where `source` is one of `keys`: texts, or "~" and an expression.
  std::string map(std::string_view source, const std::vector<std::string>& keys);
  // The value of the first key that fits, else `otherwise`.
  std::string choose(std::string_view source, std::string_view otherwise,
                     const std::vector<std::pair<std::string, std::string>>& rows);
  std::string all_of(const std::vector<std::string>& parts);
  std::string any_of(const std::vector<std::string>& parts);
  // "if" takes variables only.
  std::string as_variable(const std::string& condition);
  // One of the values, by weight, drawn by `key`; empty when no weight is above 0.
  std::string split(std::string_view key,
                    const std::vector<std::pair<std::string, double>>& values);

 private:
  static std::string fmt_variable(int number);
  int next_ = 1;
};

// As a string of nginx's configuration, whose only escapes are these two.
std::string nginx_quoted(std::string_view text);
// A text that nginx takes as it stands: without dollar signs, which it cannot escape.
std::string nginx_literal(std::string_view text);
// An expression for exactly this text.
std::string regex_quoted(std::string_view text);
std::string header_variable(std::string_view name);

// Fields of objects; empty when they are absent or of another type.
std::string text_in(const doc::Value& map, std::string_view key);
std::span<const doc::Value> list_in(const doc::Value& map, std::string_view key);
// v1alpha1 kinds of the SMI have no spec: their fields stand beside metadata.
const doc::Value& body_of(const kube::Object& object);
// 75, "75", or as v1alpha1 has it a quantity: "500m".
double weight_of(const doc::Value& value);

}  // namespace weft::conform
