#include "driver/plan_file.h"
#include "driver/build_info.h"
#include "driver/version.h"
#include "linker/output_file.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

namespace wrought::driver {

static std::string hashOf(llvm::StringRef text) {
  return contentHash({text.bytes_begin(), text.size()});
}

std::string PlanFile::path(const llvm::Twine &name) const {
  llvm::SmallString<128> result(folder);
  llvm::sys::path::append(result, name);
  return std::string(result);
}

std::string PlanFile::unitPath(size_t unit, llvm::StringRef ending) const {
  return path("units/" + llvm::Twine(unit) + ending);
}

std::string PlanFile::format() const {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::json::OStream json(out, /*IndentSize=*/1);
  json.object([&] {
    json.attribute("wrought", versionLine());
    json.attribute("output", llvm::json::fixUTF8(outputName));
    json.attribute("target", target);
    json.attributeArray("words", [&] {
      for (const std::string &word : words)
        json.value(word);
    });
    json.attributeArray("units", [&] {
      for (const Unit &unit : units)
        json.array([&] {
          json.value(static_cast<int64_t>(unit.version));
          json.value(static_cast<int64_t>(unit.partition));
          json.value(static_cast<int64_t>(unit.weight));
        });
    });
  });
  out << '\n';
  return text;
}

static bool readWords(const llvm::json::Object &object, PlanFile &plan) {
  const llvm::json::Array *words = object.getArray("words");
  if (!words)
    return false;
  for (const llvm::json::Value &value : *words) {
    const auto word = value.getAsString();
    if (!word)
      return false;
    plan.words.push_back(word->str());
  }
  return true;
}

static bool readUnits(const llvm::json::Object &object, PlanFile &plan) {
  const llvm::json::Array *units = object.getArray("units");
  if (!units)
    return false;
  for (const llvm::json::Value &value : *units) {
    const llvm::json::Array *fields = value.getAsArray();
    if (!fields || fields->size() != 3)
      return false;
    uint64_t numbers[3];
    for (auto [number, field] : llvm::zip(numbers, *fields)) {
      const auto integer = field.getAsInteger();
      if (!integer || *integer < 0)
        return false;
      number = static_cast<uint64_t>(*integer);
    }
    plan.units.push_back({numbers[0], numbers[1], numbers[2]});
  }
  return true;
}

/// Empty when the text is a plan of this version.
static std::string problemOf(llvm::StringRef text, PlanFile &plan) {
  auto value = llvm::json::parse(text);
  if (!value) {
    llvm::consumeError(value.takeError());
    return "not JSON";
  }
  const llvm::json::Object *object = value->getAsObject();
  const auto madeBy = object ? object->getString("wrought") : std::nullopt;
  if (!madeBy)
    return "not a plan";
  if (*madeBy != versionLine())
    return ("made by " + *madeBy + ", this is " + versionLine()).str();
  const auto output = object->getString("output");
  const auto target = object->getString("target");
  if (!output || !target || !readWords(*object, plan) ||
      !readUnits(*object, plan))
    return "not a plan";
  plan.outputName = output->str();
  plan.target = target->str();
  return "";
}

std::optional<PlanFile> PlanFile::read(const std::string &file,
                                       Diagnostics &diagnostics) {
  const auto buffer = llvm::MemoryBuffer::getFile(file);
  std::string problem = buffer ? std::string() : buffer.getError().message();
  PlanFile plan;
  plan.folder = llvm::sys::path::parent_path(file).str();
  if (buffer) {
    const llvm::StringRef text = (*buffer)->getBuffer();
    plan.identity = hashOf(text);
    problem = problemOf(text, plan);
  }
  if (problem.empty())
    return plan;
  diagnostics.error("cannot use the plan '" + file + "': " + problem);
  return std::nullopt;
}

static std::string unitHeader(const PlanFile &plan, llvm::StringRef bitcode) {
  return "wrought unit " + plan.identity + " " + hashOf(bitcode) + "\n";
}

bool writeUnit(const PlanFile &plan, const std::string &path,
               const llvm::Module &module, Diagnostics &diagnostics) {
  llvm::SmallVector<char, 0> bitcode;
  llvm::raw_svector_ostream out(bitcode);
  // Passes look at users in the order in which they came to be.
  llvm::WriteBitcodeToFile(module, out, /*ShouldPreserveUseListOrder=*/true);
  const std::string header = unitHeader(plan, {bitcode.data(), bitcode.size()});
  bitcode.insert(bitcode.begin(), header.begin(), header.end());
  return linker::writeFile(path, bitcode, diagnostics);
}

std::unique_ptr<llvm::Module> readUnit(const PlanFile &plan,
                                       const std::string &path,
                                       llvm::LLVMContext &context,
                                       Diagnostics &diagnostics) {
  const auto buffer = llvm::MemoryBuffer::getFile(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (std::error_code error = buffer.getError()) {
    diagnostics.error("cannot read '" + path + "': " + error.message());
    return nullptr;
  }
  const auto [line, bitcode] = (*buffer)->getBuffer().split('\n');
  if ((line + "\n").str() != unitHeader(plan, bitcode)) {
    diagnostics.error("'" + path + "' is damaged or of another plan");
    return nullptr;
  }
  auto module =
      llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, path), context);
  if (module)
    return std::move(*module);
  diagnostics.error("'" + path + "': " + llvm::toString(module.takeError()));
  return nullptr;
}

} // namespace wrought::driver
