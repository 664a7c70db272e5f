//===- translate.h - ValidatedModule to LLVM IR ---------------------------===//
//
// A module is cut into partitions by its own shape, never by the number of
// threads, so that output does not depend on -j. Each partition becomes one
// llvm::Module in a context of its own; partitions may be made side by side.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"
#include "targets/target.h"
#include "translate/c_interface.h"
#include "validate/module_validator.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace wrought::translate {

enum class BoundsChecks : uint8_t { Guard, Explicit, None };

/// What code may rely on that accesses a memory, also an imported one.
struct MemoryTraits {
  /// 4 GiB and the target's guard are reserved from the base on: accesses out
  /// of bounds fault there.
  bool isGuarded = false;
  /// Growing may give it another base.
  bool canMove = true;
};

/// What an import is bound to.
struct ImportBinding {
  enum class Kind : uint8_t {
    Symbol,  ///< the function, table, memory or global with this symbol
    Missing, ///< a function that traps when it is called
    Own      ///< a memory that the program makes itself
  } kind = Kind::Symbol;
  std::string symbol;
  MemoryTraits memory = {}; ///< of a memory
  /// Of a function: ExportedSymbol::hasTailEntry of what it is bound to.
  bool hasTailEntry = false;
  /// Set for a function of WASI that works on a memory other than the
  /// program's, or on none.
  struct Memory {
    std::optional<wasm::MemoryIndex> index;
  };
  std::optional<Memory> callersMemory = std::nullopt;
};

struct Grant {
  std::string hostPath, guestPath;
  bool isReadOnly = false;
};

/// One version of the code in an executable, for a CPU.
struct Version {
  std::string moduleSymbol = "wrought_module";
  std::string cpu;
  /// Bits of runtime-support/abi/cpu_features.def.
  uint64_t requiredFeatures = 0;
};

/// The most that a counter of fuel, which is signed, can hold.
constexpr uint64_t unlimitedFuel = INT64_MAX;

/// What becomes wrought_config.
struct Config {
  std::vector<Grant> grants;
  std::vector<std::string> environment; ///< "K=V"
  std::vector<std::string> listeners;   ///< "ADDRESS:PORT"
  /// "inherit", "null" or a path; empty where nothing was said.
  std::array<std::string, 3> streams;
  std::optional<std::string> argv0;
  bool isSealed = false;
  bool inheritsEnvironment = false;
  uint64_t stackByteLength = uint64_t{8} << 20;
  /// Of each thread's collected objects; 0: the runtime's default.
  uint64_t heapByteLength = 0;
  /// The program can start threads, at most so many beside the first.
  bool hasThreads = false;
  uint64_t maxThreadCount = 1024;
  /// What may be spent, where code counts it; of a library by a new instance.
  std::optional<uint64_t> fuel;
  /// The file that the program writes its profile to; empty: it counts nothing.
  std::string profilePath;
  /// In the order in which they are tried.
  std::vector<Version> versions = {Version()};
};

