#include "driver/c_header.h"
#include "driver/version.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace wrought::driver {

using wasm::ExternalKind;

static constexpr llvm::StringLiteral CommonPart =
#include "wrought_header.inc"
    ;

static llvm::StringRef cType(wasm::ValueType type) {
  switch (type.kind()) {
  case wasm::ValueKind::I32:
    return "int32_t ";
  case wasm::ValueKind::I64:
    return "int64_t ";
  case wasm::ValueKind::F32:
    return "float ";
  case wasm::ValueKind::F64:
    return "double ";
  default:
    return "wrought_reference ";
  }
}

/// Within a comment: nothing that could end it or the line.
static std::string quote(std::string_view text) {
  std::string result = "\"";
  for (char c : text.substr(0, 200))
    result += llvm::isPrint(c) && c != '*' && c != '\\' && c != '?' ? c : '.';
  return result + '"';
}

namespace {

class Header {
public:
  Header(const wasm::Module &module, const translate::CInterface &interface,
         const HeaderParts &parts)
      : module_(module), interface_(interface), prefix_(interface.prefix),
        parts_(parts), out_(text_) {}

  std::string write() {
    const std::string guard = "WROUGHT_LIBRARY_" + prefix_ + "_H";
    out_ << "/* Made by " << versionLine() << ". */\n";
    out_ << "#ifndef " << guard << "\n#define " << guard << "\n\n";
    out_ << CommonPart;
    out_ << "\n#if WROUGHT_ABI != 1\n#error \"another version of wrought.h\"\n"
            "#endif\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    out_ << "typedef struct " << prefix_ << "_instance " << prefix_
         << "_instance;\n\n";
    writeImports();
    writeCommon();
    for (const translate::CExport &entry : interface_.exports)
      writeExport(entry);
    out_ << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
    return std::move(text_);
  }

private:
  void writeImports() {
    out_ << "/* What the module imports. No pointer may be null, but "
            "user_data";
    if (interface_.wasi)
      out_ << "\n * and functions of WASI, which are ready-made then";
    out_ << ". */\n";
    out_ << "typedef struct " << prefix_ << "_imports {\n";
    for (const translate::CImportGroup &group : interface_.imports) {
      out_ << "  struct { /* " << quote(group.module) << " */\n";
      for (const auto &item : group.items)
        writeImport(item.field, module_.imports[item.import]);
      out_ << "    void *user_data;\n  } " << group.field << ";\n";
    }
    if (interface_.wasi)
      out_ << "  /* What the ready-made functions give; null: nothing but "
              "clocks and random\n   * numbers. */\n  const "
              "wrought_wasi_config *"
           << interface_.wasi->field << ";\n";
    if (interface_.imports.empty())
      out_ << "  void *nothing;\n";
    out_ << "} " << prefix_ << "_imports;\n\n";
  }

  void writeImport(const std::string &field, const wasm::Import &import) {
    out_ << "    ";
    if (auto *function = std::get_if<wasm::FunctionIndex>(&import.entity)) {
      const wasm::FunctionType &type = module_.functionType(*function);
      const bool isSingle = type.results.size() == 1;
      out_ << (isSingle ? cType(type.results[0]) : "void ") << "(*" << field
           << ")(void *user_data";
      for (wasm::ValueType parameter : type.parameters)
        out_ << ", " << cType(parameter).rtrim();
      for (size_t i = 0; !isSingle && i < type.results.size(); ++i)
        out_ << ", " << cType(type.results[i]) << "*r" << i;
      out_ << ");";
    } else {
      out_ << "wrought_shared *" << field << ';';
    }
    out_ << " /* " << toString(import.kind()) << ' ' << quote(import.name)
         << " */\n";
  }

  llvm::raw_ostream &result(llvm::StringRef name) {
    return out_ << "wrought_result " << prefix_ << '_' << name << '(';
  }
  llvm::raw_ostream &onInstance(llvm::StringRef name) {
    return result(name) << prefix_ << "_instance *instance";
  }

  void writeCommon() {
    out_ << "/* abi is WROUGHT_ABI. limits may be null, and so may imports "
            "where none is\n * needed. After a failure *instance is null. */\n";
    result("instantiate") << "uint32_t abi, const " << prefix_
                          << "_imports *imports,\n    const wrought_limits "
                             "*limits, "
                          << prefix_ << "_instance **instance);\n";
    out_ << "/* An instance that is not in a call. */\n";
    onInstance("free") << ");\n";
    out_ << "/* Back to what it was after instantiate. */\n";
    onInstance("reset") << ");\n";
    out_ << "/* In an imported function: the call into the module fails when "
            "the "
            "function\n * returns. */\n";
    onInstance("fail") << ", int64_t status, const char *message);\n";
    if (parts_.interruption) {
      out_
          << "/* Stops the call that is active, or else the next one, or with "
             "is_wanted 0 does\n * not. Any thread and signal handler may call "
             "it as long as the instance\n * lives. */\n";
      onInstance("interrupt") << ", uint64_t is_wanted);\n";
    }
    if (parts_.fuel) {
      out_ << "/* What calls may still spend. One that would spend more fails "
              "with\n * WROUGHT_OUT_OF_FUEL. */\n";
      out_ << "uint64_t " << prefix_ << "_fuel(" << prefix_
           << "_instance *instance);\n";
      onInstance("set_fuel") << ", uint64_t fuel);\n";
    }
    out_ << "/* An exported function by its name in the module. */\n";
    onInstance("call")
        << ", const char *name,\n    const wrought_value *arguments, uint64_t "
           "argument_count,\n    wrought_value *results, uint64_t "
           "result_count);\n";
    out_ << "/* Gives back what <export>_share gave, of any library. */\n";
    result("unshare") << "wrought_shared *shared);\n";
    writePool();
    for (llvm::StringRef which : {"import", "export"})
      out_ << "const wrought_item *" << prefix_ << '_' << which
           << "_items(size_t *count);\n";
    out_ << '\n';
  }

