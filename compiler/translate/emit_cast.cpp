//===- emit_cast.cpp - Tests of references, casts, conversions ------------===//
//
// Source: WebAssembly Specification 3.0, "Execution / Instructions / Reference
// Instructions".
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"
#include "translate/heap_access.h"
#include "translate/type_id.h"

namespace wrought::translate {

using wasm::AbstractHeap;
using wasm::HeapType;
using wasm::Instruction;
using wasm::TypeIndex;

namespace {

/// Bits from several blocks that meet in one.
class Meeting {
public:
  Meeting(Builder &builder, llvm::BasicBlock *block)
      : builder_(builder), block_(block) {}

  void go(llvm::Value *bit) {
    arrive(bit);
    builder_.CreateBr(block_);
  }
  /// If the condition holds; otherwise code goes on in `next`.
  void goIf(llvm::Value *condition, llvm::Value *bit, llvm::BasicBlock *next) {
    arrive(bit);
    builder_.CreateCondBr(condition, block_, next);
    builder_.SetInsertPoint(next);
  }
  llvm::Value *meet() {
    builder_.SetInsertPoint(block_);
    llvm::PHINode *phi = builder_.CreatePHI(
        builder_.getInt1Ty(), static_cast<unsigned>(arrivals_.size()));
    for (auto [bit, from] : arrivals_)
      phi->addIncoming(bit, from);
    return phi;
  }

private:
  void arrive(llvm::Value *bit) {
    arrivals_.push_back({bit, builder_.GetInsertBlock()});
  }

  Builder &builder_;
  llvm::BasicBlock *block_;
  llvm::SmallVector<std::pair<llvm::Value *, llvm::BasicBlock *>, 4> arrivals_;
};

} // namespace

//===----------------------------------------------------------------------===//
// Types of functions and objects
//===----------------------------------------------------------------------===//

/// Whether three words in memory are those of a type.
template <typename LoadWord>
static llvm::Value *areWordsOf(const TypeId &id, Builder &builder,
                               LoadWord loadWord) {
  // Exactly numbered types differ from all others in the first word.
  const unsigned words = id[1] == 0 && id[2] == 0 ? 1 : 3;
  llvm::Value *same = nullptr;
  for (unsigned i = 0; i < words; ++i) {
    llvm::Value *word =
        builder.CreateICmpEQ(loadWord(i), builder.getInt64(id[i]));
    same = same ? builder.CreateAnd(same, word) : word;
  }
  return same;
}

/// Whether a function has a type or a subtype of it, of which final types have
/// none.
llvm::Value *FunctionEmitter::isFunctionOfType(llvm::Value *record,
                                               TypeIndex type) {
  const wasm::TypeStore &types = module_.wasm().types;
  const TypeId id = typeId(types, type);
  llvm::Value *same = areWordsOf(id, builder_, [&](unsigned i) {
    return module_.loadRecord(builder_, record,
                              field::FunctionRecord_typeId0 + i);
  });
  if (types[type].isFinal)
    return same;
  Meeting meeting(builder_, createBlock());
  meeting.goIf(same, builder_.getTrue(), createBlock());
  llvm::Value *supertypes =
      module_.loadRecord(builder_, record, field::FunctionRecord_supertypes);
  meeting.goIf(builder_.CreateIsNull(supertypes), builder_.getFalse(),
               createBlock());
  const uint32_t depth = types.depth(type);
  auto word = [&](uint64_t number) {
    llvm::LoadInst *load = builder_.CreateLoad(
        types_.i64,
        builder_.CreateConstGEP1_64(types_.i64, supertypes, number));
    load->setMetadata(llvm::LLVMContext::MD_tbaa, module_.recordTag);
    return load;
  };
  meeting.goIf(builder_.CreateICmpULE(word(0), builder_.getInt64(depth)),
               builder_.getFalse(), createBlock());
  meeting.go(areWordsOf(id, builder_, [&](unsigned i) {
    return word(1 + depth * std::tuple_size_v<TypeId> + i);
  }));
  return meeting.meet();
}

/// A field of an abi::GcType, which does not change.
llvm::LoadInst *FunctionEmitter::loadTypeField(llvm::Value *type,
                                               unsigned field) {
  llvm::LoadInst *load =
      loadField(AbiStruct::GcType, type, field, module_.recordTag);
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, module_.emptyNode);
  return load;
}

