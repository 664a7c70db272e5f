#include "translate/module_facts.h"

#include "decode/operator_reader.h"

namespace wrought::translate {

namespace {

class Collector {
public:
  Collector(const wasm::Module &module, ModuleFacts &facts)
      : module_(module), facts_(facts) {
    facts.reachable.resize(module.functions.size());
    facts.referenced.resize(module.functions.size());
    facts.makesTailCalls.resize(module.functions.size());
    facts.growingMemories.resize(module.memories.size());
    facts.growingTables.resize(module.tables.size());
    facts.changingTables.resize(module.tables.size());
    facts.droppedData.resize(module.data.size());
    facts.droppedElements.resize(module.elements.size());
  }

  void addRoot(uint32_t function) {
    if (facts_.reachable.test(function))
      return;
    facts_.reachable.set(function);
    if (!module_.functions[function].import)
      worklist_.push_back(function);
  }

  void addReference(uint32_t function) {
    facts_.referenced.set(function);
    addRoot(function);
  }

  void scan(const wasm::ConstantExpression &expression) {
    decode::OperatorReader reader(module_, expression.code);
    while (reader.next(instruction_))
      if (instruction_.opcode == wasm::Opcode::RefFunc)
        addReference(instruction_.index);
  }

  void run() {
    while (!worklist_.empty()) {
      const uint32_t function = worklist_.back();
      worklist_.pop_back();
      scanBody(function);
    }
  }

private:
  void scanBody(uint32_t function) {
    decode::OperatorReader reader(module_, module_.functions[function].body);
    runs_.clear();
    reader.readLocals(runs_);
    while (reader.next(instruction_)) {
      switch (instruction_.opcode) {
      case wasm::Opcode::Call:
        addRoot(instruction_.index);
        break;
      case wasm::Opcode::ReturnCall:
        addRoot(instruction_.index);
        facts_.makesTailCalls.set(function);
        break;
      case wasm::Opcode::ReturnCallIndirect:
      case wasm::Opcode::ReturnCallRef:
        facts_.makesTailCalls.set(function);
        break;
      case wasm::Opcode::RefFunc:
        addReference(instruction_.index);
        break;
      case wasm::Opcode::MemoryGrow:
        facts_.growingMemories.set(instruction_.index);
        break;
      case wasm::Opcode::TableGrow:
        facts_.growingTables.set(instruction_.index);
        facts_.changingTables.set(instruction_.index);
        break;
      case wasm::Opcode::TableSet:
      case wasm::Opcode::TableFill:
      case wasm::Opcode::TableCopy:
        facts_.changingTables.set(instruction_.index);
        break;
      case wasm::Opcode::TableInit:
        facts_.changingTables.set(instruction_.index2);
        break;
      case wasm::Opcode::DataDrop:
        facts_.droppedData.set(instruction_.index);
        break;
      case wasm::Opcode::ElemDrop:
        facts_.droppedElements.set(instruction_.index);
        break;
      default:
        break;
      }
    }
  }

  const wasm::Module &module_;
  ModuleFacts &facts_;
  std::vector<uint32_t> worklist_;
  wasm::Instruction instruction_;
  std::vector<decode::LocalRun> runs_;
};

} // namespace

ModuleFacts collectFacts(const wasm::Module &module, bool exportAll,
                         bool hasThreads) {
  ModuleFacts facts;
  Collector collector(module, facts);
  for (const wasm::Export &item : module.exports)
    if (item.kind == wasm::ExternalKind::Function) {
      if (exportAll)
        collector.addReference(item.index);
      else if (item.name == "_start" ||
               (hasThreads && item.name == "wasi_thread_start"))
        collector.addRoot(item.index);
    }
  if (module.start)
    collector.addRoot(module.start->value);
  for (const wasm::Origin &origin : module.origins)
    if (origin.start)
      collector.addRoot(origin.start->value);
  for (const wasm::Global &global : module.globals)
    if (!global.import)
      collector.scan(global.initializer);
  for (const wasm::Table &table : module.tables)
    if (table.initializer)
      collector.scan(*table.initializer);
  for (const wasm::ElementSegment &segment : module.elements) {
    for (wasm::FunctionIndex function : segment.functions)
      if (segment.mode != wasm::SegmentMode::Declarative)
        collector.addReference(function.value);
    for (const wasm::ConstantExpression &expression : segment.expressions)
      collector.scan(expression);
  }
  collector.run();
  return facts;
}

} // namespace wrought::translate
