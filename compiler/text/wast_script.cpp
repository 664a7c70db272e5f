#include "text/wast_script.h"

#include "text/mnemonics.h"
#include "text/module_form.h"
#include "text/token_cursor.h"

#include "llvm/ADT/StringSwitch.h"

namespace wrought::text {

namespace {

/// `(either (either …))` may nest no deeper.
constexpr unsigned MaxPatternDepth = 8;

class ScriptParser {
public:
  explicit ScriptParser(const TokenStream &stream)
      : stream_(stream), cursor_(stream, 0) {}
  bool run(std::vector<Command> &commands);
  const TextError &error() const { return cursor_.error(); }

private:
  void command(Command &command);
  void assertion(Command &command);
  ScriptModule inlineModule();
  ScriptModule module();
  ScriptModule parsed(ScriptModule result, ParsedModule &&module);
  void instance(Command &command);
  Action action();
  std::vector<ScriptValue> values(unsigned depth);
  ScriptValue value(unsigned depth);
  void number(ScriptValue &value, unsigned bits, bool isFloat);
  ScriptValue::Nan nanPattern();
  void vector(ScriptValue &value);
  void reference(ScriptValue &value, llvm::StringRef heap);
  uint32_t line(uint32_t token) const {
    return stream_.position(stream_[token].offset).first;
  }
  bool atModule() const { return cursor_.atForm("module"); }

