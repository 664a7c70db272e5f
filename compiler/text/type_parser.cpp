#include "text/type_parser.h"

#include "text/mnemonics.h"
#include "wasm/types.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

namespace wrought::text {

namespace {

enum TypeCode : uint8_t {
  CodeI8 = 0x78,
  CodeI16 = 0x77,
  CodeRefNull = 0x63,
  CodeRef = 0x64,
  CodeFunction = 0x60,
  CodeStruct = 0x5f,
  CodeArray = 0x5e,
  CodeSub = 0x50,
  CodeSubFinal = 0x4f,
  CodeRecursion = 0x4e,
  CodeEmptyBlock = 0x40,
};

constexpr size_t TypeSection = 1;

} // namespace

std::string Signature::encode() const {
  ByteWriter bytes;
  bytes.unsignedLeb(parameterCount);
  bytes.raw(parameters.bytes());
  bytes.unsignedLeb(resultCount);
  bytes.raw(results.bytes());
  return std::string(bytes.bytes().begin(), bytes.bytes().end());
}

void LimitsText::encode(ByteWriter &out) const {
  out.u8(static_cast<uint8_t>((maximum ? 1 : 0) | (isShared ? 2 : 0) |
                              (is64 ? 4 : 0) | (pageSizeLog2 ? 8 : 0)));
  out.unsignedLeb(minimum);
  if (maximum)
    out.unsignedLeb(*maximum);
  if (pageSizeLog2)
    out.u8(*pageSizeLog2);
}

void TypeParser::write(ReferenceType type, ByteWriter &out) {
  if (!type.nullable || type.heap >= 0)
    out.u8(type.nullable ? CodeRefNull : CodeRef);
  out.signedLeb(type.heap);
}

int64_t TypeParser::heapType() {
  if (cursor_.kind() == TokenKind::Keyword) {
    if (auto byte = abstractHeapByte(cursor_.text())) {
      cursor_.advance();
      return *byte - 0x80;
    }
    cursor_.failUnexpected();
    return 0;
  }
  return context_.expectIndex(Space::Type);
}

bool TypeParser::atReferenceType() const {
  if (cursor_.atForm("ref"))
    return true;
  if (cursor_.kind() != TokenKind::Keyword)
    return false;
  auto byte = valueTypeByte(cursor_.text());
  return byte && *byte < 0x7b;
}

ReferenceType TypeParser::referenceType() {
  ReferenceType type;
  if (cursor_.takeForm("ref")) {
    type.nullable = cursor_.takeKeyword("null");
    type.heap = heapType();
    cursor_.expectClose();
  } else if (atReferenceType()) {
    type.heap = *valueTypeByte(cursor_.text()) - 0x80;
    cursor_.advance();
  } else {
    cursor_.failUnexpected();
  }
  return type;
}

void TypeParser::valueType(ByteWriter &out) {
  if (cursor_.kind() == TokenKind::Keyword) {
    if (auto byte = valueTypeByte(cursor_.text())) {
      cursor_.advance();
      return out.u8(*byte);
    }
  }
  write(referenceType(), out);
}

Signature TypeParser::signature(ParameterNames names) {
  Signature result;
  while (cursor_.takeForm("param")) {
    const uint32_t at = cursor_.position();
    const llvm::StringRef name = cursor_.takeIdentifier();
    if (!name.empty() && names == ParameterNames::Forbidden)
      cursor_.failUnexpected(at);
    const llvm::StringRef annotated = context_.takeNameAnnotation();
    if (!name.empty() || !annotated.empty()) {
      result.names.push_back(
          {result.parameterCount, name, annotated.empty() ? name : annotated});
      valueType(result.parameters);
      ++result.parameterCount;
    } else {
      for (; cursor_.hasMore(); ++result.parameterCount)
        valueType(result.parameters);
    }
    cursor_.expectClose();
  }
  while (cursor_.takeForm("result")) {
    for (; cursor_.hasMore(); ++result.resultCount)
      valueType(result.results);
    cursor_.expectClose();
  }
  return result;
}

uint32_t TypeParser::implicitType(const Signature &signature) {
  const std::string key = signature.encode();
  const auto next = static_cast<uint32_t>(context_.types.size());
  auto [found, added] = context_.plainFunctionTypes.try_emplace(key, next);
  if (added) {
    Section &section = context_.parts.sections[TypeSection];
    section.body.u8(CodeFunction);
    section.body.raw(llvm::arrayRefFromStringRef(key));
    ++section.count;
    TypeInfo &info = context_.types.emplace_back();
    info.isFunction = true;
    info.parameterCount = signature.parameterCount;
    info.signature = key;
  }
  return found->second;
}

void TypeParser::checkInline(uint32_t type, const Signature &signature,
                             uint32_t token) {
  if (type >= context_.types.size() || !context_.types[type].isFunction)
    return cursor_.failAt(token, "unknown type " + llvm::Twine(type));
  if (context_.types[type].signature != signature.encode())
    cursor_.failAt(token, "inline function type does not match type " +
                              llvm::Twine(type));
}

TypeUse TypeParser::typeUse(ParameterNames names, Signature &signature) {
  TypeUse use;
  const uint32_t token = cursor_.position();
  const bool isExplicit = cursor_.takeForm("type");
  if (isExplicit) {
    use.type = context_.expectIndex(Space::Type);
    cursor_.expectClose();
  }
  signature = this->signature(names);
  if (!cursor_.ok())
    return use;
  if (!isExplicit)
    use.type = implicitType(signature);
  else if (!signature.empty())
    checkInline(use.type, signature, token);
  // An unknown type is the validator's to refuse.
  if (use.type < context_.types.size())
    use.parameterCount = context_.types[use.type].parameterCount;
  return use;
}

void TypeParser::blockType(ByteWriter &out) {
  if (!cursor_.atForm("type") && !cursor_.atForm("param")) {
    if (!cursor_.atForm("result"))
      return out.u8(CodeEmptyBlock);
    const uint32_t begin = cursor_.position();
    Signature results = signature(ParameterNames::Forbidden);
    if (results.parameterCount == 0 && results.resultCount < 2)
      return results.resultCount == 0 ? out.u8(CodeEmptyBlock)
                                      : out.raw(results.results.bytes());
    cursor_.moveTo(begin);
  }
  Signature signature;
  const TypeUse use = typeUse(ParameterNames::Forbidden, signature);
  out.signedLeb(use.type);
}

void TypeParser::globalType(ByteWriter &out) {
  const bool isMutable = cursor_.takeForm("mut");
  valueType(out);
  if (isMutable)
    cursor_.expectClose();
  out.u8(isMutable);
}

bool TypeParser::addressType() {
  if (cursor_.takeKeyword("i64"))
    return true;
  cursor_.takeKeyword("i32");
  return false;
}

void TypeParser::limits(LimitsText &limits) {
  limits.minimum = cursor_.expectUnsigned(64);
  if (cursor_.kind() == TokenKind::Number)
    limits.maximum = cursor_.expectUnsigned(64);
  limits.isShared = cursor_.takeKeyword("shared");
}

void TypeParser::pageSize(LimitsText &limits) {
  if (!cursor_.takeForm("pagesize"))
    return;
  const uint32_t at = cursor_.position();
  const uint64_t bytes = cursor_.expectUnsigned(32);
  if (cursor_.ok() && !llvm::isPowerOf2_64(bytes))
    cursor_.failAt(at, "invalid custom page size: not a power of two");
  limits.pageSizeLog2 = bytes ? llvm::Log2_64(bytes) : 0;
  cursor_.expectClose();
}

void TypeParser::typeField() {
  Section &section = context_.parts.sections[TypeSection];
  definition(section.body, true);
  ++section.count;
}

/// `(type $t? subtype)`
void TypeParser::definition(ByteWriter &out, bool alone) {
  context_.mark(out);
  if (!cursor_.takeForm("type"))
    return cursor_.failUnexpected();
  context_.define(Space::Type);
  subType(out, alone);
  cursor_.expectClose();
}

void TypeParser::recursionField() {
  Section &section = context_.parts.sections[TypeSection];
  cursor_.takeForm("rec");
  ByteWriter group;
  uint32_t count = 0;
  const bool alone = cursor_.kind() == TokenKind::LeftParenthesis &&
                     cursor_.stream()[cursor_.partner() + 1].kind ==
                         TokenKind::RightParenthesis;
  for (; cursor_.hasMore(); ++count)
    definition(group, alone);
  cursor_.expectClose();
  section.body.u8(CodeRecursion);
  section.body.unsignedLeb(count);
  section.body.append(group);
  ++section.count;
}

void TypeParser::subType(ByteWriter &out, bool alone) {
  bool plain = true;
  const bool isSub = cursor_.takeForm("sub");
  if (isSub) {
    const bool isFinal = cursor_.takeKeyword("final");
    llvm::SmallVector<uint32_t, 1> supertypes;
    while (cursor_.atIndex())
      supertypes.push_back(context_.expectIndex(Space::Type));
    plain = isFinal && supertypes.empty();
    if (!plain) {
      out.u8(isFinal ? CodeSubFinal : CodeSub);
      out.unsignedLeb(supertypes.size());
      for (uint32_t index : supertypes)
        out.unsignedLeb(index);
    }
  }
  const auto index = static_cast<uint32_t>(context_.types.size());
  TypeInfo &info = context_.types.emplace_back();
  compositeType(out, info);
  if (isSub)
    cursor_.expectClose();
  if (info.isFunction && plain && alone)
    context_.plainFunctionTypes.try_emplace(info.signature, index);
}

void TypeParser::compositeType(ByteWriter &out, TypeInfo &info) {
  if (cursor_.takeForm("func")) {
    functionType(out, info);
  } else if (cursor_.takeForm("struct")) {
    structType(out, info);
  } else if (cursor_.takeForm("array")) {
    out.u8(CodeArray);
    fieldType(out);
  } else {
    if (cursor_.kind() == TokenKind::LeftParenthesis)
      cursor_.advance();
    return cursor_.failUnexpected();
  }
  cursor_.expectClose();
}

void TypeParser::functionType(ByteWriter &out, TypeInfo &info) {
  const Signature parsed = signature(ParameterNames::Allowed);
  info.isFunction = true;
  info.parameterCount = parsed.parameterCount;
  info.signature = parsed.encode();
  out.u8(CodeFunction);
  out.raw(llvm::arrayRefFromStringRef(info.signature));
}

void TypeParser::structType(ByteWriter &out, TypeInfo &info) {
  ByteWriter fields;
  uint32_t count = 0;
  while (cursor_.takeForm("field")) {
    const uint32_t at = cursor_.position();
    const llvm::StringRef name = cursor_.takeIdentifier();
    const llvm::StringRef annotated = context_.takeNameAnnotation();
    if (!name.empty() && !info.fields.try_emplace(name, count).second)
      cursor_.failAt(at, "duplicate field $" + name);
    if (!name.empty() || !annotated.empty()) {
      fieldType(fields);
      ++count;
    } else {
      for (; cursor_.hasMore(); ++count)
        fieldType(fields);
    }
    cursor_.expectClose();
  }
  out.u8(CodeStruct);
  out.unsignedLeb(count);
  out.raw(fields.bytes());
}

void TypeParser::fieldType(ByteWriter &out) {
  const bool isMutable = cursor_.takeForm("mut");
  if (cursor_.takeKeyword("i8"))
    out.u8(CodeI8);
  else if (cursor_.takeKeyword("i16"))
    out.u8(CodeI16);
  else
    valueType(out);
  if (isMutable)
    cursor_.expectClose();
  out.u8(isMutable);
}

} // namespace wrought::text
