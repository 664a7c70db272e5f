# cpack -G External: the staged tree as a .tar.zst that can be unpacked
# anywhere. It brings the libraries that the compiler needs beyond glibc, in
# lib/wrought, with their licences, so that it runs on other distributions too.
# The environment variable ZSTD_LEVEL sets the effort (19).

set(root "${CPACK_PACKAGE_FILE_NAME}")
set(tree "${CPACK_TEMPORARY_DIRECTORY}")
# Staging may put a prefix in front.
if(NOT EXISTS "${tree}/bin/wrought")
  message(FATAL_ERROR "nothing is staged in ${tree}")
endif()

file(GET_RUNTIME_DEPENDENCIES EXECUTABLES "${tree}/bin/wrought"
  RESOLVED_DEPENDENCIES_VAR libraries
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread)\\.so\\.")
list(SORT libraries)
set(licences "${tree}/share/doc/wrought/libraries")
file(MAKE_DIRECTORY "${licences}")
foreach(library IN LISTS libraries)
  get_filename_component(name "${library}" NAME)
  file(REAL_PATH "${library}" file)
  # By the name that the loader looks for.
  set(copy "${tree}/lib/wrought/${name}")
  configure_file("${file}" "${copy}" COPYONLY)
  # A path of its own would keep a library from seeing its neighbours.
  unset(rpath)
  unset(runpath)
  file(READ_ELF "${copy}" RPATH rpath RUNPATH runpath CAPTURE_ERROR ignored)
  if(rpath OR runpath)
    file(RPATH_SET FILE "${copy}" NEW_RPATH "$ORIGIN")
  endif()
  # Packages name some files by /lib, which is a link to /usr/lib.
  set(package "")
  string(REGEX REPLACE "^/usr/lib/" "/lib/" alias "${file}")
  foreach(path IN ITEMS "${file}" "${alias}")
    execute_process(COMMAND dpkg-query -S "${path}"
      OUTPUT_VARIABLE owner ERROR_QUIET RESULT_VARIABLE result)
    if(result EQUAL 0 AND owner MATCHES "^([^:]+)")
      set(package "${CMAKE_MATCH_1}")
      break()
    endif()
  endforeach()
  if(package)
    file(REAL_PATH "/usr/share/doc/${package}/copyright" copyright)
    configure_file("${copyright}" "${licences}/${package}.copyright" COPYONLY)
  else()
    message(WARNING "no package is known to own ${file}: add its licence")
  endif()
endforeach()

set(time "$ENV{SOURCE_DATE_EPOCH}")
if(time STREQUAL "")
  string(TIMESTAMP time "%s" UTC)
endif()
set(level "$ENV{ZSTD_LEVEL}")
if(level STREQUAL "")
  set(level 19)
endif()
get_filename_component(parent "${tree}" DIRECTORY)
get_filename_component(folder "${tree}" NAME)
set(package "${CPACK_PACKAGE_DIRECTORY}/${root}.tar.zst")
# Names, owners, times and modes come from here and not from this machine.
execute_process(
  COMMAND tar --create --format=gnu --sort=name --mtime=@${time}
    --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r-w,a+X
    --directory=${parent} "--transform=flags=r;s,^${folder},${root}," ${folder}
  COMMAND zstd -q -T0 -${level} -f -o ${package}
  COMMAND_ERROR_IS_FATAL ANY)
set(CPACK_EXTERNAL_BUILT_PACKAGES "${package}")
