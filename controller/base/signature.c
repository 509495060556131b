#include "base/signature.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/error.h"

#define KEYS_MAX 8               /* nobody keeps more than an old and a new one */
#define KEY_BITS_MIN 2048        /* shorter ones can be forged */
#define SIGNATURE_SIZE_MAX 1024u /* RSA of 8192 bits */

static int nibble(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

bool signature_hex(uint8_t *out, uint32_t size, struct text hex)
{
	if (hex.size != 2 * size)
		return false;
	for (uint32_t i = 0; i < size; i++) {
		int high = nibble(hex.at[2 * i]), low = nibble(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool signature_hmac_ok(enum signature_hash hash, struct text key, struct text bytes,
		       struct text hex)
{
	const EVP_MD *kind = hash == SIGNATURE_SHA512 ? EVP_sha512() : EVP_sha256();
	uint8_t want[EVP_MAX_MD_SIZE], have[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	if (key.size == 0)
		return false;
	if (HMAC(kind, key.at, (int)key.size, (const uint8_t *)bytes.at, bytes.size, want, &size) ==
	    NULL)
		fatal("libcrypto has no HMAC");
	return signature_hex(have, size, hex) && CRYPTO_memcmp(want, have, size) == 0;
}

static bool is_good(const EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= KEY_BITS_MIN;
}

/* Calls `use` with every key that is good; ends when it says true. */
static bool keys_walk(struct text pem, bool (*use)(void *context, EVP_PKEY *key), void *context)
{
	BIO *source = pem.size > 0 ? BIO_new_mem_buf(pem.at, (int)pem.size) : NULL;
	bool done = false;
	EVP_PKEY *key;

	for (int i = 0; source != NULL && !done && i < KEYS_MAX; i++) {
		key = PEM_read_bio_PUBKEY(source, NULL, NULL, NULL);
		if (key == NULL)
			break;
		done = is_good(key) && use(context, key);
		EVP_PKEY_free(key);
	}
	(void)BIO_free(source);
	ERR_clear_error(); /* the end of the file is an error to libcrypto */
	return done;
}

static bool count_one(void *context, EVP_PKEY *key)
{
	uint32_t *count = context;

	(void)key;
	(*count)++;
	return false;
}

uint32_t signature_rsa_keys(struct text pem)
{
	uint32_t count = 0;

	(void)keys_walk(pem, count_one, &count);
	return count;
}

struct signed_bytes {
	struct text bytes;
	uint8_t signature[SIGNATURE_SIZE_MAX];
	size_t size;
};

static bool verify_one(void *context, EVP_PKEY *key)
{
	const struct signed_bytes *what = context;
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	bool fits;

	if (digest == NULL)
		fatal("libcrypto failed: no memory for a signature");
	fits = EVP_DigestVerifyInit(digest, NULL, EVP_sha256(), NULL, key) == 1 &&
	       EVP_DigestVerify(digest, what->signature, what->size,
				(const uint8_t *)what->bytes.at, what->bytes.size) == 1;
	EVP_MD_CTX_free(digest);
	return fits;
}

/* Strict: whole groups of four, padding at the end only. */
static bool base64_read(struct signed_bytes *out, struct text base64)
{
	uint32_t padding = 0;
	int size;

	if (base64.size == 0 || base64.size % 4 != 0 || base64.size / 4 * 3 > SIGNATURE_SIZE_MAX)
		return false;
	while (padding < 2 && base64.at[base64.size - 1 - padding] == '=')
		padding++;
	size = EVP_DecodeBlock(out->signature, (const uint8_t *)base64.at, (int)base64.size);
	if (size < 0 || (uint32_t)size <= padding)
		return false;
	out->size = (uint32_t)size - padding;
	return true;
}

bool signature_rsa_ok(struct text pem, struct text bytes, struct text base64)
{
	struct signed_bytes what = { .bytes = bytes };

	if (!base64_read(&what, text_trim(base64)))
		return false;
	return keys_walk(pem, verify_one, &what);
}
