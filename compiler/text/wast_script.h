//===- wast_script.h - The spec suite's scripts ----------------------------===//
//
// A script is a list of commands; modules in it come back as binary (or as the
// error that their text has). Used by the tests; `wrought` itself reads modules.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "text/wat_parser.h"
#include "wasm/types.h"

#include <array>
#include <memory>
#include <string>
#include <variant>

namespace wrought::text {

enum class ModuleForm : uint8_t { Text, Binary, Quote };

struct ScriptModule {
  ModuleForm form = ModuleForm::Text;
  std::string identifier; ///< without the $; empty when there is none
  uint32_t line = 0;
  /// `(module definition …)`: validated and kept for `(module instance …)`, not
  /// instantiated.
  bool isDefinition = false;
  /// Nullopt when the text is malformed; then `textError` says why.
  std::optional<BinaryModule> binary;
  std::string textError;
};

/// An argument or an expected result.
struct ScriptValue {
  enum class Kind : uint8_t {
    I32,
    I64,
    F32,
    F64,
    V128,
    RefNull,   ///< heap: its type; as a result pattern `(ref.null)` any null
    RefExtern, ///< bits: the host number; as a bare pattern any
    RefHost,   ///< bits: the host number
    RefFunc,   ///< pattern: any function
    RefAny,    ///< the remaining patterns: any non-null reference of `heap`
    Either,    ///< pattern: one of `alternatives`
  };
  /// For F32, F64 and each lane of a V128 of floats.
  enum class Nan : uint8_t { None, Canonical, Arithmetic };

  Kind kind = Kind::I32;
  uint64_t bits = 0;
  bool hasBits = true; ///< false for a bare `(ref.extern)`, `(ref.func)`
  Nan nan = Nan::None;
  std::optional<wasm::HeapType> heap; ///< abstract ones only
  std::array<uint8_t, 16> v128{};
  /// V128: bytes a lane (1, 2, 4, 8), and whether the lanes are floats.
  uint8_t laneByteLength = 0;
  bool floatLanes = false;
  std::array<Nan, 4> laneNan{};
  std::vector<ScriptValue> alternatives;
};

struct Action {
  enum class Kind : uint8_t { Invoke, Get } kind = Kind::Invoke;
  std::string module; ///< identifier; empty means the last instance
  std::string name;   ///< of the export; may hold any bytes
  std::vector<ScriptValue> arguments;
};

struct Command {
  enum class Kind : uint8_t {
    Module,        ///< module
    Instance,      ///< (module instance $identifier $definition)
    Register,      ///< name, identifier
    Invoke,        ///< action; Get as well
    AssertReturn,  ///< action, results
    AssertTrap,    ///< action or module, message
    AssertExhaustion,
    AssertException, ///< action
    AssertInvalid,   ///< module, message
    AssertMalformed,
    AssertUnlinkable,
  };
  Kind kind = Kind::Module;
  uint32_t line = 0;
  std::optional<ScriptModule> module;
  std::optional<Action> action;
  std::vector<ScriptValue> results;
  std::string message;
  std::string name;       ///< Register: the module name to register as
  std::string identifier; ///< Register, Instance: which instance; may be empty
  std::string definition; ///< Instance: which definition; may be empty
};

/// Parses a script. Malformed text inside quoted modules is data, not an error.
std::optional<std::vector<Command>> parseScript(std::string_view text,
                                                llvm::StringRef sourceName,
                                                Diagnostics &diagnostics);

} // namespace wrought::text
