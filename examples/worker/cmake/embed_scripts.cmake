# embed_scripts(VARIABLE FOLDER): a source file with the text of each *.lua of the folder, the shared
# beginning (common.lua) before it; worker::script("redis_take") gives it.
function(embed_scripts variable folder)
  file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.lua)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${scripts})
  set(entries "")
  foreach(script ${scripts})
    get_filename_component(name ${script} NAME_WE)
    file(READ ${script} text)
    string(APPEND entries "    {\"${name}\", R\"lua(${text})lua\"},\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/scripts.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "queues/script.hpp"

#include <map>
#include <stdexcept>

namespace worker {
namespace {

const std::map<std::string_view, std::string_view>& scripts() {
  static const std::map<std::string_view, std::string_view> scripts{
@entries@  };
  return scripts;
}

} // namespace

std::string_view script(std::string_view name) {
  return scripts().at(name);
}

std::vector<std::string_view> scripts_of(std::string_view kind) {
  std::vector<std::string_view> names;
  for (const auto& [name, text] : scripts()) {
    const bool is_of = !kind.empty() && name.size() > kind.size() && name.substr(0, kind.size()) == kind;
    const std::string_view rest = is_of ? name.substr(kind.size()) : "";
    if (is_of && rest.front() == '_' && rest != "_common") {
      names.push_back(name);
    }
  }
  return names;
}

} // namespace worker
]])
  set(${variable} ${source} PARENT_SCOPE)
endfunction()
