/*
 * What libyaml says about bad syntax, said again for people who do not know YAML's grammar. Pure;
 * static texts; any thread. It never sees yaml.h.
 */
#pragma once

#include "base/text.h"

/*
 * The sentence for libyaml's `problem` at a place of the file (1-based, in characters); NULL when
 * there is none better than libyaml's own words.
 */
const char *syntax_hint(const char *problem, struct text bytes, uint32_t line, uint32_t column);

/* The line where a merge conflict that was committed begins; 0 when there is none. Only for errors:
 * inside a block of text the same characters are just text. */
uint32_t syntax_conflict_line(struct text bytes);
