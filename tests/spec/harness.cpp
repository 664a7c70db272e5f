//===- harness.cpp - Runs a script's rows inside the native program -------===//
//
// Takes the place of core/main.cpp: the rows of program.h are set up,
// instantiated, called and compared here, in order, with traps caught. Failures
// go to standard output as program.h describes. Freestanding, linked with the
// runtime.
//
//===----------------------------------------------------------------------===//

#include "abi/runtime.h"
#include "core/instance.h"
#include "core/memory.h"
#include "core/process.h"
#include "core/registry.h"
#include "os/linux/system.h"
#include "program.h"

using namespace wrought;
using namespace wrought::spec;

namespace {

uint64_t slots[SlotCount];

/// All instances of the pointer model are on this thread.
abi::Context context;
alignas(16) char callArea[abi::CallAreaByteLength];
/// What the runtime's own frames may need below the limit.
constexpr uint64_t stackReserve = 64 << 10;

//===----------------------------------------------------------------------===//
// Report
//===----------------------------------------------------------------------===//

/// Collects one line and writes it at once.
class Line {
public:
  Line &text(const char *string) {
    while (*string)
      put(*string++);
    return *this;
  }
  Line &decimal(uint64_t value) {
    char digits[20];
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (count > 0)
      put(digits[--count]);
    return *this;
  }
  Line &hex(uint64_t value) {
    for (int shift = 60; shift >= 0; shift -= 4)
      put("0123456789abcdef"[value >> shift & 15]);
    return *this;
  }
  ~Line() {
    put('\n');
    flush();
  }

private:
  void put(char c) {
    if (length_ == sizeof buffer_)
      flush();
    buffer_[length_++] = c;
  }
  void flush() {
    size_t done = 0;
    while (done < length_) {
      long count = sys::write(1, buffer_ + done, length_ - done);
      if (count <= 0)
        break;
      done += static_cast<size_t>(count);
    }
    length_ = 0;
  }

