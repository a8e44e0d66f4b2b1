import { connect as connectNats } from '@nats-io/transport-node';
import amqp from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { connectAsync } from 'mqtt';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerKind } from './servers.js';

/** Brokers that `test/transports` needs. */
export const brokerKinds: readonly ServerKind[] = [
  {
    name: 'RabbitMQ',
    variable: 'TEST_RABBITMQ_URL',
    usual: 'amqp://guest:guest@127.0.0.1:5672',
    ask: async (url) => {
      const client = await amqp.connect(url, { timeout: 5000 });
      await client.close();
    },
    programs: [['rabbitmq-server']],
    command: ([rabbitmq], folder, port) => {
      const [plugins, config] = [join(folder, 'enabled_plugins'), join(folder, 'rabbitmq.conf')];
      writeFileSync(plugins, '[].');
      writeFileSync(config, `listeners.tcp.1 = 127.0.0.1:${port}\n`);
      const settings = {
        RABBITMQ_CONFIG_FILE: config,
        RABBITMQ_CONF_ENV_FILE: '/dev/null',
        RABBITMQ_DIST_PORT: port < 60_000 ? port + 1 : port - 1,
        RABBITMQ_NODENAME: `argonaut-${port}@localhost`,
        RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
        RABBITMQ_LOG_BASE: join(folder, 'logs'),
        RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
        RABBITMQ_PID_FILE: join(folder, 'pid'),
      };
      return ['/usr/bin/env', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`), scriptOf(rabbitmq!)];
    },
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    stop: 'SIGTERM',
  },
  {
    name: 'NATS',
    variable: 'TEST_NATS_URL',
    usual: 'nats://127.0.0.1:4222',
    ask: async (url) => {
      const client = await connectNats({ servers: url, timeout: 5000, reconnect: false });
      await client.close();
    },
    programs: [['nats-server']],
    command: ([nats], folder, port) => [nats!, '-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', join(folder, 'data')],
    url: (port) => `nats://127.0.0.1:${port}`,
    stop: 'SIGTERM',
  },
  {
    name: 'Mosquitto',
    variable: 'TEST_MQTT_URL',
    usual: 'mqtt://127.0.0.1:1883',
    ask: async (url) => {
      const client = await connectAsync(url, { connectTimeout: 5000, reconnectPeriod: 0 });
      await client.endAsync();
    },
    programs: [['mosquitto']],
    command: ([mosquitto], folder, port) => {
      const settings = join(folder, 'mosquitto.conf');
      const keeps = ['persistence true', `persistence_location ${folder}/`, 'autosave_on_changes true', 'autosave_interval 1'];
      writeFileSync(settings, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...keeps, ''].join('\n'));
      return [mosquitto!, '-c', settings];
    },
    url: (port) => `mqtt://127.0.0.1:${port}`,
    stop: 'SIGTERM',
  },
  {
    name: 'Kafka',
    variable: 'TEST_KAFKA_BROKERS',
    usual: '127.0.0.1:9092',
    ask: async (url) => {
      const admin = new Kafka({ brokers: url.split(','), logLevel: logLevel.NOTHING, connectionTimeout: 2000, retry: { retries: 0 } }).admin();
      try {
        await admin.connect();
        await admin.describeCluster();
      } finally {
        await admin.disconnect();
      }
    },
    programs: [['kcat', 'kafkacat']],
    // It is a client of a cluster that its library plays in its memory; the cluster picks its port, and says so.
    command: ([kcat]) => [kcat!, '-b', '127.0.0.1:1', '-X', 'test.mock.num.brokers=1', '-C', '-t', 'any'],
    url: (_port, log) => /replaced with (\S+)/.exec(log)?.[1] ?? '127.0.0.1:1',
    stop: 'SIGTERM',
  },
];

/** Debian's program lets only root and rabbitmq run it; the script behind it lets anybody. */
function scriptOf(program: string): string {
  return program === '/usr/sbin/rabbitmq-server' ? '/usr/lib/rabbitmq/bin/rabbitmq-server' : program;
}
