<?php
// The peer: phpnuxbill's own device class, as its pages and its cron call it, once for each customer concerned.
//     php peer_phpnuxbill.php PORT USER PASSWORD DESIRED.json
// $WAVU_PEER_PHPNUXBILL is a checkout of it. Its tables are in memory; nothing of it is changed.
$nux = getenv('WAVU_PEER_PHPNUXBILL');
error_reporting(E_ERROR);
require "$nux/system/orm.php";
require "$nux/system/autoload/PEAR2/Autoload.php";
require "$nux/system/devices/MikrotikPppoe.php";

class User
{
	static function getBillNames($id)
	{
		return [];
	}
}

[, $port, $user, $password, $file] = $argv;
$desired = json_decode(file_get_contents($file), true);
ORM::configure('sqlite::memory:');
$tables = ORM::get_db();
$tables->exec('CREATE TABLE tbl_routers (id INTEGER PRIMARY KEY, name, ip_address, username, password)');
$tables->exec('CREATE TABLE tbl_plans (id INTEGER PRIMARY KEY, plan_expired)');
$tables->exec('CREATE TABLE tbl_pool (id INTEGER PRIMARY KEY, pool_name, local_ip)');
$tables->exec('CREATE TABLE tbl_bandwidth (id INTEGER PRIMARY KEY, rate_up, rate_up_unit, rate_down, rate_down_unit, burst)');
$tables->prepare('INSERT INTO tbl_routers (name, ip_address, username, password) VALUES (?, ?, ?, ?)')
	->execute(['r', "127.0.0.1:$port", $user, $password]);

$device = new MikrotikPppoe();
$start = hrtime(true);
$done = ['errors' => 0, 'calls' => 0];
try {
	// A plan is made once, when the operator makes it.
	foreach ($desired['fresh'] as $i => $profile) {
		[$up, $down] = array_map(fn($rate) => intdiv((int)$rate, 1000000), explode('/', $profile['rate-limit']));
		$tables->prepare('INSERT INTO tbl_pool (pool_name, local_ip) VALUES (?, ?)')
			->execute([$profile['remote-address'], $profile['local-address']]);
		$tables->prepare('INSERT INTO tbl_bandwidth (id, rate_up, rate_up_unit, rate_down, rate_down_unit, burst) VALUES (?, ?, ?, ?, ?, ?)')
			->execute([$i + 1, $up, 'Mbps', $down, 'Mbps', '']);
		$device->add_plan(['routers' => 'r', 'id_bw' => $i + 1, 'pool' => $profile['remote-address'],
			'name_plan' => $profile['name']]);
	}
	$touched = array_flip($desired['touched']);
	$isChangePlan = $desired['scene'] == 'changed';
	foreach ($desired['secrets'] as $i => $secret) {
		if (!isset($touched[$secret['name']]))
			continue;
		$customer = ['id' => $i + 1, 'username' => $secret['name'], 'password' => $secret['password'],
			'pppoe_username' => '', 'pppoe_password' => '', 'pppoe_ip' => '', 'fullname' => 'Customer', 'email' => ''];
		$plan = ['id' => 1, 'routers' => 'r', 'name_plan' => $secret['profile'], 'plan_expired' => 0];
		if ($desired['scene'] == 'expired')
			$device->remove_customer($customer, $plan);
		else
			$device->add_customer($customer, $plan);
		$done['calls']++;
	}
} catch (Throwable $error) {
	fwrite(STDERR, $error->getMessage() . "\n");
	$done['errors'] = 1;
}
$done['wall_s'] = (hrtime(true) - $start) / 1e9;
echo json_encode($done) . "\n";
