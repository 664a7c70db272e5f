//===- module_context.h - What the parts of the module parser share -------===//
#pragma once

#include "text/byte_writer.h"
#include "text/token_cursor.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <array>

namespace wrought::text {

/// Index spaces that hold a module's entities. The first five are external
/// kinds, numbered as in the binary format.
enum class Space : uint8_t {
  Function,
  Table,
  Memory,
  Global,
  Tag,
  Type,
  Element,
  Data,
};
inline constexpr size_t SpaceCount = 8;

struct NamedIndex {
  uint32_t index;
  llvm::StringRef name;
};

struct IndexSpace {
  /// All entities have numbers, and identifiers are bound, before anything
  /// refers to them.
  uint32_t count = 0;
  llvm::DenseMap<llvm::StringRef, uint32_t> identifiers;
  /// How many of them the second reading has come by.
  uint32_t reached = 0;
  /// For the name section.
  std::vector<NamedIndex> names;
};

/// A defined type, as far as the text format needs to know it.
struct TypeInfo {
  bool isFunction = false;
  uint32_t parameterCount = 0;
  /// Functions: parameters and results as in the binary format.
  std::string signature;
  llvm::DenseMap<llvm::StringRef, uint32_t> fields;
};

/// The binary format's section ids, as an index; 0 stands for custom sections.
inline constexpr size_t SectionCount = 14;

/// Where a custom section goes: behind section `after` in the binary's order.
/// 0: first; SectionCount: last.
struct CustomSectionText {
  unsigned place;
  std::string name;
  std::vector<uint8_t> payload;
};

/// The entries of a section and how many there are.
struct Section {
  ByteWriter body;
  uint32_t count = 0;
};

struct FunctionLocals {
  uint32_t function;
  std::vector<NamedIndex> names;
};

struct BranchHint {
  uint32_t bodyOffset;
  uint8_t value;
};

struct FunctionHints {
  uint32_t function;
  std::vector<BranchHint> hints;
};

/// Everything that the binary is put together from.
struct ModuleParts {
  std::array<Section, SectionCount> sections; ///< by section id
  std::vector<CustomSectionText> customSections;
  std::array<IndexSpace, SpaceCount> spaces;
  std::vector<FunctionLocals> localNames;
  std::vector<FunctionHints> branchHints;
  llvm::StringRef name;
  bool needsDataCount = false;

  IndexSpace &space(Space space) { return spaces[static_cast<size_t>(space)]; }
};

struct ModuleContext {
  explicit ModuleContext(TokenCursor &cursor) : cursor(cursor) {}

  TokenCursor &cursor;
  ModuleParts parts;
  std::vector<TypeInfo> types;
  /// Signatures of function types that stand alone, are final and have no
  /// supertype: those that an inline signature may mean. First of equals.
  llvm::StringMap<uint32_t> plainFunctionTypes;

  /// Binds the identifier at a token, if there is one, to the next index.
  /// Returns how many tokens that took (0 or 1).
  uint32_t declare(Space space, uint32_t tokenIndex);
  /// Second reading: passes an identifier and a @name annotation; returns the
  /// index that `declare` gave.
  uint32_t define(Space space);
  /// An index or identifier of a space.
  uint32_t expectIndex(Space space);
  /// An index, or an identifier that `identifiers` binds.
  uint32_t
  expectIndex(const llvm::DenseMap<llvm::StringRef, uint32_t> &identifiers,
              const char *what);
  /// A @name annotation before the current token, or nothing.
  llvm::StringRef takeNameAnnotation();
  /// Notes the position of the current token in `out`.
  void mark(ByteWriter &out) { markToken(out, cursor.position()); }
  void markToken(ByteWriter &out, uint32_t tokenIndex);

private:
  llvm::BumpPtrAllocator allocator_;
  llvm::StringSaver saver_{allocator_};
  /// Line of the last position, where the search for the next one starts.
  uint32_t lineHint_ = 0;
};

/// "function", "elem segment", … as in the specification's messages.
const char *spaceName(Space space);

/// Puts the sections together. `bytes` of positions become absolute.
BinaryModule assembleModule(ModuleParts &&parts);

} // namespace wrought::text
