#include "lib/stats/threshold.h"

#include <optional>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::stats {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct RelationRow {
  std::string_view symbol;
  Relation relation;
};
// Longer symbols first, so that "<=" is not read as "<".
constexpr RelationRow kRelations[] = {{"<=", Relation::less_equal},
                                      {">=", Relation::greater_equal},
                                      {"<", Relation::less},
                                      {">", Relation::greater}};

struct BoundForm {
  Quantity quantity;
  std::string_view objective;  // examples for messages
  std::string_view change;
};
constexpr BoundForm kForms[] = {{Quantity::time, "10ms", "+5% or +2ms"},
                                {Quantity::ratio, "0.1%", "+0.1%"},
                                {Quantity::rate, "990", "-3% or -50"}};

// The list being read, for messages that point into it.
struct Input {
  std::string_view text;
  std::string_view source;
  bool change;

  Error error(std::string_view at, std::string message, std::string remedy) const {
    const auto column = static_cast<std::uint32_t>(at.data() - text.data()) + 1;
    return Error{ExitCode::usage, std::move(message), std::move(remedy)}.at(
        {std::string(source), 1, column, std::string(text)});
  }
  std::string_view example(Quantity quantity) const {
    for (const auto& form : kForms)
      if (form.quantity == quantity) return change ? form.change : form.objective;
    return "";
  }
};

std::optional<double> percentage(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto value = base::parse_double(text.substr(0, text.size() - 1));
  return value ? std::optional(*value / 100) : std::nullopt;
}

std::optional<double> magnitude(std::string_view text, Quantity quantity) {
  if (quantity == Quantity::time) {
    const auto duration = base::parse_duration(text);
    if (!duration.ok()) return std::nullopt;
    return static_cast<double>(duration.value().count());
  }
  if (quantity == Quantity::ratio && text.ends_with('%')) return percentage(text);
  return base::parse_double(text);
}

// Sets bound and relative; false when `text` is no bound of this kind.
bool read_bound(std::string_view text, bool change, Term& term) {
  const Quantity quantity = term.metric.row().quantity;
  const bool negative = change && text.starts_with('-');
  if (change) {
    if (!negative && !text.starts_with('+')) return false;
    text.remove_prefix(1);
  }
  if (text.starts_with('+') || text.starts_with('-')) return false;
  term.relative = change && quantity != Quantity::ratio && text.ends_with('%');
  const auto value = term.relative ? percentage(text) : magnitude(text, quantity);
  if (!value || (quantity == Quantity::ratio && *value > 1)) return false;
  term.bound = negative ? -*value : *value;
  return true;
}

Result<Term> read_term(const Input& input, std::string_view part) {
  const std::string_view whole = base::trim(part);
  const std::string_view example = input.change ? "p99>+5%" : "p99<10ms";
  if (whole.empty())
    return input.error(part, "there is a term missing", fmt::format("write it like {}", example));
  const std::size_t at = whole.find_first_of("<>=!");
  const std::string_view rest = at == std::string_view::npos ? "" : whole.substr(at);
  for (const auto& row : kRelations) {
    if (!rest.starts_with(row.symbol)) continue;
    const std::string_view name = base::trim(whole.substr(0, at));
    auto metric = parse_metric(name);
    if (!metric.ok()) return input.error(whole, metric.error().message, metric.error().remedy);
    Term term{.metric = metric.value(), .relation = row.relation, .text = std::string(whole)};
    if (input.change && !term.metric.row().comparable)
      return input.error(whole,
                         fmt::format("{} of two runs cannot be told apart from chance", name),
                         "use a percentile such as p99.9");
    const std::string_view bound = base::trim(rest.substr(row.symbol.size()));
    if (!read_bound(bound, input.change, term))
      return input.error(
          rest.substr(row.symbol.size()),
          fmt::format("\"{}\" is not a bound for {}", bound, term.metric.name()),
          fmt::format("write it like {}", input.example(term.metric.row().quantity)));
    return term;
  }
  return input.error(rest.empty() ? whole : rest,
                     fmt::format("\"{}\" has none of < <= > >=", whole),
                     fmt::format("write it like {}", example));
}

Result<std::vector<Term>> read_terms(const Input& input) {
  std::vector<Term> terms;
  for (const std::string_view part : base::split(input.text, ',')) {
    WEFT_TRY(term, read_term(input, part));
    terms.push_back(std::move(term));
  }
  return terms;
}

}  // namespace

Result<std::vector<Term>> parse_objectives(std::string_view text, std::string_view source) {
  return read_terms({text, source, false});
}

Result<std::vector<Term>> parse_changes(std::string_view text, std::string_view source) {
  return read_terms({text, source, true});
}

bool holds(Relation relation, double value, double bound) {
  switch (relation) {
    case Relation::less:
      return value < bound;
    case Relation::less_equal:
      return value <= bound;
    case Relation::greater:
      return value > bound;
    case Relation::greater_equal:
      return value >= bound;
  }
  return false;
}

}  // namespace weft::stats
