#include "schemas/providers.h"

#include <string.h>

#include "base/macros.h"

static const char *const none[] = { NULL };
static const char *const secret[] = { "secret", NULL };
static const char *const secret_and_key[] = { "secret", "consumer_secret", NULL };
static const char *const public_key[] = { "public_key", NULL };
static const char *const passkey[] = { "passkey", NULL };
static const char *const api_keys[] = { "consumer_key", "consumer_secret", NULL };
static const char *const api_keys_or_till[] = { "consumer_key", "consumer_secret", "prompt_till",
						NULL };
static const char *const email[] = { "email", NULL };
static const char *const till[] = { "prompt_till", NULL };

/* clang-format off */
static const struct provider_keys providers[] = {
	{ .name = "daraja", .needs = none, .prompts = passkey, .prompts_need = api_keys,
	  .own = none, .validates = true, .answers = true },
	{ .name = "flutterwave", .needs = secret_and_key, .prompts = none, .prompts_need = none,
	  .own = email, .answers = true },
	{ .name = "kcb", .needs = public_key, .prompts = api_keys, .prompts_need = api_keys,
	  .own = none },
	{ .name = "kopokopo", .needs = secret, .prompts = api_keys_or_till,
	  .prompts_need = api_keys, .own = till },
	{ .name = "paystack", .needs = secret, .prompts = none, .prompts_need = none,
	  .own = email },
};
/* clang-format on */

/* The same, as the words that a key of a kind may have. */
const char *const provider_names[] = {
	"daraja", "flutterwave", "kcb", "kopokopo", "paystack", NULL
};

const struct provider_keys *provider_keys(struct text provider)
{
	for (size_t i = 0; i < ARRAY_COUNT(providers); i++)
		if (text_is(provider, providers[i].name))
			return &providers[i];
	return NULL;
}

bool keys_have(const char *const *keys, const char *key)
{
	for (; *keys; keys++)
		if (strcmp(*keys, key) == 0)
			return true;
	return false;
}
