/*
 * The judges of policies.c, each in the file of its name; and the few words they share. Pure; any
 * thread.
 */
#pragma once

#include "policies/policy.h"

void prepaid_judge(const struct policy_case *given, struct entitlement *entitlement);
void dunning_judge(const struct policy_case *given, struct entitlement *entitlement);
void pause_judge(const struct policy_case *given, struct entitlement *entitlement);

/* "2026-12-05 06:00" in the tenant's zone; seconds only when there are any. In the case's arena. */
struct text policy_moment(const struct policy_case *given, int64_t at);
/* When service begins for somebody who has paid or was opened before his first day; 0: it has
 * begun, or nothing is there. */
int64_t policy_begins_at(const struct policy_case *given);
