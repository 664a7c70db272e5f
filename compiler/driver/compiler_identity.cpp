#include "driver/compiler_identity.h"
#include "support/sha256.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"

#include <elf.h>
#include <link.h>

namespace wrought::driver {

/// The build id in a segment of notes, as digits; empty when there is none.
static std::string findBuildId(const char *notes, size_t byteLength) {
  const char *end = notes + byteLength;
  while (static_cast<size_t>(end - notes) >= sizeof(ElfW(Nhdr))) {
    const auto *header = reinterpret_cast<const ElfW(Nhdr) *>(notes);
    const char *name = notes + sizeof(*header);
    const char *content = name + llvm::alignTo(header->n_namesz, 4);
    if (header->n_type == NT_GNU_BUILD_ID &&
        llvm::StringRef(name, header->n_namesz) == llvm::StringRef("GNU\0", 4))
      return llvm::toHex({content, header->n_descsz}, /*LowerCase=*/true);
    notes = content + llvm::alignTo(header->n_descsz, 4);
  }
  return "";
}

static std::string buildIdOf(const dl_phdr_info &info) {
  std::string id;
  for (int index = 0; index < info.dlpi_phnum && id.empty(); ++index)
    if (const ElfW(Phdr) &header = info.dlpi_phdr[index];
        header.p_type == PT_NOTE)
      id = findBuildId(
          reinterpret_cast<const char *>(info.dlpi_addr + header.p_vaddr),
          header.p_memsz);
  return id;
}

/// Without a build id, the whole file.
static std::string contentOf(const std::string &file) {
  std::string message;
  const auto digest = digestFile(file, message);
  return digest ? digest->sha256 : message;
}

std::string compilerIdentity() {
  std::string identity;
  const auto add = [](dl_phdr_info *info, size_t, void *data) {
    auto &text = *static_cast<std::string *>(data);
    const llvm::StringRef name(info->dlpi_name);
    const bool isProgram = text.empty(); // it is the first
    if (!isProgram && !name.contains("libLLVM") && !name.contains("liblld"))
      return 0;
    std::string id = buildIdOf(*info);
    if (id.empty())
      id = contentOf(isProgram
                         ? llvm::sys::fs::getMainExecutable(nullptr, nullptr)
                         : name.str());
    text += id + ";";
    return 0;
  };
  ::dl_iterate_phdr(add, &identity);
  return identity;
}

} // namespace wrought::driver
