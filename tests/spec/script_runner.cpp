#include "script_runner.h"

#include "decode/module_decoder.h"
#include "execute.h"
#include "expectation.h"
#include "linkage.h"
#include "linker/link.h"
#include "native_program.h"
#include "text/wast_script.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace wrought;
using namespace wrought::spec;
using text::Action;
using text::Command;
using text::ScriptModule;

namespace {

std::string kindName(const Command &command) {
  switch (command.kind) {
  case Command::Kind::Module:
  case Command::Kind::Instance:
    return "module";
  case Command::Kind::Register:
    return "register";
  case Command::Kind::Invoke:
    return "action";
  case Command::Kind::AssertReturn:
    return "assert_return";
  case Command::Kind::AssertTrap:
    return "assert_trap";
  case Command::Kind::AssertExhaustion:
    return "assert_exhaustion";
  case Command::Kind::AssertException:
    return "assert_exception";
  case Command::Kind::AssertInvalid:
    return "assert_invalid";
  case Command::Kind::AssertMalformed:
    return "assert_malformed";
  case Command::Kind::AssertUnlinkable:
    return "assert_unlinkable";
  }
  return "command";
}

std::string firstError(const Diagnostics &diagnostics) {
  for (const Diagnostic &diagnostic : diagnostics.all())
    if (diagnostic.severity == Severity::Error)
      return diagnostic.message;
  return "refused without a message";
}

/// How far a module came on the validation side.
struct Loading {
  enum class Stage : uint8_t { Text, Decode, Validate, Done } stage;
  std::shared_ptr<LoadedModule> loaded; ///< when Done
  std::string error;                    ///< otherwise
};

Loading load(const ScriptModule &script, const std::string &sourceName) {
  using Stage = Loading::Stage;
  if (!script.binary)
    return {Stage::Text, nullptr, script.textError};
  auto loaded = std::make_shared<LoadedModule>();
  loaded->bytes = script.binary->bytes;
  Diagnostics diagnostics;
  auto module = decode::decodeModule(loaded->bytes, sourceName, diagnostics);
  if (!module)
    return {Stage::Decode, nullptr, firstError(diagnostics)};
  validate::Options options;
  options.threadCount = 1;
  loaded->validated =
      validate::validateModule(std::move(*module), options, diagnostics);
  if (!loaded->validated)
    return {Stage::Validate, nullptr, firstError(diagnostics)};
  return {Stage::Done, std::move(loaded), ""};
}

/// The names of features in use that have no translation; empty when there are
/// none.
std::string untranslatedFeatures(const LoadedModule &loaded) {
  std::string names;
  for (const validate::FeatureUse &use : loaded.validated->featureUses())
    if (!wasm::isTranslated(use.feature))
      names += std::string(names.empty() ? "" : ", ") +
               std::string(wasm::featureDescription(use.feature));
  return names;
}

/// Memories of a program, which must find room in the smallest address space,
/// of 256 GiB. Scripts of independent modules become several programs.
constexpr unsigned MaxMemories = 32;

class ScriptRunner {
public:
  ScriptRunner(const std::string &name, bool mayLeaveOut,
               const RunOptions &options)
      : name_(name), mayLeaveOut_(mayLeaveOut), options_(options) {
    startProgram();
  }

  ScriptResult run(const std::vector<Command> &commands);

private:
  // The validation side.
  void runModule(const Command &command);
  void runInvalid(const Command &command);
  void runMalformed(const Command &command);

  // Instances.
  void runInstance(const Command &command);
  void runRegister(const Command &command);
  void runUnlinkable(const Command &command);
  std::shared_ptr<Instance> instantiate(std::shared_ptr<LoadedModule> loaded,
                                        const Command &command, uint32_t traps);
  bool compile(Instance &instance, const Command &command);
  void provideSpectest(const wasm::Module &module, const Command &command);
  std::shared_ptr<Instance> makeHost(std::string_view text,
                                     const Command &command);
  void setCurrent(const std::string &identifier,
                  std::shared_ptr<Instance> instance);
  std::shared_ptr<Instance> findInstance(const std::string &identifier) const;

