//===- supply_chain.h - What a package consists of, and how it was made ---===//
//
// Both documents are made of content only (no time, host or path), so that they
// are the same for the same package.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "bundle/manifest.h"
#include "bundle/signing.h"
#include "driver/producers.h"

namespace wrought::driver {

/// Something that went into a package, or came out, by its content.
struct Material {
  std::string name, sha256;
};

struct PackageFacts {
  const bundle::Manifest *manifest = nullptr;
  std::vector<Material> outputs;  ///< the package itself
  std::vector<Material> runtimes; ///< by target; none for objects
  std::vector<Producer> producers;
};

/// A bill of materials: CycloneDX 1.5.
llvm::json::Value billOfMaterials(const PackageFacts &facts);

/// An in-toto statement with SLSA's provenance, version 1.
llvm::json::Value provenance(const PackageFacts &facts);

/// The statement in a signed envelope (DSSE).
llvm::json::Value signedEnvelope(const llvm::json::Value &statement,
                                 const bundle::PrivateKey &key);

} // namespace wrought::driver