  void writePool() {
    out_
        << "/* Instances made beforehand, for any threads: `size` of them. */\n"
        << "typedef struct " << prefix_ << "_pool " << prefix_ << "_pool;\n";
    result("pool_new") << "uint32_t abi, uint64_t size, const " << prefix_
                       << "_imports *imports,\n    const wrought_limits "
                          "*limits, "
                       << prefix_ << "_pool **pool);\n";
    out_ << "/* One as it was after instantiate, or WROUGHT_POOL_EMPTY. With "
            "imports that are\n * not null, functions and user data are those "
            "until it is released. */\n";
    result("pool_acquire") << prefix_ << "_pool *pool, const " << prefix_
                           << "_imports *imports,\n    " << prefix_
                           << "_instance **instance);\n";
    result("pool_release") << prefix_ << "_pool *pool, " << prefix_
                           << "_instance *instance);\n";
    out_ << "/* Resets released instances, so that acquire need not. `cleaned` "
            "may be null. */\n";
    result("pool_clean") << prefix_
                         << "_pool *pool, uint64_t at_most, uint64_t "
                            "*cleaned);\n";
    out_ << "/* A pool whose instances were all released. */\n";
    result("pool_free") << prefix_ << "_pool *pool);\n";
  }

  void writeExport(const translate::CExport &entry) {
    const uint32_t index = entry.item->index;
    out_ << "/* " << toString(entry.item->kind) << ' '
         << quote(entry.item->name);
    switch (entry.item->kind) {
    case ExternalKind::Function:
      return writeFunction(entry,
                           module_.functionType(wasm::FunctionIndex(index)));
    case ExternalKind::Global:
      return writeGlobal(entry, module_.globals[index].type);
    case ExternalKind::Memory:
      out_ << ": valid until it grows */\n";
      out_ << "void *" << prefix_ << '_' << entry.name << "_data(" << prefix_
           << "_instance *instance);\n";
      out_ << "uint64_t " << prefix_ << '_' << entry.name << "_size(" << prefix_
           << "_instance *instance);\n";
      onInstance(entry.name + "_grow") << ", uint64_t pages);\n";
      onInstance(entry.name + "_read")
          << ", uint64_t address,\n    void *to, uint64_t byte_length);\n";
      onInstance(entry.name + "_write")
          << ", uint64_t address,\n    const void *from, uint64_t "
             "byte_length);\n";
      onInstance(entry.name + "_share") << ", wrought_shared **shared);\n";
      return;
    case ExternalKind::Table:
      out_ << " */\nuint64_t " << prefix_ << '_' << entry.name << "_size("
           << prefix_ << "_instance *instance);\n";
      onInstance(entry.name + "_get")
          << ", uint64_t index,\n    wrought_reference *element);\n";
      onInstance(entry.name + "_set")
          << ", uint64_t index,\n    wrought_reference element);\n";
      onInstance(entry.name + "_grow")
          << ", uint64_t count,\n    wrought_reference element);\n";
      if (translate::isShareable(module_.types,
                                 module_.tables[index].type.element))
        onInstance(entry.name + "_share") << ", wrought_shared **shared);\n";
      return;
    case ExternalKind::Tag:
      out_ << " */\n";
    }
  }

  void writeFunction(const translate::CExport &entry,
                     const wasm::FunctionType &type) {
    if (!translate::isTypedInC(type)) {
      out_ << " takes v128: " << prefix_ << "_call calls it */\n";
      return;
    }
    out_ << " */\n";
    onInstance(entry.name);
    for (size_t i = 0; i < type.parameters.size(); ++i)
      out_ << ", " << cType(type.parameters[i]) << 'a' << i;
    for (size_t i = 0; i < type.results.size(); ++i)
      out_ << ", " << cType(type.results[i]) << "*r" << i;
    out_ << ");\n";
  }

  void writeGlobal(const translate::CExport &entry,
                   const wasm::GlobalType &type) {
    out_ << " */\n";
    const bool isVector = type.value.isVector();
    const llvm::StringRef value = isVector ? "void " : cType(type.value);
    onInstance(entry.name + "_get") << ", " << value << "*value);\n";
    if (type.isMutable)
      onInstance(entry.name + "_set")
          << ", " << (isVector ? "const void *" : value) << "value);\n";
    if (translate::isShareable(module_.types, type.value))
      onInstance(entry.name + "_share") << ", wrought_shared **shared);\n";
  }

  const wasm::Module &module_;
  const translate::CInterface &interface_;
  const std::string &prefix_;
  const HeaderParts parts_;
  std::string text_;
  llvm::raw_string_ostream out_;
};

} // namespace

std::string cHeader(const wasm::Module &module,
                    const translate::CInterface &interface,
                    const HeaderParts &parts) {
  return Header(module, interface, parts).write();
}

std::string libraryName(llvm::StringRef outputPath) {
  llvm::StringRef stem = llvm::sys::path::stem(outputPath);
  if (stem.size() > 3)
    stem.consume_front("lib");
  return stem.str();
}

} // namespace wrought::driver
