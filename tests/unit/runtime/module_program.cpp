//===- module_program.cpp - A module and its harness, by hand -------------===//
//
// What the compiler would define, with functions in the section that marks
// compiled code, and a wrought_main that runs the scenario named by the first
// argument. #line gives the functions byte offsets of a module. Exits with 0
// when a scenario holds; a check that fails prints its line and exits with 3.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/line_table.h"
#include "core/process.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

using namespace wrought;

#define WASM extern "C" __attribute__((section("wrought_text"), noinline))
#define CHECK(condition) check(condition, #condition, __LINE__)

//===-- Data of the module
//-------------------------------------------------===//

namespace {

// Where the targets have it.
#ifdef __x86_64__
constexpr uint64_t memoryBase = 0x40000000;
#else
constexpr uint64_t memoryBase = 0x1000000000;
#endif
constexpr uint64_t guardReservation = 0x140000000;
constexpr uint64_t pageByteLength = 0x10000;

alignas(4096)
    __attribute__((section("wrought_image"))) char imageA[8192] = "first image";
alignas(4096) __attribute__((section("wrought_image"))) char imageB[4096] =
    "second image";
const abi::MemoryImage images[] = {{imageA, 0x1000, sizeof imageA, nullptr},
                                   {imageB, 0xf000, sizeof imageB, nullptr}};

abi::Memory makeMemory(uint64_t initialPages, uint64_t maximumPages,
                       uint64_t reserved, uint64_t base) {
  return {nullptr,
          0,
          maximumPages * pageByteLength,
          initialPages * pageByteLength,
          reserved,
          base,
          16,
          nullptr,
          0,
          0};
}

abi::Memory memory = {nullptr,
                      0,
                      16 * pageByteLength,
                      2 * pageByteLength,
                      guardReservation,
                      memoryBase,
                      16,
                      const_cast<abi::MemoryImage *>(images),
                      2,
                      0};
abi::Memory *const memories[] = {&memory};

// The second function has a name that would steer a terminal.
char nameBytes[] = "recurse\x1b[31mred\xc2\x9b\xff\xe2\x80\xaelastfill";
const abi::FunctionName functionNames[] = {{10000, 0, 7}, {20000, 7, 14},
                                           {30000, 0, 0}, {40000, 21, 4},
                                           {50000, 0, 0}, {60000, 25, 4}};

void check(bool holds, const char *text, int line);

/// 64-bit addresses as a guest's: base + index, folded or not.
volatile char *at(uint64_t offset) {
  return reinterpret_cast<volatile char *>(memoryBase + offset);
}

volatile uint64_t sink;

} // namespace

//===-- Functions of the module
//--------------------------------------------===//

extern "C" {
int wasm_recurse(int depth);
void wasm_named(void *offset);
void wasm_unnamed(void *offset);
void wasm_last(void *offset);
void wasm_overflow(void *);
void wasm_fill(void *offset);
}

// A trap in a deep call.
// clang-format off
#line 10007
WASM int wasm_recurse(int depth) { if (depth == 0) wrought_trap_Unreachable(); return wasm_recurse(depth - 1) + static_cast<int>(sink); }
#line 20009
WASM void wasm_named(void *offset) { *at(reinterpret_cast<uint64_t>(offset)) = 1; sink = 1; }
#line 30011
WASM void wasm_unnamed(void *offset) { wasm_named(offset); sink = 2; }
#line 40013
WASM void wasm_last(void *offset) { wasm_unnamed(offset); sink = 3; }
#line 50015
WASM void wasm_overflow(void *argument) { volatile char frame[3000]; frame[0] = 0; if (sink != 99) wasm_overflow(argument); sink = static_cast<uint64_t>(frame[0]); }
#line 60017
WASM void wasm_fill(void *offset) { memset(const_cast<char *>(at(reinterpret_cast<uint64_t>(offset))), 1, 100); sink = 4; }
// clang-format on
#line 105

