//===- translated_module.h - From text to IR, for tests -------------------===//
#pragma once

#include "decode/module_decoder.h"
#include "text/wat_parser.h"
#include "translate/translate.h"
#include "validate/module_validator.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

namespace wrought {

/// A text module on its way through the stages.
class TranslatedModule {
public:
  explicit TranslatedModule(std::string_view wat,
                            translate::Options options = {}) {
    binary_ = text::parseWat(wat, "test.wat", diagnostics);
    if (!binary_)
      return;
    auto module = decode::decodeModule(binary_->bytes, "test.wat", diagnostics);
    if (!module)
      return;
    validated_ = validate::validateModule(std::move(*module), {}, diagnostics);
    if (!validated_)
      return;
    options.target = targets::find("x86_64");
    for (const wasm::Import &import : (*validated_)->imports) {
      (void)import;
      options.imports.push_back(
          {translate::ImportBinding::Kind::Missing, std::string()});
    }
    plan = translate::planTranslation(*validated_, options, diagnostics);
    if (plan)
      module0 = plan->translate(0, context);
  }

  /// The text of one function's IR.
  std::string ir(std::string_view symbol) const {
    std::string text;
    llvm::raw_string_ostream stream(text);
    if (const llvm::Function *function = module0->getFunction(symbol))
      function->print(stream);
    return text;
  }

  std::string firstError() const {
    return diagnostics.all().empty() ? "" : diagnostics.all().front().message;
  }

  Diagnostics diagnostics;
  llvm::LLVMContext context;
  std::unique_ptr<translate::Plan> plan;
  std::unique_ptr<llvm::Module> module0;

private:
  std::optional<text::BinaryModule> binary_;
  std::optional<validate::ValidatedModule> validated_;
};

} // namespace wrought
