#include "linker/link.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::linker;

static std::string plan(LinkKind kind, bool strip) {
  LinkRequest request;
  request.target = targets::find("x86_64");
  request.kind = kind;
  request.files = {"rt.a"};
  request.output = "ignored";
  request.strip = strip;
  return llvm::join(linkArguments(request, {"0.o", "1.o"}, "out"), " ");
}

TEST(LinkArguments, MakesAStaticPie) {
  EXPECT_EQ(plan(LinkKind::StaticExecutable, false),
            "ld.lld -m elf_x86_64 --color-diagnostics=never"
            " -pie --no-dynamic-linker -e _start"
            " -z text -z relro -z now -z noexecstack"
            " --rosegment -z noseparate-code"
            " -z max-page-size=4096 -z common-page-size=4096"
            " --gc-sections -z nostart-stop-gc"
            " --pack-dyn-relocs=relr --hash-style=gnu"
            " --no-eh-frame-hdr --build-id=sha1"
            " -o out 0.o 1.o rt.a");
}

TEST(LinkArguments, FollowTheTarget) {
  struct Case {
    const char *target, *emulation, *pages;
  };
  for (const Case &expected : {Case{"x86_64", "elf_x86_64", "4096"},
                               Case{"aarch64", "aarch64linux", "65536"},
                               Case{"riscv64", "elf64lriscv", "4096"}}) {
    LinkRequest request;
    request.target = targets::find(expected.target);
    const std::string arguments =
        llvm::join(linkArguments(request, {"0.o"}, "out"), " ");
    for (const std::string &part :
         {std::string(" -m ") + expected.emulation + " ",
          std::string(" -z max-page-size=") + expected.pages + " ",
          std::string(" -z common-page-size=") + expected.pages + " "})
      EXPECT_NE(arguments.find(part), std::string::npos) << arguments;
  }
}

TEST(LinkArguments, StripsAllOfAnExecutable) {
  EXPECT_NE(plan(LinkKind::StaticExecutable, true).find(" --strip-all "),
            std::string::npos);
}

TEST(LinkArguments, MakesALibraryThatNeedsNoOther) {
  LinkRequest request;
  request.target = targets::find("x86_64");
  request.kind = LinkKind::Shared;
  request.name = "liba.so";
  EXPECT_EQ(llvm::join(linkArguments(request, {"0.o"}, "out"), " "),
            "ld.lld -m elf_x86_64 --color-diagnostics=never"
            " -shared -Bsymbolic --no-undefined -soname liba.so"
            " -z text -z relro -z now -z noexecstack"
            " --rosegment -z noseparate-code"
            " -z max-page-size=4096 -z common-page-size=4096"
            " --gc-sections -z nostart-stop-gc"
            " --hash-style=gnu --no-eh-frame-hdr --build-id=sha1"
            " -o out 0.o");
}

TEST(LinkArguments, MakesOneObjectOfMany) {
  EXPECT_EQ(plan(LinkKind::Relocatable, false),
            "ld.lld -m elf_x86_64 --color-diagnostics=never -r"
            " -o out 0.o 1.o rt.a");
}

TEST(LinkArguments, KeepsAnObjectsSymbolsWhenStripping) {
  const std::string arguments = plan(LinkKind::Relocatable, true);
  EXPECT_NE(arguments.find(" --strip-debug "), std::string::npos);
  EXPECT_EQ(arguments.find("--strip-all"), std::string::npos);
}
