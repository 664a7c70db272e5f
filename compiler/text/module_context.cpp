#include "text/module_context.h"

#include "support/byte_reader.h"

namespace wrought::text {

const char *spaceName(Space space) {
  switch (space) {
  case Space::Function:
    return "function";
  case Space::Table:
    return "table";
  case Space::Memory:
    return "memory";
  case Space::Global:
    return "global";
  case Space::Tag:
    return "tag";
  case Space::Type:
    return "type";
  case Space::Element:
    return "elem segment";
  case Space::Data:
    return "data segment";
  }
  return "";
}

uint32_t ModuleContext::declare(Space space, uint32_t tokenIndex) {
  IndexSpace &entities = parts.space(space);
  const uint32_t index = entities.count++;
  const llvm::StringRef name = cursor.identifierAt(tokenIndex);
  if (name.empty())
    return 0;
  if (!entities.identifiers.try_emplace(name, index).second)
    cursor.failAt(tokenIndex,
                  llvm::Twine("duplicate ") + spaceName(space) + " $" + name);
  return 1;
}

uint32_t ModuleContext::define(Space space) {
  IndexSpace &entities = parts.space(space);
  const uint32_t index = entities.reached++;
  llvm::StringRef name = cursor.takeIdentifier();
  const llvm::StringRef annotated = takeNameAnnotation();
  if (!annotated.empty())
    name = annotated;
  if (!name.empty())
    entities.names.push_back({index, name});
  return index;
}

uint32_t ModuleContext::expectIndex(
    const llvm::DenseMap<llvm::StringRef, uint32_t> &identifiers,
    const char *what) {
  if (cursor.kind() != TokenKind::Identifier)
    return static_cast<uint32_t>(cursor.expectUnsigned(32));
  const llvm::StringRef name = cursor.identifierAt(cursor.position());
  auto found = identifiers.find(name);
  if (found == identifiers.end()) {
    cursor.fail(llvm::Twine("unknown ") + what + " $" + name);
    return 0;
  }
  cursor.advance();
  return found->second;
}

uint32_t ModuleContext::expectIndex(Space space) {
  return expectIndex(parts.space(space).identifiers, spaceName(space));
}

llvm::StringRef ModuleContext::takeNameAnnotation() {
  const Annotation *annotation = cursor.takeAnnotation(AnnotationKind::Name);
  if (!annotation)
    return {};
  TextError error;
  const TokenStream &stream = cursor.stream();
  auto content = TokenStream::lex(
      stream.text().slice(annotation->contentBegin, annotation->contentEnd),
      error);
  if (!content || (*content)[0].kind != TokenKind::String ||
      content->eofIndex() != 1) {
    cursor.failAtOffset(annotation->offset,
                        "@name annotation: unexpected token");
    return {};
  }
  const std::string name = decodeString(content->text((*content)[0]));
  if (!isValidUtf8(name))
    cursor.failAtOffset(annotation->offset,
                        "@name annotation: malformed UTF-8 encoding");
  return saver_.save(name);
}

void ModuleContext::markToken(ByteWriter &out, uint32_t tokenIndex) {
  const TokenStream &stream = cursor.stream();
  auto [line, column] = stream.position(stream[tokenIndex].offset, lineHint_);
  lineHint_ = line - 1;
  out.mark(line, column);
}

} // namespace wrought::text
