/* The one door to a router: its transport decides which device is made. */
#include "router/device.h"

bool device_open(struct device **out, const struct router *router, struct secret password,
		 struct text ca_pem, struct error *error)
{
	switch (router->transport) {
	case TRANSPORT_API:
	case TRANSPORT_API_SSL:
		return device_open_api(out, router, password, ca_pem, error);
	case TRANSPORT_REST:
		return device_open_rest(out, router, password, ca_pem, error);
	}
	fatal("a router with transport %d is none", (int)router->transport);
}

void device_close(struct device *device)
{
	if (device)
		device->verbs->close(device);
}
