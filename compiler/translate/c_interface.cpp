#include "translate/c_interface.h"
#include "translate/translate.h"
#include "wasm/index_map.h"

#include "llvm/ADT/StringExtras.h"

#include <map>
#include <set>

namespace wrought::translate {

using wasm::ExternalKind;

std::string cIdentifier(std::string_view text) {
  std::string result;
  for (char c : text)
    result += llvm::isAlnum(c) ? c : '_';
  if (result.empty() || llvm::isDigit(result.front()))
    result.insert(result.begin(), '_');
  return result;
}

bool hasSeveralResults(const wasm::Module &module, const wasm::Import &import) {
  const auto *index = std::get_if<wasm::FunctionIndex>(&import.entity);
  return index && module.functionType(*index).results.size() > 1;
}

bool isFunctionReference(const wasm::TypeStore &types, wasm::ValueType type) {
  return type.isReference() &&
         types.top(type.heap()) == wasm::AbstractHeap::Func;
}

bool isShareable(const wasm::TypeStore &types, wasm::ValueType type) {
  return !type.isReference() || type == wasm::ValueType::externRef() ||
         isFunctionReference(types, type);
}

bool isTypedInC(const wasm::FunctionType &type) {
  auto isVector = [](wasm::ValueType value) { return value.isVector(); };
  return llvm::none_of(type.parameters, isVector) &&
         llvm::none_of(type.results, isVector);
}

namespace {

/// What a C name must not be, since it is a word of C or C++.
const std::set<std::string_view> Words = {
    "auto",     "break",    "case",     "char",   "const",     "continue",
    "default",  "do",       "double",   "else",   "enum",      "extern",
    "float",    "for",      "goto",     "if",     "inline",    "int",
    "long",     "register", "restrict", "return", "short",     "signed",
    "sizeof",   "static",   "struct",   "switch", "typedef",   "union",
    "unsigned", "void",     "volatile", "while",  "class",     "delete",
    "new",      "this",     "throw",    "try",    "template",  "operator",
    "bool",     "true",     "false",    "and",    "or",        "not",
    "xor",      "private",  "public",   "catch",  "namespace", "using",
    "virtual",  "friend",   "user_data"};

/// Names of one scope, each once.
class Names {
public:
  void reserve(std::string name) { taken_.insert(std::move(name)); }

  /// `text` with underscores behind it until neither it nor it with one of the
  /// endings is taken.
  std::string take(std::string_view text,
                   const std::vector<std::string_view> &endings) {
    std::string name = cIdentifier(text);
    auto isTaken = [&](std::string_view ending) {
      const std::string whole = name + std::string(ending);
      return taken_.count(whole) != 0 || Words.count(whole) != 0;
    };
    while (llvm::any_of(endings, isTaken))
      name += '_';
    for (std::string_view ending : endings)
      taken_.insert(name + std::string(ending));
    return name;
  }

private:
  std::set<std::string> taken_;
};

const std::vector<std::string_view> &endings(ExternalKind kind) {
  static const std::vector<std::string_view> Function = {""};
  static const std::vector<std::string_view> Memory = {
      "_data", "_size", "_grow", "_read", "_write", "_share"};
  static const std::vector<std::string_view> Table = {"_size", "_get", "_set",
                                                      "_grow", "_share"};
  static const std::vector<std::string_view> Global = {"_get", "_set",
                                                       "_share"};
  switch (kind) {
  case ExternalKind::Memory:
    return Memory;
  case ExternalKind::Table:
    return Table;
  case ExternalKind::Global:
    return Global;
  case ExternalKind::Function:
  case ExternalKind::Tag:
    break;
  }
  return Function;
}

class Describer {
public:
  Describer(const wasm::Module &module, Diagnostics &diagnostics)
      : module_(module), diagnostics_(diagnostics) {}

  std::optional<CInterface> run(std::string prefix) {
    result_.prefix = std::move(prefix);
    for (uint32_t i = 0; i < module_.imports.size(); ++i)
      addImport(i);
    placeImports();
    for (const char *name :
         {"instance", "instantiate", "free", "reset", "fail", "call",
          "interrupt", "fuel", "set_fuel", "imports", "import_items",
          "export_items", "pool", "pool_new", "pool_acquire", "pool_release",
          "pool_clean", "pool_free", "unshare"})
      names_.reserve(name);
    for (const wasm::Export &item : module_.exports)
      checkForObjects(item.kind, item.index, item.byteOffset,
                      "export \"" + std::string(item.name) + "\"");
    for (const wasm::Import &import : module_.imports)
      checkForObjects(import.kind(), import.index(), import.byteOffset,
                      "import \"" + std::string(import.module) + "\" \"" +
                          std::string(import.name) + "\"");
    for (const wasm::Export &item : module_.exports)
      if (isReachable(item))
        result_.exports.push_back(
            {&item, names_.take(item.name, endings(item.kind))});
    if (hasFailed_)
      return std::nullopt;
    return std::move(result_);
  }

private:
  const wasm::FunctionType &typeOf(const wasm::Import &import) const {
    return module_.functionType(std::get<wasm::FunctionIndex>(import.entity));
  }

