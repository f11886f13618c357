#include <cmath>

#include "lib/doc/write.h"
#include "lib/doc/write_text.h"

namespace weft::doc {
namespace {

class Writer {
 public:
  explicit Writer(int indent) : indent_(static_cast<std::size_t>(indent)) {}

  void value(const Value& value) {
    if (value.is_map())
      container(value.members(), '{', '}', [this](const Member& member) {
        append_quoted(out_, member.key, false);
        out_ += indent_ == 0 ? ":" : ": ";
        this->value(member.value);
      });
    else if (value.is_list())
      container(value.items(), '[', ']', [this](const Value& item) { this->value(item); });
    else
      scalar(value);
  }

  std::string take() { return std::move(out_); }

 private:
  template <typename Container, typename Write>
  void container(const Container& parts, char open, char close, Write write) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& part : parts) {
      if (!first) out_ += ',';
      first = false;
      new_line();
      write(part);
    }
    --depth_;
    if (!first) new_line();
    out_ += close;
  }

  void scalar(const Value& value) {
    if (value.is_string())
      append_quoted(out_, value.string(), false);
    else if (value.is_bool())
      out_ += value.boolean() ? "true" : "false";
    else if (value.is_int())
      out_ += std::to_string(value.integer());
    else if (value.is_number() && std::isfinite(value.number()))
      out_ += double_text(value.number(), true);
    else
      out_ += "null";
  }

  void new_line() {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(indent_ * depth_, ' ');
  }

  std::string out_;
  std::size_t indent_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string write_json(const Value& value, int indent) {
  Writer writer(indent);
  writer.value(value);
  return writer.take() + '\n';
}

}  // namespace weft::doc
