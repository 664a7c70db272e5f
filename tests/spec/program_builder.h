//===- program_builder.h - Makes rows, emits them as an object ------------===//
//
// The rows of program.h as LLVM constants, so that relocations to the modules'
// symbols are the linker's business and a script costs data instead of code.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "linkage.h"
#include "program.h"
#include "text/wast_script.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace wrought::spec {

struct LimitCheck {
  std::string symbol;
  bool isTable;
  uint64_t minimum;
};

class ProgramBuilder {
public:
  // Each returns the number of the row that it adds.
  uint32_t addInstantiate(const std::string &moduleSymbol,
                          const std::vector<LimitCheck> &limits,
                          uint32_t traps);
  uint32_t addInvoke(const std::string &wrapperSymbol,
                     const std::vector<text::ScriptValue> &arguments,
                     const std::vector<text::ScriptValue> &results,
                     uint32_t traps);
  uint32_t addGet(const std::string &globalSymbol,
                  const std::vector<text::ScriptValue> &results);
  uint32_t addUnlinkable(const std::vector<LimitCheck> &limits);

  bool empty() const { return rows_.empty(); }

  /// The module that defines wrought_spec_rows and what rows refer to.
  std::unique_ptr<llvm::Module> emit(llvm::LLVMContext &context) const;

private:
  struct BuiltRow {
    Row row;
    std::string subject;
  };
  uint32_t add(RowKind kind, std::string subject, uint32_t traps);
  void addLimits(const std::vector<LimitCheck> &limits);
  void addArguments(const std::vector<text::ScriptValue> &arguments);
  void addPatterns(const std::vector<text::ScriptValue> &results);
  void addPattern(const text::ScriptValue &value);

  std::vector<BuiltRow> rows_;
  std::vector<uint64_t> arguments_;
  std::vector<Pattern> patterns_;
  std::vector<LimitCheck> limits_;
};

} // namespace wrought::spec