  void addImport(uint32_t index) {
    const wasm::Import &import = module_.imports[index];
    if (!checkImport(import))
      return;
    auto [group, isNew] = groups_.emplace(import.module, groups_.size());
    if (isNew)
      result_.imports.push_back({std::string(import.module),
                                 fields_.take(import.module, {""}),
                                 {},
                                 0});
    CImportGroup &own = result_.imports[group->second];
    const auto same = llvm::find_if(own.items, [&](const auto &other) {
      const wasm::Import &import2 = module_.imports[other.import];
      return import2.name == import.name &&
             import.kind() == ExternalKind::Function &&
             import2.kind() == ExternalKind::Function &&
             typeOf(import2).parameters == typeOf(import).parameters &&
             typeOf(import2).results == typeOf(import).results;
    });
    places_.push_back({group->second,
                       static_cast<size_t>(same - own.items.begin()),
                       readyMade(import)});
    if (same == own.items.end())
      own.items.push_back(
          {itemFields_[group->second].take(import.name, {""}), index});
  }

  /// What a host gave as a reference to an object would be taken for one.
  void checkForObjects(ExternalKind kind, uint32_t index, uint64_t byteOffset,
                       const std::string &what) {
    std::vector<wasm::ValueType> types;
    switch (kind) {
    case ExternalKind::Function: {
      const wasm::FunctionType &type =
          module_.functionType(wasm::FunctionIndex(index));
      types = type.parameters;
      types.insert(types.end(), type.results.begin(), type.results.end());
      break;
    }
    case ExternalKind::Table:
      types.push_back(module_.tables[index].type.element);
      break;
    case ExternalKind::Global:
      types.push_back(module_.globals[index].type.value);
      break;
    case ExternalKind::Memory:
    case ExternalKind::Tag:
      break;
    }
    if (llvm::none_of(types, [&](wasm::ValueType type) {
          return type.isReference() &&
                 module_.types.top(type.heap()) == wasm::AbstractHeap::Any;
        }))
      return;
    hasFailed_ = true;
    diagnostics_.error(locationOf(module_, byteOffset),
                       what + ": a host cannot hold references to collected "
                              "objects");
  }

  bool checkImport(const wasm::Import &import) {
    switch (import.kind()) {
    case ExternalKind::Function:
      if (isTypedInC(typeOf(import)))
        return true;
      report(import, "a function of a C host has no parameters or results of "
                     "v128");
      return false;
    case ExternalKind::Memory:
      return true;
    case ExternalKind::Global: {
      const auto index = std::get<wasm::GlobalIndex>(import.entity);
      return checkShareable(import, module_.globals[index.value].type.value);
    }
    case ExternalKind::Table: {
      const auto index = std::get<wasm::TableIndex>(import.entity);
      return checkShareable(import, module_.tables[index.value].type.element);
    }
    case ExternalKind::Tag:
      break;
    }
    report(import,
           "a library can import functions, memories, tables and globals");
    return false;
  }

  bool checkShareable(const wasm::Import &import, wasm::ValueType type) {
    if (isShareable(module_.types, type))
      return true;
    report(import, "a library can import no other references than externref "
                   "and those to functions");
    return false;
  }

  /// The symbol of a function of WASI; empty for what is not.
  std::string readyMade(const wasm::Import &import) {
    if (import.kind() != ExternalKind::Function)
      return {};
    const auto wasi =
        findWasiImport(import.module, import.name, typeOf(import));
    if (!wasi)
      return {};
    if (!wasi->typeMatches) {
      report(import, "WASI gives it the type " + wasi->expectedType);
      return {};
    }
    const auto memory = wasiMemory(module_, import);
    if (wasi->takesPointers && memory &&
        module_.memories[memory->value].type.limits.is64)
      report(import, "WASI takes 32-bit pointers, and the exported memory "
                     "\"memory\" has 64-bit addresses");
    if (wasi->takesPointers && memory != mainWasiMemory(module_))
      report(import, "the WASI calls of a library work on one memory, and "
                     "another linked module has its own");
    if (!result_.wasi)
      result_.wasi = {fields_.take("wasi_config", {""}), 0,
                      mainWasiMemory(module_)};
    return wasi->symbol;
  }

  void placeImports() {
    uint64_t next = 0;
    for (CImportGroup &group : result_.imports) {
      group.firstPointer = next;
      next += group.items.size() + 1;
    }
    for (Place &place : places_) {
      const CImportGroup &own = result_.imports[place.group];
      result_.importSlots.push_back({own.firstPointer + place.item,
                                     own.firstPointer + own.items.size(),
                                     std::move(place.readyMade)});
    }
    if (result_.wasi)
      result_.wasi->pointer = next;
  }

  /// Imports that are exported again are the host's already, but functions may
  /// be called through the instance.
  bool isReachable(const wasm::Export &item) const {
    switch (item.kind) {
    case ExternalKind::Function:
      return true;
    case ExternalKind::Memory:
      return !module_.memories[item.index].import;
    case ExternalKind::Table:
      return !module_.tables[item.index].import;
    case ExternalKind::Global:
      return !module_.globals[item.index].import;
    case ExternalKind::Tag:
      break;
    }
    return false;
  }

  void report(const wasm::Import &import, const std::string &fact) {
    hasFailed_ = true;
    diagnostics_.error(locationOf(module_, import.byteOffset),
                       "import \"" + std::string(import.module) + "\" \"" +
                           std::string(import.name) + "\": " + fact);
  }

  const wasm::Module &module_;
  Diagnostics &diagnostics_;
  CInterface result_;
  Names names_, fields_;
  std::map<size_t, Names> itemFields_;
  std::map<std::string, size_t, std::less<>> groups_;
  struct Place {
    size_t group, item;
    std::string readyMade;
  };
  std::vector<Place> places_; ///< by import
  bool hasFailed_ = false;
};

} // namespace

std::optional<CInterface> describeCInterface(const wasm::Module &module,
                                             std::string prefix,
                                             Diagnostics &diagnostics) {
  return Describer(module, diagnostics).run(std::move(prefix));
}

} // namespace wrought::translate
