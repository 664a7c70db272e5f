//===- native_program.h - A script's instances as one executable ----------===//
//
// Takes modules through the product's own translation, code generation and
// linking, beside the harness and the runtime.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "linkage.h"
#include "linker/link.h"
#include "program_builder.h"
#include "script_runner.h"

namespace wrought::spec {

/// The host module of the suite, in the text format.
std::string_view spectestText();
/// Its shared memory, which is a module of its own.
std::string_view spectestSharedText();

class NativeProgram {
public:
  explicit NativeProgram(const RunOptions &options);
  ~NativeProgram();
  NativeProgram(const NativeProgram &) = delete;

  /// Compiles one more instance of a module, whose imports are bound. Sets its
  /// symbols; returns those of its exports, or nullopt after reporting.
  std::optional<std::vector<translate::ExportedSymbol>>
  addModule(const validate::ValidatedModule &module, Instance &instance,
            Diagnostics &diagnostics);

  ProgramBuilder &rows() { return rows_; }
  unsigned memoryCount() const { return memoryCount_; }

  /// Path of the executable, which lives as long as this object unless it is
  /// kept; empty after reporting.
  std::string link(const std::string &name, Diagnostics &diagnostics);

private:
  bool emitObject(llvm::Module &module, codegen::OptLevel level,
                  Diagnostics &diagnostics);
  bool emitSupport(Diagnostics &diagnostics);
  std::string outputPath(const std::string &name, Diagnostics &diagnostics);

  const RunOptions &options_;
  codegen::TargetMachinePtr machine_;
  ProgramBuilder rows_;
  std::vector<std::unique_ptr<linker::ObjectBytes>> objects_;
  unsigned instanceCount_ = 0;
  unsigned memoryCount_ = 0;
  std::string temporary_; ///< removed at the end
};

} // namespace wrought::spec