struct Options {
  const targets::TargetSpec *target = nullptr;
  BoundsChecks boundsChecks = BoundsChecks::Guard;
  /// With guard pages: for memories other than the module's first too.
  bool guardsExtraMemories = true;
  unsigned optLevel = 2; ///< 0–3
  /// Cap on each memory, in bytes.
  std::optional<uint64_t> maxMemory;
  /// Of a library's instances: what Config has.
  uint64_t heapByteLength = 0;
  /// Loads whose values are unused need not trap.
  bool relaxedTraps = false;
  /// Whatever the specification leaves open is the same on all targets: bits of
  /// NaNs, and results of relaxed instructions.
  bool isDeterministic = false;
  /// With an instance pointer: loops and calls look whether they are to stop.
  bool isInterruptible = false;
  /// Code counts what it executes, and stops when nothing is left.
  bool countsFuel = false;
  /// Of a library that does: what a new instance has.
  uint64_t libraryFuel = unlimitedFuel;
  bool debugInfo = false;
  /// One partition whatever the size, for --emit llvm-ir and the like.
  bool singlePartition = false;
  /// Prefix of every symbol of this instance; the default suits one module a
  /// program.
  std::string symbolPrefix = "wasm.";
  /// Symbol of the abi::Module; the runtime's entry expects the default.
  std::string moduleSymbol = "wrought_module";
  /// Any number of instances: each function takes its instance as a hidden
  /// first parameter. Otherwise the state is the program's own, once.
  bool isInstancePointer = false;
  /// Symbol of the abi::Library, with an instance pointer.
  std::string librarySymbol = "wrought_library";
  /// With an instance pointer: C functions by which hosts use the module.
  std::optional<CInterface> cInterface;
  /// What the code of such a library requires of a CPU; the module's symbol is
  /// not used.
  Version libraryVersion;
  /// Set for further versions of a module in one executable: the symbol prefix
  /// of the first one, whose memory images serve them all.
  std::optional<std::string> imageOwnerPrefix;
  /// The n-th memory of the program has the constant address
  /// target->memoryBase + n × (4 GiB + guard, rounded up). This module's first
  /// n, and how many there are: memories beyond have no place of their own, and
  /// no guard. The default leaves room below where Sv39 loads programs.
  unsigned firstMemorySlot = 0;
  unsigned memorySlotCount = 8;
  /// Keep every export callable from other objects (the spec runner, linked
  /// modules). Otherwise only _start and what it reaches is kept.
  bool exportAll = false;
  /// With exportAll: for each exported function also `<symbol>.array`, a
  /// void(uint64_t *slots) that takes arguments from slots and leaves results
  /// there; v128 uses two slots, references are pointers. An instance comes
  /// before the slots where there is one.
  bool arrayWrappers = false;
  /// The program starts threads, each of which is an instance that shares the
  /// memory: what they do not share becomes thread-local.
  bool hasThreads = false;
  /// One for each import, in order. Not used with an instance pointer, where
  /// imports are bound at run time.
  std::vector<ImportBinding> imports;
};

/// How other objects reach an export.
struct ExportedSymbol {
  std::string name;
  wasm::ExternalKind kind;
  uint32_t index;
  /// With an instance pointer: of functions only, the code.
  std::string symbol;
  /// With an instance pointer: where in the instance all others are. For what
  /// is imported: where its abi::Import is.
  uint64_t instanceOffset = 0;
  MemoryTraits memory = {}; ///< of a memory
  /// Of a function: it makes tail calls, so that tail calls of it need the
  /// entry `<symbol>.tail`.
  bool hasTailEntry = false;
};

class Plan;

/// Decides partitions and symbols. Reports features that are not translated
/// yet ("not yet supported: …") and returns null.
std::unique_ptr<Plan> planTranslation(const validate::ValidatedModule &module,
                                      Options options,
                                      Diagnostics &diagnostics);

class Plan {
public:
  virtual ~Plan() = default;
  virtual size_t partitionCount() const = 0;
  /// Relative cost, for scheduling the largest first.
  virtual uint64_t partitionWeight(size_t partition) const = 0;
  /// Thread-safe for different contexts.
  virtual std::unique_ptr<llvm::Module>
  translate(size_t partition, llvm::LLVMContext &context) const = 0;
  virtual const std::vector<ExportedSymbol> &exports() const = 0;
  /// Of the code of each function that is translated.
  virtual std::vector<std::string> functionSymbols() const = 0;
  /// Size of an instance; 0 without an instance pointer.
  virtual uint64_t instanceByteLength() const = 0;
};

/// The module that defines wrought_config.
std::unique_ptr<llvm::Module> emitConfig(const Config &config,
                                         const targets::TargetSpec &target,
                                         llvm::LLVMContext &context);

/// Symbol of the runtime's function for a WASI import and whether the import's
/// type is the one that WASI gives it. Nullopt when WASI has no such function.
struct WasiImport {
  std::string symbol;
  bool typeMatches;
  std::string expectedType;
  /// Whether it works on the module's memory.
  bool takesPointers;
};
std::optional<WasiImport> findWasiImport(std::string_view module,
                                         std::string_view name,
                                         const wasm::FunctionType &type);

/// The same for thread-spawn of wasi-threads.
std::optional<WasiImport> findThreadImport(std::string_view module,
                                           std::string_view name,
                                           const wasm::FunctionType &type);

/// The memory that an import's calls of WASI work on, and that of the main one
/// of several linked modules.
std::optional<wasm::MemoryIndex> wasiMemory(const wasm::Module &module,
                                            const wasm::Import &import);
std::optional<wasm::MemoryIndex> mainWasiMemory(const wasm::Module &module);

} // namespace wrought::translate
