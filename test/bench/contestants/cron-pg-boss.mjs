/** The same from pg-boss, which has one schedule a queue: looked at as often as it lets one choose. */
import PgBoss from 'pg-boss';
import { NextMinute } from './next-minute.mjs';

const AS_OFTEN_AS_ALLOWED = { cronMonitorIntervalSeconds: 1, cronWorkerIntervalSeconds: 1 };
const POLLING = { pollingIntervalSeconds: 0.5 };

export async function measure({ count, cron }) {
  const minute = new NextMinute();
  const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, ...AS_OFTEN_AS_ALLOWED });
  boss.on('error', (error) => console.error(error.message));
  await boss.start();
  for (let at = 0; at < count; at++) {
    await boss.createQueue(`cron-${at}`);
    await boss.work(`cron-${at}`, POLLING, async () => minute.add());
    await boss.schedule(`cron-${at}`, cron);
  }
  const figures = await minute.measure(count);
  await boss.stop({ graceful: false });
  return figures;
}
