#include "policies/rows.h"

struct text policy_moment(const struct policy_case *given, int64_t at)
{
	struct civil civil = zone_civil(given->tenant->zone, at);

	if (civil.second)
		return text_format(given->arena, "%04d-%02d-%02d %02d:%02d:%02d", (int)civil.year,
				   civil.month, civil.day, civil.hour, civil.minute, civil.second);
	return text_format(given->arena, "%04d-%02d-%02d %02d:%02d", (int)civil.year, civil.month,
			   civil.day, civil.hour, civil.minute);
}
