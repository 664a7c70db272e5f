//===- module_writer.cpp - From sections to a binary module ---------------===//
//
// Source: WebAssembly Specification 3.0, "Binary Format / Modules" and
// "Appendix / Custom Sections".
//
//===----------------------------------------------------------------------===//
#include "text/module_context.h"
#include "text/sections.h"

#include <algorithm>

namespace wrought::text {

namespace {

enum NameSubsection : uint8_t {
  NamesModule = 0,
  NamesFunctions = 1,
  NamesLocals = 2,
};

/// The name subsection of each index space, in the order of these ids.
constexpr std::pair<uint8_t, Space> SpaceNames[] = {
    {4, Space::Type},   {5, Space::Table},   {6, Space::Memory},
    {7, Space::Global}, {8, Space::Element}, {9, Space::Data},
    {11, Space::Tag},
};

class ModuleWriter {
public:
  explicit ModuleWriter(ModuleParts &parts) : parts_(parts) {}
  BinaryModule write();

private:
  void section(SectionId id);
  void custom(llvm::StringRef name, llvm::ArrayRef<uint8_t> payload);
  void customsAt(unsigned place);
  void branchHints();
  void names();
  static void subsection(uint8_t id, const ByteWriter &body, ByteWriter &out);
  static void nameMap(const std::vector<NamedIndex> &names, ByteWriter &out);
  void localNames(ByteWriter &out) const;

  ModuleParts &parts_;
  ByteWriter out_;
};

BinaryModule ModuleWriter::write() {
  out_.raw({0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00});
  customsAt(0);
  for (unsigned i = 0; i < SectionOrder.size(); ++i) {
    if (SectionOrder[i].id == SectionCode)
      branchHints();
    section(SectionOrder[i].id);
    customsAt(i + 1);
  }
  names();
  return out_.take();
}

void ModuleWriter::section(SectionId id) {
  Section &section = parts_.sections[id];
  ByteWriter header;
  if (id == SectionDataCount) {
    if (!parts_.needsDataCount)
      return;
    header.unsignedLeb(parts_.sections[SectionData].count);
  } else if (section.count == 0) {
    return;
  } else if (id != SectionStart) {
    header.unsignedLeb(section.count);
  }
  out_.u8(static_cast<uint8_t>(id));
  out_.unsignedLeb(header.size() + section.body.size());
  out_.append(header);
  out_.append(section.body);
  section.body = ByteWriter();
}

void ModuleWriter::custom(llvm::StringRef name,
                          llvm::ArrayRef<uint8_t> payload) {
  ByteWriter header;
  header.name(name);
  out_.u8(SectionCustom);
  out_.unsignedLeb(header.size() + payload.size());
  out_.append(header);
  out_.raw(payload);
}

void ModuleWriter::customsAt(unsigned place) {
  for (const CustomSectionText &section : parts_.customSections)
    if (section.place == place)
      custom(section.name, section.payload);
}

void ModuleWriter::branchHints() {
  if (parts_.branchHints.empty())
    return;
  ByteWriter body;
  body.unsignedLeb(parts_.branchHints.size());
  for (const FunctionHints &function : parts_.branchHints) {
    body.unsignedLeb(function.function);
    body.unsignedLeb(function.hints.size());
    for (const BranchHint &hint : function.hints) {
      body.unsignedLeb(hint.bodyOffset);
      body.u8(1);
      body.u8(hint.value);
    }
  }
  custom("metadata.code.branch_hint", body.bytes());
}

void ModuleWriter::subsection(uint8_t id, const ByteWriter &body,
                              ByteWriter &out) {
  out.u8(id);
  out.unsignedLeb(body.size());
  out.append(body);
}

void ModuleWriter::nameMap(const std::vector<NamedIndex> &names,
                           ByteWriter &out) {
  out.unsignedLeb(names.size());
  for (const NamedIndex &name : names) {
    out.unsignedLeb(name.index);
    out.name(name.name);
  }
}

void ModuleWriter::localNames(ByteWriter &out) const {
  out.unsignedLeb(parts_.localNames.size());
  for (const FunctionLocals &function : parts_.localNames) {
    out.unsignedLeb(function.function);
    nameMap(function.names, out);
  }
}

void ModuleWriter::names() {
  ByteWriter all;
  auto add = [&](uint8_t id, auto fill) {
    ByteWriter body;
    fill(body);
    subsection(id, body, all);
  };
  auto addSpace = [&](uint8_t id, Space space) {
    const auto &names = parts_.space(space).names;
    if (!names.empty())
      add(id, [&](ByteWriter &body) { nameMap(names, body); });
  };
  if (!parts_.name.empty())
    add(NamesModule, [&](ByteWriter &body) { body.name(parts_.name); });
  addSpace(NamesFunctions, Space::Function);
  if (!parts_.localNames.empty())
    add(NamesLocals, [&](ByteWriter &body) { localNames(body); });
  for (auto [id, space] : SpaceNames)
    addSpace(id, space);
  if (!all.empty())
    custom("name", all.bytes());
}

} // namespace

BinaryModule assembleModule(ModuleParts &&parts) {
  return ModuleWriter(parts).write();
}

} // namespace wrought::text
