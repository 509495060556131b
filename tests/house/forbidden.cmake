# Run with -P: shows that a forbidden #include does not compile, and that the allowed one beside it does (else the
# test would also pass with a compiler that compiles nothing).
#   room, a header it may see, a header it must never see
set(rows
	"base|base/text.h|model/common.h"
	"plan|menu/menu.h|router/device.h"
	"plan|intent/intent.h|state/ledger.h"
	"policies|base/text.h|state/store.h"
	"provider|provider/provider.h|state/store.h"
	"router|menu/menu.h|plan/plan.h"
	"webhook|state/inbox.h|state/ledger.h"
	"webhook|provider/provider.h|router/device.h"
	"webhook|settings/settings.h|plan/plan.h"
	"page|state/store.h|router/device.h")

function(compile room header out)
	set(file "${FOLDER}/${room}.c")
	file(WRITE "${file}" "#include \"${header}\"\nint main(void);\n")
	execute_process(COMMAND "${COMPILER}" -std=c17 -D_GNU_SOURCE -fsyntax-only
		"-I${STAGES}/${room}" "${file}" RESULT_VARIABLE result ERROR_VARIABLE words)
	set(${out} ${result} PARENT_SCOPE)
	set(words "${words}" PARENT_SCOPE)
endfunction()

set(failed FALSE)
foreach(row IN LISTS rows)
	string(REPLACE "|" ";" row "${row}")
	list(GET row 0 room)
	list(GET row 1 allowed)
	list(GET row 2 refused)
	compile(${room} ${allowed} result)
	if(NOT result EQUAL 0)
		message(SEND_ERROR "${room} -> ${allowed} must compile:\n${words}")
	endif()
	compile(${room} ${refused} result)
	if(result EQUAL 0)
		message(SEND_ERROR "${room} -> ${refused} compiles, but must not")
	elseif(NOT words MATCHES "${refused}: No such file|'${refused}' file not found")
		message(SEND_ERROR "${room} -> ${refused} fails for another reason:\n${words}")
	else()
		message(STATUS "${room} -> ${refused}: refused")
	endif()
endforeach()
