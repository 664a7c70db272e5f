//===- run_lld_test.cpp - Links made and refused in this process ----------===//

#include "linker/link.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

using namespace wrought;
using namespace wrought::linker;

namespace {

/// An object made from LLVM IR, for this machine where no target is given.
ObjectBytes assemble(llvm::StringRef ir,
                     const targets::TargetSpec *target = targets::host()) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers();
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  auto module = llvm::parseAssemblyString(ir, problem, context);
  EXPECT_TRUE(module) << problem.getMessage().str();
  const llvm::Triple triple(target->triple);
  llvm::TargetOptions options;
  options.MCOptions.ABIName = target->abiName.str();
  std::string error;
  std::unique_ptr<llvm::TargetMachine> machine(
      llvm::TargetRegistry::lookupTarget(triple, error)
          ->createTargetMachine(triple, target->baselineCpu,
                                target->baselineFeatures, options,
                                llvm::Reloc::PIC_));
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  ObjectBytes bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, out, nullptr,
                               llvm::CodeGenFileType::ObjectFile);
  passes.run(*module);
  return bytes;
}

class Link : public testing::Test {
protected:
  void SetUp() override {
    if (!targets::host())
      GTEST_SKIP() << "this machine is not a target";
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("wrought-link", folder_));
    request_.target = targets::host();
    request_.output = path("out");
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder_); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(folder_);
    llvm::sys::path::append(result, name);
    return std::string(result);
  }
  bool linkObjects(llvm::ArrayRef<const ObjectBytes *> objects) {
    request_.objects = objects;
    return link(request_, diagnostics_);
  }
  size_t fileCount() const {
    std::error_code error;
    size_t count = 0;
    for (llvm::sys::fs::directory_iterator it(folder_, error), end;
         it != end && !error; it.increment(error))
      ++count;
    return count;
  }

  llvm::SmallString<128> folder_;
  LinkRequest request_;
  Diagnostics diagnostics_;
};

constexpr llvm::StringLiteral Start = R"(
  define void @_start() noreturn nounwind {
    %status = call i32 @status()
    call void asm sideeffect "syscall", "{rax},{rdi}"(i64 60, i32 %status)
    unreachable
  }
  declare i32 @status()
)";
constexpr llvm::StringLiteral Status = R"(
  @value = global i32 42
  @pointer = global ptr @value
  define i32 @status() {
    %pointer = load volatile ptr, ptr @pointer
    ret i32 42
  }
)";

std::string contents(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

} // namespace

TEST_F(Link, MakesAnExecutableThatRuns) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  ASSERT_TRUE(linkObjects({&start, &status}));
  EXPECT_EQ(fileCount(), 1u);
  EXPECT_EQ(llvm::sys::ExecuteAndWait(request_.output, {request_.output}), 42);
}

TEST_F(Link, MakesExecutablesForEveryTarget) {
  constexpr llvm::StringLiteral ForeignStart = R"(
    define void @_start() noreturn nounwind {
      %status = call i32 @status()
      unreachable
    }
    declare i32 @status()
  )";
  for (const targets::TargetSpec &target : targets::all()) {
    const ObjectBytes start = assemble(ForeignStart, &target);
    const ObjectBytes status = assemble(Status, &target);
    request_.target = &target;
    request_.output = path(target.name);
    ASSERT_TRUE(linkObjects({&start, &status})) << target.name.str();
    const std::string file = contents(request_.output);
    auto elf = llvm::object::ELF64LEFile::create(file);
    ASSERT_TRUE(static_cast<bool>(elf));
    const llvm::Triple triple(target.triple);
    EXPECT_EQ(elf->getHeader().e_machine, triple.isX86() ? llvm::ELF::EM_X86_64
                                          : triple.isAArch64()
                                              ? llvm::ELF::EM_AARCH64
                                              : llvm::ELF::EM_RISCV);
    if (triple.isRISCV()) {
      EXPECT_EQ(elf->getHeader().e_flags & llvm::ELF::EF_RISCV_FLOAT_ABI,
                unsigned{llvm::ELF::EF_RISCV_FLOAT_ABI_DOUBLE});
    }
    for (const auto &header : llvm::cantFail(elf->program_headers())) {
      if (header.p_type == llvm::ELF::PT_LOAD) {
        EXPECT_EQ(header.p_align, target.maxPageByteLength);
      }
    }
  }
}

