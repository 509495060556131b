# The libraries of Debian 12 that the rooms link. All that is missing is named in one message.
find_package(PkgConfig REQUIRED)
set(CMAKE_THREAD_PREFER_PTHREAD TRUE)
find_package(Threads REQUIRED)

set(WAVU_MISSING "")

# wavu_package(NAME module debian-package): the imported target PkgConfig::NAME.
macro(wavu_package name module debian)
	pkg_check_modules(${name} QUIET IMPORTED_TARGET ${module})
	if(NOT ${name}_FOUND)
		list(APPEND WAVU_MISSING ${debian})
	endif()
endmacro()

wavu_package(GIT2 libgit2 libgit2-dev)
wavu_package(ZLIB zlib zlib1g-dev)
wavu_package(YAML yaml-0.1 libyaml-dev)
wavu_package(CURL libcurl libcurl4-openssl-dev)
wavu_package(SQLITE sqlite3 libsqlite3-dev)
wavu_package(JANSSON jansson libjansson-dev)
wavu_package(CRYPTO libcrypto libssl-dev)
wavu_package(SSL libssl libssl-dev)
if(BUILD_TESTING)
	wavu_package(CMOCKA cmocka libcmocka-dev)
endif()

# Debian's civetweb brings no .pc file.
find_path(CIVETWEB_INCLUDE civetweb.h)
find_library(CIVETWEB_LIBRARY civetweb)
mark_as_advanced(CIVETWEB_INCLUDE CIVETWEB_LIBRARY)
if(CIVETWEB_INCLUDE AND CIVETWEB_LIBRARY)
	add_library(civetweb UNKNOWN IMPORTED)
	set_target_properties(civetweb PROPERTIES
		IMPORTED_LOCATION "${CIVETWEB_LIBRARY}"
		INTERFACE_INCLUDE_DIRECTORIES "${CIVETWEB_INCLUDE}")
else()
	list(APPEND WAVU_MISSING libcivetweb-dev)
endif()

if(WAVU_MISSING)
	list(REMOVE_DUPLICATES WAVU_MISSING)
	list(JOIN WAVU_MISSING " " WAVU_MISSING)
	message(FATAL_ERROR "Libraries are missing. On Debian 12: apt-get install ${WAVU_MISSING}")
endif()
