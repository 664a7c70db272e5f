//===- optimize.cpp - The middle end --------------------------------------===//
//
// Most modules were optimised once by their producer. -O1 to -O3 therefore run
// each pass about once: inlining and simplification first, with guarded loads
// volatile; then RelaxLoads; then memory and loop optimisation, with KeepLoads
// between what simplifies and what vectorises, and at the end.
//
//===----------------------------------------------------------------------===//

#include "codegen/codegen.h"
#include "codegen/passes.h"

#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Analysis/InlineCost.h"
#include "llvm/Analysis/ProfileSummaryInfo.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Transforms/IPO/Inliner.h"
#include "llvm/Transforms/IPO/ModuleInliner.h"
#include "llvm/Transforms/Scalar/IndVarSimplify.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"

namespace wrought::codegen {

namespace {

#define COMBINE "instcombine<max-iterations=1;no-verify-fixpoint>"
#define SIMPLIFY "early-cse<memssa>,simplifycfg," COMBINE

struct Pipeline {
  const char *prepare; ///< module passes
  /// Function passes that run bottom-up with the inliner, in those functions
  /// that it changes; empty: no inlining.
  const char *inlining;
  int inlineThreshold;
  const char *conclude; ///< module passes; after them RelaxLoads
  const char *optimize; ///< function passes
};

constexpr Pipeline O0 = {"globaldce", "", 0, "", ""};

constexpr Pipeline O1 = {"globalopt,globaldce,function(sroa," SIMPLIFY ")", "",
                         0, "globalopt,globaldce",
                         "early-cse<memssa>,loop-mssa(licm)," COMBINE
                         ",simplifycfg,keep-loads-last"};

/// Induction variables stay as narrow as indices until loops are versioned: a
/// widened one no longer shows how an index advances. CarryStores stands in for
/// LLVM's loop-load-elim, which gives a load what was stored at its address
/// even where another store has since reached half of it.
constexpr const char *OptimizeO2 =
    "reassociate,loop-mssa(licm,loop-rotate,licm,simple-loop-unswitch),"
    "simplifycfg,"
    "loop(loop-idiom,indvars-narrow,loop-deletion,loop-unroll-full),"
    "sroa,gvn,drop-implied-checks,scalar-indices,bdce," COMBINE
    ",jump-threading,loop-mssa(licm),simplifycfg,"
    "keep-loads,loop(loop-rotate),loop-simplify,lcssa,version-loops,"
    "loop-mssa(licm-proven),reroll-loops,loop(indvars-other),"
    "loop-vectorize,carry-stores,slp-vectorize,vector-combine,"
    "drop-loop-scopes," COMBINE ","
    "loop-unroll<O2>,loop-mssa(licm),sink,early-cse,thread-dispatch,"
    "simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-lookup;"
    "no-keep-loops;hoist-common-insts;sink-common-insts>,keep-loads-last";

/// Little is left to inline in a module that its producer optimised. What
/// constants and attributes of functions bring comes before the simplification
/// that serves all, so that it need not be repeated where nothing is inlined.
constexpr Pipeline O2 = {
    "globalopt,globaldce,function(sroa),ipsccp,cgscc(function-attrs),"
    "function(" SIMPLIFY
    ",wide-multiply,require<should-not-run-function-passes>)",
    "sroa," SIMPLIFY, 25, "deadargelim,globalopt,globaldce,function(dse)",
    OptimizeO2};

constexpr Pipeline O3 = {O2.prepare, O2.inlining, 225, O2.conclude, OptimizeO2};

constexpr Pipeline Os = {
    O2.prepare, O2.inlining, 5,
    "deadargelim,globalopt,globaldce,function(dse),fold-functions,globaldce",
    OptimizeO2};

/// For functions of more than LargeFunction instructions: passes whose time
/// grows in proportion. One huge function is what takes hours elsewhere. Values
/// go back to the stack, since coalescing thousands of phis is quadratic (one
/// function of esbuild: 24 s of code generation with phis, 5.6 s without).
constexpr const char *OptimizeLarge =
    "early-cse," COMBINE ",simplifycfg,keep-loads-last,reg2mem";
constexpr unsigned LargeFunction = 40'000;

#undef SIMPLIFY
#undef COMBINE

/// LICM in the proven versions of loops, while alias scopes tell their accesses
/// apart.
struct ProvenLoopsLicmPass : llvm::PassInfoMixin<ProvenLoopsLicmPass> {
  llvm::PreservedAnalyses run(llvm::Loop &loop,
                              llvm::LoopAnalysisManager &analyses,
                              llvm::LoopStandardAnalysisResults &results,
                              llvm::LPMUpdater &updater) {
    if (!isProvenLoop(loop))
      return llvm::PreservedAnalyses::all();
    return llvm::LICMPass(llvm::LICMOptions())
        .run(loop, analyses, results, updater);
  }
};

/// Widens the induction variables of all loops but the proven ones.
struct OtherLoopsIndvarsPass : llvm::PassInfoMixin<OtherLoopsIndvarsPass> {
  llvm::PreservedAnalyses run(llvm::Loop &loop,
                              llvm::LoopAnalysisManager &analyses,
                              llvm::LoopStandardAnalysisResults &results,
                              llvm::LPMUpdater &updater) {
    if (isProvenLoop(loop))
      return llvm::PreservedAnalyses::all();
    return llvm::IndVarSimplifyPass().run(loop, analyses, results, updater);
  }
};

/// Our passes under names of their own in pipelines.
void registerPasses(llvm::PassBuilder &builder) {
  builder.registerPipelineParsingCallback(
      [](llvm::StringRef name, llvm::ModulePassManager &passes,
         llvm::ArrayRef<llvm::PassBuilder::PipelineElement>) {
        if (name == "fold-functions")
          passes.addPass(FoldFunctionsPass());
        else
          return false;
        return true;
      });
  builder.registerPipelineParsingCallback(
      [](llvm::StringRef name, llvm::FunctionPassManager &passes,
         llvm::ArrayRef<llvm::PassBuilder::PipelineElement>) {
        if (name == "keep-loads")
          passes.addPass(KeepLoadsPass(/*isLast=*/false));
        else if (name == "keep-loads-last")
          passes.addPass(KeepLoadsPass(/*isLast=*/true));
        else if (name == "scalar-indices")
          passes.addPass(ScalarIndicesPass());
        else if (name == "wide-multiply")
          passes.addPass(WideMultiplyPass());
        else if (name == "drop-implied-checks")
          passes.addPass(DropImpliedChecksPass());
        else if (name == "version-loops")
          passes.addPass(VersionLoopsPass());
        else if (name == "reroll-loops")
          passes.addPass(RerollLoopsPass());
        else if (name == "carry-stores")
          passes.addPass(CarryStoresPass());
        else if (name == "slp-vectorize")
          passes.addPass(SlpVectorizePass());
        else if (name == "thread-dispatch")
          passes.addPass(ThreadDispatchPass());
        else if (name == "drop-loop-scopes")
          passes.addPass(DropLoopScopesPass());
        else
          return false;
        return true;
      });
  builder.registerPipelineParsingCallback(
      [](llvm::StringRef name, llvm::LoopPassManager &passes,
         llvm::ArrayRef<llvm::PassBuilder::PipelineElement>) {
        if (name == "indvars-narrow")
          passes.addPass(llvm::IndVarSimplifyPass(/*WidenIndVars=*/false));
        else if (name == "indvars-other")
          passes.addPass(OtherLoopsIndvarsPass());
        else if (name == "licm-proven")
          passes.addPass(ProvenLoopsLicmPass());
        else
          return false;
        return true;
      });
}

/// LLVM's analyses around one TargetMachine.
class Analyses {
public:
  explicit Analyses(llvm::TargetMachine &machine, OptLevel level)
      : builder(&machine, tuning(level)) {
    registerPasses(builder);
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
  case OptLevel::O2:
    return O2;
  case OptLevel::O3:
    return O3;
  case OptLevel::Os:
  case OptLevel::Oz:
    return Os;
  }
  llvm_unreachable("all levels are named");
}

template <typename Manager>
void parse(llvm::PassBuilder &builder, Manager &passes, const char *text) {
  if (!*text)
    return;
  // Also without assertions: code would be made with passes missing.
  if (llvm::Error error = builder.parsePassPipeline(passes, text))
    llvm::report_fatal_error(std::move(error));
}

/// Runs one of two function pipelines, by the function's size.
struct OptimizeFunctionsPass : llvm::PassInfoMixin<OptimizeFunctionsPass> {
  llvm::FunctionPassManager usual, large;

  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &analyses) {
    auto &functions =
        analyses.getResult<llvm::FunctionAnalysisManagerModuleProxy>(module)
            .getManager();
    for (llvm::Function &function : module) {
      if (function.isDeclaration())
        continue;
      auto &passes =
          function.getInstructionCount() > LargeFunction ? large : usual;
      functions.invalidate(function, passes.run(function, functions));
    }
    llvm::PreservedAnalyses preserved;
    preserved.preserve<llvm::FunctionAnalysisManagerModuleProxy>();
    return preserved;
  }
};

void addInlining(llvm::PassBuilder &builder, llvm::ModulePassManager &passes,
                 const Pipeline &stages) {
  if (!*stages.inlining)
    return;
  llvm::ModuleInlinerWrapperPass inliner(
      llvm::getInlineParams(stages.inlineThreshold));
  llvm::FunctionPassManager simplify;
  parse(builder, simplify, stages.inlining);
  inliner.getPM().addPass(llvm::createCGSCCToFunctionPassAdaptor(
      std::move(simplify), /*EagerlyInvalidate=*/false, /*NoRerun=*/true));
  passes.addPass(std::move(inliner));
}

OptimizeFunctionsPass functionPasses(llvm::PassBuilder &builder,
                                     OptLevel level) {
  OptimizeFunctionsPass result;
  if (level == OptLevel::O0)
    return result;
  result.usual.addPass(RelaxLoadsPass());
  result.large.addPass(RelaxLoadsPass());
  parse(builder, result.usual, pipeline(level).optimize);
  parse(builder, result.large, OptimizeLarge);
  return result;
}

} // namespace

size_t optimize(llvm::Module &module, llvm::TargetMachine &machine,
                OptLevel level, const ProfileOptions &profile) {
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
  size_t misfitCount = 0;
  if (profile.counts)
    passes.addPass(CountExecutionsPass(profile.symbolPrefix));
  if (profile.counted) {
    passes.addPass(ApplyProfilePass(*profile.counted, misfitCount));
    passes.addPass(llvm::RequireAnalysisPass<llvm::ProfileSummaryAnalysis,
                                             llvm::Module>());
  }
  passes.addPass(LowerSimdPass(machine));
  parse(analyses.builder, passes, stages.prepare);
  addInlining(analyses.builder, passes, stages);
  parse(analyses.builder, passes, stages.conclude);
  passes.addPass(functionPasses(analyses.builder, level));
  passes.addPass(SimplifySwizzlesPass());
  passes.addPass(LowerMemoryBasePass());
  passes.addPass(FunctionTablePass());
#ifndef NDEBUG
  passes.addPass(llvm::VerifierPass());
#endif
  passes.run(module, analyses.module);
  return misfitCount;
}

} // namespace wrought::codegen
