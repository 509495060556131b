// node-routeros must find nothing unusual in a simulated router. It always uses tags.
'use strict';

const assert = require('assert');
const { RouterOSAPI } = require('node-routeros');

const port = Number(process.argv[2]);

async function refused(promise, text) {
	try {
		await promise;
	} catch (error) {
		assert.ok(String(error.message).includes(text), `${error.message} is not ${text}`);
		return;
	}
	assert.fail(`not refused: ${text}`);
}

async function main() {
	const api = new RouterOSAPI({ host: '127.0.0.1', port, user: 'wavu', password: 'secret',
		timeout: 5 });
	await api.connect();

	const added = await api.write('/ppp/secret/add', '=name=juma', '=password=x');
	assert.deepStrictEqual(added, [{ ret: '*1' }]);
	const rows = await api.write('/ppp/secret/print');
	assert.strictEqual(rows.length, 1);
	assert.strictEqual(rows[0].name, 'juma');
	assert.strictEqual(rows[0].disabled, 'false');

	await refused(api.write('/ppp/secret/add', '=name=juma'), 'already exists');
	await refused(api.write('/ppp/secret/set', '=.id=*77', '=comment=x'), 'no such item');

	// Many at once, told apart by their tags.
	const many = [];
	for (let i = 0; i < 200; i++)
		many.push(api.write('/ppp/secret/add', `=name=user${i}`));
	const ids = (await Promise.all(many)).map((answer) => answer[0].ret);
	assert.strictEqual(new Set(ids).size, 200);
	const prints = await Promise.all(ids.slice(0, 50).map((id) =>
		api.write('/ppp/secret/print', `?.id=${id}`)));
	prints.forEach((print, i) => assert.strictEqual(print[0].name, `user${i}`));

	const found = await api.write('/ppp/secret/print', '?name=user7', '?name=user9', '?#|');
	assert.deepStrictEqual(found.map((row) => row.name), ['user7', 'user9']);
	await api.write('/ppp/secret/remove', `=.id=${ids.join(',')}`);
	assert.strictEqual((await api.write('/ppp/secret/print')).length, 1);

	// A listener sees another command's change.
	const seen = new Promise((resolve) => {
		const stream = api.stream('/ip/pool/listen', (error, packet) => {
			if (packet && packet.name === 'p')
				stream.stop().then(() => resolve(packet));
		});
	});
	await api.write('/ip/pool/add', '=name=p', '=ranges=10.0.0.0/24');
	assert.strictEqual((await seen).ranges, '10.0.0.0/24');

	await api.close();
	console.log('node-routeros found an ordinary router');
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
