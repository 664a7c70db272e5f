#include "codegen/codegen.h"

#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/CodeGen/CodeGenTargetMachineImpl.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

namespace wrought::codegen {

/// Sets an option of LLVM's that has no other interface. Without it code would
/// be wrong, so an LLVM that has none is no LLVM for us.
static void setOption(llvm::StringRef name, bool value) {
  auto &options = llvm::cl::getRegisteredOptions();
  const auto option = options.find(name);
  if (option == options.end())
    llvm::report_fatal_error("this LLVM has no option " + name);
  static_cast<llvm::cl::opt<bool> *>(option->second)->setValue(value);
}

void initialize() {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers();
  // A conditional move that reads memory would become a branch around the read,
  // volatile or not, and around its trap.
  setOption("x86-cmov-converter-force-mem-operand", false);
}

static llvm::CodeGenOptLevel codeGenLevel(OptLevel level) {
  switch (level) {
  case OptLevel::O0:
    return llvm::CodeGenOptLevel::None;
  case OptLevel::O1:
    return llvm::CodeGenOptLevel::Less;
  case OptLevel::O3:
    return llvm::CodeGenOptLevel::Aggressive;
  default:
    return llvm::CodeGenOptLevel::Default;
  }
}

void TargetMachineDeleter::operator()(llvm::TargetMachine *machine) const {
  delete machine;
}

TargetMachinePtr createTargetMachine(const TargetOptions &options) {
  const llvm::Triple triple(options.target->triple);
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions machineOptions;
  // Wasm's floating point: every operation rounds, nothing is contracted.
  machineOptions.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  machineOptions.UniqueSectionNames = false;
  machineOptions.MCOptions.ABIName = options.target->abiName.str();
  TargetMachinePtr machine(target->createTargetMachine(
      triple, options.cpu.cpu, options.cpu.features, machineOptions,
      llvm::Reloc::PIC_, llvm::CodeModel::Small, codeGenLevel(options.level)));
  if (options.level == OptLevel::O0) {
    machine->setFastISel(true);
    // It would keep debug locations of one unit's context for the next unit.
    machine->setGlobalISel(false);
  }
  return machine;
}

/// As TargetMachine::addPassesToEmitFile does, without what only serves
/// variables in debug information: there are none, but finding that out takes
/// 4 % of code generation.
static bool addCodeGenPasses(llvm::legacy::PassManager &passes,
                             llvm::TargetMachine &machine,
                             llvm::raw_pwrite_stream &out,
                             llvm::CodeGenFileType type) {
  auto &target = static_cast<llvm::CodeGenTargetMachineImpl &>(machine);
  auto *moduleInfo = new llvm::MachineModuleInfoWrapperPass(&target);
  llvm::TargetPassConfig *config = target.createPassConfig(passes);
  config->setDisableVerify(true);
  for (char *pass :
       {&llvm::LiveDebugValuesID, &llvm::RemoveRedundantDebugValuesID})
    config->disablePass(pass);
  passes.add(config);
  passes.add(moduleInfo);
  if (config->addISelPasses())
    return false;
  config->addMachinePasses();
  config->setInitialized();
  if (target.addAsmPrinter(passes, out, nullptr, type,
                           moduleInfo->getMMI().getContext()))
    return false;
  passes.add(llvm::createFreeMachineFunctionPass());
  return true;
}

bool emit(llvm::Module &module, llvm::TargetMachine &machine, OutputKind kind,
          llvm::SmallVectorImpl<char> &out, Diagnostics &diagnostics) {
  module.setDataLayout(machine.createDataLayout());
  llvm::raw_svector_ostream stream(out);
  if (kind == OutputKind::LlvmIr) {
    module.print(stream, nullptr);
    return true;
  }
  if (kind == OutputKind::LlvmBitcode) {
    llvm::WriteBitcodeToFile(module, stream);
    return true;
  }
  llvm::legacy::PassManager passes;
  const auto type = kind == OutputKind::Assembly
                        ? llvm::CodeGenFileType::AssemblyFile
                        : llvm::CodeGenFileType::ObjectFile;
  if (!addCodeGenPasses(passes, machine, stream, type)) {
    diagnostics.error("this target cannot emit that kind of file");
    return false;
  }
  passes.run(module);
  return true;
}

} // namespace wrought::codegen