  // Actions.
  void runAction(const Command &command, uint32_t traps);
  void addActionRow(const Command &command, const Entity &entity,
                    uint32_t traps);
  void runTrap(const Command &command);

  // Book-keeping.
  void runCommand(const Command &command);
  bool isNative(const Command &command) const;
  void count(const Command &command);
  void leaveOut(const Command &command);
  void fail(const Command &command, std::string detail);
  void startProgram();
  void runProgram();
  bool standsAlone() const;
  void readReport(const Execution &execution);

  std::string name_;
  bool mayLeaveOut_;
  const RunOptions &options_;
  ScriptResult result_;
  std::optional<NativeProgram> program_;
  unsigned programCount_ = 0;
  /// The command of each row.
  std::vector<const Command *> rows_;
  Registry registry_;
  std::map<std::string, std::shared_ptr<LoadedModule>> definitions_;
  std::map<std::string, std::shared_ptr<Instance>> instances_;
  std::set<const Command *> failed_;
  bool hasSpectest_ = false, hasSharedSpectest_ = false;
};

void ScriptRunner::count(const Command &command) {
  ++result_.checked[kindName(command)];
  result_.checkedLines.insert(command.line);
}

void ScriptRunner::leaveOut(const Command &command) {
  ++result_.notTranslated[kindName(command)];
}

/// Records the first failure of a command; others are its consequences.
void ScriptRunner::fail(const Command &command, std::string detail) {
  if (failed_.insert(&command).second)
    result_.failures.push_back(
        {command.line, kindName(command), std::move(detail)});
}

//===----------------------------------------------------------------------===//
// The validation side
//===----------------------------------------------------------------------===//

void ScriptRunner::runModule(const Command &command) {
  count(command);
  const ScriptModule &script = *command.module;
  Loading loading = load(script, name_);
  definitions_[script.identifier] = loading.loaded;
  definitions_[""] = loading.loaded;
  if (!loading.loaded)
    fail(command, "valid module refused: " + loading.error);
  if (script.isDefinition || options_.validateOnly)
    return;
  if (program_->memoryCount() >= MaxMemories && standsAlone()) {
    runProgram();
    startProgram();
  }
  std::shared_ptr<Instance> instance = std::make_shared<Instance>();
  if (loading.loaded)
    instance = instantiate(loading.loaded, command, 0);
  setCurrent(script.identifier, instance);
}

void ScriptRunner::runInvalid(const Command &command) {
  count(command);
  Loading loading = load(*command.module, name_);
  if (loading.stage == Loading::Stage::Done)
    fail(command, "invalid module accepted, expected: " + command.message);
  // The decoder checks type indices, since types get their identity there.
  else if (loading.stage != Loading::Stage::Validate &&
           !(loading.stage == Loading::Stage::Decode &&
             llvm::StringRef(loading.error).starts_with(command.message)))
    fail(command, "invalid module called malformed: " + loading.error);
}

void ScriptRunner::runMalformed(const Command &command) {
  count(command);
  // Bodies are read during validation, so a malformed one shows only there.
  Loading loading = load(*command.module, name_);
  if (loading.stage == Loading::Stage::Done)
    fail(command, "malformed module accepted, expected: " + command.message);
  else if (command.module->form == text::ModuleForm::Quote &&
           loading.stage != Loading::Stage::Text)
    fail(command, "malformed text accepted, expected: " + command.message);
}

//===----------------------------------------------------------------------===//
// Instances
//===----------------------------------------------------------------------===//

void ScriptRunner::setCurrent(const std::string &identifier,
                              std::shared_ptr<Instance> instance) {
  instances_[identifier] = instance;
  instances_[""] = std::move(instance);
}

std::shared_ptr<Instance>
ScriptRunner::findInstance(const std::string &identifier) const {
  auto found = instances_.find(identifier);
  return found == instances_.end() ? nullptr : found->second;
}

void ScriptRunner::runInstance(const Command &command) {
  count(command);
  auto definition = definitions_.find(command.definition);
  std::shared_ptr<Instance> instance = std::make_shared<Instance>();
  if (definition == definitions_.end() || !definition->second)
    fail(command, "no such definition: " + command.definition);
  else if (!options_.validateOnly)
    instance = instantiate(definition->second, command, 0);
  setCurrent(command.identifier, instance);
}

void ScriptRunner::runRegister(const Command &command) {
  count(command);
  if (auto instance = findInstance(command.identifier))
    registry_[command.name] = std::move(instance);
  else
    fail(command, "no such instance: " + command.identifier);
}

/// Makes the host module the first time that a module imports from it, and what
/// it has beside that for threads.
void ScriptRunner::provideSpectest(const wasm::Module &module,
                                   const Command &command) {
  bool isUsed = false, usesShared = false;
  for (const wasm::Import &import : module.imports)
    if (import.module == "spectest") {
      isUsed = true;
      usesShared |= import.name == "shared_memory";
    }
  if (isUsed && !std::exchange(hasSpectest_, true))
    if (auto host = makeHost(spectestText(), command))
      registry_["spectest"] = std::move(host);
  if (usesShared && !std::exchange(hasSharedSpectest_, true))
    if (auto shared = makeHost(spectestSharedText(), command))
      registry_["spectest"]->exports.merge(shared->exports);
}

std::shared_ptr<Instance> ScriptRunner::makeHost(std::string_view text,
                                                 const Command &command) {
  ScriptModule script;
  Diagnostics diagnostics;
  script.binary = text::parseWat(text, "spectest", diagnostics);
  if (!script.binary)
    script.textError = firstError(diagnostics);
  Loading loading = load(script, "spectest");
  if (loading.loaded)
    return instantiate(loading.loaded, command, 0);
  fail(command, "spectest: " + loading.error);
  return nullptr;
}

bool hasOnlyHostImports(const wasm::Module &module) {
  return llvm::all_of(module.imports, [](const wasm::Import &import) {
    return import.module == "spectest";
  });
}

/// Sizes that the imports of `module` ask for.
std::vector<LimitCheck> limitChecks(const wasm::Module &module,
                                    const std::vector<Entity> &imports) {
  std::vector<LimitCheck> checks;
  for (size_t i = 0; i < imports.size(); ++i) {
    const auto &entity = module.imports[i].entity;
    if (auto *memory = std::get_if<wasm::MemoryIndex>(&entity))
      checks.push_back({imports[i].symbol, imports[i].offset, false,
                        module.memories[memory->value].type.limits.minimum});
    else if (auto *table = std::get_if<wasm::TableIndex>(&entity))
      checks.push_back({imports[i].symbol, imports[i].offset, true,
                        module.tables[table->value].type.limits.minimum});
  }
  return checks;
}

std::shared_ptr<Instance>
ScriptRunner::instantiate(std::shared_ptr<LoadedModule> loaded,
                          const Command &command, uint32_t traps) {
  auto instance = std::make_shared<Instance>();
  const wasm::Module &module = loaded->module();
  instance->loaded = std::move(loaded);
  provideSpectest(module, command);
  std::string untranslated = untranslatedFeatures(*instance->loaded);
  if (!untranslated.empty() && !mayLeaveOut_) {
    fail(command, "needs a feature without translation (" + untranslated +
                      "), but the script is not listed as such");
    return instance;
  }
  LinkResult link = linkImports(module, registry_);
  bool leavesOut =
      !untranslated.empty() || link.state == Instance::State::NotTranslated;
  // The host module has nothing of types without translation.
  if (!link.error.empty() && !(leavesOut && hasOnlyHostImports(module))) {
    fail(command, "does not link: " + link.error);
    return instance;
  }
  instance->imports = std::move(link.imports);
  if (leavesOut) {
    instance->state = Instance::State::NotTranslated;
    if (link.error.empty())
      addExports(*instance, {});
    leaveOut(command);
    return instance;
  }
  if (!compile(*instance, command))
    return instance;
  rows_.push_back(&command);
  program_->rows().addInstantiate(
      *instance, limitChecks(module, instance->imports), traps);
  return instance;
}

bool ScriptRunner::compile(Instance &instance, const Command &command) {
  Diagnostics diagnostics;
  auto symbols =
      program_->addModule(*instance.loaded->validated, instance, diagnostics);
  if (!symbols) {
    fail(command, "does not compile: " + firstError(diagnostics));
    return false;
  }
  instance.state = Instance::State::Ready;
  addExports(instance, *symbols);
  return true;
}

void ScriptRunner::runUnlinkable(const Command &command) {
  Loading loading = load(*command.module, name_);
  if (!loading.loaded) {
    count(command);
    return fail(command, "valid module refused: " + loading.error);
  }
  const wasm::Module &module = loading.loaded->module();
  provideSpectest(module, command);
  LinkResult link = linkImports(module, registry_);
  if (link.error.empty() && link.state == Instance::State::NotTranslated)
    return leaveOut(command);
  count(command);
  if (!link.error.empty()) {
    if (link.state == Instance::State::Failed)
      fail(command, link.error);
    return;
  }
  rows_.push_back(&command);
  program_->rows().addUnlinkable(limitChecks(module, link.imports));
}

//===----------------------------------------------------------------------===//
// Actions
//===----------------------------------------------------------------------===//

void ScriptRunner::runTrap(const Command &command) {
  uint32_t traps = trapsForMessage(command.message);
  if (command.action)
    return runAction(command, traps);
  Loading loading = load(*command.module, name_);
  if (!loading.loaded) {
    count(command);
    return fail(command, "valid module refused: " + loading.error);
  }
  auto instance = instantiate(loading.loaded, command, traps);
  if (instance->state != Instance::State::NotTranslated)
    count(command);
}

void ScriptRunner::runAction(const Command &command, uint32_t traps) {
  const Action &action = *command.action;
  std::shared_ptr<Instance> instance = findInstance(action.module);
  if (instance && instance->state == Instance::State::NotTranslated)
    return leaveOut(command);
  count(command);
  if (!instance || instance->state != Instance::State::Ready)
    return fail(command, "the instance is not there");
  auto exported = instance->exports.find(action.name);
  if (exported == instance->exports.end())
    return fail(command, "no such export: " + action.name);
  addActionRow(command, exported->second, traps);
}

void ScriptRunner::addActionRow(const Command &command, const Entity &entity,
                                uint32_t traps) {
  const Action &action = *command.action;
  const wasm::Module &owner = entity.owner->module();
  bool isReturn = command.kind == Command::Kind::AssertReturn;
  std::vector<wasm::ValueType> parameters, results;
  if (action.kind == Action::Kind::Invoke) {
    if (entity.kind != wasm::ExternalKind::Function)
      return fail(command, "not a function: " + action.name);
    const wasm::FunctionType &type =
        owner.functionType(wasm::FunctionIndex(entity.index));
    parameters = type.parameters;
    results = type.results;
  } else {
    if (entity.kind != wasm::ExternalKind::Global)
      return fail(command, "not a global: " + action.name);
    results.push_back(owner.globals[entity.index].type.value);
  }
  if (!fitTypes(action.arguments, parameters))
    return fail(command, "arguments do not fit the function's type");
  if (isReturn && !fitTypes(command.results, results))
    return fail(command, "expected results do not fit the type");
  rows_.push_back(&command);
  if (action.kind == Action::Kind::Invoke)
    program_->rows().addInvoke(entity, action.arguments, command.results,
                               traps);
  else
    program_->rows().addGet(entity, command.results);
}

//===----------------------------------------------------------------------===//
// The whole script
//===----------------------------------------------------------------------===//

/// Whether a command does something at run time.
bool ScriptRunner::isNative(const Command &command) const {
  switch (command.kind) {
  case Command::Kind::Module:
  case Command::Kind::AssertInvalid:
  case Command::Kind::AssertMalformed:
    return false;
  default:
    return true;
  }
}

void ScriptRunner::runCommand(const Command &command) {
  if (options_.validateOnly && isNative(command))
    return;
  switch (command.kind) {
  case Command::Kind::Module:
    return runModule(command);
  case Command::Kind::Instance:
    return runInstance(command);
  case Command::Kind::Register:
    return runRegister(command);
  case Command::Kind::Invoke:
  case Command::Kind::AssertReturn:
    return runAction(command, 0);
  case Command::Kind::AssertTrap:
  case Command::Kind::AssertExhaustion:
    return runTrap(command);
  case Command::Kind::AssertException: {
    auto instance = findInstance(command.action->module);
    if (instance && instance->state == Instance::State::NotTranslated)
      return leaveOut(command);
    count(command);
    return fail(command, "exceptions are not run natively");
  }
  case Command::Kind::AssertInvalid:
    return runInvalid(command);
  case Command::Kind::AssertMalformed:
    return runMalformed(command);
  case Command::Kind::AssertUnlinkable:
    return runUnlinkable(command);
  }
}

/// Fails the rows that the program did not come to.
void ScriptRunner::readReport(const Execution &execution) {
  Report report = parseReport(execution.output);
  for (const auto &[row, observation] : report.failures)
    if (row < rows_.size())
      fail(*rows_[row], describeFailure(*rows_[row], observation));
  if (report.isComplete && report.rowsDone == rows_.size() &&
      execution.ending.empty())
    return;
  std::string ending =
      execution.ending.empty() ? "ended too early" : execution.ending;
  if (!execution.errors.empty())
    ending +=
        ": " + llvm::StringRef(execution.errors).take_front(400).trim().str();
  size_t at = std::min<size_t>(execution.progress, rows_.size());
  for (size_t row = at; row < rows_.size(); ++row)
    fail(*rows_[row],
         row == at ? "the program " + ending
                   : llvm::formatv("not run: the program ended at line {0}",
                                   rows_[at]->line)
                         .str());
}

void ScriptRunner::startProgram() {
  program_.emplace(options_);
  rows_.clear();
  registry_.clear();
  hasSpectest_ = false;
  ++programCount_;
}

/// Whether no later command can mean an instance that there is.
bool ScriptRunner::standsAlone() const {
  return llvm::all_of(instances_,
                      [](const auto &entry) { return entry.first.empty(); }) &&
         registry_.size() == (hasSpectest_ ? 1 : 0);
}

void ScriptRunner::runProgram() {
  if (rows_.empty())
    return;
  Diagnostics diagnostics;
  std::string name = name_;
  if (programCount_ > 1)
    name += "." + std::to_string(programCount_);
  std::string path = program_->link(name, diagnostics);
  if (path.empty()) {
    std::string error = firstError(diagnostics);
    for (const Command *command : rows_)
      fail(*command, "the program does not link: " + error);
    return;
  }
  std::vector<std::string> command = options_.emulator;
  command.push_back(path);
  readReport(execute(command, options_.timeoutSeconds));
}

ScriptResult ScriptRunner::run(const std::vector<Command> &commands) {
  for (const Command &command : commands)
    runCommand(command);
  runProgram();
  return std::move(result_);
}

} // namespace

ScriptResult spec::runScript(const std::string &path, const std::string &name,
                             bool mayLeaveOut, const RunOptions &options) {
  ScriptResult result;
  result.checked["script"] = 1;
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    result.failures.push_back({0, "script", buffer.getError().message()});
    return result;
  }
  Diagnostics diagnostics;
  llvm::StringRef contents = (*buffer)->getBuffer();
  auto commands = text::parseScript(
      std::string_view(contents.data(), contents.size()), name, diagnostics);
  if (!commands) {
    uint32_t line = 0;
    if (!diagnostics.all().empty())
      line = diagnostics.all().front().location.line.value_or(0);
    result.failures.push_back({line, "script", firstError(diagnostics)});
    return result;
  }
  result = ScriptRunner(name, mayLeaveOut, options).run(*commands);
  result.checked["script"] = 1;
  return result;
}