extern "C" {

// Unsorted, distances instead of addresses: as the compiler does it.
__asm__(".pushsection wrought_functions,\"a\",@progbits\n"
        ".balign 8\n"
        ".quad wasm_last - ., 6\n"
        ".quad wasm_recurse - ., 3\n"
        ".quad wasm_named - ., 4\n"
        ".quad wasm_overflow - ., 7\n"
        ".quad wasm_unnamed - ., 5\n"
        ".popsection\n");

abi::Module wrought_module = {const_cast<char *>("module"),
                              const_cast<abi::Memory **>(memories),
                              1,
                              &memory,
                              nullptr,
                              nullptr,
                              nullptr,
                              nullptr,
                              nullptr,
                              const_cast<abi::FunctionName *>(functionNames),
                              6,
                              nameBytes,
                              3,
                              nullptr,
                              0};

extern const abi::Config wrought_config = {
    nullptr, 0, nullptr, 0,       nullptr, 0,       nullptr,
    nullptr, 1, 0,       1 << 20, nullptr, 0,       nullptr,
    nullptr, 0, 0,       0,       nullptr, nullptr, nullptr};

/// Has it linked in, as by translate::linkLineLookup.
[[gnu::used]] static auto *const lineLookup = wrought_find_lines;
}

//===-- Scenarios
//----------------------------------------------------------===//

