#include "lib/doc/read.h"

#include "lib/base/format.h"

namespace weft::doc {

base::Result<Document> read(Source source, const Limits& limits) {
  std::string_view text = source.text();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '{' || text[first] == '['))
    return read_json(std::move(source), limits);

  const std::string name = source.name();
  WEFT_TRY(documents, read_yaml(std::move(source), limits));
  if (documents.empty())
    return base::Error{base::ExitCode::input, fmt::format("{} is empty", name)}.at(
        {name, 0, 0, {}});
  if (documents.size() > 1)
    return documents[1].error(documents[1].root.position(),
                              "one document was expected, a second one starts here",
                              "put each document into a file of its own");
  return std::move(documents.front());
}

}  // namespace weft::doc
