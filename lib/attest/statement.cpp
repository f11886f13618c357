#include "lib/attest/statement.h"

#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::attest {
namespace {

using doc::Fields;
using doc::Value;

void read_subject(Fields& in, Subject& subject) {
  in.get("name", subject.name).require("digest");
  in.part("digest", subject, [](Fields& f, Subject& s) { f.get("sha256", s.sha256); });
  subject.sha256 = base::lower(subject.sha256);
}

}  // namespace

Subject subject_of(std::string name, std::string_view content) {
  return {std::move(name), base::sha256_hex(content)};
}

std::string statement_text(const Statement& statement) {
  Value subjects = Value::list();
  for (const auto& subject : statement.subjects) {
    Value digest;
    digest.set("sha256", subject.sha256);
    Value one;
    one.set("name", subject.name).set("digest", std::move(digest));
    subjects.push(std::move(one));
  }
  Value out;
  out.set("_type", statement.type).set("subject", std::move(subjects));
  out.set("predicateType", statement.predicate_type).set("predicate", statement.predicate);
  std::string text = doc::write_json(out, 0);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

base::Result<Statement> read_statement(std::string payload, std::string_view source) {
  WEFT_TRY(document, doc::read_json(doc::Source{fmt::format("the payload of {}", source),
                                                std::move(payload)}));
  Statement statement;
  Fields in(document, doc::Unknown::ignored);
  in.need("_type", statement.type);
  if (in.ok() && statement.type != kStatementType && statement.type != kOldStatementType)
    in.fail("_type", fmt::format("is {}, not a statement of in-toto", statement.type));
  in.require("subject");
  in.each("subject", statement.subjects, read_subject);
  in.need("predicateType", statement.predicate_type);
  if (const Value* predicate = in.find("predicate")) statement.predicate = *predicate;
  WEFT_CHECK(in.done());
  return statement;
}

}  // namespace weft::attest
