//===- emit_heap_types.cpp - Types as data of the program -----------------===//
//
// The abi::GcType of a defined type has a symbol that follows from the type's
// identity, and the linker keeps one of each. So two modules of a program agree
// on what type an object has, and a type is known by its address.
//
//===----------------------------------------------------------------------===//

#include "translate/module_emitter.h"
#include "translate/type_id.h"

namespace wrought::translate {

using wasm::TypeIndex;

const HeapLayout &ModuleEmitter::heapLayout(TypeIndex type) {
  std::unique_ptr<HeapLayout> &layout = heapLayouts_[type.value];
  if (!layout)
    layout =
        std::make_unique<HeapLayout>(translate::heapLayout(wasm().types, type));
  return *layout;
}

llvm::Type *ModuleEmitter::storedType(const wasm::FieldType &field) const {
  switch (field.packed) {
  case wasm::PackedKind::I8:
    return types_.i8;
  case wasm::PackedKind::I16:
    return types_.i16;
  case wasm::PackedKind::None:
    break;
  }
  return types_.value(field.value);
}

/// From the root to the type itself.
static std::vector<TypeIndex> lineage(const wasm::TypeStore &types,
                                      TypeIndex type) {
  std::vector<TypeIndex> result = {type};
  while (const auto &supertype = types[result.back()].supertype)
    result.push_back(*supertype);
  std::reverse(result.begin(), result.end());
  return result;
}

llvm::Constant *ModuleEmitter::heapType(TypeIndex type) {
  const std::string symbol = heapTypeSymbol(wasm().types, type);
  if (llvm::GlobalVariable *known = module_->getGlobalVariable(symbol))
    return known;
  const std::vector<TypeIndex> line = lineage(wasm().types, type);
  const HeapLayout &layout = heapLayout(type);

  // All in one variable, which the linker takes or leaves as a whole.
  llvm::StructType *head = types_.abi(AbiStruct::GcType);
  auto *supertypes = llvm::ArrayType::get(types_.pointer, line.size());
  auto *offsets =
      llvm::ArrayType::get(types_.i64, layout.referenceOffsets.size());
  auto *whole =
      llvm::StructType::get(types_.context, {head, supertypes, offsets});
  auto *variable = new llvm::GlobalVariable(
      *module_, whole, /*isConstant=*/true,
      llvm::GlobalValue::LinkOnceODRLinkage, nullptr, symbol);
  variable->setComdat(module_->getOrInsertComdat(symbol));
  variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
  variable->setDSOLocal(true);
  variable->setAlignment(llvm::Align(8));

  auto part = [&](unsigned number) {
    llvm::Constant *indices[] = {llvm::ConstantInt::get(types_.i32, 0),
                                 llvm::ConstantInt::get(types_.i32, number)};
    return llvm::ConstantExpr::getInBoundsGetElementPtr(whole, variable,
                                                        indices);
  };
  std::vector<llvm::Constant *> parents;
  for (TypeIndex ancestor : line)
    parents.push_back(ancestor == type ? variable : heapType(ancestor));
  std::vector<llvm::Constant *> places;
  for (uint64_t offset : layout.referenceOffsets)
    places.push_back(u64(offset));
  llvm::Constant *fields[] = {
      u64(layout.byteLength),
      u64(layout.elementByteLength),
      u64(layout.hasReferenceElements),
      places.empty() ? llvm::ConstantPointerNull::get(types_.pointer) : part(2),
      u64(places.size()),
      part(1),
      u64(line.size() - 1)};
  variable->setInitializer(llvm::ConstantStruct::get(
      whole, {llvm::ConstantStruct::get(head, fields),
              llvm::ConstantArray::get(supertypes, parents),
              llvm::ConstantArray::get(offsets, places)}));
  return variable;
}

llvm::Constant *ModuleEmitter::hostReferenceType() {
  constexpr llvm::StringLiteral Symbol = "wrought_host_reference_type";
  if (llvm::GlobalVariable *known = module_->getGlobalVariable(Symbol))
    return known;
  auto *variable = new llvm::GlobalVariable(
      *module_, types_.abi(AbiStruct::GcType), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, nullptr, Symbol);
  variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
  variable->setDSOLocal(true);
  return variable;
}

llvm::Constant *ModuleEmitter::functionSupertypes(TypeIndex type) {
  const wasm::TypeStore &types = wasm().types;
  if (!types[type].supertype)
    return llvm::ConstantPointerNull::get(types_.pointer);
  // Few of a module's function types have any, and those few words each.
  std::vector<llvm::Constant *> words;
  for (TypeIndex ancestor : lineage(types, *types[type].supertype))
    for (uint64_t word : typeId(types, ancestor))
      words.push_back(u64(word));
  words.insert(words.begin(), u64(words.size() / std::tuple_size_v<TypeId>));
  return privateArray(words, types_.i64, "supertypes");
}

} // namespace wrought::translate
