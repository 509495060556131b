# Language, warnings, sanitizers and hardening: one set of flags for everything.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(WAVU_WERROR "Warnings are errors" ON)
set(WAVU_SANITIZE "" CACHE STRING "Sanitizer: address (with undefined), thread, or empty")
set_property(CACHE WAVU_SANITIZE PROPERTY STRINGS "" address thread)
option(WAVU_FUZZ "Build tests/fuzz with libFuzzer (clang)" OFF)
option(WAVU_COVER "Count covered lines (gcov)" OFF)
set(WAVU_BUG "" CACHE STRING "Build one deliberate bug in: n defines WAVU_BUG_n; tests/sim must find it")

if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

# Asserts stay on in every build: no build type defines NDEBUG.
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_C_FLAGS_MINSIZEREL "-Os -g")

# Failpoints (base/failpoint.h) let tests kill a process at a named place; never in a release.
add_compile_definitions(_GNU_SOURCE $<$<CONFIG:Debug>:WAVU_FAILPOINTS>)
add_compile_options(
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
	-Wmissing-prototypes -Wundef -Wvla -Wformat=2 -Wcast-qual -Wwrite-strings -Wswitch-enum
	-Wimplicit-fallthrough -fno-omit-frame-pointer -fno-common
	# No path of the machine that built it ends up in a program or in a message.
	-ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${CMAKE_BINARY_DIR}/=build/)
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
	# Long statements in tables are written as several literals.
	add_compile_options(-Wno-string-concatenation)
endif()
if(WAVU_WERROR)
	add_compile_options(-Werror)
endif()

if(WAVU_SANITIZE STREQUAL "address")
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
	add_link_options(-fsanitize=address,undefined)
elseif(WAVU_SANITIZE STREQUAL "thread")
	add_compile_options(-fsanitize=thread)
	add_link_options(-fsanitize=thread)
elseif(NOT WAVU_SANITIZE STREQUAL "")
	message(FATAL_ERROR "WAVU_SANITIZE is '${WAVU_SANITIZE}': use address, thread or nothing")
endif()

if(WAVU_FUZZ)
	if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
		message(FATAL_ERROR "WAVU_FUZZ needs clang (libFuzzer): CC=clang, or the preset fuzz")
	endif()
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(WAVU_COVER)
	add_compile_options(--coverage)
	add_link_options(--coverage)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
	add_compile_options(-fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE)
	if(WAVU_SANITIZE STREQUAL "")
		add_compile_options(-D_FORTIFY_SOURCE=2)
	endif()
	add_link_options(LINKER:-z,relro LINKER:-z,now)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

if(NOT WAVU_BUG STREQUAL "")
	if(NOT WAVU_BUG MATCHES "^[0-9]+$")
		message(FATAL_ERROR "WAVU_BUG is '${WAVU_BUG}': use a number")
	endif()
	add_compile_definitions(WAVU_BUG_${WAVU_BUG}=1)
	message(WARNING "Deliberate bug ${WAVU_BUG} is built in: only for tests/sim")
endif()
