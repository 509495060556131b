#include "router/traps.h"

#define SHOWN_SIZE_MAX 200u /* bytes of the router's words that are kept */

/* The order matters: the first pattern that is found decides. Texts: routeros facts §1.5 and
 * trap-messages.json. */
const struct trap traps[] = {
	/* Credentials and rights: never guess, a person must look. */
	{ "invalid user name or password", ERROR_DENIED,
	  "check user and password in the router's YAML", "invalid user name or password (6)" },
	{ "cannot log in", ERROR_DENIED, "check user and password in the router's YAML",
	  "cannot log in" },
	{ "not logged in", ERROR_DENIED, NULL, "not logged in" },
	{ "not enough permissions", ERROR_DENIED,
	  "the API user's group needs the policies read,write,api,sensitive",
	  "not enough permissions (9)" },
	{ "not allowed by device-mode", ERROR_DENIED,
	  "change /system/device-mode, which needs a person at the router",
	  "failure: not allowed by device-mode" },
	{ "configuration flagged", ERROR_DENIED,
	  "change /system/device-mode, which needs a person at the router",
	  "failure: configuration flagged, check all router configuration for unauthorized changes "
	  "and update device-mode" },
	{ "not allowed", ERROR_DENIED,
	  "the API user's group needs the policies read,write,api,sensitive",
	  "std failure: not allowed (9)" },

	/* The world is another one than what we looked at: look again. */
	{ "already have", ERROR_CONFLICT, NULL,
	  "failure: already have user with this name for this server" },
	{ "already exists", ERROR_CONFLICT, NULL,
	  "failure: secret with the same name already exists" },
	{ "such name exists", ERROR_CONFLICT, NULL, "failure: pool with such name exists" },
	{ "no such item", ERROR_CONFLICT, NULL, "no such item (4)" },

	/* Nobody knows whether it was done: look, never assume. */
	{ "action timed out", ERROR_UNKNOWN, NULL,
	  "action timed out - try again, if error continues contact MikroTik support and "
	  "send a supout file (13)" },
	{ "session closed", ERROR_UNKNOWN, NULL, "Session closed" },
	{ "failure: timeout", ERROR_UNKNOWN, NULL, "std failure: timeout" },
	{ "interrupted", ERROR_UNKNOWN, NULL, "interrupted" },

	/* The router understood and said no. */
	{ "input does not match any value of", ERROR_REFUSED,
	  "what it refers to is not on the router", "input does not match any value of profile" },
	{ "invalid value for argument", ERROR_REFUSED,
	  "what it refers to is not on the router, or the value has another form there",
	  "invalid value for argument remote-address" },
	{ "ambiguous value", ERROR_REFUSED, NULL,
	  "ambiguous value of x, more than one possible value matches input" },
	{ "unknown parameter", ERROR_REFUSED, "this RouterOS version does not know it",
	  "unknown parameter foo" },
	{ "no such command", ERROR_REFUSED,
	  "this RouterOS version or its packages do not have that menu",
	  "no such command or directory (adress)" },
	{ "missing =", ERROR_REFUSED, NULL, "missing =name=" },
	{ "missing value", ERROR_REFUSED, NULL, "missing value(s) of argument(s) name" },
};
const uint32_t trap_count = ARRAY_COUNT(traps);

const struct trap *trap_find(struct text message)
{
	for (uint32_t i = 0; i < trap_count; i++)
		if (text_contains_nocase(message, text_of(traps[i].pattern)))
			return &traps[i];
	return NULL;
}

/* The words may be of any charset (§1.1), but an error is shown, logged and stored. */
static void make_printable(char out[SHOWN_SIZE_MAX + 1], struct text message)
{
	message = text_head(text_trim(message), SHOWN_SIZE_MAX);
	bool is_utf8 = text_is_utf8(message);
	for (uint32_t i = 0; i < message.size; i++) {
		unsigned char byte = (unsigned char)message.at[i];
		bool shown = byte >= 0x20 && byte != 0x7f && (byte < 0x80 || is_utf8);
		out[i] = shown ? message.at[i] : '?';
	}
	out[message.size] = '\0';
}

bool trap_error(struct error *error, struct text message)
{
	char words[SHOWN_SIZE_MAX + 1];
	make_printable(words, message);
	const struct trap *trap = trap_find(message);
	if (!trap)
		return error_set(error, ERROR_REFUSED, "the router refused: %s",
				 words[0] ? words : "(without a word)");
	return error_set(error, trap->code, "the router said \"%s\"%s%s", words,
			 trap->remedy ? ": " : "", trap->remedy ? trap->remedy : "");
}
