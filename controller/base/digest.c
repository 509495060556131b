#include "base/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#include "base/error.h"

/* Each part is fed as a letter for its type, its size in eight bytes, its bytes. */
#define PART_TEXT 't'
#define PART_I64 'i'

/* libcrypto fails here only without memory or without its provider: nothing can be decided then. */
#define OPENSSL_MUST(call)                                                     \
	do {                                                                   \
		if ((call) != 1)                                               \
			fatal("libcrypto failed: %s", #call);                  \
	} while (0)

/*
 * Looked up once: EVP_sha256() alone makes every digest search libcrypto's providers under a lock,
 * which costs more than hashing a mark (a bulk plan makes tens of thousands). Kept for ever.
 */
static const EVP_MD *sha256(void)
{
	static _Atomic(EVP_MD *) kept;
	EVP_MD *found = atomic_load(&kept), *other = NULL;

	if (found)
		return found;
	found = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!found)
		fatal("libcrypto has no SHA-256");
	if (atomic_compare_exchange_strong(&kept, &other, found))
		return found;
	/* Another thread was first. */
	EVP_MD_free(found);
	return other;
}

static EVP_MD_CTX *context_begin(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context)
		fatal("libcrypto failed: no memory for a digest");
	OPENSSL_MUST(EVP_DigestInit_ex(context, sha256(), NULL));
	return context;
}

static struct digest context_end(EVP_MD_CTX *context)
{
	struct digest digest;
	OPENSSL_MUST(EVP_DigestFinal_ex(context, digest.bytes, NULL));
	EVP_MD_CTX_free(context);
	return digest;
}

static void u64_bytes(uint64_t value, uint8_t out[8])
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> (8 * i));
}

static void part_begin(EVP_MD_CTX *context, char type, uint64_t size)
{
	uint8_t head[9] = { (uint8_t)type };
	u64_bytes(size, head + 1);
	OPENSSL_MUST(EVP_DigestUpdate(context, head, sizeof(head)));
}

struct digest digest_of(struct text bytes)
{
	EVP_MD_CTX *context = context_begin();
	OPENSSL_MUST(EVP_DigestUpdate(context, bytes.at, bytes.size));
	return context_end(context);
}

void digester_begin(struct digester *digester)
{
	digester->context = context_begin();
}

void digester_text(struct digester *digester, struct text part)
{
	invariant(digester->context);
	part_begin(digester->context, PART_TEXT, part.size);
	OPENSSL_MUST(EVP_DigestUpdate(digester->context, part.at, part.size));
}

void digester_i64(struct digester *digester, int64_t value)
{
	invariant(digester->context);
	uint8_t bytes[8];
	u64_bytes((uint64_t)value, bytes);
	part_begin(digester->context, PART_I64, sizeof(bytes));
	OPENSSL_MUST(EVP_DigestUpdate(digester->context, bytes, sizeof(bytes)));
}

struct digest digester_end(struct digester *digester)
{
	invariant(digester->context);
	struct digest digest = context_end(digester->context);
	digester->context = NULL;
	return digest;
}

static void hex_write(const struct digest *digest, char *out, uint32_t size)
{
	static const char digits[] = "0123456789abcdef";
	for (uint32_t i = 0; i < size; i++) {
		uint8_t byte = digest->bytes[i / 2];
		out[i] = digits[i % 2 ? byte & 15 : byte >> 4];
	}
	out[size] = '\0';
}

void digest_hex(const struct digest *digest, char out[65])
{
	hex_write(digest, out, 64);
}

void digest_short(const struct digest *digest, char out[13])
{
	hex_write(digest, out, 12);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool text_equal_constant_time(struct text a, struct text b)
{
	if (a.size != b.size)
		return false;
	return a.size == 0 || CRYPTO_memcmp(a.at, b.at, a.size) == 0;
}

void random_bytes(uint8_t *out, uint32_t size)
{
	while (size) {
		ssize_t got = getrandom(out, size, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			fatal("the operating system gives no random bytes: %s", strerror(errno));
		out += got;
		size -= (uint32_t)got;
	}
}

/* Both alphabets have 32 characters, so five random bits choose one without favouring any. */
static void random_characters(char *out, uint32_t size, const char alphabet[32])
{
	uint8_t bytes[64];
	for (uint32_t i = 0; i < size; i++) {
		if (i % sizeof(bytes) == 0)
			random_bytes(bytes, sizeof(bytes));
		out[i] = alphabet[bytes[i % sizeof(bytes)] & 31];
	}
	out[size] = '\0';
	OPENSSL_cleanse(bytes, sizeof(bytes));
}

void random_password(char *out, uint32_t size)
{
	/* Lower case only: "capital" need not be said. No l, o, 0, 1. */
	static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";
	_Static_assert(sizeof(alphabet) == 33, "five bits choose a character");
	random_characters(out, size, alphabet);
}

void random_token(char out[33])
{
	/*
	 * Safaricom refuses URLs that hold mpesa, m-pesa, safaricom, exe, exec, cmd, sql or query
	 * (payments facts 1.7): without e, l, m and o none of them can be spelled.
	 */
	static const char alphabet[] = "abcdfghijknpqrstuvwxyz0123456789";
	_Static_assert(sizeof(alphabet) == 33, "five bits choose a character");
	random_characters(out, 32, alphabet);
}
