# Writes a .cpp that holds a text file: cmake -DINPUT=… -DOUTPUT=… -P embed_sample.cmake
file(READ ${INPUT} content)
file(WRITE ${OUTPUT} "#include \"sample_catalogue.hpp\"

std::string_view tiketi::cli::sample_catalogue_json() { return R\"sample(${content})sample\"; }
")
