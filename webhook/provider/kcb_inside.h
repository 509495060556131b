/*
 * What kcb.c (notices) and kcb_api.c (prompts) share. Nobody else includes it. Pure; any thread.
 */
#pragma once

#include "provider/providers.h"

extern const struct provider_api kcb_api;
