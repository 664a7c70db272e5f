//===- registry.cpp - The list of targets and the choice among them -------===//
//
// The only place that knows which targets there are. CPU and feature names are
// LLVM's: they are checked against its subtarget tables before any code is
// generated, because LLVM itself only warns about an unknown name and goes on.
//
//===----------------------------------------------------------------------===//

#include "targets/target_entry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/TargetParser/Host.h"

#include <array>
#include <mutex>

namespace wrought::targets {

static const TargetEntry *const Entries[] = {&x86_64Entry, &aarch64Entry,
                                             &riscv64Entry};

const TargetEntry &entryOf(const TargetSpec &target) {
  for (const TargetEntry *entry : Entries)
    if (entry->spec.name == target.name)
      return *entry;
  llvm_unreachable("a target that the registry does not list");
}

std::span<const TargetSpec> all() {
  static const auto specs = [] {
    std::array<TargetSpec, std::size(Entries)> list;
    for (auto [index, entry] : llvm::enumerate(Entries))
      list[index] = entry->spec;
    return list;
  }();
  return specs;
}

static const TargetSpec *specOf(const TargetEntry &entry) {
  for (const TargetSpec &spec : all())
    if (spec.name == entry.spec.name)
      return &spec;
  return nullptr;
}

/// Linux, or no system named, with an environment whose pointers have 64 bits
/// and a calling convention that is not another system's.
static bool isSupportedSystem(const llvm::Triple &triple) {
  if (triple.isArm64e() || triple.isWindowsArm64EC() || triple.isLFI())
    return false;
  switch (triple.getOS()) {
  case llvm::Triple::Linux:
    break;
  case llvm::Triple::UnknownOS:
    // "none" and "unknown" parse alike; anything else is another system.
    if (!triple.getOSName().empty() && triple.getOSName() != "none" &&
        triple.getOSName() != "unknown")
      return false;
    break;
  default:
    return false;
  }
  switch (triple.getEnvironment()) {
  case llvm::Triple::UnknownEnvironment:
    return triple.getEnvironmentName().empty() ||
           triple.getEnvironmentName() == "unknown" ||
           triple.getEnvironmentName() == "elf";
  case llvm::Triple::GNU:
  case llvm::Triple::Musl:
    return true;
  default:
    return false;
  }
}

/// `text` with a spelling that LLVM does not know replaced by the target's
/// name.
static std::string usualSpelling(const TargetEntry &entry,
                                 llvm::StringRef text) {
  for (llvm::StringRef spelling : entry.extraSpellings) {
    llvm::StringRef rest = text;
    if (rest.consume_front(spelling) && (rest.empty() || rest.front() == '-'))
      return (entry.spec.name + rest).str();
  }
  return text.str();
}

const TargetSpec *find(llvm::StringRef nameOrTriple) {
  const std::string lower = nameOrTriple.lower();
  for (const TargetEntry *entry : Entries) {
    const std::string spelling = usualSpelling(*entry, lower);
    const llvm::Triple triple(llvm::Triple::normalize(spelling));
    if (triple.getArch() == entry->architecture && isSupportedSystem(triple))
      return specOf(*entry);
  }
  return nullptr;
}

const TargetSpec *host() { return find(llvm::sys::getProcessTriple()); }

std::unique_ptr<llvm::MCSubtargetInfo> subtarget(const TargetEntry &entry,
                                                 llvm::StringRef cpu,
                                                 llvm::StringRef features) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  entry.initializeDescriptions();
  const llvm::Triple triple(entry.spec.triple);
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  assert(target && "this LLVM was built without one of our targets");
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      target->createMCSubtargetInfo(triple, cpu, features));
}

std::unique_ptr<llvm::MCSubtargetInfo>
baselineSubtarget(const TargetEntry &entry) {
  return subtarget(entry, entry.spec.baselineCpu, entry.spec.baselineFeatures);
}

static bool isKnownFeature(const llvm::MCSubtargetInfo &info,
                           llvm::StringRef name) {
  return llvm::any_of(info.getAllProcessorFeatures(),
                      [&](const auto &feature) { return name == feature.Key; });
}

bool isListed(std::span<const llvm::StringLiteral> list, llvm::StringRef name) {
  return llvm::any_of(list, [&](llvm::StringRef entry) {
    return entry.consume_back("*") ? name.starts_with(entry) : name == entry;
  });
}

