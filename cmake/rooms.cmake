# Rooms: a folder becomes the library room_NAME, compiled against include/NAME in the build folder,
# which holds links to the rooms it may see and to nothing else.

set(WAVU_STAGES "${CMAKE_BINARY_DIR}/include")

# wavu_stage(STAGE room…): fills include/STAGE with links to these rooms. For programs and tests too;
# use it as target_include_directories(x PRIVATE ${WAVU_STAGES}/STAGE).
function(wavu_stage stage)
	set(folder "${WAVU_STAGES}/${stage}")
	file(MAKE_DIRECTORY "${folder}")
	# A room that may no longer be seen must vanish from a build folder made before.
	file(GLOB old RELATIVE "${folder}" "${folder}/*")
	foreach(room IN LISTS old)
		if(NOT room IN_LIST ARGN)
			file(REMOVE "${folder}/${room}")
		endif()
	endforeach()
	foreach(room IN LISTS ARGN)
		get_property(dir GLOBAL PROPERTY WAVU_DIR_${room})
		if(NOT dir)
			message(FATAL_ERROR "${stage} sees '${room}', which is not a room (yet): "
				"declare lower floors first")
		endif()
		if(NOT EXISTS "${folder}/${room}")
			file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${dir}" "${folder}/${room}" SYMBOLIC)
		endif()
	endforeach()
endfunction()

# wavu_room(name DIR folder [SEES room…] [ALSO room…] [LINKS target…])
function(wavu_room name)
	cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "DIR" "SEES;ALSO;LINKS")
	set_property(GLOBAL PROPERTY WAVU_DIR_${name} "${ROOM_DIR}")
	set_property(GLOBAL PROPERTY WAVU_SEES_${name} "${ROOM_SEES}")
	set_property(GLOBAL APPEND PROPERTY WAVU_ROOMS ${name})
	# A room may be empty while it is being built: then it is headers only, or nothing.
	wavu_stage(${name} ${name} ${ROOM_SEES} ${ROOM_ALSO})

	file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${ROOM_DIR}/*.c")
	list(REMOVE_ITEM sources "${CMAKE_SOURCE_DIR}/${ROOM_DIR}/main.c")
	set(below ${ROOM_SEES} ${ROOM_ALSO})
	list(TRANSFORM below PREPEND room_)
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
		list(TRANSFORM PROGRAM_SEES PREPEND room_)
		# The highest floor first: static libraries are searched from left to right.
		list(REVERSE PROGRAM_SEES)
		target_link_libraries(${name} PRIVATE ${PROGRAM_SEES})
		set_target_properties(${name} PROPERTIES
			RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
	endif()
endfunction()
