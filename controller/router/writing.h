/*
 * What may be written and how a write ends, whatever the transport. Shared by the writes of both
 * devices; nothing outside router/ includes it. Values; nothing here blocks; one thread.
 */
#pragma once

#include "router/device.h"

/* "/add", "/set", "/remove". */
const char *write_verb(enum verb verb);
/* A field that this version lacks would have the whole command refused ("unknown parameter",
 * routeros facts §1.5). */
bool write_has(const struct write *write, const struct attribute *attribute, uint32_t version);
void writes_clear(struct write *writes, uint32_t count);
/* False: nothing is to be sent; its end is filled. */
bool write_begin(struct write *write, uint32_t version);
/* It was answered: done, or what its error says. */
void write_end(struct write *write);
