# One folder under lib/ is one module. lib/LAYERS lists the modules in layer order and says which
# others each may use; a module that names a later one is refused here, an include that is not
# allowed is refused by scripts/check-layers.

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/LAYERS)
file(STRINGS ${PROJECT_SOURCE_DIR}/lib/LAYERS _layers REGEX "^[a-z]")
set(WEFT_MODULES "")

# weft_module(name [LIBS library...]): lib/<name>/*.cpp becomes weft_<name>, its *_test.cpp one
# Catch2 program <name>_test, each *_fuzz.cpp a replay program (or a fuzzer, see WEFT_FUZZ).
function(weft_module name)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  set(allowed "")
  foreach(line IN LISTS _layers)
    if(line MATCHES "^${name}:(.*)$")
      separate_arguments(allowed UNIX_COMMAND "${CMAKE_MATCH_1}")
      set(known TRUE)
    endif()
  endforeach()
  if(NOT known)
    message(FATAL_ERROR "module ${name} has no line in lib/LAYERS")
  endif()
  foreach(dep IN LISTS allowed)
    if(NOT dep IN_LIST WEFT_MODULES)
      message(FATAL_ERROR "module ${name} may not use ${dep}: it is not on a lower layer")
    endif()
  endforeach()

  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/${name}/*.cpp)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")

  list(TRANSFORM allowed PREPEND weft_)
  if(sources)
    add_library(weft_${name} STATIC ${sources})
    target_link_libraries(weft_${name} PUBLIC weft_options ${allowed} PRIVATE ${arg_LIBS})
  else()  # headers only
    add_library(weft_${name} INTERFACE)
    target_link_libraries(weft_${name} INTERFACE weft_options ${allowed} ${arg_LIBS})
  endif()

  if(BUILD_TESTING AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE weft_${name} weft_testkit weft_catch_main)
    target_precompile_headers(${name}_test REUSE_FROM weft_catch_pch)
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
  if(BUILD_TESTING)
    foreach(fuzzer IN LISTS fuzzers)
      weft_fuzzer(${name} ${fuzzer})
    endforeach()
  endif()
  set(WEFT_MODULES ${WEFT_MODULES} ${name} PARENT_SCOPE)
endfunction()

# A fuzzer defines LLVMFuzzerTestOneInput. By default it is linked with a driver that replays
# testdata/fuzz/<module>/<name>/ as a test; with -DWEFT_FUZZ=ON (clang) with libFuzzer.
function(weft_fuzzer module file)
  get_filename_component(fuzz_name ${file} NAME_WE)
  set(target ${module}_${fuzz_name})
  add_executable(${target} ${file})
  target_link_libraries(${target} PRIVATE weft_${module})
  if(WEFT_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/lib/testkit/fuzz_replay.cpp)
    string(REGEX REPLACE "_fuzz$" "" corpus ${fuzz_name})
    add_test(NAME fuzz.${module}.${corpus}
             COMMAND ${target} ${PROJECT_SOURCE_DIR}/testdata/fuzz/${module}/${corpus})
    set_tests_properties(fuzz.${module}.${corpus} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
