#include "native_program.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"

using namespace wrought;
using namespace wrought::spec;

/// A table64 needs 64-bit tables, so it is there once those are translated.
static constexpr std::string_view SpectestHead = R"((module
  (func (export "print"))
  (func (export "print_i32") (param i32))
  (func (export "print_i64") (param i64))
  (func (export "print_f32") (param f32))
  (func (export "print_f64") (param f64))
  (func (export "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (param f64 f64))
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
)";

std::string_view spec::spectestText() {
  static const std::string text = [] {
    std::string result(SpectestHead);
    if (wasm::isTranslated(wasm::Feature::Memory64))
      result += "  (table (export \"table64\") i64 10 20 funcref)\n";
    result += "  (memory (export \"memory\") 1 2)\n)\n";
    return result;
  }();
  return text;
}

std::string_view spec::spectestSharedText() {
  return "(module (memory (export \"shared_memory\") 1 2 shared))";
}

/// Test machines have room for all memories of a script.
static constexpr unsigned MemorySlotCount = 1000;

NativeProgram::NativeProgram(const RunOptions &options) : options_(options) {}

NativeProgram::~NativeProgram() {
  if (!temporary_.empty())
    llvm::sys::fs::remove(temporary_);
}

bool NativeProgram::emitObject(llvm::Module &module, codegen::OptLevel level,
                               Diagnostics &diagnostics) {
  if (!machine_) {
    codegen::TargetOptions target;
    target.target = options_.target;
    target.level = options_.level;
    target.cpu = options_.cpu;
    machine_ = codegen::createTargetMachine(target);
  }
  module.setTargetTriple(machine_->getTargetTriple());
  module.setDataLayout(machine_->createDataLayout());
  codegen::optimize(module, *machine_, level);
  auto object = std::make_unique<linker::ObjectBytes>();
  if (!codegen::emit(module, *machine_, codegen::OutputKind::Object, *object,
                     diagnostics))
    return false;
  objects_.push_back(std::move(object));
  return true;
}

std::optional<std::vector<translate::ExportedSymbol>>
NativeProgram::addModule(const validate::ValidatedModule &module,
                         Instance &instance, Diagnostics &diagnostics) {
  translate::Options options;
  options.target = options_.target;
  options.boundsChecks = options_.boundsChecks;
  options.guardsExtraMemories = options_.guardsExtraMemories;
  options.isDeterministic = options_.isDeterministic;
  options.optLevel = options_.optLevel;
  options.singlePartition = true;
  options.symbolPrefix = llvm::formatv("m{0}.", instanceCount_++).str();
  options.moduleSymbol = options.symbolPrefix + "module";
  options.firstMemorySlot = memoryCount_;
  options.memorySlotCount = MemorySlotCount;
  options.exportAll = true;
  options.arrayWrappers = true;
  options.isInstancePointer = options_.isInstancePointer;
  options.librarySymbol = options.symbolPrefix + "library";
  for (const Entity &import : instance.imports)
    options.imports.push_back({translate::ImportBinding::Kind::Symbol,
                               import.symbol, import.memory,
                               import.hasTailEntry});
  PointerInstance pointer = {options.symbolPrefix + "instance",
                             options.librarySymbol, 0, instance.imports};
  instance.moduleSymbol = options.moduleSymbol;
  memoryCount_ += static_cast<unsigned>(module->memories.size() -
                                        module->importedMemoryCount);

  auto plan =
      translate::planTranslation(module, std::move(options), diagnostics);
  if (!plan)
    return std::nullopt;
  for (size_t i = 0; i < plan->partitionCount(); ++i) {
    llvm::LLVMContext context;
    auto partition = plan->translate(i, context);
    if (!emitObject(*partition, options_.level, diagnostics))
      return std::nullopt;
  }
  if (options_.isInstancePointer) {
    instance.symbol = pointer.symbol;
    instance.moduleSymbol = pointer.setupSymbol();
    pointer.byteLength = plan->instanceByteLength();
    rows_.addInstance(std::move(pointer));
  }
  return plan->exports();
}

/// The rows and the runtime's configuration.
bool NativeProgram::emitSupport(Diagnostics &diagnostics) {
  llvm::LLVMContext context;
  auto rows = rows_.emit(context);
  auto config =
      translate::emitConfig(translate::Config(), *options_.target, context);
  return emitObject(*rows, codegen::OptLevel::O0, diagnostics) &&
         emitObject(*config, codegen::OptLevel::O0, diagnostics);
}

std::string NativeProgram::outputPath(const std::string &name,
                                      Diagnostics &diagnostics) {
  if (!options_.keepDirectory.empty()) {
    std::string file = name;
    for (char &c : file)
      if (c == '/')
        c = '_';
    llvm::SmallString<128> path(options_.keepDirectory);
    llvm::sys::path::append(path, file + ".exe");
    return path.str().str();
  }
  llvm::SmallString<128> path;
  if (auto error =
          llvm::sys::fs::createTemporaryFile("wrought-spec", "exe", path)) {
    diagnostics.error("cannot make a temporary file: " + error.message());
    return "";
  }
  temporary_ = path.str().str();
  return temporary_;
}

std::string NativeProgram::link(const std::string &name,
                                Diagnostics &diagnostics) {
  if (!emitSupport(diagnostics))
    return "";
  linker::LinkRequest request;
  request.target = options_.target;
  for (const auto &object : objects_)
    request.objects.push_back(object.get());
  request.files = {options_.harnessObject, options_.runtimeArchive};
  request.output = outputPath(name, diagnostics);
  if (request.output.empty() || !linker::link(request, diagnostics))
    return "";
  return request.output;
}
