#include "translate/translate.h"

#include "llvm/ADT/STLExtras.h"

namespace wrought::translate {

namespace {

struct WasiRow {
  std::string_view name;
  wasm::FunctionType type;
};

const std::vector<WasiRow> &wasiRows() {
  using wasm::I32, wasm::I64;
  using Types = std::vector<wasm::ValueType>;
  static const std::vector<WasiRow> Rows = {
#define WASI_LIST(...) Types({__VA_ARGS__})
#define WASI_FUNCTION(name, parameters, results)                               \
  {#name, {WASI_LIST parameters, WASI_LIST results}},
#include "abi/wasi_functions.def"
#undef WASI_LIST
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

} // namespace

std::optional<WasiImport> findWasiImport(std::string_view module,
                                         std::string_view name,
                                         const wasm::FunctionType &type) {
  // wasi_unstable lays out some structures differently.
  if (module != "wasi_snapshot_preview1")
    return std::nullopt;
  for (const WasiRow &row : wasiRows())
    if (row.name == name)
      return WasiImport{"wrought_wasi_" + std::string(name),
                        row.type.parameters == type.parameters &&
                            row.type.results == type.results,
                        wasm::TypeStore().toString(row.type),
                        !llvm::is_contained(WithoutPointers, name)};
  return std::nullopt;
}

} // namespace wrought::translate
