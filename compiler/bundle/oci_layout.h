//===- oci_layout.h - Programs to a container image -----------------------===//
//
// An OCI image layout: a folder that skopeo, podman, buildah and registries'
// clients read. One image for each platform, FROM scratch, holding the program
// and nothing else; one index over them.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"

#include "llvm/ADT/ArrayRef.h"

namespace wrought::bundle {

struct OciImage {
  std::string architecture, variant; ///< as OCI names them
  std::string program;               ///< the file that holds it
};

struct OciRequest {
  std::string output; ///< the folder
  std::string name;   ///< of the program in the images
  std::string tag;
  /// Labels of the images and annotations of the index.
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<OciImage> images;
};

/// Whether there could be a layout at `output`: nothing is there, or an empty
/// folder, or another layout, which is replaced. Reports why not.
[[nodiscard]] bool checkOciOutput(const std::string &output,
                                  Diagnostics &diagnostics);

/// The SHA-256 of the index, which names the image. Nullopt after reporting;
/// then the output is as it was.
std::optional<std::string> writeOciLayout(const OciRequest &request,
                                          Diagnostics &diagnostics);

/// `text` with what a tag cannot have replaced.
std::string ociTag(llvm::StringRef text);

} // namespace wrought::bundle
