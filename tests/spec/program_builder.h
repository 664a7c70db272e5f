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
  uint64_t offset;
  bool isTable;
  uint64_t minimum;
};

/// An instance of the pointer model, to be defined with its imports.
struct PointerInstance {
  std::string symbol, librarySymbol;
  uint64_t byteLength;
  std::vector<Entity> imports;
  std::string setupSymbol() const { return symbol + ".setup"; }
};

class ProgramBuilder {
public:
  // Each returns the number of the row that it adds.
  uint32_t addInstantiate(const Instance &instance,
                          const std::vector<LimitCheck> &limits,
                          uint32_t traps);
  uint32_t addInvoke(const Entity &function,
                     const std::vector<text::ScriptValue> &arguments,
                     const std::vector<text::ScriptValue> &results,
                     uint32_t traps);
  uint32_t addGet(const Entity &global,
                  const std::vector<text::ScriptValue> &results);
  uint32_t addUnlinkable(const std::vector<LimitCheck> &limits);

  void addInstance(PointerInstance instance) {
    instances_.push_back(std::move(instance));
  }

  bool empty() const { return rows_.empty(); }

  /// The module that defines wrought_spec_rows and what rows refer to.
  std::unique_ptr<llvm::Module> emit(llvm::LLVMContext &context) const;

private:
  struct BuiltRow {
    Row row;
    std::string subject;
    uint64_t offset = 0;
    std::string instance = {};
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
  std::vector<PointerInstance> instances_;
};

} // namespace wrought::spec
