/* Customers with a fixed address: a queue for one address, and perhaps the lease that gives it. */
#include "menu/value.h"
#include "view/import_inside.h"

/* The lease that gives this address to one device; NULL: none does. */
static const struct row *lease_of(const struct import_work *work, struct text address)
{
	const struct table *leases = work->in->leases;

	for (uint32_t i = 0; leases != NULL && i < leases->count; i++)
		if (!leases->rows[i].dynamic &&
		    row_get(&leases->rows[i], leases->menu, "mac-address").size > 0 &&
		    text_equal(row_get(&leases->rows[i], leases->menu, "address"), address))
			return &leases->rows[i];
	return NULL;
}

/* "10.20.0.60" of "10.20.0.60/32"; empty: the queue is for more, or for an interface. */
static struct text address_of(const struct row *queue, const struct menu *menu)
{
	struct text address, length;
	uint32_t value;

	if (!text_cut(row_get(queue, menu, "target"), '/', &address, &length) ||
	    !text_is(length, "32") || !text_ipv4(address, &value))
		return TEXT_NONE;
	return address;
}

static enum service service_of_address(const struct import_work *work, struct text address)
{
	return lease_of(work, address) != NULL ? SERVICE_IPOE : SERVICE_STATIC;
}

/* ---- packages ---- */

/* All that a package says of a queue, so that equal ones are one package. */
static struct text limits_of(const struct import_work *work, const struct row *queue,
			     const struct menu *menu)
{
	return text_format(work->arena, "%.*s %.*s %.*s %.*s",
			   TEXT_ARG(row_get(queue, menu, "max-limit")),
			   TEXT_ARG(row_get(queue, menu, "burst-limit")),
			   TEXT_ARG(row_get(queue, menu, "burst-threshold")),
			   TEXT_ARG(row_get(queue, menu, "burst-time")));
}

static bool take_speed(struct text pair, struct speed *speed)
{
	return value_rates(pair, &speed->up_bits_per_s, &speed->down_bits_per_s);
}

static const char *limits_flaw(struct import_package *package, const struct row *queue,
			       const struct menu *menu)
{
	struct burst *burst = &package->burst;
	struct text up, down;
	int64_t up_us, down_us;

	if (!take_speed(row_get(queue, menu, "max-limit"), &package->speed) ||
	    package->speed.down_bits_per_s == 0 || package->speed.up_bits_per_s == 0)
		return "its max-limit has no rate, or only one: whoever has it is not shaped";
	if (text_is(row_get(queue, menu, "burst-limit"), "0/0"))
		return NULL;
	burst->declared = true;
	if (!take_speed(row_get(queue, menu, "burst-limit"), &burst->rate) ||
	    !take_speed(row_get(queue, menu, "burst-threshold"), &burst->threshold) ||
	    burst->rate.down_bits_per_s == 0 || burst->rate.up_bits_per_s == 0 ||
	    burst->threshold.down_bits_per_s == 0 || burst->threshold.up_bits_per_s == 0)
		return "its burst has a rate of 0, which a package cannot have";
	if (!text_cut(row_get(queue, menu, "burst-time"), '/', &up, &down) ||
	    !value_duration(up, &up_us) || !value_duration(down, &down_us) || up_us != down_us ||
	    up_us < 1000000 || up_us > INT64_C(86400000000))
		return "its burst has two times, or none: a package has one";
	burst->time_s = (uint32_t)(up_us / 1000000);
	return NULL;
}

static bool is_known(const struct import_work *work, enum service service, struct text limits)
{
	for (uint32_t i = 0; i < work->package_count; i++)
		if (work->packages[i].service == service &&
		    text_equal(work->packages[i].profile, limits))
			return true;
	return false;
}

