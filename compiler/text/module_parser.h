//===- module_parser.h - The fields of a module ---------------------------===//
//
// The fields are read three times: to number all entities and bind their
// identifiers, for the types, and for everything else, which is then written
// in the order of the text, section by section. References forward need no
// patching that way, and implicit types come after the explicit ones.
//
// Source: WebAssembly Specification 3.0, "Text Format / Modules".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "text/instruction_parser.h"

namespace wrought::text {

class ModuleParser {
public:
  /// Parses the fields in tokens [begin, end).
  ModuleParser(const TokenStream &stream, uint32_t begin, uint32_t end)
      : cursor_(stream, begin), context_(cursor_), types_(context_),
        instructions_(context_, types_), begin_(begin), end_(end) {}

  /// `identifier`: of the module; may be empty.
  std::optional<BinaryModule> run(llvm::StringRef identifier);
  const TextError &error() const { return cursor_.error(); }

private:
  // First reading.
  void declareField();
  void declareTypes(uint32_t open);
  void declareImport(uint32_t open);
  void declareEntity(Space space, uint32_t open);
  bool hasInlineSegment(Space space, uint32_t at) const;
  void checkImportOrder(uint32_t token);
  template <typename Visit> void eachField(Visit visit);

  // Second and third.
  void field();
  void moduleName(llvm::StringRef identifier);
  void customAnnotations();
  void customAnnotation(const Annotation &annotation);
  void refuseUnusedAnnotations();
  void importField();
  void exportField();
  void startField();
  void functionField();
  void tableField();
  void memoryField();
  void globalField();
  void tagField();
  void elementField();
  void dataField();

  struct ImportName {
    std::string module, name;
  };
  struct ElementText {
    uint8_t flags = 0;
    uint32_t table = 0, count = 0;
    ReferenceType type;
    ByteWriter offset, items;
  };
  void inlineExports(Space kind, uint32_t index);
  std::optional<ImportName> inlineImport();
  void importEntry(const ImportName &name, Space kind);
  void functionBody(uint32_t index, const TypeUse &use,
                    const Signature &signature);
  void locals(uint32_t first, FunctionLocals &names, ByteWriter &body);
  void bindLocal(llvm::StringRef identifier, llvm::StringRef shown,
                 uint32_t index, uint32_t token, FunctionLocals &names);
  void tableType(ByteWriter &out);
  void inlineElements(uint32_t table, bool is64, ByteWriter &out);
  void inlineData(uint32_t memory, LimitsText &limits);
  void expression(ByteWriter &out);
  void offset(ByteWriter &out);
  bool segmentTarget(const char *form, Space space, uint32_t &index);
  void writeElement(const ElementText &element);
  uint32_t functionIndices(ByteWriter &out);
  uint32_t elementExpressions(ByteWriter &out);
  std::vector<uint8_t> dataStrings();
  Section &section(unsigned id) { return context_.parts.sections[id]; }

  TokenCursor cursor_;
  ModuleContext context_;
  TypeParser types_;
  InstructionParser instructions_;
  uint32_t begin_, end_;
  /// The kind of the last entity that is no import.
  std::optional<Space> defined_;
  std::vector<uint32_t> typeFields_, otherFields_;
};

} // namespace wrought::text
