# Files of the source tree, compiled in.
#
# weft_embed(target function header file...): adds a source to the library `target` that defines
#   std::span<const base::EmbeddedFile> weft::<function>();
# as `header` declares it, for example mesh::builtin_meshes in lib/mesh/builtin.h. Each file
# becomes one {name, text}, in the order given, as a raw string literal.
function(weft_embed target function header)
  string(REGEX MATCH "^([a-z_]+)::([a-z_]+)$" _ ${function})
  set(namespace ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  set(rows "")
  foreach(file IN LISTS ARGN)
    file(READ ${file} text)
    get_filename_component(base ${file} NAME)
    string(APPEND rows "      {\"${base}\", R\"weft-file(${text})weft-file\"},\n")
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  set(source ${PROJECT_BINARY_DIR}/embedded/${namespace}_${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT [[// Made by scripts/cmake/WeftEmbed.cmake.
#include "@header@"

namespace weft::@namespace@ {

std::span<const base::EmbeddedFile> @name@() {
  static constexpr base::EmbeddedFile kFiles[] = {
@rows@  };
  return kFiles;
}

}  // namespace weft::@namespace@
]] @ONLY)
  target_sources(${target} PRIVATE ${source})
endfunction()
