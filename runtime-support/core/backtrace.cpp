//===- backtrace.cpp - Says what trapped, and where in the module ---------===//
//
// Walks the frame pointers of the guest's stack, each checked against it, and
// prints a line for each frame of compiled code. Places come from the line
// table in the program's own file, whose lines are byte offsets in the module;
// in a stripped program functions come from the section wrought_functions.
//
//===----------------------------------------------------------------------===//
#include "core/fault.h"
#include "core/line_table.h"
#include "core/message.h"
#include "core/origin.h"
#include "core/process.h"
#include "core/registry.h"
#include "core/trap.h"
#include "cpu.h"

extern "C" {
extern const wrought::abi::FunctionAddress __start_wrought_functions[]
    __attribute__((weak, visibility("hidden")));
extern const wrought::abi::FunctionAddress __stop_wrought_functions[]
    __attribute__((weak, visibility("hidden")));
// Null where no line table is kept.
void wrought_find_lines(wrought::LineQuery *queries, size_t count)
    __attribute__((weak));
}

namespace wrought {

namespace {

constexpr size_t maxInnerFrames = 32, maxOuterFrames = 16;
constexpr size_t maxFrames = maxInnerFrames + maxOuterFrames;
constexpr size_t maxImportNameLength = 1 << 16;

/// The innermost frames, and the outermost in a ring.
class Frames {
public:
  void add(uint64_t pc) {
    size_t index =
        count_ < maxInnerFrames
            ? count_
            : maxInnerFrames + (count_ - maxInnerFrames) % maxOuterFrames;
    pcs_[index] = pc;
    ++count_;
  }
  size_t count() const { return count_; }
  bool isOmitted(size_t index) const {
    return count_ > maxFrames && index >= maxInnerFrames &&
           index < count_ - maxOuterFrames;
  }
  /// Of a frame that is not omitted.
  uint64_t pc(size_t index) const {
    return pcs_[index < maxInnerFrames
                    ? index
                    : maxInnerFrames +
                          (index - maxInnerFrames) % maxOuterFrames];
  }

private:
  uint64_t pcs_[maxFrames];
  size_t count_ = 0;
};

/// Whether both slots lie on the guest's stack.
bool isFrame(uint64_t framePointer) {
  // The return address stands behind the caller's frame pointer.
  static_assert(arch::returnAddressSlot == arch::callerFrameSlot + 1);
  const uint64_t slots =
      framePointer + static_cast<uint64_t>(arch::callerFrameSlot) * 8;
  const AddressRange &stack = process.thread().stack;
  return slots % 8 == 0 && stack.contains(slots) && stack.end - slots >= 16;
}

void walk(const abi::TrapRecord &record, Frames &frames) {
  if (isCompiledCode(record.pc))
    frames.add(record.pc);
  uint64_t framePointer = record.framePointer;
  while (isFrame(framePointer)) {
    auto *slots = reinterpret_cast<const uint64_t *>(framePointer);
    // A return address may lie behind the end of the function that calls.
    uint64_t pc = arch::returnAddress(slots) - 1;
    if (isCompiledCode(pc))
      frames.add(pc);
    if (slots[arch::callerFrameSlot] <= framePointer)
      break;
    framePointer = slots[arch::callerFrameSlot];
  }
}

/// Lines for all frames that are printed, in one pass over the table.
class Places {
public:
  explicit Places(const Frames &frames) {
    for (size_t index = 0; index < frames.count(); ++index)
      if (!frames.isOmitted(index))
        insert(frames.pc(index) - process.loadBias);
      else
        index = frames.count() - maxOuterFrames - 1;
    if (count_ != 0 && wrought_find_lines != nullptr)
      wrought_find_lines(queries_, count_);
  }

  /// The byte offset in the module, or 0.
  uint64_t offsetAt(uint64_t pc) const {
    for (size_t index = 0; index < count_; ++index)
      if (queries_[index].address == pc - process.loadBias)
        return queries_[index].line;
    return 0;
  }

private:
  void insert(uint64_t address) {
    size_t index = count_++;
    for (; index != 0 && queries_[index - 1].address > address; --index)
      queries_[index] = queries_[index - 1];
    queries_[index] = {address, 0};
  }

