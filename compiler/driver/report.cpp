#include "driver/report.h"
#include "driver/build_info.h"
#include "driver/request_options.h"
#include "driver/timing.h"
#include "driver/version.h"
#include "linker/output_file.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SHA256.h"

#include <map>

namespace wrought::driver {

void BuildReport::noteModule(const wasm::Module &wasm) {
  module.emplace();
  module->name = wasm.name;
  const auto main = wasm.origins.empty()
                        ? wasm.bytes
                        : wasm.slice(wasm.origins[wasm.mainOrigin].bytes);
  module->blake3 = contentHash(main);
  module->byteLength = main.size();
  for (const auto [index, origin] : llvm::enumerate(wasm.origins))
    if (index != wasm.mainOrigin)
      linked.push_back({origin.name, origin.sourceName,
                        contentHash(wasm.slice(origin.bytes)),
                        origin.bytes.size()});
  module->importedFunctions = wasm.importedFunctionCount;
  module->definedFunctions = wasm.functions.size() - wasm.importedFunctionCount;
}

/// The index in "<prefix>f12" and "<prefix>f12.name", as translation names a
/// function.
static std::optional<uint32_t> functionIndex(llvm::StringRef symbol,
                                             llvm::StringRef prefix) {
  uint32_t index = 0;
  if (!symbol.consume_front(prefix) || !symbol.consume_front("f") ||
      symbol.consumeInteger(10, index) ||
      !(symbol.empty() || symbol.starts_with(".")))
    return std::nullopt;
  return index;
}

/// Adds up what the functions of an object take; a function may have several
/// pieces.
static void addSizes(const linker::ObjectBytes &object,
                     llvm::ArrayRef<std::string> prefixes,
                     std::map<std::pair<uint32_t, uint32_t>, uint64_t> &sizes) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef({object.data(), object.size()}, ""));
  if (!file) {
    llvm::consumeError(file.takeError());
    return;
  }
  for (const llvm::object::ELFSymbolRef symbol :
       llvm::cast<llvm::object::ELFObjectFileBase>(**file).symbols()) {
    if (symbol.getELFType() != llvm::ELF::STT_FUNC)
      continue;
    auto name = symbol.getName();
    if (!name) {
      llvm::consumeError(name.takeError());
      continue;
    }
    for (const auto &[version, prefix] : llvm::enumerate(prefixes))
      if (const auto index = functionIndex(*name, prefix))
        sizes[{static_cast<uint32_t>(version), *index}] += symbol.getSize();
  }
}

void BuildReport::noteUnits(llvm::ArrayRef<linker::ObjectBytes> objects,
                            const wasm::Module &wasm) {
  unitCount = objects.size();
  if (!wantsFunctions)
    return;
  std::vector<std::string> prefixes;
  for (size_t version = 0; version < versions.size(); ++version)
    prefixes.push_back(versionPrefix(version));
  std::map<std::pair<uint32_t, uint32_t>, uint64_t> sizes;
  for (const linker::ObjectBytes &object : objects)
    addSizes(object, prefixes, sizes);
  for (const auto &[key, byteLength] : sizes)
    functions.push_back(
        {key.first, key.second,
         std::string(wasm.functionName(wasm::FunctionIndex(key.second))),
         byteLength});
}

static void writeInput(const BuildReport &report, const CompileRequest &request,
                       llvm::json::OStream &json) {
  json.attributeObject("input", [&] {
    json.attribute("path", llvm::json::fixUTF8(request.inputPath));
    if (!report.module)
      return;
    const BuildReport::Module &module = *report.module;
    if (!module.name.empty())
      json.attribute("name", llvm::json::fixUTF8(module.name));
    json.attribute("byteLength", static_cast<int64_t>(module.byteLength));
    json.attribute("blake3", module.blake3);
    json.attribute("importedFunctions",
                   static_cast<int64_t>(module.importedFunctions));
    json.attribute("definedFunctions",
                   static_cast<int64_t>(module.definedFunctions));
  });
}

static void writeLinked(const BuildReport &report, llvm::json::OStream &json) {
  if (report.linked.empty())
    return;
  json.attributeArray("linkedInputs", [&] {
    for (const BuildReport::LinkedModule &module : report.linked)
      json.object([&] {
        json.attribute("name", llvm::json::fixUTF8(module.name));
        json.attribute("path", llvm::json::fixUTF8(module.path));
        json.attribute("byteLength", static_cast<int64_t>(module.byteLength));
        json.attribute("blake3", module.blake3);
      });
  });
}

