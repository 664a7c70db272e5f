#include "driver/build_plan.h"
#include "driver/build_info.h"
#include "driver/option_values.h"
#include "driver/plan_file.h"
#include "driver/units.h"
#include "linker/output_file.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

namespace wrought::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// Units that one step translates: each such step reads the whole module.
static constexpr size_t UnitsPerTranslation = 8;

static std::string thisExecutable() {
  return fs::getMainExecutable(nullptr,
                               reinterpret_cast<void *>(&thisExecutable));
}

/// Leaves an equal file alone, so that Ninja sees no change.
static bool writeIfChanged(const std::string &file, llvm::StringRef content,
                           Diagnostics &diagnostics) {
  const auto old =
      llvm::MemoryBuffer::getFile(file, /*IsText=*/false,
                                  /*RequiresNullTerminator=*/false);
  if (old && (*old)->getBuffer() == content)
    return true;
  return linker::writeFile(file, {content.data(), content.size()}, diagnostics);
}

/// The path between double quotes of the shell, in a Ninja file.
static std::string quotedForNinja(llvm::StringRef path) {
  std::string quoted;
  for (const char c : path) {
    if (c == '"' || c == '\\' || c == '`' || c == '$')
      quoted += '\\';
    if (c == '$')
      quoted += '$';
    quoted += c;
  }
  return quoted;
}

/// A name in a build statement.
static std::string ninjaName(llvm::StringRef name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '$' || c == ' ' || c == ':')
      escaped += '$';
    escaped += c;
  }
  return escaped;
}

static void writeRules(llvm::raw_ostream &out) {
  out << "# The compiler on the machine that runs a step: $WROUGHT, by default "
         "the one that\n# made this plan. Every step reads only files in this "
         "folder.\n"
         "ninja_required_version = 1.8\n"
         "wrought = \"$${WROUGHT:-"
      << quotedForNinja(thisExecutable()) << "}\"\n";
  constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> Rules[] = {
      {"translate", " $units"},
      {"optimize", " $unit"},
      {"emit", " $unit"},
      {"link", ""}};
  for (const auto &[name, arguments] : Rules)
    out << "\nrule " << name
        << "\n  command = WROUGHT_RUNTIME_DIR=runtime $wrought unit " << name
        << " plan.json" << arguments << "\n  description = " << name
        << arguments << '\n';
}

/// `whole`: what steps need that look at the whole module.
static void writeUnitEdges(size_t count, llvm::StringRef whole,
                           llvm::raw_ostream &out) {
  for (size_t first = 0; first < count; first += UnitsPerTranslation) {
    const size_t end = std::min(count, first + UnitsPerTranslation);
    out << "\nbuild";
    for (size_t unit = first; unit < end; ++unit)
      out << " units/" << unit << ".translated";
    out << ": translate | " << whole << "\n  units =";
    for (size_t unit = first; unit < end; ++unit)
      out << ' ' << unit;
    out << '\n';
  }
  for (size_t unit = 0; unit < count; ++unit)
    out << "\nbuild units/" << unit << ".optimized: optimize units/" << unit
        << ".translated | plan.json\n  unit = " << unit << "\nbuild units/"
        << unit << ".o: emit units/" << unit
        << ".optimized | plan.json\n  unit = " << unit << '\n';
}

static std::string formatNinja(const PlanFile &plan,
                               llvm::ArrayRef<std::string> runtime) {
  std::string text;
  llvm::raw_string_ostream out(text);
  writeRules(out);
  std::string whole = "plan.json module.wasm";
  for (const std::string &file : runtime)
    whole += " runtime/" + plan.target + "/" + ninjaName(file);
  writeUnitEdges(plan.units.size(), whole, out);
  const std::string output = "out/" + ninjaName(plan.outputName);
  out << "\nbuild " << output << ": link";
  for (size_t unit = 0; unit < plan.units.size(); ++unit)
    out << " units/" << unit << ".o";
  out << " | " << whole << "\ndefault " << output << '\n';
  return text;
}

