//===- fuel.cpp - Counting what a function executes -----------------------===//
//
// A region is code that is executed as a whole: it begins at the start of a
// function, behind a label or behind a branch that may not be taken. Where it
// begins, its instructions are subtracted from what is left, so the count
// depends on the module and its input only. A loop's head, a region with a call
// in it, a bulk operation and a return look whether that was too much: what is
// done in excess is less than one pass through a function, and calls nobody.
//
// Between calls the counter is a local variable, which the middle end keeps in
// a register; it is written back where somebody else may look at it.
//
//===----------------------------------------------------------------------===//
#include "translate/function_emitter.h"

namespace wrought::translate {

/// Larger counts would wrap what is left around.
static constexpr uint64_t MostSpentAtOnce = uint64_t{1} << 60;

/// Structure alone costs nothing.
static bool isFree(wasm::Opcode opcode) {
  switch (opcode) {
  case wasm::Opcode::Block:
  case wasm::Opcode::Loop:
  case wasm::Opcode::TryTable:
  case wasm::Opcode::Else:
  case wasm::Opcode::End:
    return true;
  default:
    return false;
  }
}

static bool isCall(wasm::Opcode opcode) {
  switch (opcode) {
  case wasm::Opcode::Call:
  case wasm::Opcode::CallIndirect:
  case wasm::Opcode::CallRef:
  case wasm::Opcode::ReturnCall:
  case wasm::Opcode::ReturnCallIndirect:
  case wasm::Opcode::ReturnCallRef:
    return true;
  default:
    return false;
  }
}

void FunctionEmitter::createFuel() {
  if (!module_.plan().options().countsFuel)
    return;
  fuel_ = entryBuilder().CreateAlloca(types_.i64, nullptr, "fuel");
  readFuelAgain();
  beginFuelRegion();
}

void FunctionEmitter::beginFuelRegion(bool isChecked) {
  if (!countsFuel())
    return;
  // How much it is, settleFuel() fills in.
  llvm::BinaryOperator *left = llvm::BinaryOperator::CreateSub(
      builder_.CreateLoad(types_.i64, fuel_), builder_.getInt64(0));
  builder_.Insert(left);
  fuelRegions_.push_back(
      {left, builder_.CreateStore(left, fuel_), 0, isChecked});
}

void FunctionEmitter::countFuel(wasm::Opcode opcode) {
  if (!countsFuel())
    return;
  FuelRegion &region = fuelRegions_.back();
  region.instructionCount += !isFree(opcode);
  region.isChecked |= isCall(opcode);
}

/// For an operation that takes as long as its count is large: one unit for 2 to
/// the power of unitLog2.
void FunctionEmitter::spendFuel(llvm::Value *count, unsigned unitLog2) {
  if (!countsFuel())
    return;
  llvm::Value *units = builder_.CreateBinaryIntrinsic(
      llvm::Intrinsic::umin,
      builder_.CreateLShr(builder_.CreateZExt(count, types_.i64), unitLog2),
      builder_.getInt64(MostSpentAtOnce));
  llvm::Value *left =
      builder_.CreateSub(builder_.CreateLoad(types_.i64, fuel_), units);
  builder_.CreateStore(left, fuel_);
  llvm::BasicBlock *next = createBlock();
  stopWithoutFuel(builder_, left, next);
  builder_.SetInsertPoint(next);
}

/// `left` is below zero. With threads code may go on behind the call; otherwise
/// the block ends here.
void FunctionEmitter::outOfFuel(Builder &builder, llvm::Value *left) {
  if (!module_.plan().options().hasThreads) {
    callTrap(builder, abi::Trap::OutOfFuel);
    builder.CreateUnreachable();
    return;
  }
  builder.CreateStore(
      builder.CreateCall(module_.runtimeFunction(RuntimeFunction::more_fuel),
                         {left}),
      fuel_);
}

/// Goes on at `next` while there is some.
void FunctionEmitter::stopWithoutFuel(Builder &builder, llvm::Value *left,
                                      llvm::BasicBlock *next) {
  llvm::BasicBlock *stop = createBlock("fuel");
  builder.CreateCondBr(builder.CreateICmpSLT(left, builder.getInt64(0)), stop,
                       next, module_.unlikely);
  builder.SetInsertPoint(stop);
  outOfFuel(builder, left);
  if (!stop->getTerminator())
    builder.CreateBr(next);
}

void FunctionEmitter::checkFuelAtReturn() {
  if (!countsFuel())
    return;
  const bool isAllChecked =
      llvm::all_of(fuelRegions_, [](const FuelRegion &region) {
        return region.isChecked || region.instructionCount == 0;
      });
  if (!isAllChecked) {
    llvm::BasicBlock *next = createBlock();
    stopWithoutFuel(builder_, builder_.CreateLoad(types_.i64, fuel_), next);
    builder_.SetInsertPoint(next);
  }
  writeFuelBack();
}

/// When the function is complete.
void FunctionEmitter::settleFuel() {
  for (const FuelRegion &region : fuelRegions_) {
    if (region.instructionCount == 0 && !region.isChecked) {
      auto *load = llvm::cast<llvm::Instruction>(region.left->getOperand(0));
      region.store->eraseFromParent();
      region.left->eraseFromParent();
      load->eraseFromParent();
      continue;
    }
    region.left->setOperand(1, builder_.getInt64(region.instructionCount));
    if (!region.isChecked)
      continue;
    llvm::BasicBlock *block = region.store->getParent();
    llvm::BasicBlock *next =
        block->splitBasicBlock(std::next(region.store->getIterator()));
    block->getTerminator()->eraseFromParent();
    Builder builder(block);
    builder.SetCurrentDebugLocation(region.left->getDebugLoc());
    stopWithoutFuel(builder, region.left, next);
  }
}

/// For whoever may look at it, or count on: callees, callers, the host.
void FunctionEmitter::writeFuelBack() {
  if (!countsFuel())
    return;
  llvm::StoreInst *store =
      builder_.CreateStore(builder_.CreateLoad(types_.i64, fuel_),
                           module_.instance().fuelAddress(builder_));
  store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
}

void FunctionEmitter::readFuelAgain() {
  if (!countsFuel())
    return;
  llvm::LoadInst *left =
      builder_.CreateLoad(types_.i64, module_.instance().fuelAddress(builder_));
  left->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
  builder_.CreateStore(left, fuel_);
}

} // namespace wrought::translate
