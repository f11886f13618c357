# The libraries weft builds on, all from Debian 12. Its CMake packages export shared targets only,
# so the archives are looked up by hand where a static link is asked for.

find_package(Threads REQUIRED)

# weft_library(name header): imported target weft::<alias>, static where options say so.
function(weft_library alias header)
  add_library(weft_${alias} INTERFACE)
  add_library(weft::${alias} ALIAS weft_${alias})
  find_path(${alias}_INCLUDE ${header} REQUIRED)
  target_include_directories(weft_${alias} SYSTEM INTERFACE ${${alias}_INCLUDE})
  foreach(name IN LISTS ARGN)
    if(WEFT_STATIC_DEPS)
      find_library(${alias}_${name} NAMES lib${name}.a REQUIRED)
    else()
      find_library(${alias}_${name} NAMES ${name} REQUIRED)
    endif()
    target_link_libraries(weft_${alias} INTERFACE ${${alias}_${name}})
  endforeach()
endfunction()

weft_library(cli11 CLI/CLI.hpp)
weft_library(yaml_cpp yaml-cpp/yaml.h yaml-cpp)
weft_library(nlohmann_json nlohmann/json.hpp)
weft_library(re2 re2/re2.h re2)
weft_library(zlib zlib.h z)
weft_library(libcrypto openssl/x509v3.h crypto)
weft_library(libssl openssl/ssl.h ssl crypto)
weft_library(nghttp2 nghttp2/nghttp2.h nghttp2)
weft_library(libyaml yaml.h yaml)