namespace {

class PlanWriter {
public:
  PlanWriter(const PlanRequest &plan, const CompileRequest &request,
             Diagnostics &diagnostics)
      : request_(request), diagnostics_(diagnostics) {
    plan_.folder = plan.folder;
    plan_.words = plan.words;
    plan_.target = request.target->name.str();
    plan_.outputName = llvm::json::fixUTF8(
        path::filename(defaultOutput(request.inputPath, request.emit)));
    // Ninja has no way to write these.
    for (char &c : plan_.outputName)
      if (c == '\n' || c == '\r')
        c = '_';
  }

  bool write() {
    const auto input = readInput(request_.inputPath, diagnostics_);
    return input && checkFolder() && listUnits(*input) && makeFolders() &&
           copyRuntime() && writeFiles(*input);
  }

private:
  /// Only an empty folder, or one that holds a plan, is written to.
  bool checkFolder() {
    if (!fs::exists(plan_.folder))
      return linker::checkWritable(plan_.folder, diagnostics_);
    std::error_code error;
    const bool isEmpty =
        fs::directory_iterator(plan_.folder, error) == fs::directory_iterator();
    if (!error && !isEmpty && !fs::exists(plan_.path("plan.json"))) {
      diagnostics_.error("'" + plan_.folder +
                         "' is not empty and holds no plan");
      return false;
    }
    return !reportIf(error, plan_.folder);
  }

  /// Runs the build up to where its units would be compiled.
  bool listUnits(const Input &input) {
    CompileRequest request = request_;
    request.outputPath = "-";
    bool isListed = false;
    request.unitCompiler = [&](const UnitJob &job,
                               std::vector<linker::ObjectBytes> &,
                               Diagnostics &) {
      for (auto [version, code] : llvm::enumerate(job.versions))
        for (size_t part = 0; part < code.plan->partitionCount(); ++part)
          plan_.units.push_back(
              {version, part, code.plan->partitionWeight(part)});
      isListed = true;
      return false;
    };
    return compile(request, input, diagnostics_) || isListed;
  }

  bool makeFolders() {
    for (const std::string &folder :
         {plan_.path("units"), plan_.path("out"), runtimeFolder()})
      if (reportIf(fs::create_directories(folder), folder))
        return false;
    return true;
  }

  std::string runtimeFolder() const {
    return plan_.path("runtime/" + plan_.target);
  }

  /// All that is installed for the target, so that no step needs more.
  bool copyRuntime() {
    const std::string archive =
        linker::findRuntimeArchive(*request_.target, diagnostics_);
    if (archive.empty())
      return false;
    std::error_code error;
    for (fs::directory_iterator file(path::parent_path(archive), error), end;
         file != end && !error; file.increment(error)) {
      const std::string name = path::filename(file->path()).str();
      const auto content = llvm::MemoryBuffer::getFile(
          file->path(), /*IsText=*/false, /*RequiresNullTerminator=*/false);
      if (reportIf(content.getError(), file->path()) ||
          !writeIfChanged(runtimeFolder() + "/" + name, (*content)->getBuffer(),
                          diagnostics_))
        return false;
      runtime_.push_back(name);
    }
    llvm::sort(runtime_);
    return !reportIf(error, archive);
  }

  /// plan.json last: it is what makes the folder a plan.
  bool writeFiles(const Input &input) {
    return writeIfChanged(plan_.path("module.wasm"), input.file->getBuffer(),
                          diagnostics_) &&
           writeIfChanged(plan_.path("build.ninja"),
                          formatNinja(plan_, runtime_), diagnostics_) &&
           writeIfChanged(plan_.path("plan.json"), plan_.format(),
                          diagnostics_);
  }

  bool reportIf(std::error_code error, llvm::StringRef name) {
    if (error)
      linker::reportUnwritable(name, error, diagnostics_);
    return static_cast<bool>(error);
  }

  const CompileRequest &request_;
  Diagnostics &diagnostics_;
  PlanFile plan_;
  std::vector<std::string> runtime_; ///< names of its files
};

} // namespace

bool writePlan(const PlanRequest &plan, const CompileRequest &request,
               Diagnostics &diagnostics) {
  return PlanWriter(plan, request, diagnostics).write();
}

} // namespace wrought::driver
