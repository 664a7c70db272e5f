#include "expectation.h"

#include "abi/layout.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"

#include <cstring>
#include <iterator>

using namespace wrought;
using namespace wrought::spec;
using text::Command;
using text::ScriptValue;

static const char *const TrapMessages[] = {
#define TRAP(Name, message) message,
#include "abi/traps.def"
};
static_assert(std::size(TrapMessages) < 31, "a bit must be left");

uint32_t spec::trapsForMessage(const std::string &message) {
  llvm::StringRef expected(message);
  // The suite names the kind of reference where we do not: "null function
  // reference".
  if (expected.starts_with("null ") && expected.ends_with(" reference") &&
      llvm::none_of(TrapMessages,
                    [&](llvm::StringRef ours) { return ours == expected; }))
    return uint32_t{1} << static_cast<uint32_t>(abi::Trap::NullReference);
  uint32_t traps = 0;
  for (size_t i = 0; i < std::size(TrapMessages); ++i) {
    llvm::StringRef ours(TrapMessages[i]);
    if (ours.starts_with(expected) || expected.starts_with(ours))
      traps |= uint32_t{1} << i;
  }
  return traps ? traps : uint32_t{1} << 31;
}

static bool fitsType(const ScriptValue &value, wasm::ValueType type) {
  switch (value.kind) {
  case ScriptValue::Kind::I32:
    return type == wasm::I32;
  case ScriptValue::Kind::I64:
    return type == wasm::I64;
  case ScriptValue::Kind::F32:
    return type == wasm::F32;
  case ScriptValue::Kind::F64:
    return type == wasm::F64;
  case ScriptValue::Kind::V128:
    return type == wasm::V128;
  case ScriptValue::Kind::Either:
    for (const ScriptValue &alternative : value.alternatives)
      if (alternative.kind == ScriptValue::Kind::Either ||
          !fitsType(alternative, type))
        return false;
    return !value.alternatives.empty();
  default:
    return type.isReference();
  }
}

