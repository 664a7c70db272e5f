#include "translate/translate.h"

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
                        wasm::TypeStore().toString(row.type)};
  return std::nullopt;
}

} // namespace wrought::translate