/// Whether a reference to an object, which is not null and no i31, is to one of
/// the type: struct, array, eq or a defined one.
llvm::Value *FunctionEmitter::isObjectOfType(llvm::Value *reference,
                                             HeapType heap) {
  llvm::Value *type = HeapAccess(module_, builder_).typeOf(reference);
  if (heap.isAbstract()) {
    // Boxed references of the host are no structs and equal to nothing.
    llvm::Value *isHosts =
        builder_.CreateICmpEQ(type, module_.hostReferenceType());
    if (heap.abstract() == AbstractHeap::Eq)
      return builder_.CreateNot(isHosts);
    llvm::Value *isArray = builder_.CreateICmpNE(
        loadTypeField(type, field::GcType_elementByteLength),
        builder_.getInt64(0));
    if (heap.abstract() == AbstractHeap::Array)
      return isArray;
    return builder_.CreateNot(builder_.CreateOr(isArray, isHosts));
  }
  const wasm::TypeStore &types = module_.wasm().types;
  llvm::Constant *wanted = module_.heapType(heap.index());
  llvm::Value *same = builder_.CreateICmpEQ(type, wanted);
  if (types[heap.index()].isFinal)
    return same;
  // The lineage of a subtype has the wanted type in its place.
  Meeting meeting(builder_, createBlock());
  meeting.goIf(same, builder_.getTrue(), createBlock());
  const uint32_t depth = types.depth(heap.index());
  meeting.goIf(builder_.CreateICmpULE(loadTypeField(type, field::GcType_depth),
                                      builder_.getInt64(depth)),
               builder_.getFalse(), createBlock());
  llvm::LoadInst *ancestor = builder_.CreateLoad(
      types_.pointer,
      builder_.CreateConstGEP1_64(types_.pointer,
                                  loadTypeField(type, field::GcType_supertypes),
                                  depth));
  ancestor->setMetadata(llvm::LLVMContext::MD_tbaa, module_.recordTag);
  ancestor->setMetadata(llvm::LLVMContext::MD_invariant_load,
                        module_.emptyNode);
  meeting.go(builder_.CreateICmpEQ(ancestor, wanted));
  return meeting.meet();
}

//===----------------------------------------------------------------------===//
// References of any type
//===----------------------------------------------------------------------===//

llvm::Value *FunctionEmitter::isI31(llvm::Value *reference) {
  return builder_.CreateTrunc(builder_.CreatePtrToInt(reference, types_.i64),
                              types_.i1);
}

/// Whether a value of the hierarchy that `heap` is in has that type.
llvm::Value *FunctionEmitter::isOfType(llvm::Value *reference, HeapType heap,
                                       bool isNullable) {
  const wasm::TypeStore &types = module_.wasm().types;
  const AbstractHeap top = types.top(heap);
  llvm::Value *isNull = builder_.CreateIsNull(reference);
  if (heap == HeapType(top))
    return isNullable ? static_cast<llvm::Value *>(builder_.getTrue())
                      : builder_.CreateNot(isNull);
  const bool isBottom =
      heap.isAbstract() && (heap.abstract() == AbstractHeap::None ||
                            heap.abstract() == AbstractHeap::NoFunc ||
                            heap.abstract() == AbstractHeap::NoExtern ||
                            heap.abstract() == AbstractHeap::NoExn);
  if (isBottom)
    return isNullable ? isNull
                      : static_cast<llvm::Value *>(builder_.getFalse());
  // The low bit of null is not set.
  if (heap == HeapType(AbstractHeap::I31)) {
    llvm::Value *isValue = isI31(reference);
    return isNullable ? builder_.CreateOr(isNull, isValue) : isValue;
  }

  Meeting meeting(builder_, createBlock());
  meeting.goIf(isNull, builder_.getInt1(isNullable), createBlock());
  if (top == AbstractHeap::Func) {
    meeting.go(isFunctionOfType(reference, heap.index()));
  } else {
    const bool takesI31 = heap == HeapType(AbstractHeap::Eq);
    meeting.goIf(isI31(reference), builder_.getInt1(takesI31), createBlock());
    meeting.go(isObjectOfType(reference, heap));
  }
  return meeting.meet();
}

void FunctionEmitter::emitRefTest(const Instruction &instruction) {
  pushBoolean(isOfType(pop(), instruction.heap, false));
}

void FunctionEmitter::emitRefTestNull(const Instruction &instruction) {
  pushBoolean(isOfType(pop(), instruction.heap, true));
}

void FunctionEmitter::emitRefCast(const Instruction &instruction) {
  trapIf(builder_.CreateNot(isOfType(stack_.back(), instruction.heap, false)),
         abi::Trap::CastFailure);
}

void FunctionEmitter::emitRefCastNull(const Instruction &instruction) {
  trapIf(builder_.CreateNot(isOfType(stack_.back(), instruction.heap, true)),
         abi::Trap::CastFailure);
}

void FunctionEmitter::emitBrOnCast(const Instruction &instruction) {
  llvm::Value *fits = isOfType(stack_.back(), instruction.castTo.heap(),
                               instruction.castTo.isNullable());
  branchIf(frame(instruction.index), fits);
}

void FunctionEmitter::emitBrOnCastFail(const Instruction &instruction) {
  llvm::Value *fits = isOfType(stack_.back(), instruction.castTo.heap(),
                               instruction.castTo.isNullable());
  branchIf(frame(instruction.index), builder_.CreateNot(fits));
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

void FunctionEmitter::emitAnyConvertExtern(const Instruction &) {
  push(HeapAccess(module_, builder_).anyFromExtern(pop()));
}

void FunctionEmitter::emitExternConvertAny(const Instruction &) {
  push(HeapAccess(module_, builder_).externFromAny(pop()));
}

} // namespace wrought::translate
