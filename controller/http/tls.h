/*
 * What every TLS line of ours demands of its peer, as options of a libcurl handle, and the
 * comparison with a pinned certificate. Owns nothing; does not block; any thread, one handle each.
 * It never weakens a check that was not asked for by name.
 */
#pragma once

#include "http/request.h"

/* Sets the options; false when libcurl lacks one: FAILED. `handle` is a CURL *. */
bool tls_demand(void *handle, const struct http_tls *tls, struct error *error) MUST_CHECK;

/* After the handshake: is its certificate the pinned one? DENIED with the one that was seen. */
bool tls_check_pin(void *handle, struct text pinned, struct error *error) MUST_CHECK;

/* "https://[2001:db8::1]:443" into out; false when host holds what no host does. */
bool tls_origin(char *out, uint32_t size, bool tls, struct text host, uint16_t port) MUST_CHECK;
