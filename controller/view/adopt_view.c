#include "view/adopt_view.h"

#include "view/fleet_shape.h"

struct document *view_adopt(const struct adopt_result *result)
{
	json_t *left = json_array();

	for (uint32_t i = 0; i < result->left_count; i++)
		json_array_append_new(
		    left, json_pack("{s:o, s:o, s:o, s:o, s:o}", "router",
				    json_of_text(result->left[i].router), "menu",
				    json_of_text(result->left[i].menu), "key",
				    json_of_text(result->left[i].key), "field",
				    json_text_or_null(result->left[i].field), "reason",
				    json_of_text(result->left[i].why)));
	return document_make("adopt", json_pack("{s:b, s:s, s:I, s:o, s:o}", "ok", 1, "message",
						"`git apply` takes the patch; then commit", "taken",
						(json_int_t)result->taken, "left", left, "patch",
						json_of_text(result->patch)));
}

void adopt_text(const json_t *data, struct output *output)
{
	put_text(output, member_text(data, "patch"));
}
