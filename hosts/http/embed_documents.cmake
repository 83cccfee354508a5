# Writes a .cpp that holds the documents that the server shows:
# cmake -DOUTPUT=… -DOPENAPI=openapi.yaml -DPAGES=api_docs -DSWAGGER=swagger-ui-dist -P embed_documents.cmake
set(entries "")

# One file as an element of the array; `name` is where it is below /api-docs.
function(add_document name type file)
  file(READ ${file} content)
  set(entries "${entries}      {\"${name}\", \"${type}\", R\"document(${content})document\"},\n" PARENT_SCOPE)
endfunction()

if(EXISTS ${SWAGGER}/swagger-ui-bundle.js AND EXISTS ${SWAGGER}/swagger-ui.css)
  add_document("" "text/html; charset=utf-8" ${PAGES}/index.html)
  add_document("start.js" "text/javascript; charset=utf-8" ${PAGES}/start.js)
  add_document("swagger-ui-bundle.js" "text/javascript; charset=utf-8" ${SWAGGER}/swagger-ui-bundle.js)
  add_document("swagger-ui.css" "text/css; charset=utf-8" ${SWAGGER}/swagger-ui.css)
else()
  add_document("" "text/html; charset=utf-8" ${PAGES}/without.html)
endif()

file(READ ${OPENAPI} openapi)
file(WRITE ${OUTPUT} "#include \"documents.hpp\"

namespace tiketi::http {

std::string_view openapi_yaml() { return R\"document(${openapi})document\"; }

std::span<const Document> api_docs() {
  static const Document all[] = {
${entries}  };
  return all;
}

}  // namespace tiketi::http
")