  LineQuery queries_[maxFrames];
  size_t count_ = 0;
};

struct Function {
  /// In the module that it comes from.
  uint64_t index = 0;
  const char *name = nullptr;
  uint64_t nameLength = 0;
  bool isKnown = false;
  /// No function of the module: an entry, the code that instantiates.
  bool isHidden = false;
  /// Null where the program is one module.
  const abi::ModuleOrigin *origin = nullptr;
};

/// The function at a position of the module's functionNames.
Function functionAt(const abi::Module &module, uint64_t position) {
  Function function = {module.importedFunctionCount + position,
                       nullptr,
                       0,
                       true,
                       false,
                       originAt(module, position)};
  if (function.origin != nullptr)
    function.index = position - function.origin->firstPosition +
                     function.origin->importedFunctionCount;
  if (position < module.functionNameCount) {
    auto &entry =
        static_cast<abi::FunctionName *>(module.functionNames)[position];
    function.name =
        static_cast<const char *>(module.functionNameBytes) + entry.nameOffset;
    function.nameLength = entry.nameLength;
  }
  return function;
}

/// The last function that begins at or before the byte offset.
Function functionByOffset(const abi::Module &module, uint64_t offset) {
  auto *names = static_cast<abi::FunctionName *>(module.functionNames);
  uint64_t low = 0, high = module.functionNameCount;
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    if (names[middle].codeOffset <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? Function{} : functionAt(module, low - 1);
}

uint64_t codeOf(const abi::FunctionAddress &entry) {
  return reinterpret_cast<uint64_t>(&entry.codeDistance) + entry.codeDistance;
}

/// The function with the greatest address at or before the program counter.
Function functionByAddress(const abi::Module &module, uint64_t pc) {
  const abi::FunctionAddress *best = nullptr;
  for (const abi::FunctionAddress *entry = __start_wrought_functions;
       entry != __stop_wrought_functions; ++entry)
    if (codeOf(*entry) <= pc &&
        (best == nullptr || codeOf(*entry) > codeOf(*best)))
      best = entry;
  if (best == nullptr)
    return {};
  if (best->functionIndex == abi::NoFunction)
    return {0, nullptr, 0, false, true};
  return functionAt(module, best->functionIndex - module.importedFunctionCount);
}

Function functionOf(uint64_t pc, uint64_t offset) {
  const abi::Module *module = onlyModule();
  if (module == nullptr)
    return {};
  return offset != 0 ? functionByOffset(*module, offset)
                     : functionByAddress(*module, pc);
}

void printFrame(Message &message, size_t number, const Function &function,
                uint64_t offset) {
  message.text("  #").decimal(number);
  if (function.origin != nullptr) {
    auto *name = static_cast<const char *>(function.origin->name);
    message.text(" ")
        .untrusted(name, boundedLength(name, maxImportNameLength))
        .text(":");
    if (offset != 0)
      offset -= function.origin->byteBegin;
  }
  if (function.isKnown)
    message.text(" func[").decimal(function.index).text("]");
  if (function.nameLength != 0)
    message.text(" <").untrusted(function.name, function.nameLength).text(">");
  if (offset != 0)
    message.text(" at 0x").hex(offset);
  else if (!function.isKnown)
    message.text(" unknown function");
  message.text("\n");
}

void printTrap(Message &message, const abi::TrapRecord &record) {
  message.text("wrought: trap: ").text(abi::message(record.trap));
  if (record.importModule != nullptr)
    message.text(": ")
        .untrusted(record.importModule,
                   boundedLength(record.importModule, maxImportNameLength))
        .text(".")
        .untrusted(record.importName,
                   boundedLength(record.importName, maxImportNameLength));
  message.text("\n");
}

} // namespace

void reportTrap(const abi::TrapRecord &record) {
  Message message;
  printTrap(message, record);
  // Whatever happens below, this much is said.
  message.flush();
  Frames frames;
  walk(record, frames);
  Places places(frames);
  size_t hidden = 0;
  for (size_t index = 0; index < frames.count(); ++index) {
    if (frames.isOmitted(index)) {
      uint64_t omitted = frames.count() - maxFrames;
      message.text("  … ").decimal(omitted).text(" more\n");
      index += omitted - 1;
      continue;
    }
    uint64_t pc = frames.pc(index);
    uint64_t offset = places.offsetAt(pc);
    Function function = functionOf(pc, offset);
    if (function.isHidden)
      ++hidden;
    else
      printFrame(message, index - hidden, function, offset);
  }
}

} // namespace wrought
