#include "driver/supply_chain.h"
#include "driver/version.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/FormatVariadic.h"

namespace wrought::driver {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

static llvm::StringRef textOf(const Object &object, llvm::StringRef member) {
  return object.getString(member).value_or("");
}

static Array hashes(llvm::StringRef sha256) {
  return Array{Object{{"alg", "SHA-256"}, {"content", sha256}}};
}

static Array ownLicence() {
  return Array{Object{{"expression", "Apache-2.0 WITH LLVM-exception"}}};
}

/// The module, the runtimes, and what the module says it was made by.
static Array inputComponents(const PackageFacts &facts) {
  const Object &module = *facts.manifest->fields.getObject("module");
  const llvm::StringRef name = textOf(module, "name");
  Array list{Object{
      {"type", "library"},
      {"bom-ref", "module"},
      {"name", name.empty() ? llvm::StringRef("WebAssembly module") : name},
      {"hashes", hashes(textOf(module, "sha256"))}}};
  for (const Material &runtime : facts.runtimes)
    list.push_back(Object{{"type", "library"},
                          {"bom-ref", "runtime/" + runtime.name},
                          {"name", "wrought runtime " + runtime.name},
                          {"version", version()},
                          {"licenses", ownLicence()},
                          {"hashes", hashes(runtime.sha256)}});
  for (auto [index, producer] : llvm::enumerate(facts.producers)) {
    Object component{
        {"type", "application"},
        {"bom-ref", llvm::formatv("producer/{0}", index).str()},
        {"name", producer.name},
        {"description", "the module says that it was made by this"},
        {"scope", "excluded"}};
    if (!producer.version.empty())
      component["version"] = producer.version;
    list.push_back(std::move(component));
  }
  return list;
}

Value billOfMaterials(const PackageFacts &facts) {
  const bundle::Manifest &manifest = *facts.manifest;
  Array components = inputComponents(facts), parts, dependencies;
  for (const bundle::Part &part : manifest.parts) {
    const std::string reference = "part/" + part.path;
    parts.push_back(reference);
    components.push_back(Object{{"type", "file"},
                                {"bom-ref", reference},
                                {"name", part.path},
                                {"hashes", hashes(part.sha256)}});
    if (part.kind == bundle::PartKind::File)
      continue;
    Array needs{"module"};
    for (const Material &runtime : facts.runtimes)
      if (runtime.name == part.target)
        needs.push_back("runtime/" + runtime.name);
    dependencies.push_back(
        Object{{"ref", reference}, {"dependsOn", std::move(needs)}});
  }
  dependencies.push_back(
      Object{{"ref", "package"}, {"dependsOn", std::move(parts)}});
  return Object{
      {"bomFormat", "CycloneDX"},
      {"specVersion", "1.5"},
      {"version", 1},
      {"metadata",
       Object{{"component",
               Object{{"type", "application"},
                      {"bom-ref", "package"},
                      {"name", textOf(manifest.fields, "name")},
                      {"version", textOf(manifest.fields, "version")}}},
              {"tools",
               Object{{"components",
                       Array{Object{{"type", "application"},
                                    {"name", "wrought"},
                                    {"version", version()}},
                             Object{{"type", "library"},
                                    {"name", "LLVM"},
                                    {"version", LLVM_VERSION_STRING}}}}}}}},
      {"components", std::move(components)},
      {"dependencies", std::move(dependencies)}};
}

static Object resource(std::string name, llvm::StringRef sha256) {
  return Object{{"name", std::move(name)},
                {"digest", Object{{"sha256", sha256}}}};
}

Value provenance(const PackageFacts &facts) {
  const Object &fields = facts.manifest->fields;
  Array subjects, inputs;
  for (const Material &output : facts.outputs)
    subjects.push_back(resource(output.name, output.sha256));
  for (const bundle::Part &part : facts.manifest->parts)
    subjects.push_back(resource(part.path, part.sha256));
  inputs.push_back(
      resource("module", textOf(*fields.getObject("module"), "sha256")));
  for (const Material &runtime : facts.runtimes)
    inputs.push_back(resource("runtime/" + runtime.name, runtime.sha256));
  Object parameters;
  for (llvm::StringRef name : {"name", "version", "options", "targets"})
    parameters[name] = *fields.get(name);
  return Object{
      {"_type", "https://in-toto.io/Statement/v1"},
      {"subject", std::move(subjects)},
      {"predicateType", "https://slsa.dev/provenance/v1"},
      {"predicate",
       Object{{"buildDefinition",
               Object{{"buildType", "urn:wrought:pack:1"},
                      {"externalParameters", std::move(parameters)},
                      {"resolvedDependencies", std::move(inputs)}}},
              {"runDetails",
               Object{{"builder",
                       Object{{"id", "urn:wrought"},
                              {"version",
                               Object{{"wrought", version()},
                                      {"llvm", LLVM_VERSION_STRING}}}}}}}}}};
}

Value signedEnvelope(const Value &statement, const bundle::PrivateKey &key) {
  static constexpr llvm::StringLiteral PayloadType =
      "application/vnd.in-toto+json";
  const std::string payload = llvm::formatv("{0}", statement).str();
  // DSSE's pre-authentication encoding.
  const std::string signedText =
      llvm::formatv("DSSEv1 {0} {1} {2} {3}", PayloadType.size(), PayloadType,
                    payload.size(), payload)
          .str();
  return Object{
      {"payloadType", PayloadType},
      {"payload", llvm::encodeBase64(payload)},
      {"signatures",
       Array{Object{{"sig", llvm::encodeBase64(key.sign(signedText))}}}}};
}

} // namespace wrought::driver
