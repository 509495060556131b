/*
 * Devices that a hotspot lets by without a login while their owner has access (`bypass: true`): a
 * binding a device. A binding counts when the device appears, so one that is there is sent away
 * once (routeros facts §5.2). Pure; in the draft's arena; one thread.
 */
#pragma once

#include "plan/draft.h"

/* His binding becomes wanted, open or switched off. */
void bypass_want(struct draft *draft, const struct subscriber *subscriber,
		 const struct entitlement *entitlement);
/* The devices of the people judged, now and by the inventory, for a look. */
uint32_t bypass_devices(const struct draft *draft, struct text *macs, uint32_t max);
/* In session_survey: which bindings are off, and which devices are let by now. */
void bypass_survey(struct draft *draft);
/* In session_judge: who goes on being let by, or is not yet. */
void bypass_judge(struct draft *draft);
