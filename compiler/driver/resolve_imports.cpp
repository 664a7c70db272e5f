#include "driver/resolve_imports.h"
#include "wasm/describe.h"
#include "wasm/index_map.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

namespace wrought::driver {

using wasm::ExternalKind;

namespace {

class Resolver {
public:
  Resolver(const wasm::Module &module, bool allowMissing,
           const std::vector<bool> *skip, Diagnostics &diagnostics)
      : module_(module), allowMissing_(allowMissing), skip_(skip),
        diagnostics_(diagnostics) {}

  std::optional<std::vector<translate::ImportBinding>> run() {
    std::vector<translate::ImportBinding> bindings;
    bindings.reserve(module_.imports.size());
    for (size_t i = 0; i < module_.imports.size(); ++i)
      if (!skip_ || !(*skip_)[i])
        bindings.push_back(bind(module_.imports[i]));
    if (missingFunctionCount_ != 0)
      diagnostics_.note({}, "with --allow-missing-imports the program is built "
                            "and traps when it calls a missing function");
    if (hasFailed_)
      return std::nullopt;
    return bindings;
  }

private:
  translate::ImportBinding bind(const wasm::Import &import) {
    using Kind = translate::ImportBinding::Kind;
    if (isOwnMemory(import))
      return {Kind::Own, ""};
    if (import.kind() != ExternalKind::Function) {
      report(import, "nothing provides it, and only functions may be missing");
      return {};
    }
    const wasm::FunctionType &type =
        module_.functionType(std::get<wasm::FunctionIndex>(import.entity));
    auto wasi = translate::findWasiImport(import.module, import.name, type);
    const auto memory = translate::wasiMemory(module_, import);
    if (wasi && wasi->takesPointers && memory &&
        module_.memories[memory->value].type.limits.is64) {
      report(import, "WASI takes 32-bit pointers, and the exported memory "
                     "\"memory\" has 64-bit addresses");
      return {};
    }
    if (!wasi)
      wasi = translate::findThreadImport(import.module, import.name, type);
    if (wasi && wasi->typeMatches) {
      translate::ImportBinding binding = {Kind::Symbol, wasi->symbol};
      if (wasi->takesPointers && memory != translate::mainWasiMemory(module_))
        binding.callersMemory.emplace().index = memory;
      return binding;
    }
    if (wasi) {
      report(import, "WASI gives it the type " + wasi->expectedType);
      return {};
    }
    if (allowMissing_)
      return {Kind::Missing, ""};
    report(import, "nothing provides it");
    ++missingFunctionCount_;
    return {};
  }

  /// Toolchains import the memory of a program with threads, by any name.
  bool isOwnMemory(const wasm::Import &import) const {
    const auto *memory = std::get_if<wasm::MemoryIndex>(&import.entity);
    return memory && module_.memories[memory->value].type.limits.isShared &&
           memory->value == 0;
  }

  void report(const wasm::Import &import, llvm::StringRef fact) {
    hasFailed_ = true;
    const std::string message =
        llvm::formatv("unknown import \"{0}\" \"{1}\", {2}: {3}",
                      llvm::StringRef(import.module),
                      llvm::StringRef(import.name),
                      describeImport(module_, import), fact)
            .str();
    if (!reported_.insert(message).second)
      return;
    diagnostics_.error(locationOf(module_, import.byteOffset), message);
  }

  const wasm::Module &module_;
  const bool allowMissing_;
  const std::vector<bool> *skip_; ///< by import
  Diagnostics &diagnostics_;
  llvm::StringSet<> reported_;
  size_t missingFunctionCount_ = 0;
  bool hasFailed_ = false;
};

} // namespace

std::optional<std::vector<translate::ImportBinding>>
resolveImports(const wasm::Module &module, bool allowMissing,
               Diagnostics &diagnostics) {
  return Resolver(module, allowMissing, nullptr, diagnostics).run();
}

void reportUnresolved(const wasm::Module &module, bool allowMissing,
                      const std::vector<bool> &isForeign,
                      Diagnostics &diagnostics) {
  std::vector<bool> skip = isForeign;
  skip.flip();
  (void)Resolver(module, allowMissing, &skip, diagnostics).run();
}

static const wasm::Export *findExport(const wasm::Module &module,
                                      std::string_view name) {
  for (const wasm::Export &entry : module.exports)
    if (entry.name == name)
      return &entry;
  return nullptr;
}

bool hasThreads(const wasm::Module &module) {
  return llvm::any_of(module.imports, [&](const wasm::Import &import) {
    const auto *function = std::get_if<wasm::FunctionIndex>(&import.entity);
    return function &&
           translate::findThreadImport(import.module, import.name,
                                       module.functionType(*function));
  });
}

bool checkThreads(const wasm::Module &module, Diagnostics &diagnostics) {
  if (!hasThreads(module))
    return true;
  Location location;
  location.file = module.sourceName;
  const wasm::Export *start = findExport(module, "wasi_thread_start");
  const std::string type =
      start ? describeType(module, start->kind, start->index) : "";
  const bool isFunction = start && start->kind == ExternalKind::Function;
  if (!isFunction || type != "[i32 i32] -> []") {
    if (start)
      location = locationOf(module, start->byteOffset);
    const std::string what =
        start ? llvm::formatv("export \"wasi_thread_start\" is a {0} {1}",
                              toString(start->kind), type)
                    .str()
              : "no export \"wasi_thread_start\"";
    diagnostics.error(location, what + ": a program that imports \"wasi\" "
                                       "\"thread-spawn\" needs a function of "
                                       "type [i32 i32] -> []");
    return false;
  }
  for (const wasm::Memory &memory : module.memories)
    if (!memory.type.limits.isShared || !memory.import) {
      location = locationOf(module, memory.byteOffset);
      diagnostics.error(location, "a program that imports \"wasi\" "
                                  "\"thread-spawn\" must import its memory as "
                                  "a shared one");
      return false;
    }
  return true;
}

bool checkStart(const wasm::Module &module, Diagnostics &diagnostics) {
  Location location;
  location.file = module.sourceName;
  const wasm::Export *start = findExport(module, "_start");
  if (!start) {
    diagnostics.error(location,
                      "no export \"_start\": an executable needs this "
                      "function of type [] -> []");
    if (findExport(module, "_initialize"))
      diagnostics.note(location, "it exports \"_initialize\": a library "
                                 "(reactor), not a program");
    return false;
  }
  const std::string type = describeType(module, start->kind, start->index);
  if (start->kind == ExternalKind::Function && type == "[] -> []")
    return true;
  location = locationOf(module, start->byteOffset);
  diagnostics.error(
      location,
      llvm::formatv("export \"_start\" is a {0} {1}: an executable needs a "
                    "function of type [] -> []",
                    toString(start->kind), type)
          .str());
  return false;
}

} // namespace wrought::driver
