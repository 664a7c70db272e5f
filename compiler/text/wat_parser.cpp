#include "text/wat_parser.h"

#include "text/module_form.h"
#include "text/module_parser.h"

#include "llvm/ADT/StringSwitch.h"

#include <algorithm>

namespace wrought::text {

const SourcePosition *BinaryModule::find(uint64_t byteOffset) const {
  auto next = std::upper_bound(positions.begin(), positions.end(), byteOffset,
                               [](uint64_t offset, const SourcePosition &p) {
                                 return offset < p.byteOffset;
                               });
  return next == positions.begin() ? nullptr : &*(next - 1);
}

static ParsedModule failure(const TokenStream &stream, const TextError &error) {
  auto [line, column] = stream.position(error.offset);
  return {std::nullopt, error.message, line, column};
}

bool atModuleField(const TokenStream &stream, uint32_t open) {
  if (stream[open].kind != TokenKind::LeftParenthesis ||
      stream[open + 1].kind != TokenKind::Keyword)
    return false;
  return llvm::StringSwitch<bool>(stream.text(stream[open + 1]))
      .Cases({"type", "rec", "import", "func", "table", "memory", "global"},
             true)
      .Cases({"tag", "export", "start", "elem", "data"}, true)
      .Default(false);
}

ModuleHeader moduleHeader(const TokenStream &stream, uint32_t open) {
  ModuleHeader header;
  TokenCursor cursor(stream, open + 2);
  header.end = stream[open].length;
  header.isDefinition = cursor.takeKeyword("definition");
  header.identifier = cursor.takeIdentifier().str();
  if (cursor.takeKeyword("binary"))
    header.body = ModuleHeader::Body::Binary;
  else if (cursor.takeKeyword("quote"))
    header.body = ModuleHeader::Body::Quote;
  header.begin = cursor.position();
  return header;
}

ParsedModule parseFields(const TokenStream &stream, uint32_t begin,
                         uint32_t end, llvm::StringRef identifier) {
  ModuleParser parser(stream, begin, end);
  if (auto binary = parser.run(identifier))
    return {std::move(binary), {}, 0, 0};
  return failure(stream, parser.error());
}

ParsedModule parseModule(const TokenStream &stream,
                         const ModuleHeader &header) {
  if (header.body == ModuleHeader::Body::Fields)
    return parseFields(stream, header.begin, header.end, header.identifier);
  BinaryModule binary;
  TokenCursor cursor(stream, header.begin);
  for (; cursor.kind() == TokenKind::String; cursor.advance())
    appendString(cursor.text(), binary.bytes);
  cursor.expectClose();
  if (!cursor.ok())
    return failure(stream, cursor.error());
  if (header.body == ModuleHeader::Body::Binary)
    return {std::move(binary), {}, 0, 0};
  return parseModuleText({reinterpret_cast<const char *>(binary.bytes.data()),
                          binary.bytes.size()});
}

ParsedModule parseModuleText(std::string_view text) {
  TextError error;
  auto stream = TokenStream::lex(text, error);
  if (!stream) {
    auto [line, column] = positionIn(text, error.offset);
    return {std::nullopt, error.message, line, column};
  }
  TokenCursor cursor(*stream, 0);
  if (!cursor.atForm("module"))
    return parseFields(*stream, 0, stream->eofIndex(), {});
  const ModuleHeader header = moduleHeader(*stream, 0);
  if (header.end == stream->eofIndex())
    cursor.failUnexpected(header.end);
  else if (header.end + 1 != stream->eofIndex())
    cursor.failUnexpected(header.end + 1);
  // A module that quotes a text that quotes a module… is for scripts only.
  else if (header.body == ModuleHeader::Body::Quote || header.isDefinition)
    cursor.failUnexpected(2);
  if (!cursor.ok())
    return failure(*stream, cursor.error());
  return parseModule(*stream, header);
}

std::optional<BinaryModule> parseWat(std::string_view text,
                                     llvm::StringRef sourceName,
                                     Diagnostics &diagnostics) {
  ParsedModule parsed = parseModuleText(text);
  if (!parsed.binary) {
    Location location;
    location.file = sourceName.str();
    location.line = parsed.line;
    location.column = parsed.column;
    diagnostics.error(std::move(location), std::move(parsed.message));
  }
  return std::move(parsed.binary);
}

void mapToText(const BinaryModule &binary, llvm::StringRef sourceName,
               Diagnostics &diagnostics, size_t first) {
  for (size_t i = first; i < diagnostics.all().size(); ++i) {
    Location &location = diagnostics.all()[i].location;
    if (!location.byteOffset || location.file != sourceName)
      continue;
    const SourcePosition *position = binary.find(*location.byteOffset);
    if (!position)
      continue;
    location.file = sourceName.str();
    location.byteOffset.reset();
    location.line = position->line;
    location.column = position->column;
  }
}

} // namespace wrought::text
