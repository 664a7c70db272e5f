//===- heap_access.cpp - The only place that forms addresses in objects ---===//
//
// *** Two reviews for every change here: this file keeps references alive. ***
//
// No address formed here may be in use when something is called that can
// collect. Every one of them comes from a copy made right before, and is used
// up before the function that makes it returns.
//
//===----------------------------------------------------------------------===//

#include "translate/heap_access.h"

#include "llvm/IR/InlineAsm.h"

namespace wrought::translate {

using wasm::FieldType;
using wasm::TypeIndex;

/// Empty code that LLVM takes for code with an effect that only it can see: not
/// to be merged with other copies, moved over calls or out of loops. So no two
/// accesses share an address, and none can be made before it is needed.
llvm::Value *HeapAccess::copyOf(llvm::Value *reference) {
  llvm::InlineAsm *code = llvm::InlineAsm::get(
      llvm::FunctionType::get(types_.pointer, {types_.pointer}, false), "",
      "=r,0", /*hasSideEffects=*/true);
  llvm::CallInst *copy = builder_.CreateCall(code, {reference});
  copy->setMemoryEffects(llvm::MemoryEffects::inaccessibleMemOnly());
  for (auto attribute : {llvm::Attribute::NoUnwind, llvm::Attribute::WillReturn,
                         llvm::Attribute::NoFree, llvm::Attribute::NoCallback})
    copy->addFnAttr(attribute);
  return copy;
}

//===----------------------------------------------------------------------===//
// Loads and stores
//===----------------------------------------------------------------------===//

llvm::Value *HeapAccess::load(llvm::Type *type, llvm::Value *address,
                              llvm::MDNode *tag) {
  // Objects begin at multiples of 8.
  const llvm::Align natural =
      module_.llvmModule().getDataLayout().getABITypeAlign(type);
  llvm::LoadInst *load = builder_.CreateAlignedLoad(
      type, address, std::min(natural, llvm::Align(8)));
  load->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
  return load;
}

void HeapAccess::store(const FieldType &field, llvm::Value *value,
                       llvm::Value *address) {
  llvm::Type *type = module_.storedType(field);
  if (value->getType() != type)
    value = builder_.CreateTrunc(value, type);
  const llvm::Align natural =
      module_.llvmModule().getDataLayout().getABITypeAlign(type);
  llvm::StoreInst *store = builder_.CreateAlignedStore(
      value, address, std::min(natural, llvm::Align(8)));
  store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.heapTag(field));
}

llvm::Value *HeapAccess::header(llvm::Value *reference, unsigned field) {
  llvm::StructType *layout = types_.abi(AbiStruct::GcObject);
  return load(layout->getElementType(field),
              builder_.CreateStructGEP(layout, copyOf(reference), field),
              module_.headerTag);
}

llvm::Value *HeapAccess::typeOf(llvm::Value *reference) {
  return header(reference, field::GcObject_type);
}

llvm::Value *HeapAccess::arrayLength(llvm::Value *reference) {
  return header(reference, field::GcObject_length);
}

static llvm::Value *fieldAddress(ModuleEmitter &module, Builder &builder,
                                 llvm::Value *copy, TypeIndex type,
                                 uint32_t field) {
  return builder.CreateConstInBoundsGEP1_64(
      module.types().i8, copy, module.heapLayout(type).fieldOffsets[field]);
}

llvm::Value *HeapAccess::loadField(llvm::Value *reference, TypeIndex type,
                                   uint32_t field) {
  const FieldType &declared = module_.wasm().types[type].fields[field];
  return load(module_.storedType(declared),
              fieldAddress(module_, builder_, copyOf(reference), type, field),
              module_.heapTag(declared));
}

void HeapAccess::storeField(llvm::Value *reference, TypeIndex type,
                            uint32_t field, llvm::Value *value) {
  store(module_.wasm().types[type].fields[field], value,
        fieldAddress(module_, builder_, copyOf(reference), type, field));
}

llvm::Value *HeapAccess::element(llvm::Value *copy, TypeIndex type,
                                 llvm::Value *index) {
  llvm::Value *elements = builder_.CreateConstInBoundsGEP1_64(
      types_.i8, copy, module_.heapLayout(type).byteLength);
  return builder_.CreateInBoundsGEP(module_.storedType(elementType(type)),
                                    elements, index);
}

llvm::Value *HeapAccess::loadElement(llvm::Value *reference, TypeIndex type,
                                     llvm::Value *index) {
  const FieldType &declared = elementType(type);
  return load(module_.storedType(declared),
              element(copyOf(reference), type, index),
              module_.heapTag(declared));
}

void HeapAccess::storeElement(llvm::Value *reference, TypeIndex type,
                              llvm::Value *index, llvm::Value *value) {
  store(elementType(type), value, element(copyOf(reference), type, index));
}

//===----------------------------------------------------------------------===//
// New objects
//===----------------------------------------------------------------------===//

