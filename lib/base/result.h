// Result<T>: a value, or the Error that says why there is none.
//
//   Result<Run> load(const std::string& path) {
//     WEFT_TRY(text, base::read_file(path));        // returns the error, or binds `text`
//     WEFT_CHECK(validate(text));                   // the same for Result<void>
//     return parse(text);
//   }
#pragma once

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "lib/base/error.h"

namespace weft::base {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *checked(); }
  const T& value() const& { return *const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(*checked()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return *failed(); }
  const Error& error() const& { return *const_cast<Result*>(this)->failed(); }
  Error&& error() && { return std::move(*failed()); }

  T value_or(T fallback) && { return ok() ? std::move(*checked()) : std::move(fallback); }

 private:
  T* checked() {
    assert(ok());
    return std::get_if<0>(&state_);
  }
  Error* failed() {
    assert(!ok());
    return std::get_if<1>(&state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace weft::base

#define WEFT_TRY(name, expression)                                    \
  auto name##_result_ = (expression);                                 \
  if (!name##_result_.ok()) return std::move(name##_result_).error(); \
  auto& name = *name##_result_

#define WEFT_CHECK(expression)                                        \
  do {                                                                \
    auto check_result_ = (expression);                                \
    if (!check_result_.ok()) return std::move(check_result_).error(); \
  } while (false)
