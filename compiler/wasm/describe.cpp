#include "wasm/describe.h"

namespace wrought::wasm {

static std::string describeLimits(const Limits &limits) {
  std::string text = limits.is64 ? "i64 " : "";
  text += std::to_string(limits.minimum);
  if (limits.maximum)
    text += " " + std::to_string(*limits.maximum);
  if (limits.isShared)
    text += " shared";
  return text;
}

static std::string describeMemory(const MemoryType &type) {
  std::string text = describeLimits(type.limits);
  if (type.pageSizeLog2 != MemoryType().pageSizeLog2)
    text +=
        " (pagesize " + std::to_string(uint64_t{1} << type.pageSizeLog2) + ")";
  return text;
}

static std::string describeGlobal(const Module &module,
                                  const GlobalType &type) {
  const std::string value = module.types.toString(type.value);
  return type.isMutable ? "(mut " + value + ")" : value;
}

std::string describeType(const Module &module, ExternalKind kind,
                         uint32_t index) {
  switch (kind) {
  case ExternalKind::Function:
    return module.types.toString(module.functionType(FunctionIndex(index)));
  case ExternalKind::Table: {
    const TableType &type = module.tables[index].type;
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

std::string describeImport(const Module &module, const Import &import) {
  return std::string(toString(import.kind())) + " " +
         describeType(module, import.kind(), import.index());
}

} // namespace wrought::wasm