TEST_F(Link, RefusesObjectsOfAnotherTarget) {
  const targets::TargetSpec *foreign = targets::find(
      targets::host() == targets::find("riscv64") ? "aarch64" : "riscv64");
  const ObjectBytes start = assemble(Start), status = assemble(Status, foreign);
  EXPECT_FALSE(linkObjects({&start, &status}));
  EXPECT_TRUE(diagnostics_.hasErrors());
  EXPECT_EQ(fileCount(), 0u);
}

TEST_F(Link, GivesTheModeThatTheUmaskAllows) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  const mode_t before = umask(027);
  const bool isLinked = linkObjects({&start, &status});
  umask(before);
  ASSERT_TRUE(isLinked);
  struct stat info;
  ASSERT_EQ(stat(request_.output.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0750u);
}

TEST_F(Link, NeverMapsAPageWritableAndExecutable) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  ASSERT_TRUE(linkObjects({&start, &status}));
  const std::string file = contents(request_.output);
  auto elf = llvm::object::ELF64LEFile::create(file);
  ASSERT_TRUE(static_cast<bool>(elf));
  EXPECT_EQ(elf->getHeader().e_type, llvm::ELF::ET_DYN);
  bool hasRelro = false;
  for (const auto &header : llvm::cantFail(elf->program_headers())) {
    EXPECT_NE(header.p_type, llvm::ELF::PT_INTERP);
    EXPECT_NE(header.p_type, llvm::ELF::PT_DYNAMIC);
    EXPECT_NE(header.p_flags & (llvm::ELF::PF_W | llvm::ELF::PF_X),
              llvm::ELF::PF_W | llvm::ELF::PF_X);
    hasRelro |= header.p_type == llvm::ELF::PT_GNU_RELRO;
  }
  EXPECT_TRUE(hasRelro);
}

TEST_F(Link, GivesTheSameBytesUnderAnotherName) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  ASSERT_TRUE(linkObjects({&start, &status}));
  request_.output = path("other");
  ASSERT_TRUE(linkObjects({&start, &status}));
  EXPECT_EQ(contents(path("out")), contents(path("other")));
  EXPECT_FALSE(contents(path("out")).empty());
}

TEST_F(Link, MakesOneObject) {
  request_.kind = LinkKind::Relocatable;
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  ASSERT_TRUE(linkObjects({&start, &status}));
  const std::string bytes = contents(request_.output);
  const ObjectBytes merged(bytes.begin(), bytes.end());
  request_.kind = LinkKind::StaticExecutable;
  ASSERT_TRUE(linkObjects({&merged}));
  EXPECT_EQ(llvm::sys::ExecuteAndWait(request_.output, {request_.output}), 42);
}

TEST_F(Link, MakesStaticLibrariesOfWhichOneSymbolIsSeen) {
  constexpr llvm::StringLiteral Interface = R"(
    @__start_rows = external hidden global i8
    @__stop_rows = external hidden global i8
    define i64 @visible() {
      %own = call i64 @inside()
      %size = sub i64 ptrtoint (ptr @__stop_rows to i64),
                      ptrtoint (ptr @__start_rows to i64)
      %sum = add i64 %own, %size
      ret i64 %sum
    }
    declare hidden i64 @inside()
  )";
  constexpr llvm::StringLiteral Inside = R"(
    @row = hidden global i64 1, section "rows"
    define hidden i64 @inside() { ret i64 2 }
  )";
  for (const targets::TargetSpec &target : targets::all()) {
    const ObjectBytes first = assemble(Interface, &target);
    const ObjectBytes second = assemble(Inside, &target);
    request_.target = &target;
    request_.kind = LinkKind::StaticLibrary;
    request_.name = "plugin.o";
    request_.output = path(target.name);
    ASSERT_TRUE(linkObjects({&first, &second})) << target.name.str();
    const std::string file = contents(request_.output);
    auto archive =
        llvm::object::Archive::create(llvm::MemoryBufferRef(file, ""));
    ASSERT_TRUE(static_cast<bool>(archive));
    std::vector<std::string> index, globals;
    for (const llvm::object::Archive::Symbol &symbol : (*archive)->symbols())
      index.push_back(symbol.getName().str());
    EXPECT_EQ(index, std::vector<std::string>{"visible"}) << target.name.str();
    llvm::Error error = llvm::Error::success();
    for (const auto &child : (*archive)->children(error)) {
      EXPECT_EQ(llvm::cantFail(child.getName()), "plugin.o");
      auto elf =
          llvm::object::ELF64LEFile::create(llvm::cantFail(child.getBuffer()));
      ASSERT_TRUE(static_cast<bool>(elf));
      for (const auto &section : llvm::cantFail(elf->sections())) {
        if (section.sh_type != llvm::ELF::SHT_SYMTAB)
          continue;
        const llvm::StringRef names =
            llvm::cantFail(elf->getStringTableForSymtab(section));
        for (const auto &symbol : llvm::cantFail(elf->symbols(&section)))
          if (symbol.getBinding() != llvm::ELF::STB_LOCAL)
            globals.push_back(llvm::cantFail(symbol.getName(names)).str());
      }
    }
    EXPECT_FALSE(static_cast<bool>(error));
    EXPECT_EQ(globals, std::vector<std::string>{"visible"})
        << target.name.str();
  }
}