namespace {

void say(int fd, const char *text) {
  CHECK(sys::write(fd, text, strlen(text)) == static_cast<long>(strlen(text)));
}

void check(bool holds, const char *text, int line) {
  if (holds)
    return;
  char digits[12] = "\n";
  char *next = digits + 11;
  *--next = '\n';
  for (; line != 0; line /= 10)
    *--next = static_cast<char>('0' + line % 10);
  (void)sys::write(2, "check failed: ", 14);
  (void)sys::write(2, text, strlen(text));
  (void)sys::write(2, " at line ", 9);
  (void)sys::write(2, next, static_cast<size_t>(digits + 11 - next));
  sys::exit_group(3);
}

bool isEqual(const char *left, const char *right) {
  return strlen(left) == strlen(right) &&
         memcmp(left, right, strlen(left)) == 0;
}

/// Whether function(argument) traps so; harness functions catch all.
bool traps(void (*function)(void *), void *argument, abi::Trap trap) {
  abi::TrapRecord record = {};
  return wrought_catch(function, argument, &record) == 1 && record.trap == trap;
}

void *asPointer(uint64_t value) { return reinterpret_cast<void *>(value); }

void testStart() {
  CHECK(process.argumentCount == 3);
  CHECK(isEqual(process.arguments[2], "second argument"));
  CHECK(process.arguments[3] == nullptr);
  CHECK(process.environment[0] != nullptr);
  CHECK(isEqual(process.environment[0], "NAME=value"));
  CHECK(process.environment[1] == nullptr);
  CHECK(process.pageByteLength == 4096);
  CHECK(process.randomBytes != nullptr && process.executablePath != nullptr);
  char here;
  CHECK(process.mainThread.stack.contains(reinterpret_cast<uintptr_t>(&here)));
  CHECK(process.mainThread.stack.end - process.mainThread.stack.begin ==
        1 << 20);
  CHECK(process.mainThread.stackGuard.end -
            process.mainThread.stackGuard.begin >=
        1 << 20);
  // Relocated, by RELA or RELR.
  abi::Memory *const volatile *relocated = memories;
  CHECK(*relocated == &memory);
}

/// Copies the kernel's list of mappings to standard output.
void testMaps() {
  long fd = sys::openat(sys::atFdcwd, "/proc/self/maps", sys::oRdonly, 0);
  CHECK(fd >= 0);
  char buffer[4096];
  for (;;) {
    long count = sys::read(static_cast<int>(fd), buffer, sizeof buffer);
    CHECK(count >= 0);
    if (count == 0)
      return;
    CHECK(sys::write(1, buffer, static_cast<size_t>(count)) == count);
  }
}

void testRelro() {
  auto *relocated = const_cast<abi::Memory *volatile *>(memories);
  *relocated = nullptr;
}

void testImages() {
  CHECK(memory.base == asPointer(memoryBase));
  CHECK(memory.byteLength == 2 * pageByteLength);
  auto *bytes = static_cast<char *>(memory.base);
  CHECK(isEqual(bytes + 0x1000, "first image"));
  CHECK(isEqual(bytes + 0xf000, "second image"));
  for (uint64_t offset = 0; offset < 2 * pageByteLength; offset += 8) {
    bool isData = (offset >= 0x1000 && offset < 0x1010) ||
                  (offset >= 0xf000 && offset < 0xf010);
    CHECK(isData || *reinterpret_cast<uint64_t *>(bytes + offset) == 0);
  }
  // All of it is writable.
  for (uint64_t offset = 0; offset < 2 * pageByteLength; offset += 4096)
    bytes[offset] = 1;
}

/// Grows by one page at a time and checks that contents stay and new pages are
/// empty.
void checkGrowth(abi::Memory &grown) {
  for (uint64_t pages = grown.byteLength >> 16; pages < 4; ++pages) {
    if (pages != 0)
      static_cast<char *>(grown.base)[grown.byteLength - 1] =
          static_cast<char>('0' + pages);
    CHECK(wrought_memory_grow(&grown, 0) == pages);
    CHECK(wrought_memory_grow(&grown, UINT64_MAX) == UINT64_MAX);
    CHECK(wrought_memory_grow(&grown, uint64_t{1} << 48) == UINT64_MAX);
    CHECK(wrought_memory_grow(&grown, 5) == UINT64_MAX);
    CHECK(wrought_memory_grow(&grown, 1) == pages);
    CHECK(grown.byteLength == (pages + 1) * pageByteLength);
    auto *bytes = static_cast<char *>(grown.base);
    for (uint64_t offset = pages * pageByteLength; offset < grown.byteLength;
         ++offset)
      CHECK(bytes[offset] == 0);
    for (uint64_t page = 1; page <= pages; ++page)
      CHECK(bytes[page * pageByteLength - 1] == static_cast<char>('0' + page));
  }
  CHECK(wrought_memory_grow(&grown, 1) == UINT64_MAX);
}

abi::Memory *setUpOne(abi::Memory value) {
  // Registered memories must live on.
  static abi::Memory storage[8];
  static abi::Memory *pointers[8];
  static abi::Module modules[8];
  static unsigned count;
  unsigned number = count++;
  CHECK(number < 8);
  storage[number] = value;
  pointers[number] = &storage[number];
  modules[number].memories = &pointers[number];
  modules[number].memoryCount = 1;
  wrought_setup_module(&modules[number]);
  CHECK(storage[number].byteLength == value.initialByteLength);
  return &storage[number];
}

void testGrow() {
  checkGrowth(*setUpOne(makeMemory(0, 4, guardReservation, 0x200000000)));
  checkGrowth(*setUpOne(makeMemory(1, 4, guardReservation, 0)));
  checkGrowth(*setUpOne(makeMemory(1, 4, 0, 0x400000000)));
  checkGrowth(*setUpOne(makeMemory(0, 4, 0, 0x500000000)));
  checkGrowth(*setUpOne(makeMemory(1, 4, 0, 0)));
  checkGrowth(*setUpOne(makeMemory(0, 4, 0, 0)));
}

void testGrowFar() {
  // More than fits: fails and leaves everything as it was.
  abi::Memory *movable = setUpOne(makeMemory(1, uint64_t{1} << 47, 0, 0));
  CHECK(wrought_memory_grow(movable, (uint64_t{1} << 46) - 1) == UINT64_MAX);
  static_cast<char *>(movable->base)[5] = 7;
  // By many huge pages, and moved by what is behind it.
  CHECK(wrought_memory_grow(movable, 1024) == 1);
  CHECK(wrought_memory_grow(movable, 1024) == 1025);
  CHECK(static_cast<char *>(movable->base)[5] == 7);
  static_cast<char *>(movable->base)[movable->byteLength - 1] = 1;
  // Something is in the way of a fixed memory.
  abi::Memory *fixed = setUpOne(makeMemory(1, 100, 0, 0x400000000));
  long blocker = sys::mmap(asPointer(0x400020000), 4096, sys::protNone,
                           sys::mapPrivate | sys::mapAnonymous, -1, 0);
  CHECK(blocker == 0x400020000);
  CHECK(wrought_memory_grow(fixed, 2) == UINT64_MAX);
  CHECK(wrought_memory_grow(fixed, 1) == 1);
  CHECK(wrought_memory_grow(fixed, 1) == UINT64_MAX);
  // Pages of one byte.
  abi::Memory bytewise = makeMemory(0, 1, 0, 0);
  bytewise.pageSizeLog2 = 0;
  bytewise.initialByteLength = 10;
  abi::Memory *small = setUpOne(bytewise);
  CHECK(wrought_memory_grow(small, 1) == 10);
  CHECK(wrought_memory_grow(small, 4096) == 11);
  static_cast<char *>(small->base)[4106] = 1;
  CHECK(wrought_memory_grow(small, 0x10000) == UINT64_MAX);
  CHECK(small->byteLength == 4107);
}

// Those of the module's memory have moved away.
alignas(4096)
    __attribute__((section("wrought_image"))) char imageC[8192] = "third image";
const abi::MemoryImage moreImages[] = {
    {imageC, 0x3000, sizeof imageC, nullptr}};

void testMovableImages() {
  abi::Memory value = makeMemory(1, 4, 0, 0);
  value.images = const_cast<abi::MemoryImage *>(moreImages);
  value.imageCount = 1;
  abi::Memory *movable = setUpOne(value);
  CHECK(wrought_memory_grow(movable, 3) == 1);
  CHECK(isEqual(static_cast<char *>(movable->base) + 0x3000, "third image"));
  // Pages that are not whole are copied.
  abi::MemoryImage odd = {imageC + 6, 0x2003, 5, nullptr};
  value = makeMemory(1, 4, guardReservation, 0);
  value.images = &odd;
  value.imageCount = 1;
  CHECK(memcmp(static_cast<char *>(setUpOne(value)->base) + 0x2003, "image",
               5) == 0);
}

struct Bulk {
  uint64_t destination, source, count;
};
abi::Segment segment = {const_cast<char *>("0123456789"), 10};

void copyBulk(void *argument) {
  auto *bulk = static_cast<Bulk *>(argument);
  wrought_memory_copy(&memory, &memory, bulk->destination, bulk->source,
                      bulk->count);
}
void fillBulk(void *argument) {
  auto *bulk = static_cast<Bulk *>(argument);
  wrought_memory_fill(&memory, bulk->destination, 0x1ee, bulk->count);
}
void initBulk(void *argument) {
  auto *bulk = static_cast<Bulk *>(argument);
  wrought_memory_init(&memory, &segment, bulk->destination, bulk->source,
                      bulk->count);
}

void testBulk() {
  const uint64_t end = memory.byteLength;
  auto *bytes = static_cast<char *>(memory.base);
  Bulk outside[] = {{end, 0, 1},        {end + 1, 0, 0},
                    {end - 1, 0, 2},    {UINT64_MAX, 0, 2},
                    {1, 0, UINT64_MAX}, {0xffffffff, 0, 0xffffffff}};
  for (Bulk &bulk : outside) {
    CHECK(traps(copyBulk, &bulk, abi::Trap::MemoryOutOfBounds));
    CHECK(traps(fillBulk, &bulk, abi::Trap::MemoryOutOfBounds));
    CHECK(traps(initBulk, &bulk, abi::Trap::MemoryOutOfBounds));
    Bulk reversed = {0, bulk.destination, bulk.count};
    CHECK(traps(copyBulk, &reversed, abi::Trap::MemoryOutOfBounds));
  }
  CHECK(bytes[end - 1] == 0);
  wrought_memory_copy(&memory, &memory, end, end, 0);
  wrought_memory_fill(&memory, end - 3, 0x1ee, 3);
  CHECK(static_cast<uint8_t>(bytes[end - 1]) == 0xee && bytes[end - 4] == 0);
  wrought_memory_init(&memory, &segment, 100, 0, 10);
  wrought_memory_copy(&memory, &memory, 102, 100, 8);
  CHECK(memcmp(bytes + 100, "0101234567", 10) == 0);
  Bulk pastSegment = {0, 5, 6};
  CHECK(traps(initBulk, &pastSegment, abi::Trap::MemoryOutOfBounds));
  segment.length = 0;
  Bulk dropped = {0, 0, 1}, nothing = {0, 0, 0};
  CHECK(traps(initBulk, &dropped, abi::Trap::MemoryOutOfBounds));
  initBulk(&nothing);
}

void *storage[4] = {asPointer(1), asPointer(2), asPointer(3), asPointer(4)};
abi::Table table = {storage, 4, 20'000'000, 4};

void tableBulk(void *argument) {
  auto *bulk = static_cast<Bulk *>(argument);
  wrought_table_copy(&table, &table, bulk->destination, bulk->source,
                     bulk->count);
}
void tableFill(void *argument) {
  auto *bulk = static_cast<Bulk *>(argument);
  wrought_table_fill(&table, bulk->destination, nullptr, bulk->count);
}

void testTables() {
  void **elements = storage;
  wrought_table_copy(&table, &table, 1, 0, 3);
  CHECK(elements[0] == asPointer(1) && elements[3] == asPointer(3));
  Bulk outside[] = {{4, 0, 1}, {5, 0, 0}, {1, 0, UINT64_MAX}, {0, 0, 5}};
  for (Bulk &bulk : outside) {
    CHECK(traps(tableBulk, &bulk, abi::Trap::TableOutOfBounds));
    CHECK(traps(tableFill, &bulk, abi::Trap::TableOutOfBounds));
  }
  CHECK(wrought_table_grow(&table, asPointer(9), UINT64_MAX) == UINT64_MAX);
  CHECK(wrought_table_grow(&table, asPointer(9), 9'999'997) == UINT64_MAX);
  for (uint64_t length = 4; length < 5000; ++length)
    CHECK(wrought_table_grow(&table, asPointer(length), 1) == length);
  elements = static_cast<void **>(table.elements);
  CHECK(elements != storage && elements[0] == asPointer(1));
  for (uint64_t index = 4; index < 5000; ++index)
    CHECK(elements[index] == asPointer(index));
  CHECK(wrought_table_grow(&table, nullptr, 10'000'000 - 5000) == 5000);
  CHECK(wrought_table_grow(&table, nullptr, 1) == UINT64_MAX);
  elements = static_cast<void **>(table.elements);
  CHECK(elements[4999] == asPointer(4999) && elements[9'999'999] == nullptr);
  abi::Segment items = {storage, 4};
  wrought_table_init(&table, &items, 9'999'998, 2, 2);
  CHECK(elements[9'999'999] == asPointer(3));
  abi::Table empty = {nullptr, 0, 2, 0};
  CHECK(wrought_table_grow(&empty, asPointer(8), 2) == 0);
  CHECK(static_cast<void **>(empty.elements)[1] == asPointer(8));
  CHECK(wrought_table_grow(&empty, nullptr, 1) == UINT64_MAX);
}

void trapExplicitly(void *) { wasm_recurse(3); }
void callMissing(void *) {
  wrought_missing_import(const_cast<char *>("env"), const_cast<char *>("f"));
}
void returnNormally(void *argument) { *static_cast<int *>(argument) += 1; }
void nest(void *) {
  CHECK(traps(trapExplicitly, nullptr, abi::Trap::Unreachable));
  CHECK(traps(wasm_named, asPointer(0x20000), abi::Trap::MemoryOutOfBounds));
  wrought_trap_IntegerOverflow();
}

void testCatch() {
  int returned = 0;
  abi::TrapRecord record = {};
  for (int round = 0; round < 10'000; ++round) {
    CHECK(traps(wasm_last, asPointer(0x20000 + uint64_t(round) * 4096),
                abi::Trap::MemoryOutOfBounds));
    CHECK(traps(trapExplicitly, nullptr, abi::Trap::Unreachable));
    CHECK(traps(nest, nullptr, abi::Trap::IntegerOverflow));
    CHECK(wrought_catch(callMissing, nullptr, &record) == 1);
    CHECK(record.trap == abi::Trap::MissingImport &&
          isEqual(record.importModule, "env") &&
          isEqual(record.importName, "f"));
    CHECK(wrought_catch(returnNormally, &returned, &record) == 0);
  }
  CHECK(returned == 10'000);
  // The last byte of the reservation counts, the first behind it does not.
  CHECK(traps(wasm_named, asPointer(guardReservation - 1),
              abi::Trap::MemoryOutOfBounds));
}

/// Leaves nothing in the registers that a callee saves, and traps.
void spoilRegisters(void *) {
#if defined(__x86_64__)
  __asm__ volatile(
      "xorl %%ebx, %%ebx; xorl %%r12d, %%r12d; xorl %%r13d, %%r13d;"
      "xorl %%r14d, %%r14d; xorl %%r15d, %%r15d" ::
          : "rbx", "r12", "r13", "r14", "r15");
#elif defined(__aarch64__)
  __asm__ volatile(
      ".irp n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28\n mov x\\n, xzr\n .endr\n"
      ".irp n, 8, 9, 10, 11, 12, 13, 14, 15\n fmov d\\n, xzr\n .endr" ::
          : "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27",
            "x28", "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15");
#else
  __asm__ volatile(".irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n li s\\n, 0\n"
                   " fmv.d.x fs\\n, zero\n .endr\n fmv.d.x fs0, zero" ::
                       : "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                         "s10", "s11", "fs0", "fs1", "fs2", "fs3", "fs4", "fs5",
                         "fs6", "fs7", "fs8", "fs9", "fs10", "fs11");
#endif
  wrought_trap_Unreachable();
}

/// More values live across the catch than a callee saves registers for.
void testCatchRegisters() {
  volatile uint64_t integer = 1;
  volatile double real = 1;
  uint64_t a = integer, b = a + integer, c = b + integer, d = c + integer,
           e = d + integer, f = e + integer, g = f + integer, h = g + integer,
           i = h + integer, j = i + integer, k = j + integer, l = k + integer;
  double m = real, n = m + real, o = n + real, p = o + real, q = p + real,
         r = q + real, s = r + real, t = s + real, u = t + real, v = u + real,
         w = v + real, x = w + real;
  CHECK(traps(spoilRegisters, nullptr, abi::Trap::Unreachable));
  CHECK(a == 1 && b == 2 && c == 3 && d == 4 && e == 5 && f == 6);
  CHECK(g == 7 && h == 8 && i == 9 && j == 10 && k == 11 && l == 12);
  CHECK(m == 1 && n == 2 && o == 3 && p == 4 && q == 5 && r == 6);
  CHECK(s == 7 && t == 8 && u == 9 && v == 10 && w == 11 && x == 12);
}

void testCatchOverflow() {
  for (int round = 0; round < 1'000; ++round)
    CHECK(traps(wasm_overflow, nullptr, abi::Trap::StackExhausted));
  uint64_t mask = 0;
  CHECK(sys::rt_sigprocmask(sys::sigBlock, nullptr, &mask) == 0 && mask == 0);
}

/// The stack runs out in code that is not the module's.
__attribute__((noinline)) void overflowElsewhere(void *argument) {
  volatile char frame[3000];
  frame[0] = 1;
  if (sink != 99)
    overflowElsewhere(argument);
  frame[1] = 2;
}

void testOverflowElsewhere() {
  for (int round = 0; round < 100; ++round)
    CHECK(traps(overflowElsewhere, nullptr, abi::Trap::StackExhausted));
}

/// The same fault as the module's, but by code that is not the module's.
void testForeignFault() { *at(0x20000) = 1; }
void testBeyondReservation() { wasm_named(asPointer(guardReservation)); }
void testNull() { *static_cast<volatile char *>(asPointer(16)) = 1; }
void testRaise() {
  (void)sys::raise(sys::sigSegv);
  say(1, "still here\n");
}

void testLibcalls() {
  volatile double x = 2.5;
  volatile float y = -2.5f;
  CHECK(floor(x) == 2 && ceil(x) == 3 && rint(x) == 2 && trunc(x) == 2);
  CHECK(floorf(y) == -3 && ceilf(y) == -2 && roundevenf(y) == -2);
  CHECK(fma(x, x, x) == 8.75 && fmaf(y, y, y) == 3.75f);
  volatile unsigned __int128 big = static_cast<unsigned __int128>(1) << 100;
  CHECK(static_cast<uint64_t>((big / (big >> 90)) >> 90) == 1);
}

char *byteArena() {
  static char bytes[512];
  for (unsigned index = 0; index < sizeof bytes; ++index)
    bytes[index] = static_cast<char>(index * 7 + 1);
  return bytes;
}
char originalAt(size_t index) { return static_cast<char>(index * 7 + 1); }

/// One call of each memory function; everything around must stay as it was.
void checkMemoryCalls(size_t to, size_t from, size_t count) {
  char *bytes = byteArena();
  CHECK(memmove(bytes + to, bytes + from, count) == bytes + to);
  for (size_t index = 0; index < 512; ++index)
    CHECK(bytes[index] ==
          originalAt(index - to < count ? index - to + from : index));
  bytes = byteArena();
  CHECK(memset(bytes + to, 0x1a5, count) == bytes + to);
  for (size_t index = 0; index < 512; ++index)
    CHECK(bytes[index] == (index - to < count ? '\xa5' : originalAt(index)));
  // Apart from each other.
  bytes = byteArena();
  CHECK(memcpy(bytes + 256 + to, bytes + from, count) == bytes + 256 + to);
  for (size_t index = 256; index < 512; ++index)
    CHECK(
        bytes[index] ==
        originalAt(index - 256 - to < count ? index - 256 - to + from : index));
  CHECK(memcmp(bytes + 256 + to, bytes + from, count) == 0);
  if (count == 0)
    return;
  bytes[from + count - 1] ^= 0x80;
  bool isLess = static_cast<uint8_t>(originalAt(from + count - 1)) < 0x80;
  CHECK(memcmp(bytes + 256 + to, bytes + from, count) == (isLess ? -1 : 1));
  CHECK(bcmp(bytes + 256 + to, bytes + from, count) != 0);
}

void testMemoryCalls() {
  for (size_t to = 16; to < 32; ++to)
    for (size_t from = 16; from < 32; from += to % 2 + 1)
      for (size_t count = 0; count < 150; count += count / 20 + 1)
        checkMemoryCalls(to, from, count);
}

struct Scenario {
  const char *name;
  void (*run)();
};

const Scenario scenarios[] = {
    {"start", testStart},
    {"maps", testMaps},
    {"relro", testRelro},
    {"images", testImages},
    {"grow", testGrow},
    {"grow-far", testGrowFar},
    {"movable-images", testMovableImages},
    {"bulk", testBulk},
    {"tables", testTables},
    {"catch", testCatch},
    {"catch-registers", testCatchRegisters},
    {"catch-overflow", testCatchOverflow},
    {"overflow-elsewhere", testOverflowElsewhere},
    {"foreign-fault", testForeignFault},
    {"beyond-reservation", testBeyondReservation},
    {"null", testNull},
    {"raise", testRaise},
    {"libcalls", testLibcalls},
    {"memory-calls", testMemoryCalls},
    {"trap-guard", [] { wasm_last(asPointer(0x20000)); }},
    {"trap-fill", [] { wasm_fill(asPointer(0x20000 - 7)); }},
    {"trap-explicit", [] { wasm_recurse(2); }},
    {"trap-deep", [] { wasm_recurse(99); }},
    {"trap-overflow", [] { wasm_overflow(nullptr); }},
    {"trap-missing",
     [] {
       wrought_missing_import(const_cast<char *>("e\nnv"),
                              const_cast<char *>("f\x7f"));
     }},
};

} // namespace

extern "C" int wrought_main() {
  wrought_setup_module(&wrought_module);
  for (const Scenario &scenario : scenarios)
    if (process.argumentCount > 1 &&
        isEqual(process.arguments[1], scenario.name)) {
      scenario.run();
      return 0;
    }
  say(2, "no such scenario\n");
  return 2;
}
