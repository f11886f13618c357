# YAML files of the source tree, compiled in as JSON: they are checked when weft is built, and JSON
# is read at run time ten times as fast.
#
# weft_embed_yaml(target function header KEYS key... FILES file...): adds a source to the library
# `target` that defines, as `header` declares them, for example mesh::builtin_meshes,
#   std::span<const base::EmbeddedFile> weft::<function>();        one row a file
#   std::string_view weft::<function>_index();                     a list with only KEYS of each
function(weft_embed_yaml target function header)
  cmake_parse_arguments(arg "" "" "KEYS;FILES" ${ARGN})
  if(NOT TARGET weft_embed_yaml_tool)
    add_executable(weft_embed_yaml_tool ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_yaml.cpp)
    target_link_libraries(weft_embed_yaml_tool PRIVATE weft_doc)
  endif()
  string(REPLACE "::" "_" name ${function})
  set(source ${PROJECT_BINARY_DIR}/embedded/${name}.cpp)
  list(JOIN arg_KEYS "," keys)
  add_custom_command(OUTPUT ${source}
    COMMAND weft_embed_yaml_tool ${source} ${function} ${header} ${keys} ${arg_FILES}
    DEPENDS weft_embed_yaml_tool ${arg_FILES} VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
