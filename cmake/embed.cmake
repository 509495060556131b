# Files compiled into the programs: migrations, shipped policies, examples.

set(WAVU_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/embed_files.cmake")

# wavu_embed(TARGET room SYMBOL name BASE folder [HEADER header] FILES file…)
# Adds to room_ROOM:  const struct embedded NAME[];  const unsigned NAME_count;
# `struct embedded` is in base/embedded.h; paths are relative to BASE, sorted. HEADER, when given, is
# included by the generated file, so that declaration and definition are checked against each other.
function(wavu_embed)
	cmake_parse_arguments(PARSE_ARGV 0 EMBED "" "TARGET;SYMBOL;BASE;HEADER;FORM" "FILES")
	if(NOT EMBED_FORM)
		set(EMBED_FORM embedded)
	endif()
	get_target_property(type room_${EMBED_TARGET} TYPE)
	if(type STREQUAL "INTERFACE_LIBRARY")
		return() # The room has no sources yet.
	endif()
	cmake_path(ABSOLUTE_PATH EMBED_BASE BASE_DIRECTORY "${CMAKE_SOURCE_DIR}")
	set(out "${CMAKE_BINARY_DIR}/embedded/${EMBED_TARGET}_${EMBED_SYMBOL}.c")
	list(SORT EMBED_FILES)
	list(JOIN EMBED_FILES "|" files)
	add_custom_command(OUTPUT "${out}"
		COMMAND "${CMAKE_COMMAND}" "-DOUT=${out}" "-DFORM=${EMBED_FORM}"
			"-DSYMBOL=${EMBED_SYMBOL}" "-DBASE=${EMBED_BASE}" "-DHEADER=${EMBED_HEADER}"
			"-DFILES=${files}" -P "${WAVU_EMBED_SCRIPT}"
		DEPENDS ${EMBED_FILES} "${WAVU_EMBED_SCRIPT}"
		COMMENT "Embedding ${EMBED_SYMBOL}" VERBATIM)
	target_sources(room_${EMBED_TARGET} PRIVATE "${out}")
endfunction()

# wavu_migrations(room folder): folder/NAME/NNN_words.sql become rows of `migrations` (state/migrations.h).
function(wavu_migrations room folder)
	file(GLOB files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*/*.sql")
	file(GLOB header CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/state/migrations.h")
	if(files AND header)
		wavu_embed(TARGET ${room} SYMBOL migrations BASE ${folder} FORM migration
			HEADER state/migrations.h FILES ${files})
	endif()
endfunction()
