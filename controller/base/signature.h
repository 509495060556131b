/*
 * Signatures over raw bytes (libcrypto): HMAC with a shared key, RSA with a public one. The caller
 * says which, never the one who signed; compared in constant time. Nothing blocks; any thread. A
 * signature that cannot be read does not fit, and so does everything under an empty key.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Exactly `size` bytes written as hex digits in either case. */
bool signature_hex(uint8_t *out, uint32_t size, struct text hex) MUST_CHECK;

enum signature_hash { SIGNATURE_SHA256, SIGNATURE_SHA512 };

/* Is `hex` (either case) the HMAC of these bytes? */
bool signature_hmac_ok(enum signature_hash hash, struct text key, struct text bytes,
		       struct text hex);

/*
 * Is `base64` the RSA signature (PKCS #1 v1.5 with SHA-256) of these bytes under one of the public
 * keys in `pem`? Several stand there while a key is being replaced.
 */
bool signature_rsa_ok(struct text pem, struct text bytes, struct text base64);
/* RSA keys of 2048 bits and more in `pem`. */
uint32_t signature_rsa_keys(struct text pem);
