/*
 * The rows of providers.c, one per file of this room; nobody else includes it. Constant; any
 * thread.
 */
#pragma once

#include "provider/provider.h"

extern const struct provider provider_daraja; /* M-PESA Kenya: daraja.c */
extern const struct provider provider_flutterwave;
extern const struct provider provider_kcb; /* KCB Bank, Kenya */
extern const struct provider provider_kopokopo;
extern const struct provider provider_paystack;
