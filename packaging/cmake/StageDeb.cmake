# Runs between staging and packing, for the .deb only: what Debian has in other
# places, and the changelog, copyright and pages in the form that it wants.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(usr "${CPACK_TEMPORARY_DIRECTORY}/usr")

file(MAKE_DIRECTORY "${usr}/share/zsh/vendor-completions")
file(RENAME "${usr}/share/zsh/site-functions/_wrought"
  "${usr}/share/zsh/vendor-completions/_wrought")
file(REMOVE_RECURSE "${usr}/share/zsh/site-functions")

# The libraries are the system's.
file(RPATH_REMOVE FILE "${usr}/bin/wrought")

set(doc "${usr}/share/doc/wrought")
file(READ "${doc}/LICENSE" license)
file(WRITE "${doc}/copyright"
  "Wrought\nLicence: Apache-2.0 WITH LLVM-exception\n\n${license}")
file(REMOVE "${doc}/LICENSE")
file(RENAME "${doc}/CHANGELOG.md" "${doc}/changelog")
file(GLOB pages "${usr}/share/man/man1/*.1")
execute_process(COMMAND gzip -9 -n ${pages} "${doc}/changelog"
  COMMAND_ERROR_IS_FATAL ANY)

# Modes do not depend on whoever stages.
execute_process(COMMAND chmod -R u+rwX,go+rX,go-w "${usr}"
  COMMAND_ERROR_IS_FATAL ANY)