llvm::CallInst *
HeapAccess::callRuntime(RuntimeFunction ofProgram, RuntimeFunction ofContext,
                        llvm::SmallVector<llvm::Value *, 3> arguments) {
  llvm::Value *owner = module_.instance().heapOwner(builder_);
  if (owner)
    arguments.insert(arguments.begin(), owner);
  return builder_.CreateCall(
      module_.runtimeFunction(owner ? ofContext : ofProgram), arguments);
}

llvm::Value *HeapAccess::allocate(TypeIndex type, llvm::Value *length) {
  llvm::CallInst *object =
      callRuntime(RuntimeFunction::gc_allocate, RuntimeFunction::gc_allocate_in,
                  {module_.heapType(type), length});
  object->addRetAttr(llvm::Attribute::NonNull);
  return object;
}

llvm::Value *HeapAccess::anyFromExtern(llvm::Value *reference) {
  return callRuntime(RuntimeFunction::any_convert_extern,
                     RuntimeFunction::any_convert_extern_in, {reference});
}

llvm::Value *HeapAccess::externFromAny(llvm::Value *reference) {
  return callRuntime(RuntimeFunction::extern_convert_any,
                     RuntimeFunction::extern_convert_any_in, {reference});
}

llvm::Value *HeapAccess::newStruct(TypeIndex type,
                                   llvm::ArrayRef<llvm::Value *> fields) {
  llvm::Value *object = allocate(type, builder_.getInt64(0));
  for (uint32_t i = 0; i < fields.size(); ++i)
    storeField(object, type, i, fields[i]);
  return object;
}

llvm::Value *HeapAccess::newArray(TypeIndex type, llvm::Value *value,
                                  llvm::Value *length) {
  llvm::Value *array = allocate(type, length);
  auto *constant = llvm::dyn_cast<llvm::Constant>(value);
  if (!constant || !constant->isNullValue())
    fill(array, type, builder_.getInt64(0), value, length);
  return array;
}

llvm::Value *HeapAccess::newFixedArray(TypeIndex type,
                                       llvm::ArrayRef<llvm::Value *> elements) {
  llvm::Value *array = allocate(type, builder_.getInt64(elements.size()));
  for (uint32_t i = 0; i < elements.size(); ++i)
    storeElement(array, type, builder_.getInt64(i), elements[i]);
  return array;
}

//===----------------------------------------------------------------------===//
// Many elements at once: nothing in these loops and calls collects
//===----------------------------------------------------------------------===//

llvm::Value *HeapAccess::byteCount(TypeIndex type, llvm::Value *count) {
  // Below 2^32 elements of at most 16 bytes.
  return builder_.CreateMul(
      count, builder_.getInt64(module_.heapLayout(type).elementByteLength));
}

void HeapAccess::fill(llvm::Value *reference, TypeIndex type,
                      llvm::Value *index, llvm::Value *value,
                      llvm::Value *count) {
  llvm::Value *begin = element(copyOf(reference), type, index);
  llvm::Function *function = builder_.GetInsertBlock()->getParent();
  auto block = [&] {
    return llvm::BasicBlock::Create(types_.context, "", function);
  };
  llvm::BasicBlock *before = builder_.GetInsertBlock(), *loop = block(),
                   *next = block();
  builder_.CreateCondBr(builder_.CreateICmpEQ(count, builder_.getInt64(0)),
                        next, loop);
  builder_.SetInsertPoint(loop);
  llvm::PHINode *done = builder_.CreatePHI(types_.i64, 2);
  const FieldType &declared = elementType(type);
  store(declared, value,
        builder_.CreateInBoundsGEP(module_.storedType(declared), begin, done));
  llvm::Value *more = builder_.CreateAdd(done, builder_.getInt64(1));
  done->addIncoming(builder_.getInt64(0), before);
  done->addIncoming(more, loop);
  builder_.CreateCondBr(builder_.CreateICmpEQ(more, count), next, loop);
  builder_.SetInsertPoint(next);
}

void HeapAccess::copy(llvm::Value *destination, TypeIndex type,
                      llvm::Value *destinationIndex, llvm::Value *source,
                      llvm::Value *sourceIndex, llvm::Value *count) {
  const llvm::Align alignment(
      std::min<uint64_t>(module_.heapLayout(type).elementByteLength, 8));
  builder_.CreateMemMove(element(copyOf(destination), type, destinationIndex),
                         alignment, element(copyOf(source), type, sourceIndex),
                         alignment, byteCount(type, count));
}

void HeapAccess::copyIn(llvm::Value *destination, TypeIndex type,
                        llvm::Value *destinationIndex, llvm::Value *bytes,
                        llvm::Value *count) {
  const llvm::Align alignment(
      std::min<uint64_t>(module_.heapLayout(type).elementByteLength, 8));
  builder_.CreateMemCpy(element(copyOf(destination), type, destinationIndex),
                        alignment, bytes, llvm::Align(1),
                        byteCount(type, count));
}

} // namespace wrought::translate
