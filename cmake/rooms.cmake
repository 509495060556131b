# Rooms: a folder becomes the library room_NAME, compiled against include/NAME in the build folder,
# which holds links to the rooms it may see and to nothing else. Where a room may see only some
# headers of another, they are named one by one: `SEES base state/inbox.h`.

set(WAVU_STAGES "${CMAKE_BINARY_DIR}/include")

# wavu_stage(STAGE room…): fills include/STAGE with links to these rooms. For programs and tests too;
# use it as target_include_directories(x PRIVATE ${WAVU_STAGES}/STAGE).
function(wavu_stage stage)
	set(folder "${WAVU_STAGES}/${stage}")
	file(MAKE_DIRECTORY "${folder}")
	# A room that may no longer be seen must vanish from a build folder made before.
	file(GLOB old RELATIVE "${folder}" "${folder}/*" "${folder}/*/*.h")
	foreach(link IN LISTS old)
		if(IS_SYMLINK "${folder}/${link}" AND NOT link IN_LIST ARGN)
			file(REMOVE "${folder}/${link}")
		endif()
	endforeach()
	foreach(link IN LISTS ARGN)
		string(REGEX MATCH "^[^/]+" room "${link}")
		string(REGEX REPLACE "^[^/]+" "" rest "${link}")
		get_property(dir GLOBAL PROPERTY WAVU_DIR_${room})
		if(NOT dir)
			message(FATAL_ERROR "${stage} sees '${room}', which is not a room (yet): "
				"declare lower floors first")
		endif()
		if(rest)
			file(MAKE_DIRECTORY "${folder}/${room}")
		endif()
		if(NOT IS_SYMLINK "${folder}/${link}")
			file(REMOVE_RECURSE "${folder}/${link}") # once a folder of single headers
			file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${dir}${rest}" "${folder}/${link}" SYMBOLIC)
		endif()
	endforeach()
endfunction()

# wavu_libraries(out room…): the libraries of these rooms, the highest floor first, as the linker wants.
function(wavu_libraries out)
	set(rooms ${ARGN})
	list(TRANSFORM rooms REPLACE "/.*" "")
	list(REMOVE_DUPLICATES rooms)
	list(TRANSFORM rooms PREPEND room_)
	list(REVERSE rooms)
	set(${out} ${rooms} PARENT_SCOPE)
endfunction()

# wavu_room(name DIR folder [SEES room…] [ALSO room…] [LINKS target…])
function(wavu_room name)
	cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "DIR" "SEES;ALSO;LINKS")
	set_property(GLOBAL PROPERTY WAVU_DIR_${name} "${ROOM_DIR}")
	# tests/house reads these lines: who may include whom.
	list(JOIN ROOM_SEES " " sees)
	set_property(GLOBAL APPEND_STRING PROPERTY WAVU_FLOORS "${name} ${ROOM_DIR} ${sees}\n")
	set_property(GLOBAL APPEND PROPERTY WAVU_ROOMS ${name})
	# A room may be empty while it is being built: then it is headers only, or nothing.
	wavu_stage(${name} ${name} ${ROOM_SEES} ${ROOM_ALSO})

	file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${ROOM_DIR}/*.c")
	list(REMOVE_ITEM sources "${CMAKE_SOURCE_DIR}/${ROOM_DIR}/main.c")
	wavu_libraries(below ${ROOM_SEES} ${ROOM_ALSO})
	if(sources)
		add_library(room_${name} STATIC ${sources})
		target_include_directories(room_${name} PRIVATE "${WAVU_STAGES}/${name}")
		target_link_libraries(room_${name} PUBLIC ${below} ${ROOM_LINKS})
		set_target_properties(room_${name} PROPERTIES OUTPUT_NAME ${name}
			ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/rooms")
	else()
		add_library(room_${name} INTERFACE)
		target_link_libraries(room_${name} INTERFACE ${below} ${ROOM_LINKS})
	endif()
endfunction()

# wavu_program(name MAIN file [SEES room…]): nothing happens while its main file does not exist.
function(wavu_program name)
	cmake_parse_arguments(PARSE_ARGV 1 PROGRAM "" "MAIN" "SEES")
	wavu_stage(${name}-program ${PROGRAM_SEES})
	# The glob makes cmake run again on the day the file appears.
	file(GLOB main CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${PROGRAM_MAIN}")
	if(main)
		add_executable(${name} ${main})
		target_include_directories(${name} PRIVATE "${WAVU_STAGES}/${name}-program")
		wavu_libraries(below ${PROGRAM_SEES})
		target_link_libraries(${name} PRIVATE ${below})
		set_target_properties(${name} PROPERTIES
			RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
		install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
	endif()
endfunction()
