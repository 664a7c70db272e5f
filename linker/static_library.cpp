//===- static_library.cpp - A relocatable object as a library -------------===//
//
// A host may link several libraries, of other versions of Wrought too: each has
// a runtime of its own, of which the others must not see anything. Linkers
// resolve hidden symbols among all objects of a link; only local ones stay
// within one. Local symbols come first in a symbol table, so making symbols
// local moves them, and relocations follow.
//
//===----------------------------------------------------------------------===//

#include "linker/static_library.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ELFTypes.h"

namespace wrought::linker {

namespace {

namespace elf = llvm::ELF;
using Elf = llvm::object::ELF64LE;

class SymbolHider {
public:
  explicit SymbolHider(llvm::MutableArrayRef<char> file) : file_(file) {}

  const char *run() {
    if (!readSections())
      return "the object's sections are not where it says";
    if (!findSymbols())
      return "the object has no symbol table";
    for (Elf::Sym &symbol : symbols_)
      localize(symbol);
    moveLocalsToFront();
    return renumber() ? nullptr : "a relocation's symbol does not exist";
  }

private:
  template <class T>
  bool slice(uint64_t offset, uint64_t byteLength,
             llvm::MutableArrayRef<T> &result) {
    if (offset > file_.size() || byteLength > file_.size() - offset ||
        offset % alignof(T) != 0)
      return false;
    result = {reinterpret_cast<T *>(file_.data() + offset),
              static_cast<size_t>(byteLength / sizeof(T))};
    return true;
  }
  template <class T>
  bool contents(const Elf::Shdr &section, llvm::MutableArrayRef<T> &result) {
    return slice(section.sh_offset, section.sh_size, result);
  }

  bool readSections() {
    llvm::MutableArrayRef<Elf::Ehdr> header;
    if (!slice(0, sizeof(Elf::Ehdr), header) ||
        header[0].e_shentsize != sizeof(Elf::Shdr))
      return false;
    uint64_t count = header[0].e_shnum;
    uint64_t namesIndex = header[0].e_shstrndx;
    if (count == 0 || namesIndex == elf::SHN_XINDEX) {
      llvm::MutableArrayRef<Elf::Shdr> first;
      if (!slice(header[0].e_shoff, sizeof(Elf::Shdr), first))
        return false;
      count = count == 0 ? uint64_t{first[0].sh_size} : count;
      namesIndex = namesIndex == elf::SHN_XINDEX ? uint64_t{first[0].sh_link}
                                                 : namesIndex;
    }
    return count < file_.size() &&
           slice(header[0].e_shoff, count * sizeof(Elf::Shdr), sections_) &&
           namesIndex < sections_.size() &&
           contents(sections_[namesIndex], sectionNames_);
  }

  bool findSymbols() {
    auto *table = llvm::find_if(sections_, [](const Elf::Shdr &section) {
      return section.sh_type == elf::SHT_SYMTAB;
    });
    if (table == sections_.end() || table->sh_link >= sections_.size() ||
        !contents(*table, symbols_) ||
        !contents(sections_[table->sh_link], symbolNames_))
      return false;
    table_ = table;
    for (const Elf::Shdr &section : sections_)
      if (section.sh_type == elf::SHT_SYMTAB_SHNDX &&
          (!contents(section, sectionIndices_) ||
           sectionIndices_.size() != symbols_.size()))
        return false;
    return true;
  }

  static llvm::StringRef textAt(llvm::ArrayRef<char> table, uint64_t offset) {
    if (offset >= table.size())
      return {};
    return llvm::StringRef(table.data() + offset, table.size() - offset)
        .take_until([](char c) { return c == 0; });
  }

  void localize(Elf::Sym &symbol) {
    if (symbol.getBinding() == elf::STB_LOCAL)
      return;
    if (symbol.st_shndx == elf::SHN_UNDEF && !bindToSection(symbol))
      return;
    const unsigned char visibility = symbol.getVisibility();
    if (visibility != elf::STV_HIDDEN && visibility != elf::STV_INTERNAL)
      return;
    symbol.setBinding(elf::STB_LOCAL);
    symbol.st_other = static_cast<unsigned char>(symbol.st_other & ~3);
  }

