#include "text/module_parser.h"

#include "text/sections.h"

#include "support/byte_reader.h"
#include "llvm/ADT/StringSwitch.h"

namespace wrought::text {

/// The index space of an entity's keyword.
static std::optional<Space> spaceOf(llvm::StringRef keyword) {
  return llvm::StringSwitch<std::optional<Space>>(keyword)
      .Case("func", Space::Function)
      .Case("table", Space::Table)
      .Case("memory", Space::Memory)
      .Case("global", Space::Global)
      .Case("tag", Space::Tag)
      .Default(std::nullopt);
}

std::optional<BinaryModule> ModuleParser::run(llvm::StringRef identifier) {
  moduleName(identifier);
  while (cursor_.ok() && cursor_.position() < end_)
    declareField();
  eachField([&](bool isType) {
    if (isType)
      field();
  });
  eachField([&](bool isType) {
    customAnnotations();
    if (!isType)
      field();
  });
  cursor_.moveTo(end_);
  customAnnotations();
  refuseUnusedAnnotations();
  if (!cursor_.ok())
    return std::nullopt;
  return assembleModule(std::move(context_.parts));
}

template <typename Visit> void ModuleParser::eachField(Visit visit) {
  for (uint32_t at = begin_; cursor_.ok() && at < end_;) {
    cursor_.moveTo(at);
    at = cursor_.partner() + 1;
    visit(cursor_.atForm("type") || cursor_.atForm("rec"));
  }
}

//===----------------------------------------------------------------------===//
// First reading: index spaces
//===----------------------------------------------------------------------===//

void ModuleParser::declareField() {
  const uint32_t open = cursor_.position();
  if (cursor_.kind() != TokenKind::LeftParenthesis)
    return cursor_.failUnexpected();
  if (cursor_.kind(1) != TokenKind::Keyword)
    return cursor_.failUnexpected(
        std::min(open + 1, cursor_.stream().eofIndex()));
  const llvm::StringRef word = cursor_.text(1);
  if (word == "type" || word == "rec")
    declareTypes(open);
  else if (word == "import")
    declareImport(open);
  else if (auto space = spaceOf(word))
    declareEntity(*space, open);
  else if (word == "elem")
    context_.declare(Space::Element, open + 2);
  else if (word == "data")
    context_.declare(Space::Data, open + 2);
  else if (word != "export" && word != "start")
    return cursor_.failUnexpected(open + 1);
  const uint32_t close = cursor_.stream()[open].length;
  if (close == cursor_.stream().eofIndex())
    return cursor_.failUnexpected(close);
  cursor_.moveTo(close + 1);
}

void ModuleParser::declareTypes(uint32_t open) {
  if (cursor_.atForm("type")) {
    context_.declare(Space::Type, open + 2);
    return;
  }
  cursor_.advance(2);
  while (cursor_.ok() && cursor_.atForm("type")) {
    context_.declare(Space::Type, cursor_.position() + 2);
    cursor_.moveTo(cursor_.partner() + 1);
  }
}

void ModuleParser::checkImportOrder(uint32_t token) {
  if (defined_)
    cursor_.failAt(token, llvm::Twine("import after ") + spaceName(*defined_));
}

/// `(import "m" "n" (kind $x …))`
void ModuleParser::declareImport(uint32_t open) {
  checkImportOrder(open);
  if (cursor_.kind(4) != TokenKind::LeftParenthesis)
    return;
  if (auto space = spaceOf(cursor_.text(5)))
    context_.declare(*space, open + 6);
}

void ModuleParser::declareEntity(Space space, uint32_t open) {
  cursor_.advance(2 + context_.declare(space, open + 2));
  while (cursor_.ok() && cursor_.atForm("export"))
    cursor_.moveTo(cursor_.partner() + 1);
  if (cursor_.atForm("import"))
    return checkImportOrder(open);
  defined_ = space;
  if (hasInlineSegment(space, cursor_.position()))
    context_.declare(space == Space::Table ? Space::Element : Space::Data,
                     cursor_.stream().eofIndex());
}

/// Whether a table or memory brings its segment: instead of a size, a table has
/// its element type first and a memory `(data …)`.
bool ModuleParser::hasInlineSegment(Space space, uint32_t at) const {
  const TokenStream &stream = cursor_.stream();
  if (space != Space::Table && space != Space::Memory)
    return false;
  const llvm::StringRef address = stream.text(stream[at]);
  if (address == "i32" || address == "i64")
    ++at;
  if (space == Space::Table)
    return stream[at].kind != TokenKind::Number;
  if (stream[at].kind != TokenKind::LeftParenthesis)
    return false;
  if (stream.text(stream[at + 1]) == "pagesize")
    at = std::min(stream[at].length + 1, stream.eofIndex() - 1);
  return stream.text(stream[at + 1]) == "data";
}

//===----------------------------------------------------------------------===//
// Annotations
//===----------------------------------------------------------------------===//

void ModuleParser::moduleName(llvm::StringRef identifier) {
  const llvm::StringRef annotated = context_.takeNameAnnotation();
  context_.parts.name = annotated.empty() ? identifier : annotated;
}

void ModuleParser::customAnnotations() {
  while (const Annotation *annotation =
             cursor_.takeAnnotation(AnnotationKind::Custom))
    customAnnotation(*annotation);
}

/// Where `(before x)` or `(after x)` puts a section, as a number of sections in
/// front of it; an error message when it is malformed.
static const char *customPlace(TokenCursor &cursor, unsigned &place) {
  if (cursor.kind() != TokenKind::LeftParenthesis)
    return nullptr;
  const bool before = cursor.atForm("before");
  if (!before && !cursor.atForm("after"))
    return "malformed placement";
  cursor.advance(2);
  const llvm::StringRef name = cursor.text();
  if (auto rank = sectionRank(name))
    place = before ? *rank - 1 : *rank;
  else if (before && name == "first")
    place = 0;
  else if (before || name != "last")
    return "malformed section kind";
  cursor.advance();
  return cursor.kind() == TokenKind::RightParenthesis
             ? (cursor.advance(), nullptr)
             : "unexpected token";
}

void ModuleParser::customAnnotation(const Annotation &annotation) {
  auto fail = [&](const llvm::Twine &fact) {
    cursor_.failAtOffset(annotation.offset, "@custom annotation: " + fact);
  };
  TextError error;
  auto stream =
      TokenStream::lex(cursor_.stream().text().slice(annotation.contentBegin,
                                                     annotation.contentEnd),
                       error);
  if (!stream)
    return fail(error.message);
  TokenCursor content(*stream, 0);
  if (content.kind() != TokenKind::String)
    return fail("missing section name");
  CustomSectionText custom{
      static_cast<unsigned>(SectionOrder.size()), content.expectString(), {}};
  if (!isValidUtf8(custom.name))
    return fail("malformed UTF-8 encoding");
  if (const char *fact = customPlace(content, custom.place))
    return fail(fact);
  for (; content.kind() == TokenKind::String; content.advance())
    appendString(content.text(), custom.payload);
  if (content.kind() != TokenKind::Eof)
    return fail("unexpected token");
  context_.parts.customSections.push_back(std::move(custom));
}

void ModuleParser::refuseUnusedAnnotations() {
  if (!cursor_.ok())
    return;
  const Annotation *unused = cursor_.unusedAnnotation(begin_, end_);
  if (!unused)
    return;
  switch (unused->kind) {
  case AnnotationKind::Name:
    return cursor_.failAtOffset(unused->offset, "misplaced @name annotation");
  case AnnotationKind::Custom:
    return cursor_.failAtOffset(unused->offset, "misplaced @custom annotation");
  case AnnotationKind::BranchHint:
    return cursor_.failAtOffset(
        unused->offset,
        "@metadata.code.branch_hint annotation: not in a function");
  }
}

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

void ModuleParser::field() {
  using Member = void (ModuleParser::*)();
  if (cursor_.atForm("type"))
    return types_.typeField();
  if (cursor_.atForm("rec"))
    return types_.recursionField();
  const Member parse = llvm::StringSwitch<Member>(cursor_.text(1))
                           .Case("import", &ModuleParser::importField)
                           .Case("export", &ModuleParser::exportField)
                           .Case("start", &ModuleParser::startField)
                           .Case("func", &ModuleParser::functionField)
                           .Case("table", &ModuleParser::tableField)
                           .Case("memory", &ModuleParser::memoryField)
                           .Case("global", &ModuleParser::globalField)
                           .Case("tag", &ModuleParser::tagField)
                           .Case("elem", &ModuleParser::elementField)
                           .Default(&ModuleParser::dataField);
  cursor_.advance(2);
  (this->*parse)();
  cursor_.expectClose();
}

void ModuleParser::importEntry(const ImportName &name, Space kind) {
  ByteWriter &out = section(SectionImport).body;
  context_.mark(out);
  out.name(name.module);
  out.name(name.name);
  out.u8(static_cast<uint8_t>(kind));
  ++section(SectionImport).count;
  Signature signature;
  switch (kind) {
  case Space::Function:
    return out.unsignedLeb(
        types_.typeUse(ParameterNames::Allowed, signature).type);
  case Space::Table:
    return tableType(out);
  case Space::Memory: {
    LimitsText limits;
    limits.is64 = types_.addressType();
    types_.limits(limits);
    types_.pageSize(limits);
    return limits.encode(out);
  }
  case Space::Global:
    return types_.globalType(out);
  default:
    out.u8(0);
    return out.unsignedLeb(
        types_.typeUse(ParameterNames::Allowed, signature).type);
  }
}

void ModuleParser::importField() {
  ImportName name;
  name.module = cursor_.expectName();
  name.name = cursor_.expectName();
  cursor_.expect(TokenKind::LeftParenthesis);
  auto kind = spaceOf(cursor_.text());
  if (!kind)
    return cursor_.failUnexpected();
  cursor_.advance();
  context_.define(*kind);
  importEntry(name, *kind);
  cursor_.expectClose();
}

std::optional<ModuleParser::ImportName> ModuleParser::inlineImport() {
  if (!cursor_.takeForm("import"))
    return std::nullopt;
  ImportName name;
  name.module = cursor_.expectName();
  name.name = cursor_.expectName();
  cursor_.expectClose();
  return name;
}

void ModuleParser::inlineExports(Space kind, uint32_t index) {
  while (cursor_.atForm("export")) {
    Section &exports = section(SectionExport);
    context_.mark(exports.body);
    cursor_.advance(2);
    exports.body.name(cursor_.expectName());
    exports.body.u8(static_cast<uint8_t>(kind));
    exports.body.unsignedLeb(index);
    ++exports.count;
    cursor_.expectClose();
  }
}

void ModuleParser::exportField() {
  Section &exports = section(SectionExport);
  context_.mark(exports.body);
  exports.body.name(cursor_.expectName());
  cursor_.expect(TokenKind::LeftParenthesis);
  auto kind = spaceOf(cursor_.text());
  if (!kind)
    return cursor_.failUnexpected();
  cursor_.advance();
  exports.body.u8(static_cast<uint8_t>(*kind));
  exports.body.unsignedLeb(context_.expectIndex(*kind));
  ++exports.count;
  cursor_.expectClose();
}

void ModuleParser::startField() {
  Section &start = section(SectionStart);
  if (start.count++)
    return cursor_.fail("multiple start sections");
  context_.mark(start.body);
  start.body.unsignedLeb(context_.expectIndex(Space::Function));
}

void ModuleParser::functionField() {
  const uint32_t index = context_.define(Space::Function);
  inlineExports(Space::Function, index);
  if (auto import = inlineImport())
    return importEntry(*import, Space::Function);
  Section &functions = section(SectionFunction);
  context_.mark(functions.body);
  Signature signature;
  const TypeUse use = types_.typeUse(ParameterNames::Allowed, signature);
  functions.body.unsignedLeb(use.type);
  ++functions.count;
  functionBody(index, use, signature);
}

void ModuleParser::bindLocal(llvm::StringRef identifier, llvm::StringRef shown,
                             uint32_t index, uint32_t token,
                             FunctionLocals &names) {
  if (!shown.empty())
    names.names.push_back({index, shown});
  if (!identifier.empty() && !instructions_.bindLocal(identifier, index))
    cursor_.failAt(token, "duplicate local $" + identifier);
}

/// `(local …)*` as runs of equal types.
void ModuleParser::locals(uint32_t first, FunctionLocals &names,
                          ByteWriter &body) {
  ByteWriter runs, type;
  std::vector<uint8_t> previous;
  uint32_t runCount = 0, length = 0, index = first;
  auto flush = [&] {
    if (length == 0)
      return;
    runs.unsignedLeb(length);
    runs.raw(previous);
    ++runCount;
  };
  auto local = [&] {
    type.clear();
    types_.valueType(type);
    if (length == 0 || llvm::ArrayRef<uint8_t>(previous) != type.bytes()) {
      flush();
      previous = type.buffer();
      length = 0;
    }
    ++length;
    ++index;
  };
  while (cursor_.takeForm("local")) {
    const uint32_t token = cursor_.position();
    const llvm::StringRef name = cursor_.takeIdentifier();
    const llvm::StringRef annotated = context_.takeNameAnnotation();
    if (!name.empty() || !annotated.empty()) {
      bindLocal(name, annotated.empty() ? name : annotated, index, token,
                names);
      local();
    } else {
      while (cursor_.hasMore())
        local();
    }
    cursor_.expectClose();
  }
  flush();
  body.unsignedLeb(runCount);
  body.append(runs);
}

void ModuleParser::functionBody(uint32_t index, const TypeUse &use,
                                const Signature &signature) {
  FunctionLocals names{index, {}};
  ByteWriter body;
  context_.mark(body);
  instructions_.beginFunction();
  for (const ParameterName &parameter : signature.names)
    bindLocal(parameter.identifier, parameter.shown, parameter.index,
              cursor_.position(), names);
  locals(use.parameterCount, names, body);
  expression(body);
  instructions_.endFunction();
  auto hints = instructions_.takeHints();
  if (!hints.empty())
    context_.parts.branchHints.push_back({index, std::move(hints)});
  if (!names.names.empty())
    context_.parts.localNames.push_back(std::move(names));
  Section &code = section(SectionCode);
  code.body.unsignedLeb(body.size());
  code.body.append(body);
  ++code.count;
}

void ModuleParser::globalField() {
  const uint32_t index = context_.define(Space::Global);
  inlineExports(Space::Global, index);
  if (auto import = inlineImport())
    return importEntry(*import, Space::Global);
  Section &globals = section(SectionGlobal);
  context_.mark(globals.body);
  types_.globalType(globals.body);
  expression(globals.body);
  ++globals.count;
}

void ModuleParser::tagField() {
  const uint32_t index = context_.define(Space::Tag);
  inlineExports(Space::Tag, index);
  if (auto import = inlineImport())
    return importEntry(*import, Space::Tag);
  Section &tags = section(SectionTag);
  context_.mark(tags.body);
  tags.body.u8(0);
  Signature signature;
  tags.body.unsignedLeb(
      types_.typeUse(ParameterNames::Allowed, signature).type);
  ++tags.count;
}

/// Instructions up to the closing parenthesis, and the final `end`.
void ModuleParser::expression(ByteWriter &out) {
  instructions_.sequence(out);
  context_.mark(out);
  out.u8(0x0b);
}

} // namespace wrought::text
