#include "view/drift_fields.h"

#include "view/shape.h"

uint32_t view_drift_fields(struct drift_field *out, uint32_t max, struct text json,
			   struct arena *arena)
{
	json_t *list = json.size == 0 ? NULL : json_loadb(json.at, json.size, 0, NULL);
	const json_t *field;
	uint32_t count = 0;
	size_t i;

	json_array_foreach (list, i, field) {
		if (count == max)
			break;
		out[count++] = (struct drift_field){
			.name = text_copy(arena, member_text(field, "name")),
			.has_have = json_is_string(json_object_get(field, "have")),
			.has_want = json_is_string(json_object_get(field, "want")),
			.have = text_copy(arena, member_text(field, "have")),
			.want = text_copy(arena, member_text(field, "want")),
		};
	}
	json_decref(list);
	return count;
}