  const TokenStream &stream_;
  TokenCursor cursor_;
};

bool ScriptParser::run(std::vector<Command> &commands) {
  while (cursor_.ok() && cursor_.kind() != TokenKind::Eof) {
    Command &next = commands.emplace_back();
    next.line = line(cursor_.position());
    if (atModuleField(stream_, cursor_.position()))
      next.module = inlineModule();
    else
      command(next);
  }
  return cursor_.ok();
}

ScriptModule ScriptParser::parsed(ScriptModule result, ParsedModule &&module) {
  result.binary = std::move(module.binary);
  if (!result.binary)
    result.textError = std::to_string(module.line) + ":" +
                       std::to_string(module.column) + ": " + module.message;
  return result;
}

/// Fields at the top level of a script form a module up to the next command.
ScriptModule ScriptParser::inlineModule() {
  ScriptModule result;
  const uint32_t begin = cursor_.position();
  result.line = line(begin);
  while (atModuleField(stream_, cursor_.position()))
    cursor_.moveTo(cursor_.partner() + 1);
  return parsed(std::move(result),
                parseFields(stream_, begin, cursor_.position(), {}));
}

/// `(module …)` in any form but instance.
ScriptModule ScriptParser::module() {
  ScriptModule result;
  if (!atModule()) {
    cursor_.failUnexpected();
    return result;
  }
  const ModuleHeader header = moduleHeader(stream_, cursor_.position());
  result.form =
      header.body == ModuleHeader::Body::Fields
          ? ModuleForm::Text
          : (header.body == ModuleHeader::Body::Binary ? ModuleForm::Binary
                                                       : ModuleForm::Quote);
  result.identifier = header.identifier;
  result.line = line(cursor_.position());
  result.isDefinition = header.isDefinition;
  if (header.end == stream_.eofIndex()) {
    cursor_.failUnexpected(header.end);
    return result;
  }
  cursor_.moveTo(header.end + 1);
  return parsed(std::move(result), parseModule(stream_, header));
}

/// `(module instance $instance? $definition?)`
void ScriptParser::instance(Command &command) {
  command.kind = Command::Kind::Instance;
  cursor_.advance(3);
  command.identifier = cursor_.takeIdentifier().str();
  command.definition = cursor_.takeIdentifier().str();
  cursor_.expectClose();
}

void ScriptParser::command(Command &command) {
  if (atModule()) {
    if (cursor_.kind(2) == TokenKind::Keyword && cursor_.text(2) == "instance")
      return instance(command);
    command.module = module();
  } else if (cursor_.takeForm("register")) {
    command.kind = Command::Kind::Register;
    command.name = cursor_.expectString();
    command.identifier = cursor_.takeIdentifier().str();
    cursor_.expectClose();
  } else if (cursor_.atForm("invoke") || cursor_.atForm("get")) {
    command.kind = Command::Kind::Invoke;
    command.action = action();
  } else {
    assertion(command);
  }
}

void ScriptParser::assertion(Command &command) {
  using Kind = Command::Kind;
  cursor_.expect(TokenKind::LeftParenthesis);
  // The …_custom forms are about annotations, which are parsed like the rest.
  auto kind = llvm::StringSwitch<std::optional<Kind>>(cursor_.text())
                  .Case("assert_return", Kind::AssertReturn)
                  .Case("assert_trap", Kind::AssertTrap)
                  .Case("assert_exhaustion", Kind::AssertExhaustion)
                  .Case("assert_exception", Kind::AssertException)
                  .Case("assert_invalid", Kind::AssertInvalid)
                  .Case("assert_invalid_custom", Kind::AssertInvalid)
                  .Case("assert_malformed", Kind::AssertMalformed)
                  .Case("assert_malformed_custom", Kind::AssertMalformed)
                  .Case("assert_unlinkable", Kind::AssertUnlinkable)
                  .Default(std::nullopt);
  if (!kind)
    return cursor_.fail("unknown command " + cursor_.text().take_front(60));
  cursor_.advance();
  command.kind = *kind;
  if (atModule())
    command.module = module();
  else
    command.action = action();
  if (kind == Kind::AssertReturn)
    command.results = values(0);
  else if (kind != Kind::AssertException)
    command.message = cursor_.expectString();
  cursor_.expectClose();
}

Action ScriptParser::action() {
  Action result;
  if (cursor_.takeForm("get"))
    result.kind = Action::Kind::Get;
  else if (!cursor_.takeForm("invoke"))
    cursor_.failUnexpected();
  result.module = cursor_.takeIdentifier().str();
  result.name = cursor_.expectString();
  if (result.kind == Action::Kind::Invoke)
    result.arguments = values(0);
  cursor_.expectClose();
  return result;
}

std::vector<ScriptValue> ScriptParser::values(unsigned depth) {
  std::vector<ScriptValue> result;
  while (cursor_.kind() == TokenKind::LeftParenthesis)
    result.push_back(value(depth));
  return result;
}

ScriptValue ScriptParser::value(unsigned depth) {
  using Kind = ScriptValue::Kind;
  ScriptValue result;
  cursor_.expect(TokenKind::LeftParenthesis);
  const llvm::StringRef word = cursor_.text();
  if (word.starts_with("ref.")) {
    cursor_.advance();
    reference(result, word.drop_front(4));
    cursor_.expectClose();
    return result;
  }
  auto kind = llvm::StringSwitch<std::optional<Kind>>(word)
                  .Case("i32.const", Kind::I32)
                  .Case("i64.const", Kind::I64)
                  .Case("f32.const", Kind::F32)
                  .Case("f64.const", Kind::F64)
                  .Case("v128.const", Kind::V128)
                  .Case("either", Kind::Either)
                  .Default(std::nullopt);
  if (!kind || depth > MaxPatternDepth) {
    cursor_.failUnexpected();
    return result;
  }
  cursor_.advance();
  result.kind = *kind;
  if (kind == Kind::V128)
    vector(result);
  else if (kind == Kind::Either)
    result.alternatives = values(depth + 1);
  else
    number(result, kind == Kind::I32 || kind == Kind::F32 ? 32 : 64,
           kind == Kind::F32 || kind == Kind::F64);
  cursor_.expectClose();
  return result;
}

ScriptValue::Nan ScriptParser::nanPattern() {
  if (cursor_.takeKeyword("nan:canonical"))
    return ScriptValue::Nan::Canonical;
  if (cursor_.takeKeyword("nan:arithmetic"))
    return ScriptValue::Nan::Arithmetic;
  return ScriptValue::Nan::None;
}

void ScriptParser::number(ScriptValue &value, unsigned bits, bool isFloat) {
  if (isFloat)
    value.nan = nanPattern();
  if (value.nan != ScriptValue::Nan::None)
    return;
  value.bits =
      isFloat ? cursor_.expectFloat(bits) : cursor_.expectInteger(bits);
}

void ScriptParser::vector(ScriptValue &value) {
  std::optional<LaneShape> shape;
  if (cursor_.kind() == TokenKind::Keyword)
    shape = laneShape(cursor_.text());
  if (!shape)
    return cursor_.failUnexpected();
  cursor_.advance();
  value.laneByteLength = static_cast<uint8_t>(shape->bits / 8);
  value.floatLanes = shape->isFloat;
  for (unsigned i = 0; i < shape->count; ++i) {
    ScriptValue lane;
    number(lane, shape->bits, shape->isFloat);
    if (shape->isFloat)
      value.laneNan[i] = lane.nan;
    for (unsigned byte = 0; byte < value.laneByteLength; ++byte)
      value.v128[i * value.laneByteLength + byte] =
          static_cast<uint8_t>(lane.bits >> 8 * byte);
  }
}

/// After `(ref.`: `heap` is the rest of the word.
void ScriptParser::reference(ScriptValue &value, llvm::StringRef heap) {
  using Kind = ScriptValue::Kind;
  auto abstract = [](llvm::StringRef word) -> std::optional<wasm::HeapType> {
    if (auto byte = abstractHeapByte(word))
      return wasm::HeapType(static_cast<wasm::AbstractHeap>(*byte));
    return std::nullopt;
  };
  value.hasBits = false;
  if (heap == "null") {
    value.kind = Kind::RefNull;
    if (!cursor_.hasMore())
      return;
    value.heap = abstract(cursor_.text());
    if (!value.heap && !cursor_.atIndex())
      return cursor_.failUnexpected();
    return cursor_.advance();
  }
  value.heap = heap == "host" ? wasm::AbstractHeap::Any : abstract(heap);
  if (!value.heap)
    return cursor_.failUnexpected();
  value.kind = heap == "host"     ? Kind::RefHost
               : heap == "extern" ? Kind::RefExtern
               : heap == "func"   ? Kind::RefFunc
                                  : Kind::RefAny;
  if (value.kind == Kind::RefAny || cursor_.kind() != TokenKind::Number)
    return;
  value.bits = cursor_.expectUnsigned(64);
  value.hasBits = true;
}

} // namespace

std::optional<std::vector<Command>> parseScript(std::string_view text,
                                                llvm::StringRef sourceName,
                                                Diagnostics &diagnostics) {
  auto report = [&](uint32_t line, uint32_t column, std::string message) {
    Location location;
    location.file = sourceName.str();
    location.line = line;
    location.column = column;
    diagnostics.error(std::move(location), std::move(message));
    return std::nullopt;
  };
  TextError error;
  auto stream = TokenStream::lex(text, error);
  if (!stream) {
    auto [line, column] = positionIn(text, error.offset);
    return report(line, column, error.message);
  }
  std::vector<Command> commands;
  ScriptParser parser(*stream);
  if (parser.run(commands))
    return commands;
  auto [line, column] = stream->position(parser.error().offset);
  return report(line, column, parser.error().message);
}

} // namespace wrought::text
