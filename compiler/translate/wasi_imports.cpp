#include "translate/translate.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

namespace wrought::translate {

namespace {

struct WasiRow {
  std::string_view name;
  wasm::FunctionType type;
};

#define WASI_LIST(...) Types({__VA_ARGS__})
#define WASI_ROW(name, parameters, results)                                    \
  {#name, {WASI_LIST parameters, WASI_LIST results}},

using wasm::I32, wasm::I64;
using Types = std::vector<wasm::ValueType>;

const std::vector<WasiRow> &wasiRows() {
  static const std::vector<WasiRow> Rows = {
#define WASI_FUNCTION WASI_ROW
#include "abi/wasi_functions.def"
  };
  return Rows;
}

/// Their parameters are numbers and handles.
constexpr std::string_view WithoutPointers[] = {"fd_advise",
                                                "fd_allocate",
                                                "fd_close",
                                                "fd_datasync",
                                                "fd_fdstat_set_flags",
                                                "fd_fdstat_set_rights",
                                                "fd_filestat_set_size",
                                                "fd_filestat_set_times",
                                                "fd_renumber",
                                                "fd_sync",
                                                "proc_exit",
                                                "proc_raise",
                                                "sched_yield",
                                                "sock_shutdown"};

/// What wasi_unstable has in a form of its own.
const std::vector<WasiRow> &unstableRows() {
  static const std::vector<WasiRow> Rows = {
#define WASI_FUNCTION(name, parameters, results)
#define WASI_UNSTABLE_FUNCTION WASI_ROW
#include "abi/wasi_functions.def"
  };
  return Rows;
}

#undef WASI_ROW
#undef WASI_LIST

std::optional<WasiImport> findRow(const std::vector<WasiRow> &rows,
                                  llvm::StringRef prefix, std::string_view name,
                                  const wasm::FunctionType &type) {
  for (const WasiRow &row : rows)
    if (row.name == name)
      return WasiImport{(prefix + llvm::StringRef(name)).str(),
                        row.type.parameters == type.parameters &&
                            row.type.results == type.results,
                        wasm::TypeStore().toString(row.type),
                        !llvm::is_contained(WithoutPointers, name)};
  return std::nullopt;
}

} // namespace

std::optional<WasiImport> findWasiImport(std::string_view module,
                                         std::string_view name,
                                         const wasm::FunctionType &type) {
  const bool isUnstable = module == "wasi_unstable";
  if (!isUnstable && module != "wasi_snapshot_preview1")
    return std::nullopt;
  if (isUnstable) {
    // The only function that came later.
    if (name == "sock_accept")
      return std::nullopt;
    if (auto found =
            findRow(unstableRows(), "wrought_wasi_unstable_", name, type))
      return found;
  }
  return findRow(wasiRows(), "wrought_wasi_", name, type);
}

static std::optional<wasm::MemoryIndex>
exportedMemory(const wasm::Module &module) {
  for (const wasm::Export &item : module.exports)
    if (item.kind == wasm::ExternalKind::Memory && item.name == "memory")
      return wasm::MemoryIndex(item.index);
  return std::nullopt;
}

std::optional<wasm::MemoryIndex> wasiMemory(const wasm::Module &module,
                                            const wasm::Import &import) {
  if (const wasm::Origin *origin = module.originOf(import.byteOffset))
    return origin->wasiMemory;
  return exportedMemory(module);
}

std::optional<wasm::MemoryIndex> mainWasiMemory(const wasm::Module &module) {
  return module.origins.empty() ? exportedMemory(module)
                                : module.origins[module.mainOrigin].wasiMemory;
}

std::optional<WasiImport> findThreadImport(std::string_view module,
                                           std::string_view name,
                                           const wasm::FunctionType &type) {
  if (module != "wasi" || name != "thread-spawn")
    return std::nullopt;
  const wasm::FunctionType spawn = {{wasm::I32}, {wasm::I32}};
  return WasiImport{"wrought_wasi_thread_spawn",
                    type.parameters == spawn.parameters &&
                        type.results == spawn.results,
                    wasm::TypeStore().toString(spawn), /*takesPointers=*/false};
}

} // namespace wrought::translate