bool spec::fitTypes(const std::vector<ScriptValue> &values,
                    const std::vector<wasm::ValueType> &types) {
  if (values.size() != types.size())
    return false;
  for (size_t i = 0; i < values.size(); ++i)
    if (!fitsType(values[i], types[i]))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// The harness's report
//===----------------------------------------------------------------------===//

/// Parses "F <row> <verb> …"; false when the line is something else.
static bool parseFailure(llvm::StringRef line, size_t &row,
                         Observation &observation) {
  llvm::SmallVector<llvm::StringRef, 8> words;
  line.split(words, ' ', -1, /*KeepEmpty=*/false);
  if (words.size() < 3 || words[0] != "F" || words[1].getAsInteger(10, row))
    return false;
  using Kind = Observation::Kind;
  if (words[2] == "returned") {
    observation.kind = Kind::Returned;
    for (llvm::StringRef word : llvm::ArrayRef(words).drop_front(3)) {
      uint64_t slot = 0;
      if (word.getAsInteger(16, slot))
        return false;
      observation.slots.push_back(slot);
    }
    return true;
  }
  if (words[2] == "linked") {
    observation.kind = Kind::Linked;
    return true;
  }
  observation.kind = words[2] == "trapped" ? Kind::Trapped : Kind::LimitFailed;
  return words.size() == 4 && !words[3].getAsInteger(10, observation.number);
}

Report spec::parseReport(const std::string &output) {
  Report report;
  llvm::SmallVector<llvm::StringRef, 8> lines;
  llvm::StringRef(output).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines) {
    size_t row = 0;
    Observation observation{};
    if (line.consume_front("END "))
      report.isComplete = !line.getAsInteger(10, report.rowsDone);
    else if (parseFailure(line, row, observation))
      report.failures.push_back({row, std::move(observation)});
  }
  return report;
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

static std::string describeFloat(const char *type, double value,
                                 uint64_t bits) {
  return llvm::formatv("{0} {1} ({2:x})", type, value, bits).str();
}

static std::string describeNumber(const ScriptValue &like, uint64_t low,
                                  uint64_t high) {
  switch (like.kind) {
  case ScriptValue::Kind::I32:
    return llvm::formatv("i32 {0} ({1:x})", static_cast<int32_t>(low),
                         static_cast<uint32_t>(low))
        .str();
  case ScriptValue::Kind::I64:
    return llvm::formatv("i64 {0} ({1:x})", static_cast<int64_t>(low), low)
        .str();
  case ScriptValue::Kind::F32: {
    float value;
    auto bits = static_cast<uint32_t>(low);
    std::memcpy(&value, &bits, sizeof value);
    return describeFloat("f32", value, bits);
  }
  case ScriptValue::Kind::F64: {
    double value;
    std::memcpy(&value, &low, sizeof value);
    return describeFloat("f64", value, low);
  }
  case ScriptValue::Kind::V128:
    return llvm::formatv("v128 i64x2 {0:x} {1:x}", low, high).str();
  case ScriptValue::Kind::Either:
    return like.alternatives.empty()
               ? "nothing"
               : describeNumber(like.alternatives.front(), low, high);
  default:
    return llvm::formatv("reference {0:x}", low).str();
  }
}

static std::string describeExpected(const ScriptValue &value) {
  if (value.kind == ScriptValue::Kind::Either) {
    std::vector<std::string> parts;
    for (const ScriptValue &alternative : value.alternatives)
      parts.push_back(describeExpected(alternative));
    return "either " + llvm::join(parts, " or ");
  }
  if (value.nan == ScriptValue::Nan::Canonical)
    return "nan:canonical";
  if (value.nan == ScriptValue::Nan::Arithmetic)
    return "nan:arithmetic";
  if (value.kind == ScriptValue::Kind::RefNull)
    return "a null reference";
  if (value.kind == ScriptValue::Kind::RefFunc ||
      value.kind == ScriptValue::Kind::RefAny || !value.hasBits)
    return "a reference";
  if (value.kind == ScriptValue::Kind::RefExtern ||
      value.kind == ScriptValue::Kind::RefHost)
    return llvm::formatv("host reference {0}", value.bits).str();
  uint64_t low = value.bits, high = 0;
  if (value.kind == ScriptValue::Kind::V128) {
    std::memcpy(&low, value.v128.data(), 8);
    std::memcpy(&high, value.v128.data() + 8, 8);
  }
  return describeNumber(value, low, high);
}

static bool isVector(const ScriptValue &value) {
  if (value.kind == ScriptValue::Kind::Either)
    return !value.alternatives.empty() && isVector(value.alternatives.front());
  return value.kind == ScriptValue::Kind::V128;
}

static std::string describeReturned(const Command &command,
                                    const std::vector<uint64_t> &slots) {
  if (command.results.empty())
    return "returned";
  std::vector<std::string> got, expected;
  size_t slot = 0;
  auto next = [&] { return slot < slots.size() ? slots[slot++] : 0; };
  for (const ScriptValue &result : command.results) {
    uint64_t low = next();
    uint64_t high = isVector(result) ? next() : 0;
    got.push_back(describeNumber(result, low, high));
    expected.push_back(describeExpected(result));
  }
  return "returned " + llvm::join(got, ", ") + ", expected " +
         llvm::join(expected, ", ");
}

static std::string describeTrap(const Command &command, uint64_t trap) {
  std::string message = trap < std::size(TrapMessages)
                            ? TrapMessages[trap]
                            : "trap " + std::to_string(trap);
  std::string result = "trapped: " + message;
  if (!command.message.empty())
    result += ", expected: " + command.message;
  return result;
}

std::string spec::describeFailure(const Command &command,
                                  const Observation &observation) {
  switch (observation.kind) {
  case Observation::Kind::Returned: {
    std::string result = describeReturned(command, observation.slots);
    if (!command.message.empty())
      result += ", expected a trap: " + command.message;
    return result;
  }
  case Observation::Kind::Trapped:
    return describeTrap(command, observation.number);
  case Observation::Kind::LimitFailed:
    return "does not link: an imported memory or table is too small";
  case Observation::Kind::Linked:
    return "could be linked, expected: " + command.message;
  }
  return "failed";
}