  /// False for all but the ends of a section here.
  bool bindToSection(Elf::Sym &symbol) {
    llvm::StringRef name = textAt(symbolNames_, symbol.st_name);
    const bool isStart = name.consume_front("__start_");
    if (!isStart && !name.consume_front("__stop_"))
      return false;
    auto *section = llvm::find_if(sections_, [&](const Elf::Shdr &candidate) {
      return (candidate.sh_flags & elf::SHF_ALLOC) &&
             textAt(sectionNames_, candidate.sh_name) == name;
    });
    const auto index = static_cast<uint64_t>(section - sections_.begin());
    // A later number would need the table of large ones.
    if (section == sections_.end() || index >= elf::SHN_LORESERVE)
      return false;
    symbol.st_shndx = static_cast<uint16_t>(index);
    symbol.st_value = isStart ? uint64_t{0} : uint64_t{section->sh_size};
    return true;
  }

  void moveLocalsToFront() {
    std::vector<uint32_t> order;
    for (const bool isLocal : {true, false}) {
      for (uint32_t index = 0; index < symbols_.size(); ++index)
        if ((symbols_[index].getBinding() == elf::STB_LOCAL) == isLocal)
          order.push_back(index);
      if (isLocal)
        table_->sh_info = static_cast<uint32_t>(order.size());
    }
    const std::vector<Elf::Sym> symbols(symbols_.begin(), symbols_.end());
    const std::vector<Elf::Word> sections(sectionIndices_.begin(),
                                          sectionIndices_.end());
    newIndices_.resize(order.size());
    for (uint32_t place = 0; place < order.size(); ++place) {
      newIndices_[order[place]] = place;
      symbols_[place] = symbols[order[place]];
      if (!sections.empty())
        sectionIndices_[place] = sections[order[place]];
    }
  }

  bool renumber() {
    const auto tableIndex = static_cast<uint32_t>(table_ - sections_.begin());
    for (Elf::Shdr &section : sections_) {
      if (section.sh_type != elf::SHT_RELA || section.sh_link != tableIndex)
        continue;
      llvm::MutableArrayRef<Elf::Rela> relocations;
      if (!contents(section, relocations))
        return false;
      for (Elf::Rela &relocation : relocations) {
        const uint32_t old = relocation.getSymbol(false);
        if (old >= newIndices_.size())
          return false;
        relocation.setSymbol(newIndices_[old], false);
      }
    }
    return true;
  }

  llvm::MutableArrayRef<char> file_;
  llvm::MutableArrayRef<Elf::Shdr> sections_;
  llvm::MutableArrayRef<char> sectionNames_, symbolNames_;
  Elf::Shdr *table_ = nullptr;
  llvm::MutableArrayRef<Elf::Sym> symbols_;
  llvm::MutableArrayRef<Elf::Word> sectionIndices_;
  std::vector<uint32_t> newIndices_; ///< by the old one
};

} // namespace

const char *hideSymbols(llvm::MutableArrayRef<char> object) {
  return SymbolHider(object).run();
}

ObjectBytes makeArchive(llvm::ArrayRef<char> object, llvm::StringRef name) {
  std::vector<llvm::NewArchiveMember> members;
  members.emplace_back(llvm::MemoryBufferRef(
      llvm::StringRef(object.data(), object.size()), name));
  // It cannot fail for an object that lld has just written.
  const std::unique_ptr<llvm::MemoryBuffer> archive =
      llvm::cantFail(llvm::writeArchiveToBuffer(
          members, llvm::SymtabWritingMode::NormalSymtab,
          llvm::object::Archive::K_GNU, /*Deterministic=*/true,
          /*Thin=*/false));
  const llvm::StringRef bytes = archive->getBuffer();
  return {bytes.begin(), bytes.end()};
}

} // namespace wrought::linker