static void writeSections(llvm::StringRef elf, llvm::json::OStream &json) {
  auto object = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(elf, ""));
  if (!object) {
    llvm::consumeError(object.takeError());
    return;
  }
  json.attributeArray("sections", [&] {
    for (const llvm::object::SectionRef &section : (*object)->sections()) {
      auto name = section.getName();
      if (!name) {
        llvm::consumeError(name.takeError());
        continue;
      }
      if (!name->empty())
        json.object([&] {
          json.attribute("name", *name);
          json.attribute("byteLength", static_cast<int64_t>(section.getSize()));
          json.attribute("inFile", !section.isBSS());
        });
    }
  });
}

static void writeOutput(const CompileRequest &request, bool isBuilt,
                        llvm::json::OStream &json) {
  json.attributeObject("output", [&] {
    json.attribute("path", llvm::json::fixUTF8(request.outputPath));
    json.attribute("form", emitName(request.emit));
    if (!isBuilt || linker::isWrittenInPlace(request.outputPath))
      return;
    const auto file = llvm::MemoryBuffer::getFile(
        request.outputPath, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!file)
      return;
    const llvm::StringRef bytes = (*file)->getBuffer();
    json.attribute("byteLength", static_cast<int64_t>(bytes.size()));
    json.attribute(
        "sha256",
        llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes)),
                    /*LowerCase=*/true));
    writeSections(bytes, json);
  });
}

static void writeOptions(const BuildReport &report,
                         const CompileRequest &request,
                         llvm::json::OStream &json) {
  json.attribute("target", request.target->name);
  json.attribute("optLevel", optLevelName(request.level));
  json.attribute("boundsChecks", boundsChecksName(request.boundsChecks));
  json.attributeArray("versions", [&] {
    for (const CodeVersion &code : report.versions)
      json.object([&] {
        json.attribute("cpu", code.cpu.cpu);
        json.attribute("features", code.cpu.features);
      });
  });
}

/// Stages whose name is indented ran inside the one above them.
static void writeStages(llvm::ArrayRef<StageTime> timings,
                        llvm::json::OStream &json) {
  json.attributeArray("stages", [&] {
    for (const StageTime &time : timings)
      json.object([&] {
        const llvm::StringRef stage = time.stage;
        json.attribute("name", stage.trim());
        if (stage.starts_with(" "))
          json.attribute("isPart", true);
        else
          json.attribute("wallSeconds", time.wallSeconds);
        json.attribute("cpuSeconds", time.cpuSeconds);
      });
  });
  json.attribute("peakMemoryBytes", static_cast<int64_t>(peakMemoryBytes()));
}

static void writeFunctions(const BuildReport &report,
                           llvm::json::OStream &json) {
  json.attributeArray("functions", [&] {
    for (const BuildReport::CodeSize &size : report.functions)
      json.object([&] {
        json.attribute("index", size.function);
        if (!size.name.empty())
          json.attribute("name", llvm::json::fixUTF8(size.name));
        if (report.versions.size() > 1)
          json.attribute("version", size.version);
        json.attribute("byteLength", static_cast<int64_t>(size.byteLength));
      });
  });
}

static void writeDiagnostics(const Diagnostics &diagnostics,
                             llvm::json::OStream &json) {
  json.attributeArray("diagnostics", [&] {
    for (const Diagnostic &diagnostic : diagnostics.all()) {
      std::string text;
      llvm::raw_string_ostream line(text);
      render(diagnostic, DiagnosticStyle::Json, /*color=*/false, line);
      json.rawValue(llvm::StringRef(text).rtrim());
    }
  });
}

bool writeReport(const ReportRequest &wanted, const BuildReport &report,
                 const CompileRequest &request,
                 llvm::ArrayRef<StageTime> timings, bool isBuilt,
                 Diagnostics &diagnostics) {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::json::OStream json(out, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("wrought", version());
    json.attribute("llvm", LLVM_VERSION_STRING);
    json.attribute("success", isBuilt);
    writeInput(report, request, json);
    writeLinked(report, json);
    writeOutput(request, isBuilt, json);
    writeOptions(report, request, json);
    json.attribute("units", static_cast<int64_t>(report.unitCount));
    writeStages(timings, json);
    if (wanted.wantsFunctions)
      writeFunctions(report, json);
    writeDiagnostics(diagnostics, json);
  });
  out << '\n';
  return linker::writeFile(wanted.file, {text.data(), text.size()},
                           diagnostics);
}

} // namespace wrought::driver
