/*
 * SHA-256 (libcrypto) and its short form for people, random bytes, constant-time comparison.
 * The caller owns all buffers; nothing blocks; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct digest {
	uint8_t bytes[32];
};

/* Feed parts with their lengths, so that ("ab","c") and ("a","bc") differ. */
struct digester {
	void *context; /* EVP_MD_CTX */
};

struct digest digest_of(struct text bytes); /* plain SHA-256 of the bytes: equals sha256sum's */
void digester_begin(struct digester *digester);
void digester_text(struct digester *digester, struct text part); /* length first, then bytes */
void digester_i64(struct digester *digester, int64_t value);
struct digest digester_end(struct digester *digester); /* also frees the context */

void digest_hex(const struct digest *digest, char out[65]);
/* 12 hex digits, what people type for --allow */
void digest_short(const struct digest *digest, char out[13]);
bool digest_equal(const struct digest *a, const struct digest *b);
bool text_equal_constant_time(struct text a, struct text b); /* time depends on the sizes alone */

/* the operating system's generator; failure is fatal */
void random_bytes(uint8_t *out, uint32_t size);
/*
 * A password of `size` characters that is easy to read out over the phone (no 0 O 1 l I),
 * terminated.
 */
void random_password(char *out, uint32_t size);
/*
 * A URL token of 32 characters (160 bits) that cannot spell a word Safaricom refuses (payments
 * facts 1.7).
 */
void random_token(char out[33]);