  char buffer_[512];
  size_t length_ = 0;
};

void reportReturned(uint64_t number, uint32_t slotCount) {
  Line line;
  line.text("F ").decimal(number).text(" returned");
  for (uint32_t i = 0; i < slotCount; ++i)
    line.text(" ").hex(slots[i]);
}

void reportTrapped(uint64_t number, abi::Trap trap) {
  Line()
      .text("F ")
      .decimal(number)
      .text(" trapped ")
      .decimal(static_cast<uint32_t>(trap));
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// Canonical NaNs have only the top bit of the payload set, arithmetic ones at
/// least that one.
bool matchNan(uint64_t bits, uint64_t signBit, uint64_t canonical,
              NanKind nan) {
  if (nan == NanKind::Canonical)
    return (bits & ~signBit) == canonical;
  return (bits & canonical) == canonical;
}

bool matchFloat32(uint32_t bits, uint32_t expected, NanKind nan) {
  if (nan == NanKind::None)
    return bits == expected;
  return matchNan(bits, 0x80000000u, 0x7fc00000u, nan);
}

bool matchFloat64(uint64_t bits, uint64_t expected, NanKind nan) {
  if (nan == NanKind::None)
    return bits == expected;
  return matchNan(bits, uint64_t{1} << 63, 0x7ff8000000000000u, nan);
}

bool matchVector(const uint64_t *value, const Pattern &pattern) {
  const uint64_t expected[2] = {pattern.lo, pattern.hi};
  const uint32_t laneBytes = pattern.detail >> 8;
  for (uint32_t half = 0; half < 2; ++half) {
    auto nan = [&](uint32_t lane) {
      return static_cast<NanKind>(pattern.detail >> (2 * lane) & 3);
    };
    if (laneBytes != 4) {
      if (!matchFloat64(value[half], expected[half], nan(half)))
        return false;
      continue;
    }
    for (uint32_t part = 0; part < 2; ++part)
      if (!matchFloat32(static_cast<uint32_t>(value[half] >> (32 * part)),
                        static_cast<uint32_t>(expected[half] >> (32 * part)),
                        nan(2 * half + part)))
        return false;
  }
  return true;
}

/// What a reference of the hierarchy of any is to.
enum class Referent : uint8_t { Nothing, I31, Structure, Array, Host };

Referent referentOf(uint64_t reference) {
  if (reference == 0)
    return Referent::Nothing;
  if (reference & 1)
    return Referent::I31;
  auto *object = reinterpret_cast<const abi::GcObject *>(reference);
  if (object->type == &wrought_host_reference_type)
    return Referent::Host;
  auto *type = static_cast<const abi::GcType *>(object->type);
  return type->elementByteLength != 0 ? Referent::Array : Referent::Structure;
}

bool isEquatable(Referent referent) {
  return referent != Referent::Nothing && referent != Referent::Host;
}

bool matchOne(const uint64_t *value, const Pattern &pattern) {
  auto nan = static_cast<NanKind>(pattern.detail);
  switch (static_cast<PatternKind>(pattern.kind)) {
  case PatternKind::Bits32:
    return static_cast<uint32_t>(*value) == static_cast<uint32_t>(pattern.lo);
  case PatternKind::Bits64:
  case PatternKind::ExactReference:
    return *value == pattern.lo;
  case PatternKind::Float32:
    return matchFloat32(static_cast<uint32_t>(*value),
                        static_cast<uint32_t>(pattern.lo), nan);
  case PatternKind::Float64:
    return matchFloat64(*value, pattern.lo, nan);
  case PatternKind::Vector:
    return matchVector(value, pattern);
  case PatternKind::Null:
    return *value == 0;
  case PatternKind::AnyReference:
    return *value != 0;
  case PatternKind::I31:
    return referentOf(*value) == Referent::I31;
  case PatternKind::Structure:
    return referentOf(*value) == Referent::Structure;
  case PatternKind::Array:
    return referentOf(*value) == Referent::Array;
  case PatternKind::Equatable:
    return isEquatable(referentOf(*value));
  case PatternKind::Boxed:
    return referentOf(*value) == Referent::Host;
  case PatternKind::ExactBoxed:
    return referentOf(*value) == Referent::Host &&
           reinterpret_cast<uint64_t>(wrought_extern_convert_any(
               reinterpret_cast<void *>(*value))) == pattern.lo;
  case PatternKind::Either:
    break;
  }
  return false;
}

/// One result in the slots against its pattern; steps over both.
struct Matcher {
  const uint64_t *value = slots;
  const Pattern *pattern;

  bool next() {
    bool matches;
    bool isWide;
    if (static_cast<PatternKind>(pattern->kind) == PatternKind::Either) {
      const uint32_t count = pattern->detail;
      matches = false;
      for (uint32_t i = 1; i <= count; ++i)
        matches |= matchOne(value, pattern[i]);
      isWide = isVector(pattern[1]);
      pattern += 1 + count;
    } else {
      matches = matchOne(value, *pattern);
      isWide = isVector(*pattern);
      ++pattern;
    }
    value += isWide ? 2 : 1;
    return matches;
  }
  static bool isVector(const Pattern &pattern) {
    return static_cast<PatternKind>(pattern.kind) == PatternKind::Vector;
  }
};

void checkResults(uint64_t number, const Row &row) {
  Matcher matcher{slots, wrought_spec_patterns + row.firstPattern};
  bool matches = true;
  for (uint32_t i = 0; i < row.patternCount; ++i)
    matches &= matcher.next();
  if (!matches)
    reportReturned(number, static_cast<uint32_t>(matcher.value - slots));
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// The number of the first limit that does not hold, or limitCount.
uint32_t failingLimit(const Row &row) {
  for (uint32_t i = 0; i < row.limitCount; ++i) {
    const Limit &limit = wrought_spec_limits[row.firstLimit + i];
    uint64_t size;
    if (limit.isTable) {
      size = static_cast<const abi::Table *>(limit.entity)->length;
    } else {
      auto *memory = static_cast<const abi::Memory *>(limit.entity);
      size = memory->byteLength >> memory->pageSizeLog2;
    }
    if (size < limit.minimum)
      return i;
  }
  return row.limitCount;
}

void callWrapper(void *argument) {
  auto &row = *static_cast<const Row *>(argument);
  if (row.instance)
    reinterpret_cast<void (*)(void *, uint64_t *)>(
        const_cast<void *>(row.subject))(row.instance, slots);
  else
    reinterpret_cast<void (*)(uint64_t *)>(const_cast<void *>(row.subject))(
        slots);
}

void callInstantiate(void *argument) {
  auto &row = *static_cast<const Row *>(argument);
  if (row.instance) {
    auto &setup = *static_cast<const Setup *>(row.subject);
    auto *library = static_cast<const abi::Library *>(setup.library);
    return reinterpret_cast<void (*)(void *)>(library->initialize)(
        row.instance);
  }
  auto *module = static_cast<const abi::Module *>(row.subject);
  if (module->instantiate)
    reinterpret_cast<void (*)()>(module->instantiate)();
}

/// Address space that is never given back.
void *mapZeros(uint64_t byteLength) {
  if (byteLength == 0)
    return nullptr;
  long address = sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                           sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(address))
    sys::exit_group(1);
  return reinterpret_cast<void *>(address);
}

/// What the module's own code adds where there is one instance.
void addRoots(const InstanceParts &parts) {
  constexpr uint64_t word = sizeof(uint64_t);
  const abi::InstanceCounts &counts = parts.counts();
  abi::GcRoots roots[] = {
      {parts.globals(), counts.globals * sizeof(abi::GlobalCell) / word},
      {parts.cells(), counts.cells},
      {callArea, sizeof callArea / word}};
  wrought_gc_add_roots(roots, sizeof roots / sizeof *roots);
  for (uint64_t index = 0; index < counts.tables; ++index)
    wrought_gc_add_table(&parts.tables()[index]);
}

void setUpInstance(const Setup &setup) {
  auto &library = *static_cast<const abi::Library *>(setup.library);
  auto &instance = *static_cast<abi::Instance *>(setup.instance);
  context.callArea = callArea;
  context.stackLimit = process.mainThread.stack.begin + stackReserve;
  const InstanceParts parts(library, instance);
  fillInstance(library, instance, context,
               static_cast<const abi::Import *>(setup.imports));
  // The signal handler and backtraces know modules with their memories.
  const uint64_t memoryCount = parts.counts().memories;
  auto *module = static_cast<abi::Module *>(
      mapZeros(sizeof(abi::Module) + memoryCount * sizeof(void *)));
  *module = *static_cast<const abi::Module *>(library.module);
  auto **memories = reinterpret_cast<abi::Memory **>(module + 1);
  module->memories = memories;
  module->memoryCount = memoryCount;
  for (uint64_t index = 0; index < memoryCount; ++index)
    memories[index] = &parts.memories()[index];
  wrought_setup_module(module);
  for (uint64_t index = 0; index < parts.counts().tables; ++index)
    if (parts.tables()[index].elements == nullptr)
      parts.tables()[index].elements =
          mapZeros(tableByteLength(parts.tables()[index]));
  fillTables(library, instance);
  addRoots(parts);
}

/// Calls and compares how it ended; true when it returned as it should.
bool call(uint64_t number, const Row &row, void (*function)(void *)) {
  abi::TrapRecord record{};
  const bool trapped =
      wrought_catch(function, const_cast<Row *>(&row), &record) != 0;
  if (trapped) {
    if ((row.traps >> static_cast<uint32_t>(record.trap) & 1) == 0)
      reportTrapped(number, record.trap);
    return false;
  }
  if (row.traps != 0)
    reportReturned(number, 0);
  return row.traps == 0;
}

void runInstantiate(uint64_t number, const Row &row) {
  const uint32_t limit = failingLimit(row);
  if (limit != row.limitCount) {
    Line().text("F ").decimal(number).text(" limit ").decimal(limit);
    return;
  }
  if (row.instance)
    setUpInstance(*static_cast<const Setup *>(row.subject));
  else
    wrought_setup_module(
        static_cast<abi::Module *>(const_cast<void *>(row.subject)));
  call(number, row, callInstantiate);
}

/// Objects stay alive by being on the stack until all are made.
void boxArguments(uint64_t which) {
  void *boxed[64];
  for (uint32_t i = 0; i < 64; ++i)
    if (which >> i & 1)
      boxed[i] = wrought_any_convert_extern(reinterpret_cast<void *>(slots[i]));
  for (uint32_t i = 0; i < 64; ++i)
    if (which >> i & 1)
      slots[i] = reinterpret_cast<uint64_t>(boxed[i]);
}

void runInvoke(uint64_t number, const Row &row) {
  for (uint32_t i = 0; i < row.argumentCount; ++i)
    slots[i] = wrought_spec_arguments[row.firstArgument + i];
  if (row.boxedArguments != 0)
    boxArguments(row.boxedArguments);
  if (call(number, row, callWrapper))
    checkResults(number, row);
}

uint32_t byteLength(const Pattern &pattern) {
  switch (static_cast<PatternKind>(pattern.kind)) {
  case PatternKind::Bits32:
  case PatternKind::Float32:
    return 4;
  case PatternKind::Vector:
    return 16;
  case PatternKind::Either:
    return byteLength((&pattern)[1]);
  default:
    return 8;
  }
}

void runGet(uint64_t number, const Row &row) {
  if (row.patternCount == 0)
    return;
  slots[0] = slots[1] = 0;
  const uint32_t length = byteLength(wrought_spec_patterns[row.firstPattern]);
  auto *from = static_cast<const char *>(row.subject);
  auto *to = reinterpret_cast<char *>(slots);
  for (uint32_t i = 0; i < length; ++i)
    to[i] = from[i];
  checkResults(number, row);
}

void runUnlinkable(uint64_t number, const Row &row) {
  if (failingLimit(row) == row.limitCount)
    Line().text("F ").decimal(number).text(" linked");
}

void runRow(uint64_t number, const Row &row) {
  switch (static_cast<RowKind>(row.kind)) {
  case RowKind::Instantiate:
    return runInstantiate(number, row);
  case RowKind::Invoke:
    return runInvoke(number, row);
  case RowKind::Get:
    return runGet(number, row);
  case RowKind::Unlinkable:
    return runUnlinkable(number, row);
  }
}

} // namespace

/// All instances are one thread's, so that its heap serves them all.
extern "C" void *wrought_gc_allocate_in(void *, void *type, uint64_t length) {
  return wrought_gc_allocate(type, length);
}

extern "C" void *wrought_any_convert_extern_in(void *, void *reference) {
  return wrought_any_convert_extern(reference);
}

extern "C" void *wrought_extern_convert_any_in(void *, void *reference) {
  return wrought_extern_convert_any(reference);
}

extern "C" void wrought_host_failed(void) {
  Line().text("an import failed, but there is no host");
  sys::exit_group(1);
}

// What the runtime expects of the one module of an ordinary program.
extern "C" {
__attribute__((visibility("hidden"))) abi::Module wrought_module{};
}

extern "C" int wrought_main(void) {
  for (uint64_t number = 0; number < wrought_spec_row_count; ++number) {
    auto progress = static_cast<uint32_t>(number);
    sys::pwrite(ProgressDescriptor, &progress, sizeof progress, 0);
    runRow(number, wrought_spec_rows[number]);
  }
  Line().text("END ").decimal(wrought_spec_row_count);
  return 0;
}
