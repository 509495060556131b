#include "schemas/countries.h"

#include "base/macros.h"

/* Currencies shared by several countries (XOF, XAF, USD, EUR) are left out on purpose. */
static const struct {
	const char *currency, *country;
} countries[] = {
	{ "AOA", "244" }, { "BDT", "880" }, { "BIF", "257" }, { "BRL", "55" },  { "BWP", "267" },
	{ "CDF", "243" }, { "DJF", "253" }, { "EGP", "20" },  { "ETB", "251" }, { "GHS", "233" },
	{ "GMD", "220" }, { "GNF", "224" }, { "IDR", "62" },  { "INR", "91" },  { "KES", "254" },
	{ "KMF", "269" }, { "LRD", "231" }, { "LSL", "266" }, { "MAD", "212" }, { "MGA", "261" },
	{ "MUR", "230" }, { "MWK", "265" }, { "MZN", "258" }, { "NAD", "264" }, { "NGN", "234" },
	{ "NPR", "977" }, { "PHP", "63" },  { "PKR", "92" },  { "RWF", "250" }, { "SCR", "248" },
	{ "SDG", "249" }, { "SLE", "232" }, { "SOS", "252" }, { "SSP", "211" }, { "SZL", "268" },
	{ "TZS", "255" }, { "UGX", "256" }, { "ZAR", "27" },  { "ZMW", "260" },
};

struct text country_of_currency(struct text currency)
{
	for (size_t i = 0; i < ARRAY_COUNT(countries); i++)
		if (text_is(currency, countries[i].currency))
			return text_of(countries[i].country);
	return TEXT_NONE;
}
