#include "script_line.h"

#include <stdarg.h>
#include <string.h>

static bool script_send(struct line *line, struct text bytes, uint32_t timeout_ms,
			struct error *error)
{
	struct script *script = (struct script *)line;
	(void)timeout_ms;
	(void)error;
	script->sent = joined(script->arena, script->sent, bytes);
	if (script->sends < script->reply_count)
		script->pending = joined(script->arena, script->pending,
					 script->replies[script->sends]);
	script->sends++;
	return true;
}

static bool script_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			   uint32_t timeout_ms, struct error *error)
{
	struct script *script = (struct script *)line;
	if (script->tick)
		script->tick();
	*got = 0;
	if (script->pending.size == 0)
		return timeout_ms == 0 ||
		       error_set(error, ERROR_UNREACHABLE, "the router was silent");
	struct text piece = script->pending;
	if (piece.size > size)
		piece.size = size;
	if (script->piece_max && piece.size > script->piece_max)
		piece.size = script->piece_max;
	memcpy(out, piece.at, piece.size);
	script->pending = text_from(script->pending, piece.size);
	*got = piece.size;
	return true;
}

static bool script_alive(struct line *line)
{
	(void)line;
	return true;
}

static void script_close(struct line *line)
{
	((struct script *)line)->closes++;
}

struct line *script_line(struct script *script, struct arena *arena)
{
	script->line = (struct line){ script_send, script_receive, script_alive, script_close,
				      NULL };
	script->arena = arena;
	return &script->line;
}

struct text joined(struct arena *arena, struct text a, struct text b)
{
	if (a.size == 0)
		return b;
	if (b.size == 0)
		return a;
	char *both = arena_take(arena, (size_t)a.size + b.size);
	memcpy(both, a.at, a.size);
	memcpy(both + a.size, b.at, b.size);
	return (struct text){ both, a.size + b.size };
}

struct text sentence_of(struct arena *arena, const char *word, ...)
{
	struct wire_writer writer;
	wire_writer_init(&writer, arena);
	va_list words;
	va_start(words, word);
	for (; word; word = va_arg(words, const char *))
		wire_word(&writer, text_of(word));
	va_end(words);
	wire_end(&writer);
	return wire_bytes(&writer);
}

struct text login_reply(struct arena *arena)
{
	return sentence_of(arena, "!done", NULL);
}

struct text version_reply(struct arena *arena, const char *version)
{
	struct text word = text_format(arena, "=version=%s", version);
	return joined(arena, sentence_of(arena, "!re", ".tag=1", word.at, NULL),
		      sentence_of(arena, "!done", ".tag=1", NULL));
}
