/*
 * Keys and signatures as they may stand in a file and in a header: "pem NUL signature NUL bytes".
 * Nothing that was not signed fits, and nothing crashes libcrypto.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text rest = { (const char *)data, (uint32_t)size }, pem, signature;
	uint8_t bytes[8];

	if (size > 16384)
		return 0;
	(void)text_cut(rest, '\0', &pem, &rest);
	(void)text_cut(rest, '\0', &signature, &rest);
	if (signature_rsa_ok(pem, rest, signature))
		invariant(signature_rsa_keys(pem) > 0);
	invariant(!signature_hmac_ok(SIGNATURE_SHA256, TEXT("nobody's key"), rest, signature));
	invariant(!signature_hmac_ok(SIGNATURE_SHA512, TEXT("nobody's key"), rest, signature));
	if (signature_hex(bytes, sizeof(bytes), signature))
		invariant(signature.size == 16);
	return 0;
}
