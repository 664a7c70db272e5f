#include "driver/resolve_imports.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

namespace wrought::driver {

using wasm::ExternalKind;

static std::string describeLimits(const wasm::Limits &limits) {
  std::string text = limits.is64 ? "i64 " : "";
  text += std::to_string(limits.minimum);
  if (limits.maximum)
    text += " " + std::to_string(*limits.maximum);
  if (limits.isShared)
    text += " shared";
  return text;
}

static std::string describeMemory(const wasm::MemoryType &type) {
  std::string text = describeLimits(type.limits);
  if (type.pageSizeLog2 != wasm::MemoryType().pageSizeLog2)
    text +=
        " (pagesize " + std::to_string(uint64_t{1} << type.pageSizeLog2) + ")";
  return text;
}

static std::string describeGlobal(const wasm::Module &module,
                                  const wasm::GlobalType &type) {
  const std::string value = module.types.toString(type.value);
  return type.isMutable ? "(mut " + value + ")" : value;
}

std::string describeType(const wasm::Module &module, ExternalKind kind,
                         uint32_t index) {
  switch (kind) {
  case ExternalKind::Function:
    return module.types.toString(
        module.functionType(wasm::FunctionIndex(index)));
  case ExternalKind::Table: {
    const wasm::TableType &type = module.tables[index].type;
    return describeLimits(type.limits) + " " +
           module.types.toString(type.element);
  }
  case ExternalKind::Memory:
    return describeMemory(module.memories[index].type);
  case ExternalKind::Global:
    return describeGlobal(module, module.globals[index].type);
  case ExternalKind::Tag:
    return module.types.toString(
        module.types[module.tags[index].type.type].function);
  }
  return "";
}

static uint32_t entityIndex(const wasm::Import &import) {
  return std::visit([](auto index) { return index.value; }, import.entity);
}

std::string describeImport(const wasm::Module &module,
                           const wasm::Import &import) {
  return std::string(toString(import.kind())) + " " +
         describeType(module, import.kind(), entityIndex(import));
}

namespace {

class Resolver {
public:
  Resolver(const wasm::Module &module, bool allowMissing,
           Diagnostics &diagnostics)
      : module_(module), allowMissing_(allowMissing),
        diagnostics_(diagnostics) {}

  std::optional<std::vector<translate::ImportBinding>> run() {
    hasWideMemory_ = llvm::any_of(module_.exports, [&](const auto &item) {
      return item.kind == ExternalKind::Memory && item.name == "memory" &&
             module_.memories[item.index].type.limits.is64;
    });
    std::vector<translate::ImportBinding> bindings;
    bindings.reserve(module_.imports.size());
    for (const wasm::Import &import : module_.imports)
      bindings.push_back(bind(import));
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
    if (wasi && wasi->takesPointers && hasWideMemory_) {
      report(import, "WASI takes 32-bit pointers, and the exported memory "
                     "\"memory\" has 64-bit addresses");
      return {};
    }
    if (!wasi)
      wasi = translate::findThreadImport(import.module, import.name, type);
    if (wasi && wasi->typeMatches)
      return {Kind::Symbol, wasi->symbol};
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
    Location location;
    location.file = module_.sourceName;
    location.byteOffset = import.byteOffset;
    diagnostics_.error(std::move(location), message);
  }

  const wasm::Module &module_;
  const bool allowMissing_;
  Diagnostics &diagnostics_;
  llvm::StringSet<> reported_;
  size_t missingFunctionCount_ = 0;
  /// Whether the memory that WASI functions work on is a 64-bit one.
  bool hasWideMemory_ = false;
  bool hasFailed_ = false;
};

} // namespace

std::optional<std::vector<translate::ImportBinding>>
resolveImports(const wasm::Module &module, bool allowMissing,
               Diagnostics &diagnostics) {
  return Resolver(module, allowMissing, diagnostics).run();
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
      location.byteOffset = start->byteOffset;
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
      location.byteOffset = memory.byteOffset;
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
  location.byteOffset = start->byteOffset;
  diagnostics.error(
      location,
      llvm::formatv("export \"_start\" is a {0} {1}: an executable needs a "
                    "function of type [] -> []",
                    toString(start->kind), type)
          .str());
  return false;
}

} // namespace wrought::driver
