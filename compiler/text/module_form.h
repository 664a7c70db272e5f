//===- module_form.h - (module …) in its forms ----------------------------===//
#pragma once

#include "text/lexer.h"
#include "text/wat_parser.h"

namespace wrought::text {

/// A module or the error that its text has.
struct ParsedModule {
  std::optional<BinaryModule> binary;
  std::string message;
  /// 1-based; in a quoted module they count within the quoted text.
  uint32_t line = 0, column = 0;
};

/// What `(module` starts with.
struct ModuleHeader {
  enum class Body : uint8_t { Fields, Binary, Quote } body = Body::Fields;
  bool isDefinition = false;
  std::string identifier;
  /// First token of the body, and the parenthesis behind it.
  uint32_t begin = 0, end = 0;
};

/// Reads the header of the module at token `open`.
ModuleHeader moduleHeader(const TokenStream &stream, uint32_t open);

/// Parses the module that the header belongs to.
ParsedModule parseModule(const TokenStream &stream, const ModuleHeader &header);

/// Parses fields without a module around them.
ParsedModule parseFields(const TokenStream &stream, uint32_t begin,
                         uint32_t end, llvm::StringRef identifier);

/// Parses a whole text as one module.
ParsedModule parseModuleText(std::string_view text);

/// Whether the token starts a field of a module: `(func`, `(memory`, …
bool atModuleField(const TokenStream &stream, uint32_t open);

} // namespace wrought::text
