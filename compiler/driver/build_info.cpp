#include "driver/build_info.h"
#include "driver/version.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/JSON.h"

namespace wrought::driver {

static constexpr llvm::StringLiteral SectionName = ".wrought.info";

std::string contentHash(std::span<const uint8_t> bytes) {
  const auto digest =
      llvm::BLAKE3::hash(llvm::ArrayRef(bytes.data(), bytes.size()));
  return llvm::toHex(digest, /*LowerCase=*/true);
}

llvm::StringRef optLevelName(codegen::OptLevel level) {
  switch (level) {
  case codegen::OptLevel::O0:
    return "0";
  case codegen::OptLevel::O1:
    return "1";
  case codegen::OptLevel::O2:
    return "2";
  case codegen::OptLevel::O3:
    return "3";
  case codegen::OptLevel::Os:
    return "s";
  case codegen::OptLevel::Oz:
    return "z";
  }
  return "";
}

llvm::StringRef boundsChecksName(translate::BoundsChecks checks) {
  switch (checks) {
  case translate::BoundsChecks::Guard:
    return "guard";
  case translate::BoundsChecks::Explicit:
    return "explicit";
  case translate::BoundsChecks::None:
    return "none";
  }
  return "";
}

static void writeContent(std::span<const uint8_t> bytes,
                         llvm::json::OStream &json) {
  json.attribute("blake3", contentHash(bytes));
  json.attribute("byteLength", static_cast<int64_t>(bytes.size()));
}

static void writeModule(const wasm::Module &module, llvm::json::OStream &json) {
  const auto main = module.origins.empty()
                        ? module.bytes
                        : module.slice(module.origins[module.mainOrigin].bytes);
  json.attributeObject("module", [&] {
    if (!module.name.empty())
      json.attribute("name", llvm::json::fixUTF8(module.name));
    writeContent(main, json);
  });
  if (module.origins.empty())
    return;
  json.attributeArray("linkedModules", [&] {
    for (const auto [index, origin] : llvm::enumerate(module.origins))
      if (index != module.mainOrigin)
        json.object([&] {
          json.attribute("name", llvm::json::fixUTF8(origin.name));
          writeContent(module.slice(origin.bytes), json);
        });
  });
}

/// In the order in which the program tries them.
static void writeVersions(const CompileRequest &request,
                          llvm::ArrayRef<CodeVersion> versions,
                          llvm::json::OStream &json) {
  json.attributeArray("versions", [&] {
    for (const CodeVersion &code : versions)
      json.object([&] {
        json.attribute("cpu", code.cpu.cpu);
        json.attribute("features", code.cpu.features);
        json.attribute(
            "requires",
            llvm::join(targets::featureNames(*request.target,
                                             code.version.requiredFeatures),
                       ","));
      });
  });
}

static void writeOptions(const CompileRequest &request,
                         llvm::json::OStream &json) {
  json.attribute("target", request.target->name);
  json.attribute("optLevel", optLevelName(request.level));
  json.attribute("boundsChecks", boundsChecksName(request.boundsChecks));
  json.attribute("extraMemories",
                 request.boundsChecks == translate::BoundsChecks::Guard &&
                         !request.guardsExtraMemories
                     ? "explicit"
                     : boundsChecksName(request.boundsChecks));
  if (request.maxMemory)
    json.attribute("maxMemory", static_cast<int64_t>(*request.maxMemory));
  json.attribute("stackSize",
                 static_cast<int64_t>(request.config.stackByteLength));
  if (request.config.heapByteLength != 0)
    json.attribute("maxHeap",
                   static_cast<int64_t>(request.config.heapByteLength));
  json.attribute("maxThreads",
                 static_cast<int64_t>(request.config.maxThreadCount));
  json.attribute("relaxedTraps", request.relaxedTraps);
  json.attribute("deterministic", request.isDeterministic);
  json.attribute("interruptible", request.isInterruptible);
  if (request.config.fuel)
    json.attribute("fuel", static_cast<int64_t>(*request.config.fuel));
  json.attribute("allowMissingImports", request.allowMissingImports);
  if (!request.config.profilePath.empty())
    json.attribute("profileGenerate",
                   llvm::json::fixUTF8(request.config.profilePath));
  if (request.profile)
    json.attributeArray("profileUse", [&] {
      for (const std::string &hash : request.profileHashes)
        json.value(hash);
    });
}

/// Of the environment only the names: values may be secrets.
static void writeConfig(const translate::Config &config,
                        llvm::json::OStream &json) {
  json.attributeArray("grants", [&] {
    for (const translate::Grant &grant : config.grants)
      json.object([&] {
        json.attribute("host", llvm::json::fixUTF8(grant.hostPath));
        json.attribute("guest", llvm::json::fixUTF8(grant.guestPath));
        json.attribute("readOnly", grant.isReadOnly);
      });
  });
  json.attributeArray("environment", [&] {
    for (llvm::StringRef entry : config.environment)
      json.value(llvm::json::fixUTF8(entry.split('=').first));
  });
  json.attributeArray("listeners", [&] {
    for (llvm::StringRef address : config.listeners)
      json.value(address);
  });
  constexpr llvm::StringLiteral StreamNames[] = {"stdin", "stdout", "stderr"};
  for (const auto [name, text] : llvm::zip(StreamNames, config.streams))
    json.attribute(name, text.empty() ? "inherit" : llvm::json::fixUTF8(text));
  json.attribute("inheritsEnvironment", config.inheritsEnvironment);
  json.attribute("sealed", config.isSealed);
}

std::string buildInfo(const CompileRequest &request,
                      llvm::ArrayRef<CodeVersion> versions,
                      const wasm::Module &module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  // As people read it: WROUGHT_INFO=1 prints it as it is.
  llvm::json::OStream json(out, 2);
  json.object([&] {
    json.attribute("wrought", version());
    writeModule(module, json);
    writeOptions(request, json);
    writeVersions(request, versions, json);
    writeConfig(request.config, json);
  });
  out << '\n';
  return text;
}

/// `text` as the assembler's .ascii wants it.
static std::string asciiLiteral(llvm::StringRef text) {
  std::string literal;
  for (const unsigned char byte : text)
    if (llvm::isPrint(byte) && byte != '"' && byte != '\\')
      literal += static_cast<char>(byte);
    else
      for (literal += '\\'; const unsigned shift : {6u, 3u, 0u})
        literal += static_cast<char>('0' + ((byte >> shift) & 7));
  return literal;
}

std::unique_ptr<llvm::Module> emitBuildInfo(llvm::StringRef info,
                                            const targets::TargetSpec &target,
                                            llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>("wrought.info", context);
  module->setTargetTriple(llvm::Triple(target.triple));
  module->appendModuleInlineAsm((".section " + SectionName +
                                 ",\"\",@progbits\n.ascii \"" +
                                 asciiLiteral(info) + "\"\n")
                                    .str());
  return module;
}

llvm::StringRef elfBytes(llvm::StringRef file) {
  if (file.starts_with("\x7f"
                       "ELF"))
    return file;
  if (!file.starts_with("!<arch>\n"))
    return {};
  auto archive = llvm::object::Archive::create(llvm::MemoryBufferRef(file, ""));
  if (!archive) {
    llvm::consumeError(archive.takeError());
    return {};
  }
  llvm::StringRef result;
  llvm::Error error = llvm::Error::success();
  for (const llvm::object::Archive::Child &child :
       (*archive)->children(error)) {
    auto bytes = child.getBuffer();
    if (bytes)
      result = *bytes;
    else
      llvm::consumeError(bytes.takeError());
    break;
  }
  llvm::consumeError(std::move(error));
  return result;
}

std::optional<std::string> readBuildInfo(llvm::StringRef elf) {
  auto object = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(elf, ""));
  if (!object) {
    llvm::consumeError(object.takeError());
    return std::nullopt;
  }
  for (const llvm::object::SectionRef &section : (*object)->sections()) {
    auto name = section.getName();
    auto contents = section.getContents();
    if (name && contents && *name == SectionName)
      return contents->str();
    if (!name)
      llvm::consumeError(name.takeError());
    if (!contents)
      llvm::consumeError(contents.takeError());
  }
  return std::nullopt;
}

} // namespace wrought::driver
