# What every test program shares: Catch2's main, its header precompiled, and the test helpers.

add_library(weft_catch_main STATIC lib/testkit/catch_main.cpp)
target_link_libraries(weft_catch_main PRIVATE weft_options)

add_library(weft_catch_pch OBJECT lib/testkit/catch_pch.cpp)
target_link_libraries(weft_catch_pch PRIVATE weft_options)
target_precompile_headers(weft_catch_pch PRIVATE <catch2/catch.hpp>)

file(GLOB testkit_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/testkit/*.cpp)
list(FILTER testkit_sources EXCLUDE REGEX "(catch_main|catch_pch|fuzz_replay|_test)\\.cpp$")
add_library(weft_testkit STATIC ${testkit_sources})
target_link_libraries(weft_testkit PUBLIC weft_options weft_kube weft_doc weft_proc weft_base)
target_compile_definitions(weft_testkit PRIVATE WEFT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
