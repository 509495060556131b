// The peer: the same as peer_librouteros.py with node-routeros, in the form one writes naturally.
//     node peer_node_routeros.js PORT USER PASSWORD DESIRED.json
'use strict';

const fs = require('fs');
const { RouterOSAPI } = require('node-routeros');

function words(row) {
	return Object.entries(row).map(([name, value]) => `=${name}=${value}`);
}

async function sync(api, menu, desired) {
	const have = new Map((await api.write(`${menu}/print`)).map((row) => [row.name, row]));
	const done = { add: 0, set: 0, remove: 0 };
	for (const want of desired) {
		const row = have.get(want.name);
		have.delete(want.name);
		if (row === undefined) {
			await api.write(`${menu}/add`, ...words(want));
			done.add++;
			continue;
		}
		const diff = Object.fromEntries(Object.entries(want).filter(([name, value]) => row[name] !== value));
		if (Object.keys(diff).length > 0) {
			await api.write(`${menu}/set`, `=.id=${row['.id']}`, ...words(diff));
			done.set++;
		}
	}
	if (menu === '/ppp/secret' && have.size > 0) {
		await api.write(`${menu}/remove`, `=.id=${[...have.values()].map((row) => row['.id']).join(',')}`);
		done.remove = have.size;
	}
	return done;
}

async function disconnect(api, desired) {
	const shut = new Set(desired.filter((secret) => secret.disabled === 'true').map((secret) => secret.name));
	if (shut.size === 0)
		return 0;
	const ids = (await api.write('/ppp/active/print')).filter((row) => shut.has(row.name)).map((row) => row['.id']);
	if (ids.length > 0)
		await api.write('/ppp/active/remove', `=.id=${ids.join(',')}`);
	return ids.length;
}

async function main() {
	const [port, user, password, file] = process.argv.slice(2);
	const desired = JSON.parse(fs.readFileSync(file));
	const start = process.hrtime.bigint();
	const done = { errors: 0 };
	try {
		const api = new RouterOSAPI({ host: '127.0.0.1', port: Number(port), user, password, timeout: 15 });
		await api.connect();
		done.profiles = await sync(api, '/ppp/profile', desired.profiles);
		done.secrets = await sync(api, '/ppp/secret', desired.secrets);
		done.sessions = await disconnect(api, desired.secrets);
		await api.close();
	} catch (error) {
		console.error(String(error));
		done.errors = 1;
	}
	done.wall_s = Number(process.hrtime.bigint() - start) / 1e9;
	console.log(JSON.stringify(done));
}

main();
