/* The facts beside the checkout, where they are. The caller frees. Blocks on reading a file. */
#pragma once

/* A fixture as text, or NULL with a word on stderr. */
char *shared_read(const char *name);
