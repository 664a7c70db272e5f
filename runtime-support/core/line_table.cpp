//===- line_table.cpp - Code addresses to lines, by .debug_line -----------===//
#include "core/line_table.h"

namespace wrought {

namespace {

/// Reads little-endian numbers; past the end it yields 0 and fails for good.
class Reader {
public:
  Reader(const uint8_t *begin, const uint8_t *end) : next_(begin), end_(end) {}

  bool failed() const { return failed_; }
  bool atEnd() const { return next_ == end_; }
  uint64_t remaining() const { return static_cast<uint64_t>(end_ - next_); }

  uint64_t fixed(unsigned byteLength) {
    if (byteLength > remaining() || byteLength > 8)
      return fail();
    uint64_t value = 0;
    for (unsigned index = 0; index < byteLength; ++index)
      value |= uint64_t{next_[index]} << (8 * index);
    next_ += byteLength;
    return value;
  }
  uint8_t byte() { return static_cast<uint8_t>(fixed(1)); }

  uint64_t uleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      uint8_t part = byte();
      if (shift < 64)
        value |= uint64_t{part & 0x7fu} << shift;
      if ((part & 0x80) == 0)
        return value;
    }
    return fail();
  }
  int64_t sleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      uint8_t part = byte();
      if (shift < 64)
        value |= uint64_t{part & 0x7fu} << shift;
      if ((part & 0x80) != 0)
        continue;
      if ((part & 0x40) != 0 && shift + 7 < 64)
        value |= ~uint64_t{0} << (shift + 7);
      return static_cast<int64_t>(value);
    }
    return static_cast<int64_t>(fail());
  }

  /// The next `byteLength` bytes, which are skipped here.
  Reader take(uint64_t byteLength) {
    if (byteLength > remaining()) {
      fail();
      return Reader(end_, end_);
    }
    const uint8_t *begin = next_;
    next_ += byteLength;
    return Reader(begin, next_);
  }

private:
  uint64_t fail() {
    next_ = end_;
    failed_ = true;
    return 0;
  }

  const uint8_t *next_;
  const uint8_t *end_;
  bool failed_ = false;
};

struct Header {
  unsigned addressByteLength = 8;
  uint8_t minInstructionLength = 1;
  int8_t lineBase = 0;
  uint8_t lineRange = 1;
  uint8_t opcodeBase = 1;
  /// Operand counts of the standard opcodes, from opcode 1 on.
  uint8_t operandCounts[255] = {};
};

class Queries {
public:
  Queries(LineQuery *begin, size_t count) : begin_(begin), count_(count) {}

  /// Rows of one line cover [first, end).
  void cover(uint64_t first, uint64_t end, uint64_t line) {
    for (size_t index = lowerBound(first);
         index < count_ && begin_[index].address < end; ++index)
      if (begin_[index].line == 0)
        begin_[index].line = line;
  }

private:
  size_t lowerBound(uint64_t address) const {
    size_t low = 0, high = count_;
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (begin_[middle].address < address)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  LineQuery *begin_;
  size_t count_;
};

/// The state machine of DWARF 5, 6.2.2, with the registers that matter here.
class Program {
public:
  Program(const Header &header, Queries &queries)
      : header_(header), queries_(queries) {}

  void run(Reader code) {
    while (!code.atEnd() && !code.failed()) {
      uint8_t opcode = code.byte();
      if (opcode >= header_.opcodeBase)
        special(opcode);
      else if (opcode == 0)
        extended(code);
      else
        standard(opcode, code);
    }
  }

private:
  void special(uint8_t opcode) {
    unsigned adjusted = opcode - header_.opcodeBase;
    advanceAddress(adjusted / header_.lineRange);
    line_ += static_cast<uint64_t>(
        header_.lineBase + static_cast<int>(adjusted % header_.lineRange));
    emitRow();
  }

  void standard(uint8_t opcode, Reader &code) {
    switch (opcode) {
    case 1: // DW_LNS_copy
      return emitRow();
    case 2: // DW_LNS_advance_pc
      return advanceAddress(code.uleb());
    case 3: // DW_LNS_advance_line
      line_ += static_cast<uint64_t>(code.sleb());
      return;
    case 8: // DW_LNS_const_add_pc
      return advanceAddress((255u - header_.opcodeBase) / header_.lineRange);
    case 9: // DW_LNS_fixed_advance_pc
      address_ += code.fixed(2);
      return;
    default:
      for (unsigned count = header_.operandCounts[opcode - 1]; count != 0;
           --count)
        code.uleb();
    }
  }

  void extended(Reader &code) {
    Reader operands = code.take(code.uleb());
    switch (operands.byte()) {
    case 1: // DW_LNE_end_sequence
      emitRow();
      reset();
      return;
    case 2: // DW_LNE_set_address
      address_ = operands.fixed(header_.addressByteLength);
      // What linkers write for code that they dropped.
      isDead_ = address_ == 0 || address_ >= UINT64_MAX - 1;
      return;
    }
  }

  void advanceAddress(uint64_t operationAdvance) {
    address_ += operationAdvance * header_.minInstructionLength;
  }

  void emitRow() {
    if (hasRow_ && !isDead_ && rowAddress_ < address_)
      queries_.cover(rowAddress_, address_, rowLine_);
    hasRow_ = true;
    rowAddress_ = address_;
    rowLine_ = line_;
  }

  void reset() {
    address_ = 0;
    line_ = 1;
    hasRow_ = isDead_ = false;
  }

  const Header &header_;
  Queries &queries_;
  uint64_t address_ = 0;
  uint64_t line_ = 1;
  uint64_t rowAddress_ = 0;
  uint64_t rowLine_ = 0;
  bool hasRow_ = false;
  bool isDead_ = false;
};

/// One unit (DWARF 5, 6.2.4) without its length field. File tables are skipped
/// by the header's length.
void readUnit(Reader unit, unsigned offsetByteLength, Queries &queries) {
  Header header;
  uint64_t version = unit.fixed(2);
  if (version < 2 || version > 5)
    return;
  if (version == 5) {
    header.addressByteLength = unit.byte();
    unit.byte(); // segment selector size
  }
  Reader rest = unit.take(unit.fixed(offsetByteLength));
  header.minInstructionLength = rest.byte();
  uint8_t maxOperations = version >= 4 ? rest.byte() : 1;
  rest.byte(); // default_is_stmt
  header.lineBase = static_cast<int8_t>(rest.byte());
  header.lineRange = rest.byte();
  header.opcodeBase = rest.byte();
  for (unsigned opcode = 1; opcode < header.opcodeBase; ++opcode)
    header.operandCounts[opcode - 1] = rest.byte();
  // More than one operation an instruction is for VLIW machines.
  if (rest.failed() || maxOperations != 1 || header.lineRange == 0 ||
      header.opcodeBase == 0 || header.addressByteLength > 8)
    return;
  Program(header, queries).run(unit);
}

} // namespace

void findLines(const uint8_t *section, size_t byteLength, LineQuery *queries,
               size_t count) {
  Reader reader(section, section + byteLength);
  Queries sorted(queries, count);
  while (!reader.atEnd() && !reader.failed()) {
    unsigned offsetByteLength = 4;
    uint64_t unitByteLength = reader.fixed(4);
    // 64-bit DWARF (7.4).
    if (unitByteLength == 0xffffffff) {
      offsetByteLength = 8;
      unitByteLength = reader.fixed(8);
    }
    readUnit(reader.take(unitByteLength), offsetByteLength, sorted);
  }
}

} // namespace wrought
