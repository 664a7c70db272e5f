//===- optimize.cpp - The middle end
//---------------------------------------===//
//
// Most modules were optimised once by their producer. -O1 to -O3 therefore run
// each pass about once: inlining and simplification first, with guarded loads
// volatile; then RelaxLoads; then memory and loop optimisation.
//
//===----------------------------------------------------------------------===//

#include "codegen/codegen.h"
#include "codegen/passes.h"

#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/ErrorHandling.h"

namespace wrought::codegen {

namespace {

/// Functions beyond this many instructions get the linear passes only: SSA
/// optimisation of one huge function is what takes hours elsewhere.
struct Pipeline {
  const char *simplify; ///< module passes, up to RelaxLoads
  const char *optimize; ///< function passes behind it
};

constexpr Pipeline O0 = {"globaldce", ""};

constexpr Pipeline O1 = {
    "globalopt,"
    "function(sroa,early-cse,simplifycfg,"
    "instcombine<max-iterations=1;no-verify-fixpoint>),"
    "globaldce",
    "early-cse<memssa>,loop-mssa(licm),instcombine<max-iterations=1;"
    "no-verify-fixpoint>,simplifycfg"};

constexpr Pipeline O2 = {
    "globalopt,"
    "function(sroa,early-cse<memssa>,simplifycfg,"
    "instcombine<max-iterations=1;no-verify-fixpoint>),"
    "ipsccp,"
    "cgscc(function-attrs,inline,function(sroa,early-cse<memssa>,simplifycfg,"
    "instcombine<max-iterations=1;no-verify-fixpoint>)),"
    "deadargelim,globalopt,globaldce,function(dse)",
    "reassociate,"
    "loop-mssa(licm,loop-rotate,licm,simple-loop-unswitch),"
    "simplifycfg,instcombine<max-iterations=1;no-verify-fixpoint>,"
    "loop(loop-idiom,indvars,loop-deletion,loop-unroll-full),"
    "sroa,gvn,bdce,"
    "instcombine<max-iterations=1;no-verify-fixpoint>,"
    "jump-threading,dse,loop-mssa(licm),"
    "simplifycfg,"
    "loop(loop-rotate),loop-vectorize,loop-load-elim,"
    "instcombine<max-iterations=1;no-verify-fixpoint>,"
    "slp-vectorizer,vector-combine,"
    "instcombine<max-iterations=1;no-verify-fixpoint>,"
    "loop-unroll<O2>,loop-mssa(licm),sink,early-cse<memssa>,"
    "simplifycfg<forward-switch-cond;switch-range-to-icmp;"
    "switch-to-lookup;no-keep-loops;hoist-common-insts;"
    "sink-common-insts>"};

/// LLVM's analyses around one TargetMachine.
class Analyses {
public:
  explicit Analyses(llvm::TargetMachine &machine, OptLevel level)
      : builder(&machine, tuning(level)) {
    builder.registerModuleAnalyses(module);
    builder.registerCGSCCAnalyses(cgscc);
    builder.registerFunctionAnalyses(function);
    builder.registerLoopAnalyses(loop);
    builder.crossRegisterProxies(loop, function, cgscc, module);
  }

  llvm::LoopAnalysisManager loop;
  llvm::FunctionAnalysisManager function;
  llvm::CGSCCAnalysisManager cgscc;
  llvm::ModuleAnalysisManager module;
  llvm::PassBuilder builder;

private:
  static llvm::PipelineTuningOptions tuning(OptLevel level) {
    llvm::PipelineTuningOptions options;
    options.LoopVectorization = options.SLPVectorization =
        level == OptLevel::O2 || level == OptLevel::O3;
    return options;
  }
};

const Pipeline &pipeline(OptLevel level) {
  switch (level) {
  case OptLevel::O0:
    return O0;
  case OptLevel::O1:
    return O1;
  default:
    return O2;
  }
}

template <typename Manager>
void parse(llvm::PassBuilder &builder, Manager &passes, const char *text) {
  if (*text)
    llvm::cantFail(builder.parsePassPipeline(passes, text));
}

} // namespace

void optimize(llvm::Module &module, llvm::TargetMachine &machine,
              OptLevel level) {
  Analyses analyses(machine, level);
  if (level == OptLevel::Os || level == OptLevel::Oz)
    for (llvm::Function &function : module)
      if (!function.isDeclaration())
        function.addFnAttr(level == OptLevel::Oz
                               ? llvm::Attribute::MinSize
                               : llvm::Attribute::OptimizeForSize);

  const Pipeline &stages = pipeline(level);
  llvm::ModulePassManager passes;
#ifndef NDEBUG
  passes.addPass(llvm::VerifierPass());
#endif
  parse(analyses.builder, passes, stages.simplify);
  llvm::FunctionPassManager functionPasses;
  if (level != OptLevel::O0)
    functionPasses.addPass(RelaxLoadsPass());
  parse(analyses.builder, functionPasses, stages.optimize);
  passes.addPass(
      llvm::createModuleToFunctionPassAdaptor(std::move(functionPasses)));
  passes.addPass(LowerMemoryBasePass());
  passes.addPass(FunctionTablePass());
#ifndef NDEBUG
  passes.addPass(llvm::VerifierPass());
#endif
  passes.run(module, analyses.module);
}

} // namespace wrought::codegen