/// The features of this machine's processor, in a fixed order.
static std::vector<std::string>
nativeFeatures(const llvm::MCSubtargetInfo &info) {
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    if (isKnownFeature(info, feature.getKey()))
      features.push_back((feature.getValue() ? "+" : "-") +
                         feature.getKey().str());
  llvm::sort(features, [](const std::string &a, const std::string &b) {
    return llvm::StringRef(a).drop_front() < llvm::StringRef(b).drop_front();
  });
  return features;
}

/// Appends the user's list to `out`, each with its sign.
static bool addFeatures(const TargetEntry &entry,
                        const llvm::MCSubtargetInfo &info, llvm::StringRef list,
                        std::vector<std::string> &out, std::string &message) {
  llvm::SmallVector<llvm::StringRef> items;
  list.split(items, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef item : items) {
    item = item.trim();
    const bool isOff = item.starts_with("-");
    const llvm::StringRef name = item.ltrim("+-");
    if (!isKnownFeature(info, name) || isListed(entry.modeFeatures, name)) {
      message =
          ("unknown feature '" + name + "' for target " + entry.spec.name +
           " (see wrought targets --features " + entry.spec.name + ")")
              .str();
      return false;
    }
    out.push_back((isOff ? "-" : "+") + name.str());
  }
  return true;
}

static bool isNative(const TargetEntry &entry) {
  const TargetSpec *machine = host();
  return machine && machine->name == entry.spec.name;
}

std::optional<CpuSelection> selectCpu(const TargetSpec &target,
                                      llvm::StringRef cpu,
                                      llvm::StringRef features,
                                      std::string &message) {
  const TargetEntry &entry = entryOf(target);
  const auto info = baselineSubtarget(entry);
  CpuSelection selection;
  std::vector<std::string> list;
  if (cpu.empty() || cpu == "generic" || cpu == "baseline" ||
      cpu == target.baselineCpu) {
    selection.cpu = target.baselineCpu.str();
    if (!target.baselineFeatures.empty())
      list.push_back(target.baselineFeatures.str());
  } else if (cpu == "native") {
    if (!isNative(entry)) {
      message = ("CPU 'native' is this machine's, which is not of target " +
                 target.name)
                    .str();
      return std::nullopt;
    }
    selection.cpu = llvm::sys::getHostCPUName().str();
    list = nativeFeatures(*info);
  } else {
    selection.cpu = cpu.str();
  }
  if (!info->isCPUStringValid(selection.cpu)) {
    message =
        ("unknown CPU '" + llvm::Twine(selection.cpu) + "' for target " +
         target.name + " (see wrought targets --cpus " + target.name + ")")
            .str();
    return std::nullopt;
  }
  const size_t givenCount = list.size();
  if (!addFeatures(entry, *info, features, list, message))
    return std::nullopt;
  const std::vector<std::string> own(list.begin() + givenCount, list.end());
  selection.label =
      cpu == "native" ? selection.cpu + " (native)" : selection.cpu;
  if (!own.empty())
    selection.label += " " + llvm::join(own, ",");
  selection.features = llvm::join(list, ",");
  if (!subtarget(entry, selection.cpu, selection.features)
           ->checkFeatures(entry.requiredFeatures)) {
    message = ("CPU '" + llvm::Twine(selection.cpu) +
               "' with these features lacks what target " + target.name +
               " needs: " + entry.requiredFeatures)
                  .str();
    return std::nullopt;
  }
  return selection;
}

std::vector<std::string> cpuNames(const TargetSpec &target) {
  const TargetEntry &entry = entryOf(target);
  std::vector<std::string> names;
  for (const auto &cpu :
       baselineSubtarget(entry)->getAllProcessorDescriptions())
    if (subtarget(entry, cpu.Key, "")->checkFeatures(entry.requiredFeatures))
      names.push_back(cpu.Key);
  llvm::sort(names);
  return names;
}

std::vector<CpuFeature> cpuFeatures(const TargetSpec &target) {
  const TargetEntry &entry = entryOf(target);
  std::vector<CpuFeature> list;
  for (const auto &feature :
       baselineSubtarget(entry)->getAllProcessorFeatures())
    if (!isListed(entry.modeFeatures, feature.Key))
      list.push_back({feature.Key, feature.Desc});
  llvm::sort(list, [](const CpuFeature &a, const CpuFeature &b) {
    return a.name < b.name;
  });
  return list;
}

} // namespace wrought::targets