TEST_F(Link, ReportsWhatIsUndefinedAndLeavesNothing) {
  const ObjectBytes start = assemble(Start);
  EXPECT_FALSE(linkObjects({&start}));
  ASSERT_EQ(diagnostics_.errorCount(), 1u);
  EXPECT_EQ(diagnostics_.all().front().message,
            "link: undefined symbol: status");
  EXPECT_EQ(fileCount(), 0u);
  for (const Diagnostic &diagnostic : diagnostics_.all())
    EXPECT_EQ(diagnostic.message.find("wrought-"), std::string::npos)
        << diagnostic.message;
}

TEST_F(Link, RunsAgainAfterAFailure) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  EXPECT_FALSE(linkObjects({&start}));
  EXPECT_TRUE(linkObjects({&start, &status}));
}

TEST_F(Link, KeepsTheOldOutputWhenItFails) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  ASSERT_TRUE(linkObjects({&start, &status}));
  const std::string before = contents(request_.output);
  EXPECT_FALSE(linkObjects({&start}));
  EXPECT_EQ(contents(request_.output), before);
}

TEST_F(Link, NamesAnOutputThatCannotBe) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  request_.output = path("no/such/folder/out");
  EXPECT_FALSE(linkObjects({&start, &status}));
  ASSERT_EQ(diagnostics_.errorCount(), 1u);
  EXPECT_EQ(diagnostics_.all().front().message,
            "cannot write '" + request_.output +
                "': No such file or directory");
}

TEST_F(Link, TakesAnyCharacterInTheOutputsName) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  request_.output = path("100 %% -o {0}");
  ASSERT_TRUE(linkObjects({&start, &status}));
  EXPECT_TRUE(llvm::sys::fs::exists(request_.output));
  EXPECT_EQ(fileCount(), 1u);
}

TEST_F(Link, WritesIntoDevicesWithoutReplacingThem) {
  const ObjectBytes start = assemble(Start), status = assemble(Status);
  request_.output = "/dev/null";
  EXPECT_TRUE(linkObjects({&start, &status}));
  struct stat info;
  ASSERT_EQ(stat("/dev/null", &info), 0);
  EXPECT_TRUE(S_ISCHR(info.st_mode));
}

TEST(FindRuntime, SaysWhereItLooked) {
  setenv("WROUGHT_RUNTIME_DIR", "/nowhere", 1);
  Diagnostics diagnostics;
  for (const targets::TargetSpec &target : targets::all())
    EXPECT_EQ(findRuntimeArchive(target, diagnostics), "");
  unsetenv("WROUGHT_RUNTIME_DIR");
  ASSERT_EQ(diagnostics.errorCount(), targets::all().size());
  for (auto [target, diagnostic] : llvm::zip(targets::all(), diagnostics.all()))
    EXPECT_NE(diagnostic.message.find("/nowhere/" + target.name.str() +
                                      "/libwrought_rt.a"),
              std::string::npos);
}