void import_fixed_packages(struct import_work *work)
{
	const struct table *queues = work->in->queues;

	for (uint32_t i = 0; queues != NULL && i < queues->count; i++) {
		const struct row *queue = &queues->rows[i];
		struct text address = address_of(queue, queues->menu), limits;
		struct import_package *package;
		const char *flaw;

		if (queue->dynamic || address.size == 0 ||
		    import_is_ours(work, queues->menu, queue))
			continue;
		limits = limits_of(work, queue, queues->menu);
		if (is_known(work, service_of_address(work, address), limits))
			continue;
		package = &work->packages[work->package_count++];
		*package = (struct import_package){
			.service = service_of_address(work, address),
			.profile = limits,
			.is_fixed = true,
			.devices = 1,
		};
		flaw = limits_flaw(package, queue, queues->menu);
		package->why = flaw != NULL ? text_of(flaw) : TEXT_NONE;
		package->title = text_format(
		    work->arena, "%s %.*s/%.*s",
		    package->service == SERVICE_IPOE ? "IPoE" : "Fixed",
		    TEXT_ARG(import_rate(package->speed.down_bits_per_s, work->arena)),
		    TEXT_ARG(import_rate(package->speed.up_bits_per_s, work->arena)));
	}
}

/* ---- people ---- */

static struct text lease_flaw(const struct import_work *work, const struct row *lease,
			      struct import_person *person)
{
	const struct menu *menu = work->in->leases->menu;
	struct text server = row_get(lease, menu, "server");

	if (!text_equal(server, work->in->router->dhcp_server))
		return text_format(work->arena,
				   "its lease is of DHCP server %.*s; Router %.*s declares %.*s: "
				   "write `dhcp: { server: %.*s }`",
				   TEXT_ARG(server), TEXT_ARG(work->in->router->name),
				   TEXT_ARG(work->in->router->dhcp_server), TEXT_ARG(server));
	if (text_is(row_get(lease, menu, "disabled"), "true"))
		return TEXT("its lease is disabled: enable or remove it");
	person->mac = row_get(lease, menu, "mac-address");
	person->is_disabled = text_is(row_get(lease, menu, "block-access"), "true");
	return TEXT_NONE;
}

static struct text queue_flaw(struct import_work *work, const struct row *queue,
			      struct import_person *person)
{
	const struct menu *menu = work->in->queues->menu;
	const struct row *lease = lease_of(work, person->address);
	struct text parent = row_get(queue, menu, "parent");

	if (!import_is_plain(person->username, 128) ||
	    text_trim(person->username).size != person->username.size)
		return TEXT("its name has bytes that YAML cannot hold, blanks at an end, or more "
			    "than 128 characters");
	if (text_is(row_get(queue, menu, "disabled"), "true"))
		return TEXT("it is disabled, so its address is not shaped: enable or remove it");
	if (work->in->router->static_parent.size != 0 &&
	    !text_equal(parent, work->in->router->static_parent))
		return text_format(work->arena,
				   "it hangs below %.*s; Router %.*s declares `static: { parent: "
				   "%.*s }`",
				   TEXT_ARG(parent), TEXT_ARG(work->in->router->name),
				   TEXT_ARG(work->in->router->static_parent));
	person->package = import_package_of(work, service_of_address(work, person->address),
					    limits_of(work, queue, menu));
	if (person->package->why.size > 0)
		return person->package->why;
	return lease != NULL ? lease_flaw(work, lease, person) : TEXT_NONE;
}

void import_fixed_people(struct import_work *work)
{
	const struct table *queues = work->in->queues;

	for (uint32_t i = 0; queues != NULL && i < queues->count; i++) {
		const struct row *queue = &queues->rows[i];
		struct import_person person = { .username = row_get(queue, queues->menu, "name"),
						.address = address_of(queue, queues->menu) };
		struct text flaw;

		/* A queue for a network, an interface or a session is no customer. */
		if (queue->dynamic || person.address.size == 0)
			continue;
		if (import_is_ours(work, queues->menu, queue) ||
		    import_set_has(&work->usernames[SERVICE_STATIC], person.username) ||
		    import_set_has(&work->usernames[SERVICE_IPOE], person.username)) {
			work->out->known_count++;
			continue;
		}
		flaw = queue_flaw(work, queue, &person);
		if (flaw.size == 0)
			flaw = import_address_flaw(work, person.address);
		import_take(work, queues->menu, &person, flaw,
			    row_get(queue, queues->menu, "comment"));
	}
}
